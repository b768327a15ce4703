"""What is announced, to whom, and what became of it."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from engine.accounts.rate_limits import Limit, count_attempt
from engine.context import Context, Services, read, write
from engine.db import pages
from engine.db.types import json_text
from engine.limits import (
    WEBHOOK_KEPT,
    WEBHOOK_PAGE_DEFAULT,
    WEBHOOK_PAGE_MAX,
    WEBHOOK_TESTS,
    WEBHOOK_TESTS_WINDOW,
    WEBHOOK_TRIES,
)
from engine.webhooks.models import DeliveryStatus, WebhookDelivery
from engine.webhooks.receivers import checked_url, receiver_of
from engine.webhooks.schemas import DeliveriesPage, DeliveryPublic, DeliveryState

PING = "ping"
PINGS = Limit("webhook.test", WEBHOOK_TESTS, WEBHOOK_TESTS_WINDOW)


def accepted(context: Context, url: object) -> str | None:
    """A receiver that a request names, as it is stored; None where it names none. Raises BadWebhookUrl."""
    return None if url is None else checked_url(url, trusted=context.services.settings.trusted_networks)


def announce(
    context: Context, *, account_id: int, url: str, event: str, subject_id: str, told: Mapping[str, Any]
) -> None:
    """Tell a receiver once the transaction is committed: here only a row is inserted. `told` is the body's own part."""
    _add(context, account_id=account_id, url=url, event=event, subject_id=subject_id, told=told)


@write
def ping(context: Context, url: str) -> DeliveryPublic:
    """Send a receiver a signed message that says nothing, once; the list of deliveries tells how it went.

    Raises:
        BadWebhookUrl, TooManyAttempts.
    """
    checked = checked_url(url, trusted=context.services.settings.trusted_networks, field="url")
    count_attempt(context, (PINGS, str(context.account_id)))
    row = _add(context, account_id=context.account_id, url=checked, event=PING, subject_id="", told={}, tries_max=1)
    context.session.flush()
    return _public(row)


@read
def list_deliveries(
    context: Context,
    *,
    limit: int = WEBHOOK_PAGE_DEFAULT,
    cursor: int | None = None,
    status: DeliveryState | None = None,
) -> DeliveriesPage:
    """A page of the caller's deliveries, newest first; `limit` is clamped to 1..200."""
    where = [col(WebhookDelivery.account_id) == context.account_id]
    if status is not None:
        where.append(col(WebhookDelivery.status) == status)
    found, behind = pages.newest(
        context.session, WebhookDelivery, where, before=cursor, limit=limit, most=WEBHOOK_PAGE_MAX
    )
    return DeliveriesPage(items=[_public(row) for row in found], next_cursor=behind)


def forget_old(services: Services) -> None:
    """Delete the deliveries that ended a week ago."""
    while services.run(None, _forget_some):
        pass


@write
def _forget_some(context: Context) -> bool:
    """Delete some of them. True: there may be more."""
    old = select(WebhookDelivery).where(
        WebhookDelivery.status != DeliveryStatus.pending, col(WebhookDelivery.ended_at) < context.now() - WEBHOOK_KEPT
    )
    found = context.session.exec(old.limit(1_000)).all()
    for row in found:
        context.session.delete(row)
    return len(found) == 1_000


def _add(
    context: Context,
    *,
    account_id: int,
    url: str,
    event: str,
    subject_id: str,
    told: Mapping[str, Any],
    tries_max: int = WEBHOOK_TRIES,
) -> WebhookDelivery:
    now, delivery_id = context.now(), "wd_" + secrets.token_hex(13)
    body = {"event": event, "delivery": delivery_id, "created_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", **told}
    row = WebhookDelivery(
        account_id=account_id,
        delivery_id=delivery_id,
        event=event,
        subject_id=subject_id,
        url=url,
        receiver=receiver_of(account_id, url),
        body=json_text(body),
        tries_max=tries_max,
        due_at=now,
        created_at=now,
    )
    context.session.add(row)
    return row


def _public(row: WebhookDelivery) -> DeliveryPublic:
    shown = DeliveryPublic.model_validate(row)
    shown.next_try_at = row.due_at if row.status == DeliveryStatus.pending else None
    return shown
