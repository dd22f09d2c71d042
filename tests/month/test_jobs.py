"""Jobs: once, with their effect or not at all, given up one day, and indifferent to Redis."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from ecp import clock, jobs, outgoing, verifying, walls
from ecp.accounting import periods
from ecp.accounting.verify import Finding
from ecp.db import session, transaction
from ecp.documents import Mail
from ecp.errors import Refused
from ecp.identity import people
from ecp.jobs import Job
from tests import build
from workers import books, hosting, mails, running, schedule

NOON = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
EFFECT = "tests.effect"


@pytest.fixture(autouse=True)
def noon(db):
    clock.stop(NOON)
    with walls.system():
        yield
    clock.stop(None)


@pytest.fixture
def handler(monkeypatch):
    """A kind of job of the tests; what it does is put into the list."""
    kinds = dict(running._KINDS)
    monkeypatch.setattr(running, "_KINDS", kinds)
    done: list[str] = []

    @running.handles(EFFECT)
    def effect(job: Job) -> None:
        done.append(job.key)
        outgoing.write(key=f"effect:{job.key}", recipient="a@example.org", mail=Mail("s", "t", "h"))
        if job.payload.get("fails"):
            raise Refused

    return done


def state(key: str) -> sa.Row:
    query = "select state, attempts, error from job where name = :name and key = :key"
    return session.execute(sa.text(query), {"name": EFFECT, "key": key}).one()


def written() -> list[str]:
    return [each.key for each in outgoing.listed() if each.key.startswith("effect:")]


def test_a_job_is_done_once(handler):
    with transaction():
        jobs.enqueue(EFFECT, key="1")
        jobs.enqueue(EFFECT, key="1")
    assert running.drain(EFFECT) == 1
    assert running.drain(EFFECT) == 0
    assert handler == ["1"]
    assert (state("1").state, state("1").attempts) == ("done", 1)


def test_a_job_asked_for_in_a_transaction_that_fails_does_not_exist(handler):
    def fails() -> None:
        with transaction():
            jobs.enqueue(EFFECT, key="1")
            raise Refused

    with pytest.raises(Refused):
        fails()
    assert running.drain(EFFECT) == 0


def test_what_a_failed_job_did_is_undone_and_it_waits_longer_each_time(handler):
    with transaction():
        jobs.enqueue(EFFECT, key="1", payload={"fails": True})
    assert running.drain(EFFECT) == 1
    assert written() == []
    assert (state("1").state, state("1").error) == ("waiting", "L’opération est refusée.")
    assert running.drain(EFFECT) == 0
    clock.stop(NOON + timedelta(seconds=11))
    assert running.drain(EFFECT) == 1
    clock.stop(NOON + timedelta(seconds=31))
    assert running.drain(EFFECT) == 0


def test_a_job_that_fails_each_time_is_given_up(handler):
    with transaction():
        jobs.enqueue(EFFECT, key="1", payload={"fails": True})
    for day in range(8):
        clock.stop(NOON + timedelta(days=day))
        running.drain(EFFECT)
    assert len(handler) == jobs.ATTEMPTS
    assert state("1").state == "failed"


def test_a_job_that_kills_its_worker_each_time_is_given_up_too(handler, monkeypatch):
    class Killed(BaseException):
        pass

    def dies(_job: Job) -> None:
        raise Killed

    monkeypatch.setitem(running._KINDS, EFFECT, running._Kind(dies, owns_transactions=False))
    with transaction():
        jobs.enqueue(EFFECT, key="1")
    for _ in range(jobs.ATTEMPTS):
        with pytest.raises(Killed):
            running.drain(EFFECT)
    assert running.drain(EFFECT) == 1
    assert state("1").state == "failed"


def test_a_job_given_up_runs_again_when_somebody_asks(handler):
    with transaction():
        jobs.enqueue(EFFECT, key="1")
        session.execute(sa.text("update job set state = 'failed', attempts = 5"))
        jobs.again(EFFECT, "1")
    running.drain(EFFECT)
    assert state("1").state == "done"


def test_a_job_of_the_future_waits(handler):
    with transaction():
        jobs.enqueue(EFFECT, key="1", due_at=NOON + timedelta(hours=1))
    assert running.drain(EFFECT) == 0
    clock.stop(NOON + timedelta(hours=1))
    assert running.drain(EFFECT) == 1


def test_a_nudge_without_a_broker_says_nothing_and_the_sweep_finds_the_job(handler, monkeypatch):
    monkeypatch.setitem(jobs.celery.conf, "broker_url", "redis://127.0.0.1:1/0")
    with transaction():
        jobs.enqueue(EFFECT, key="1")
    jobs.nudge(EFFECT)
    assert running.drain() >= 1
    assert handler == ["1"]


def test_two_schedulers_write_a_period_once():
    for _ in range(2):
        with transaction():
            schedule.announce()
    count = session.execute(sa.text("select count(*) from job where name = 'hosting.refresh_portfolio'")).scalar_one()
    assert count == 1
    clock.stop(NOON + timedelta(hours=1))
    with transaction():
        schedule.announce()
    count = session.execute(sa.text("select count(*) from job where name = 'hosting.refresh_portfolio'")).scalar_one()
    assert count == 2


def test_the_hour_told_twice_has_two_names():
    summer = datetime.fromisoformat("2026-10-25T02:30:00+01:00")
    winter = datetime.fromisoformat("2026-10-25T02:30:00+00:00")
    assert schedule.hourly(summer) != schedule.hourly(winter)


def test_every_periodic_job_is_known_to_the_workers():
    assert books.verify
    assert hosting.close_month
    assert {each.name for each in schedule.SCHEDULE} <= {*running._KINDS, *running._FINDERS}


def test_the_next_exercise_opens_a_month_ahead():
    with transaction():
        made = build.enterprise(opened_on=date(2026, 1, 1))
        later = build.enterprise(opened_on=date(2027, 5, 1))
    clock.stop(datetime(2026, 12, 2, 1, 0, tzinfo=UTC))
    with transaction():
        schedule.announce()
    running.drain("books.open_exercises")
    assert [each.opens_on.year for each in periods.years(made.id)] == [2026, 2027]
    assert [each.opens_on.year for each in periods.years(later.id)] == [2027]


def test_administrators_are_written_to_once_a_day_where_the_books_are_not_proved(monkeypatch):
    with transaction():
        for login, is_administrator in (("chef", True), ("autre", False)):
            people.create(email=f"{login}@essai.example", name=login, is_administrator=is_administrator)
        jobs.enqueue("books.verify", key="nuit")
    running.drain("books.verify")
    assert outgoing.listed() == []
    found = [Finding(promise="P6", checked=1, fault="OD 2026-3"), Finding(promise="P1", checked=9, fault="")]
    monkeypatch.setattr(verifying, "run", lambda: found)
    for night in ("1", "2"):
        with transaction():
            jobs.enqueue("books.verify", key=night)
        running.drain("books.verify")
    (mail,) = outgoing.listed()
    assert mail.recipient == "chef@essai.example"
    text = outgoing.one(mail.id).text
    assert "P6 : OD 2026-3" in text
    assert "P1" not in text


def test_mails_stay_in_the_outbox_and_are_written_once():
    with transaction():
        for _ in range(2):
            outgoing.write(key="m:1", recipient="a@example.org", mail=Mail("Objet", "Texte", "<p>Texte</p>"))
    assert mails.send_waiting() == 1
    assert mails.send_waiting() == 0
    (mail,) = [each for each in outgoing.listed() if each.key == "m:1"]
    assert (mail.state, mail.subject) == ("kept", "Objet")


def test_a_mail_that_leaves_twice_is_the_same_mail():
    with transaction():
        outgoing.write(key="m:1", recipient="a@example.org", mail=Mail("Objet", "Texte", "<p>Texte</p>"))
        (mail,) = [each for each in outgoing.listed() if each.key == "m:1"]
    file = outgoing.Attachment(name="f.pdf", media_type="application/pdf", content=b"%PDF")
    first, second = (outgoing.message(mail, [file], sender="ECP <ecp@example.org>") for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")
    assert [part.get_filename() for part in first.iter_attachments()] == ["f.pdf"]


def test_a_server_that_refuses_is_tried_again_then_given_up():
    with transaction():
        outgoing.write(key="m:1", recipient="a@example.org", mail=Mail("Objet", "Texte", "<p>Texte</p>"))
    for day in range(8):
        clock.stop(NOON + timedelta(days=day))
        with transaction():
            mail = outgoing.next_waiting()
            if mail:
                outgoing.send(mail, transport="smtp://127.0.0.1:1", sender="ecp@example.org")
    (mail,) = [each for each in outgoing.listed() if each.key == "m:1"]
    assert mail.state == "failed"
    assert mail.error


def test_a_transport_that_is_none_is_refused_in_a_sentence():
    with transaction():
        outgoing.write(key="m:1", recipient="a@example.org", mail=Mail("Objet", "Texte", "<p>Texte</p>"))
    mail = outgoing.next_waiting()
    assert mail is not None
    with pytest.raises(outgoing.TransportUnknown, match="carrier"), transaction():
        outgoing.send(mail, transport="carrier", sender="ecp@example.org")
