"""Mails on their way: written in the caller's transaction, sent by a job, each once as far as we can know.

    outgoing.write(key="statement:3:2026-10", recipient="zahra@example.org", mail=documents.mail(...), ...)

Where `settings.mail_transport` is `outbox` the table is the end of the way: mails are read in the application. With
`smtp://user:password@host:port` (or `smtps://`) they leave with a Message-ID made of their key, so that a receiver can
tell a second sending (a worker killed between sending and noting it) from a second mail.
"""

import contextlib
import hashlib
import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from ecp import clock
from ecp.db import session
from ecp.documents import Mail
from ecp.errors import DomainError

OUTBOX = "outbox"
SEND = "mails.send"
"""The job that sends what waits: nudge it after the commit."""

ATTEMPTS = 5
_TIMEOUT = 20


@dataclass(frozen=True, kw_only=True)
class Written:
    """A mail as the outbox shows it."""

    id: int
    key: str
    enterprise_id: int | None
    recipient: str
    subject: str
    state: str
    error: str
    written_at: datetime
    sent_at: datetime | None
    text: str = ""
    """Nothing in lists, nor where the reader may know of the mail and not read it: a link that opens an account."""
    html: str = ""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


class TransportUnknown(DomainError):
    """ECP_MAIL names no way to send mails."""

    message = "ECP_MAIL doit être « outbox » ou une adresse smtp://… ou smtps://…, et non « %(transport)s »."


def write(  # noqa: PLR0913 (what a mail says)
    *,
    key: str,
    recipient: str,
    mail: Mail,
    enterprise_id: int | None = None,
    activity_id: int | None = None,
    person_id: int | None = None,
    file_ids: Sequence[int] = (),
) -> None:
    """Write a mail for a person; the same key again changes nothing. `file_ids` name stored files to attach."""
    session.execute(
        _WRITE,
        {
            "key": key,
            "recipient": recipient,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "enterprise_id": enterprise_id,
            "activity_id": activity_id,
            "person_id": person_id,
            "file_ids": list(file_ids),
            "at": clock.now(),
        },
    )


def listed(*, before: int | None = None, limit: int = 50) -> list[Written]:
    """List the mails that the signed-in person may read, the newest first."""
    rows = session.execute(_LISTED, {"before": before, "limit": limit})
    return [Written(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's public name)


def one(mail_id: int) -> Written | None:
    """Give a mail, or None where there is none for this person's eyes."""
    row = session.execute(_ONE, {"id": mail_id}).one_or_none()
    return Written(**row._mapping) if row else None  # noqa: SLF001


def attachments(mail_id: int) -> list[Attachment]:
    """Give the files that go with a mail."""
    return [Attachment(**row._mapping) for row in session.execute(_ATTACHMENTS, {"id": mail_id})]  # noqa: SLF001


def next_waiting() -> Written | None:
    """Lock the next mail to send, for the caller's transaction."""
    row = session.execute(_WAITING, {"now": clock.now()}).one_or_none()
    return Written(**row._mapping) if row else None  # noqa: SLF001


def send(written: Written, *, transport: str, sender: str) -> None:
    """Send a mail and note it, in the caller's transaction; a refusal is noted too, and tried again later."""
    if transport == OUTBOX:
        session.execute(_SENT, {"id": written.id, "state": "kept", "at": clock.now()})
        return
    try:
        with _server(transport) as server:
            server.send_message(message(written, attachments(written.id), sender=sender))
    except (smtplib.SMTPException, OSError) as error:
        session.execute(_REFUSED, {"id": written.id, "error": str(error)[:500], "most": ATTEMPTS, "at": clock.now()})
    else:
        session.execute(_SENT, {"id": written.id, "state": "sent", "at": clock.now()})


def message(written: Written, files: Sequence[Attachment], *, sender: str) -> EmailMessage:
    """Set a mail as servers take it; its Message-ID is made of its key, so a second sending is the same mail."""
    told = EmailMessage()
    told["From"], told["To"], told["Subject"] = sender, written.recipient, written.subject
    told["Date"] = format_datetime(written.written_at)
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    told["Message-ID"] = f"<{hashlib.sha256(written.key.encode()).hexdigest()[:40]}@{domain}>"
    told.set_content(written.text)
    told.add_alternative(written.html, subtype="html")
    for file in files:
        kind, _, subtype = file.media_type.partition("/")
        told.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    return told


@contextlib.contextmanager
def _server(transport: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(transport)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise TransportUnknown(transport=transport.rpartition("@")[2])
    opened = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    default = smtplib.SMTP_SSL_PORT if parts.scheme == "smtps" else smtplib.SMTP_PORT
    with opened(parts.hostname, parts.port or default, timeout=_TIMEOUT) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def store(
    *,
    enterprise_id: int,
    activity_id: int | None,
    name: str,
    media_type: str,
    content: bytes,
) -> int:
    """Keep a file of an enterprise or an activity; give its id. It never changes."""
    values = {
        "enterprise_id": enterprise_id,
        "activity_id": activity_id,
        "name": name,
        "media_type": media_type,
        "content": content,
        "digest": hashlib.sha256(content).hexdigest(),
        "at": clock.now(),
    }
    return int(session.execute(_STORE, values).scalar_one())


_COLUMNS = "m.id, m.key, m.enterprise_id, m.recipient, m.subject, m.state, m.error, m.written_at, m.sent_at"
_WITH_WORDS = f"""
    select {_COLUMNS}, coalesce(w.text, '') as text, coalesce(w.html, '') as html
    from mail m left join lateral mail_words(m.id) w on true
"""
_WRITE = sa.text("""
    insert into mail (key, recipient, subject, text, html, enterprise_id, activity_id, person_id, file_ids, written_at,
        due_at)
    values (:key, :recipient, :subject, :text, :html, :enterprise_id, :activity_id, :person_id,
        cast(:file_ids as bigint[]), :at, :at)
    on conflict do nothing
""")
_LISTED = sa.text(f"""
    select {_COLUMNS} from mail m where cast(:before as bigint) is null or m.id < :before
    order by m.id desc limit :limit
""")
_ONE = sa.text(f"{_WITH_WORDS} where m.id = :id")
_ATTACHMENTS = sa.text("""
    select f.name, f.media_type, f.content from mail m
    join stored_file f on f.enterprise_id = m.enterprise_id and f.id = any(m.file_ids)
    where m.id = :id order by f.id
""")
_WAITING = sa.text(f"""
    {_WITH_WORDS} where m.state = 'waiting' and m.due_at <= :now
    order by m.due_at, m.id limit 1 for update of m skip locked
""")
_SENT = sa.text("update mail set state = :state, sent_at = :at, error = '' where id = :id")
_REFUSED = sa.text("""
    update mail set error = :error, attempts = attempts + 1,
        due_at = cast(:at as timestamptz) + (attempts + 1) * (attempts + 1) * interval '1 minute',
        state = case when attempts + 1 >= :most then 'failed' else 'waiting' end
    where id = :id
""")
_STORE = sa.text("""
    insert into stored_file (enterprise_id, activity_id, name, media_type, content, digest, stored_at)
    values (:enterprise_id, :activity_id, :name, :media_type, :content, :digest, :at) returning id
""")
