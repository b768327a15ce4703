"""The secret that an account's deliveries are signed with: made on first need, shown once, rotated without a gap."""

import logging
import secrets
from typing import Any

from sqlmodel import select

from engine.context import Context, read, write
from engine.db.insert import is_new
from engine.limits import WEBHOOK_SECRET_OVERLAP
from engine.webhooks.models import WebhookSecret
from engine.webhooks.schemas import NewWebhookSecret, WebhookSecretPublic

PREFIX = "whsec_"
HINT_LENGTH = 4
PURPOSE = "webhooks"

log = logging.getLogger(__name__)


@read
def look(context: Context) -> WebhookSecretPublic:
    """The caller's secret, masked; without any where nothing has needed one yet."""
    row = context.session.get(WebhookSecret, context.account_id)
    if row is None:
        return WebhookSecretPublic(secret=None, created_at=None, former_signs_until=None)
    return WebhookSecretPublic(
        secret=f"{PREFIX}…{row.hint}",
        created_at=row.created_at,
        former_signs_until=_while_it_signs(row, context),
    )


@write
def rotate(context: Context) -> NewWebhookSecret:
    """Make a secret, the only time that it is shown. The one before it signs beside it for a day, an older one no
    more."""
    secret, values = _fresh(context, context.account_id)
    if not is_new(context.session, WebhookSecret, values):
        row = _locked(context, context.account_id)
        row.former_sealed, row.former_until = row.sealed, context.now() + WEBHOOK_SECRET_OVERLAP
        _put(context, row, values)
    row = context.session.get_one(WebhookSecret, context.account_id)
    return NewWebhookSecret(secret=secret, created_at=row.created_at, former_signs_until=row.former_until)


def signing_secrets(context: Context, account_id: int) -> tuple[str, ...]:
    """What a delivery of the account is signed with, the newest first; made now where there is none.

    Within a transaction that writes.
    """
    row = context.session.get(WebhookSecret, account_id)
    if row is None:
        _, values = _fresh(context, account_id)
        is_new(context.session, WebhookSecret, values)
        row = context.session.get_one(WebhookSecret, account_id)
    signer = context.services.signer
    kept = [row.sealed, *([row.former_sealed] if _while_it_signs(row, context) and row.former_sealed else [])]
    found = [secret for sealed in kept if (secret := signer.opened(PURPOSE, sealed)) is not None]
    return tuple(found) or (_replaced(context, account_id),)


def _replaced(context: Context, account_id: int) -> str:
    """A new secret in the place of one that can't be read: the keys of the product were exchanged."""
    log.warning("The webhook secret of account %s can't be read with the keys of now; it was replaced", account_id)
    secret, values = _fresh(context, account_id)
    row = _locked(context, account_id)
    row.former_sealed = row.former_until = None
    _put(context, row, values)
    return secret


def _put(context: Context, row: WebhookSecret, values: dict[str, Any]) -> None:
    row.sealed, row.hint, row.created_at = values["sealed"], values["hint"], values["created_at"]
    context.session.add(row)
    context.session.flush()


def _fresh(context: Context, account_id: int) -> tuple[str, dict[str, Any]]:
    secret = PREFIX + secrets.token_urlsafe(32)
    return secret, {
        "account_id": account_id,
        "sealed": context.services.signer.seal(PURPOSE, secret),
        "hint": secret[-HINT_LENGTH:],
        "created_at": context.now(),
    }


def _locked(context: Context, account_id: int) -> WebhookSecret:
    """The stored secret; of two who change it, the second waits."""
    mine = select(WebhookSecret).where(WebhookSecret.account_id == account_id).with_for_update()
    return context.session.exec(mine.execution_options(populate_existing=True)).one()


def _while_it_signs(row: WebhookSecret, context: Context) -> Any:
    """Until when the former secret signs; None when it does no more."""
    return row.former_until if row.former_until is not None and row.former_until > context.now() else None
