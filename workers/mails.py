"""Mails on their way out."""

from flask import current_app

from ecp import outgoing, walls
from ecp.db import transaction
from workers import running


@running.finds(outgoing.SEND)
def send_waiting() -> int:
    """Send all mails that wait, each in a transaction of its own; give how many were taken up."""
    settings = current_app.config["SETTINGS"]
    count = 0
    while True:
        with walls.system(), transaction():
            mail = outgoing.next_waiting()
            if mail is None:
                return count
            outgoing.send(mail, transport=settings.mail_transport, sender=settings.mail_sender)
        count += 1
