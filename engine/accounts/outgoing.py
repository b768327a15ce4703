"""Mail on its way: written in the transaction of what it tells, handed over after it, and tried again until it went.

Every process delivers what it wrote; the worker does what is left.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from sqlalchemy import update
from sqlmodel import col, delete, select

from engine.accounts.models import OutgoingMail
from engine.context import Context, Services, read, write
from engine.db.changes import changed
from engine.mail.mailer import Mail

HELD = timedelta(minutes=10)  # longer than a relay may take; then its deliverer counts as dead
FIRST_PAUSE = timedelta(seconds=15)  # doubled with each try
LONGEST_PAUSE = timedelta(hours=1)
TRIES_MAX = 60  # about two days: the links have expired by then

log = logging.getLogger(__name__)


def queue(context: Context, mail: Mail, *, account_id: int) -> None:
    """Send a mail once the transaction is committed, without making the caller wait."""
    context.session.add(
        OutgoingMail(
            account_id=account_id,
            recipient=mail.to,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            due_at=context.now(),
        )
    )
    services = context.services
    context.after_commit.append(lambda: services.errands.run(partial(deliver_due, services)))


def deliver_due(services: Services) -> None:
    """Hand over the mails that are due, each by one process. A relay that fails ends the round; none is lost."""
    while (due := services.run(None, _next_due)) is not None:
        mail_id, due_at = due
        taken = services.run(None, _take, mail_id, due_at)
        if taken is None:
            continue  # another process has it
        mail, tries, held_until = taken
        try:
            services.mailer.send(mail)
        except OSError as error:  # smtplib's errors are OSErrors, too
            log.warning("Mail %s was not handed over (try %s): %s", mail_id, tries, type(error).__name__)
            services.run(None, _put_back, mail_id, held_until, tries)
            return
        services.run(None, _gone, mail_id, held_until)


def pause_after(tries: int) -> timedelta:
    """How long to wait after that many tries."""
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 16), LONGEST_PAUSE)


@read
def _next_due(context: Context) -> tuple[int, datetime] | None:
    query = select(OutgoingMail.id, OutgoingMail.due_at).where(col(OutgoingMail.due_at) <= context.now())
    found = context.session.exec(query.order_by(col(OutgoingMail.due_at), col(OutgoingMail.id)).limit(1)).first()
    return cast("tuple[int, datetime] | None", found)


@write
def _take(context: Context, mail_id: int, due_at: datetime) -> tuple[Mail, int, datetime] | None:
    """Hold a mail that is still due since then; None when somebody else does."""
    until = context.now() + HELD
    change = update(OutgoingMail).where(col(OutgoingMail.id) == mail_id, col(OutgoingMail.due_at) == due_at)
    if changed(context.session, change.values(due_at=until, tries=col(OutgoingMail.tries) + 1)) != 1:
        return None
    row = context.session.get_one(OutgoingMail, mail_id)
    return Mail(row.recipient, row.subject, row.text, row.html), row.tries, row.due_at


@write
def _put_back(context: Context, mail_id: int, held_until: datetime, tries: int) -> None:
    if tries >= TRIES_MAX:
        log.error("Mail %s was given up after %s tries", mail_id, tries)
        context.session.exec(delete(OutgoingMail).where(col(OutgoingMail.id) == mail_id))
        return
    ours = update(OutgoingMail).where(col(OutgoingMail.id) == mail_id, col(OutgoingMail.due_at) == held_until)
    context.session.exec(ours.values(due_at=context.now() + pause_after(tries)))


@write
def _gone(context: Context, mail_id: int, held_until: datetime) -> None:
    """Forget a mail that was handed over, and its text with it."""
    context.session.exec(
        delete(OutgoingMail).where(col(OutgoingMail.id) == mail_id, col(OutgoingMail.due_at) == held_until)
    )
