"""Look up an account's AI key, caps and spending, inside the transaction of who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import case
from sqlmodel import col, func, select

from engine.ai.errors import KeyUnreadable, NoKey
from engine.ai.models import AiCall, AiCaps, AiSettings, CallState
from engine.ai.money import nanos
from engine.ai.providers import PROVIDERS, Connection, ProviderId
from engine.context import Context
from engine.limits import AI_DAY_USD, AI_MONTH_USD, AI_REQUEST_USD

PURPOSE = "ai-keys"  # what a key is encrypted for


@dataclass(frozen=True, slots=True)
class Totals:
    """What an account has spent, and what is held for requests that are not over, in billionths of a dollar.

    Of the UTC day and the UTC month at hand.
    """

    spent_today: int
    held_today: int
    spent_month: int
    held_month: int


def settings_of(context: Context) -> AiSettings | None:
    """What the caller has connected."""
    return context.session.get(AiSettings, context.account_id)


def connection(context: Context) -> Connection:
    """The caller's way to a model.

    Raises:
        NoKey: nothing is connected. KeyUnreadable: no secret key of now opens it.
    """
    row = settings_of(context)
    if row is None:
        raise NoKey()
    key = context.services.signer.opened(PURPOSE, row.sealed)
    if key is None:
        raise KeyUnreadable()
    provider = PROVIDERS[provider_id(row)]
    return Connection(provider, row.base_url or provider.base_url or "", key, row.model)


def provider_id(row: AiSettings) -> ProviderId:
    """The stored provider. One that this version does not know counts as nothing connected: raises NoKey."""
    known: list[ProviderId] = [each for each in PROVIDERS if each == row.provider]
    if not known:
        raise NoKey()
    return known[0]


def caps_of(context: Context) -> AiCaps:
    """The caller's caps; the defaults where it has set none, as a row that is not stored."""
    found = context.session.get(AiCaps, context.account_id)
    return found or AiCaps(
        account_id=context.account_id,
        per_request=nanos(AI_REQUEST_USD),
        per_day=nanos(AI_DAY_USD),
        per_month=nanos(AI_MONTH_USD),
        changed_at=context.now(),
    )


def day_of(now: datetime) -> datetime:
    """When the UTC day began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def totals(context: Context, now: datetime) -> Totals:
    """What counts in the day and the month of `now`."""
    month, today = day_of(now).replace(day=1), col(AiCall.at) >= day_of(now)
    held = case((col(AiCall.state) == CallState.open, func.coalesce(AiCall.reserved, 0)), else_=0)
    spent = case((col(AiCall.state) == CallState.open, 0), else_=func.coalesce(AiCall.cost, 0))
    sums = [func.sum(case((today, part), else_=0)) for part in (spent, held)] + [func.sum(spent), func.sum(held)]
    mine = select(*sums).where(AiCall.account_id == context.account_id, col(AiCall.at) >= month)
    row = cast("Sequence[Any]", context.session.exec(mine).one())  # PostgreSQL sums into decimals, SQLite into ints
    return Totals(*(int(value or 0) for value in row))
