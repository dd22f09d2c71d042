"""The books: entries through one door, read through another."""
