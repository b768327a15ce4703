"""Caps, the ledger, and what an AI action may cost. Source: docs page concepts/ai-spending-caps."""

import json
from collections.abc import Mapping
from decimal import Decimal

from sqlmodel import col

from engine.ai import queries, spend
from engine.ai.models import AiCall, AiCaps
from engine.ai.money import dollars, nanos
from engine.ai.prices import text_bound
from engine.ai.providers import PROVIDERS
from engine.ai.schemas import (
    AiEstimate,
    Caps,
    CapsMax,
    CapsRequest,
    EstimateRequest,
    ProviderList,
    ProviderPublic,
    UsageEntry,
    UsagePage,
)
from engine.context import Context, read, write
from engine.db import pages
from engine.db.lock import Lock, hold
from engine.limits import (
    AI_DAY_USD_MAX,
    AI_FEATURES,
    AI_MONTH_USD_MAX,
    AI_REQUEST_USD_MAX,
    AI_USAGE_PAGE_DEFAULT,
    AI_USAGE_PAGE_MAX,
)

MAX = CapsMax(per_request_usd=AI_REQUEST_USD_MAX, per_day_usd=AI_DAY_USD_MAX, per_month_usd=AI_MONTH_USD_MAX)


def providers() -> ProviderList:
    """The providers that a key may belong to."""
    return ProviderList(
        items=[ProviderPublic(id=one.id, label=one.label, key_format=one.key_format) for one in PROVIDERS.values()]
    )


@read
def caps(context: Context) -> Caps:
    """The caller's caps, what is spent of them, and what is left."""
    return _caps(context)


@write
def set_caps(context: Context, asked: CapsRequest) -> Caps:
    """Change those caps that are given. What is asked from now on is held to them."""
    hold(context.session, Lock.spend, context.account_id)
    row = queries.caps_of(context)
    given: Mapping[str, float | None] = {
        "per_request": asked.per_request_usd,
        "per_day": asked.per_day_usd,
        "per_month": asked.per_month_usd,
    }
    for name, value in given.items():
        if value is not None:
            setattr(row, name, nanos(Decimal(str(value))))
    row.changed_at = context.now()
    context.session.add(row)
    context.session.flush()
    return _caps(context)


@read
def usage(context: Context, *, limit: int = AI_USAGE_PAGE_DEFAULT, cursor: int | None = None) -> UsagePage:
    """A page of the caller's ledger, newest first; `limit` is clamped to 1..200."""
    where = [col(AiCall.account_id) == context.account_id]
    found, behind = pages.newest(context.session, AiCall, where, before=cursor, limit=limit, most=AI_USAGE_PAGE_MAX)
    return UsagePage(items=[_entry(row) for row in found], next_cursor=behind)


@read
def estimate(context: Context, asked: EstimateRequest) -> AiEstimate:
    """The most that an action can cost on the caller's key and model, and what the caps leave.

    Raises:
        NoKey, NoModel, KeyUnreadable.
    """
    prompt_bytes, output_tokens, requests = AI_FEATURES[asked.feature]
    text = asked.input if isinstance(asked.input, str) else json.dumps(asked.input, ensure_ascii=False)
    # The last request of an action shows the model all its earlier answers, too.
    input_tokens = text_bound(text, beside=prompt_bytes) + (requests - 1) * output_tokens
    quote = spend.quote(context, input_tokens=input_tokens, output_tokens=output_tokens)
    one, left = quote.worst_usd, _caps(context)
    return AiEstimate(
        feature=asked.feature,
        provider=quote.connection.provider.id,
        model=quote.model,
        worst_case_usd=None if one is None else one * requests,
        price_known=one is not None,
        remaining_today_usd=left.remaining_today_usd,
        remaining_month_usd=left.remaining_month_usd,
        per_request_usd=left.per_request_usd,
        allowed=one is None or _fits(one, requests, left),
    )


def _fits(one: Decimal, requests: int, left: Caps) -> bool:
    """Whether no cap would refuse so many requests of that cost."""
    room = min(left.remaining_today_usd, left.remaining_month_usd)
    return not left.paused and 0 < left.per_request_usd >= one and one * requests <= room


def _caps(context: Context) -> Caps:
    row, totals = queries.caps_of(context), queries.totals(context, context.now())
    today = row.per_day - totals.spent_today - totals.held_today
    month = row.per_month - totals.spent_month - totals.held_month
    return Caps(
        **_limits(row),
        max=MAX,
        spent_today_usd=dollars(totals.spent_today),
        spent_month_usd=dollars(totals.spent_month),
        remaining_today_usd=dollars(max(0, today)),
        remaining_month_usd=dollars(max(0, month)),
        paused=today <= 0 or month <= 0,
    )


def _limits(row: AiCaps) -> dict[str, Decimal]:
    return {
        "per_request_usd": dollars(row.per_request),
        "per_day_usd": dollars(row.per_day),
        "per_month_usd": dollars(row.per_month),
    }


def _entry(row: AiCall) -> UsageEntry:
    return UsageEntry.model_validate(
        {
            **row.model_dump(include={"id", "at", "feature", "provider", "model", "state"}),
            "input_tokens": row.input_tokens,
            "output_tokens": row.output_tokens,
            "cost_usd": None if row.cost is None else dollars(row.cost),
            "price_known": row.reserved is not None,
        }
    )
