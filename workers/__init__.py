"""The worker's door: what runs in the background, and when.

`main` makes the Celery application from `create_app()`; `schedule` says in one table what runs by itself; every other
file holds tasks of one area. A task is a transaction and one call: what it does lives in `ecp`.
"""
