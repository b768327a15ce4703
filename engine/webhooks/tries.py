"""One try of a delivery, from its claim to its outcome: each by one process, a transaction at either end.

A process that dies between the two leaves the row held for a minute; then the same delivery is sent again, under the
same id: at least once.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, or_, select

from engine.context import Context, read, write
from engine.db.changes import changed
from engine.limits import WEBHOOK_LIFE, WEBHOOK_WAITS
from engine.webhooks import notice
from engine.webhooks.models import DeliveryStatus, WebhookDelivery
from engine.webhooks.secrets import signing_secrets

HELD = timedelta(minutes=1)  # longer than a try may take; then its process counts as dead
PAUSE_MAX = timedelta(minutes=1)  # of the other deliveries to a receiver that gave no answer
GONE = 410

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that waits for a try."""

    id: int
    account_id: int
    receiver: str


@dataclass(frozen=True, slots=True)
class Try:
    """The right to make one try and to say how it went. `number` counts from 1."""

    id: int
    account_id: int
    receiver: str
    number: int
    delivery_id: str
    event: str
    url: str
    body: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a receiver answered; `error` says why that is no success. `retry_after_seconds` is what it asked for."""

    status: int | None
    error: str | None = None
    retry_after_seconds: float | None = None


@read
def due(context: Context, *, limit: int, but_receivers: Collection[str], but_accounts: Collection[int]) -> list[Due]:
    """Deliveries whose time has come, the longest due first, but for receivers and accounts that have enough."""
    wanted = (
        select(WebhookDelivery.id, WebhookDelivery.account_id, WebhookDelivery.receiver)
        .where(*_open(context.now()))
        .where(col(WebhookDelivery.receiver).not_in(but_receivers))
        .where(col(WebhookDelivery.account_id).not_in(but_accounts))
        .order_by(col(WebhookDelivery.due_at), col(WebhookDelivery.id))
    )
    return [Due(row[0], row[1], row[2]) for row in context.session.exec(wanted.limit(limit)) if row[0] is not None]


@write
def take(context: Context, row_id: int) -> Try | None:
    """Hold a delivery for one try; None when somebody else does, or it has ended."""
    now = context.now()
    change = update(WebhookDelivery).where(col(WebhookDelivery.id) == row_id, *_open(now))
    if changed(context.session, change.values(held_until=now + HELD, tries=WebhookDelivery.tries + 1)) != 1:
        return None
    row = context.session.get_one(WebhookDelivery, row_id)
    return Try(
        id=row_id,
        account_id=row.account_id,
        receiver=row.receiver,
        number=row.tries,
        delivery_id=row.delivery_id,
        event=row.event,
        url=row.url,
        body=row.body,
        secrets=signing_secrets(context, row.account_id),
    )


@write
def settle(context: Context, made: Try, outcome: Outcome) -> None:
    """Note how a try went, and when the next one is, if any. Nothing where a later try has begun meanwhile."""
    mine = select(WebhookDelivery).where(
        WebhookDelivery.id == made.id,
        WebhookDelivery.account_id == made.account_id,
        WebhookDelivery.tries == made.number,
        WebhookDelivery.status == DeliveryStatus.pending,
    )
    row = context.session.exec(mine.with_for_update()).first()
    if row is None:
        return
    now, wait = context.now(), _wait_after(made.number, outcome)
    row.response_status, row.error, row.held_until = outcome.status, outcome.error, None
    context.session.add(row)
    if outcome.error is None:
        row.status, row.ended_at = DeliveryStatus.delivered, now
        return
    if outcome.status is None or outcome.retry_after_seconds:
        _pause(context, row, now + min(wait, PAUSE_MAX))
    if _is_last(row, outcome, now):
        row.status, row.ended_at = DeliveryStatus.failed, now
        log.info("Delivery %s was given up after try %s: %s", row.delivery_id, row.tries, row.error)
        notice.tell(context, row)
        return
    row.due_at = min(now + wait, row.created_at + WEBHOOK_LIFE)


def _open(now: datetime) -> tuple[Any, ...]:
    """Pending, due, and in nobody's hands."""
    free = or_(col(WebhookDelivery.held_until).is_(None), col(WebhookDelivery.held_until) <= now)
    return WebhookDelivery.status == DeliveryStatus.pending, col(WebhookDelivery.due_at) <= now, free


def _wait_after(number: int, outcome: Outcome) -> timedelta:
    """How long to wait after that many tries; what the receiver asks for, where that is longer."""
    own = WEBHOOK_WAITS[min(number, len(WEBHOOK_WAITS)) - 1]
    asked = min(outcome.retry_after_seconds or 0.0, WEBHOOK_LIFE.total_seconds())
    return max(own, timedelta(seconds=asked))


def _is_last(row: WebhookDelivery, outcome: Outcome, now: datetime) -> bool:
    return outcome.status == GONE or row.tries >= row.tries_max or now >= row.created_at + WEBHOOK_LIFE


def _pause(context: Context, row: WebhookDelivery, until: datetime) -> None:
    """Let what else waits for this receiver wait: each try of it would take the whole of its time, too."""
    others = select(WebhookDelivery.id).where(
        WebhookDelivery.account_id == row.account_id,
        WebhookDelivery.receiver == row.receiver,
        WebhookDelivery.status == DeliveryStatus.pending,
        col(WebhookDelivery.due_at) < until,
        col(WebhookDelivery.held_until).is_(None),
        col(WebhookDelivery.id) != row.id,
    )
    # Of two tries that fail at once, neither waits for the other's rows.
    free = others.with_for_update(skip_locked=True)
    context.session.exec(update(WebhookDelivery).where(col(WebhookDelivery.id).in_(free)).values(due_at=until))
