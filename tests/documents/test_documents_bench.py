"""The bench of documents runs and gives two rates."""

from bench import documents as bench


def test_the_bench_measures_two_rates():
    measured = bench.measure("fr", count=2)
    assert measured.product > 0
    assert measured.floor > 0
    assert measured.ratio == measured.floor / measured.product
