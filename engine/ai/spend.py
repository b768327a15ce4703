"""The ledger of what models cost: a request is let through with its worst case reserved, and settled with what it used.

Of one account, one request is let through at a time, so that many at once can't pass a cap together. A process that
dies in between leaves its reservation counted. Source: docs page concepts/ai-spending-caps.
"""

import logging
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import select

from engine.accounts.queries import stays
from engine.ai import alerts, queries
from engine.ai.errors import CapExceeded, NoModel
from engine.ai.models import AiCall, CallState
from engine.ai.money import in_words, nanos
from engine.ai.prices import Price, Used, price_of
from engine.ai.providers import Connection
from engine.ai.types import Feature, Usage
from engine.context import Context, read, write
from engine.db.lock import Lock, hold

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Quote:
    """A request before it is made: whom it asks, and what it may cost at most. `worst_usd` is None without a price."""

    connection: Connection
    model: str
    price: Price | None
    input_tokens: int
    output_tokens: int
    worst_usd: Decimal | None

    @property
    def bound(self) -> Used:
        """All that it may use."""
        return Used(self.input_tokens, self.output_tokens, exact=False)

    def usage(self, used: Used) -> Usage:
        """What was used, and what that costs; of bounds, what they cost at most."""
        if self.price is None:
            return Usage(used.input_tokens, used.output_tokens, None)
        cost = self.price.cost(used) if used.exact else self.price.worst(used.input_tokens, used.output_tokens)
        return Usage(used.input_tokens, used.output_tokens, cost)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A request that was let through."""

    call_id: int
    quote: Quote


@read
def quote(context: Context, *, input_tokens: int, output_tokens: int) -> Quote:
    """What a request of that size costs at most, on the caller's key and model.

    The bound of the answer is brought down to what the model can say; providers refuse a higher one.

    Raises:
        NoKey, KeyUnreadable, NoModel.
    """
    connection = queries.connection(context)
    if connection.model is None:
        raise NoModel()
    price = price_of(connection.provider, connection.base_url, connection.model)
    if price is not None and price.output_tokens_max is not None:
        output_tokens = min(output_tokens, price.output_tokens_max)
    worst = price.worst(input_tokens, output_tokens) if price is not None else None
    return Quote(connection, connection.model, price, input_tokens, output_tokens, worst)


@write
def reserve(context: Context, quote: Quote, feature: Feature, *, lost_usd: Decimal = Decimal(0)) -> Reservation:
    """Let a request through. `lost_usd`: what earlier tries of the same request may have cost.

    Raises:
        CapExceeded: it could pass a cap. Nothing was written.
    """
    hold(context.session, Lock.spend, context.account_id)
    now = context.now()
    worst = None if quote.worst_usd is None else nanos(quote.worst_usd)
    if worst is not None:
        _check(queries.caps_of(context), queries.totals(context, now), worst, nanos(lost_usd))
    row = AiCall(
        account_id=context.account_id,
        feature=feature,
        provider=quote.connection.provider.id,
        model=quote.model,
        at=now,
        reserved=worst,
    )
    context.session.add(row)
    context.session.flush()
    assert row.id is not None
    return Reservation(row.id, quote)


@read
def check(context: Context, quote: Quote) -> None:
    """Whether a request would be let through at this moment; nothing is reserved. Raises CapExceeded."""
    if quote.worst_usd is not None:
        _check(queries.caps_of(context), queries.totals(context, context.now()), nanos(quote.worst_usd), 0)


@write
def settle(context: Context, reservation: Reservation, used: Used) -> None:
    """End a request with what it used, and write to the account when that reaches a share of a cap. Only once."""
    if not stays(context.session, context.account_id):
        return  # the account is gone, and its ledger with it
    hold(context.session, Lock.spend, context.account_id)
    row = _open(context, reservation.call_id)
    if row is None:
        return
    cost_usd = reservation.quote.usage(used).cost_usd
    cost = None if cost_usd is None else nanos(cost_usd)
    if cost is not None and row.reserved is not None and cost > row.reserved:
        log.warning("AI call %s cost more than its bound: %s > %s billionths of a dollar", row.id, cost, row.reserved)
    row.state = CallState.settled if used.exact else CallState.assumed
    row.cost, row.ended_at = cost, context.now()
    row.input_tokens, row.output_tokens = used.input_tokens, used.output_tokens
    context.session.add(row)
    context.session.flush()
    if cost:
        alerts.tell(context)


def _open(context: Context, call_id: int) -> AiCall | None:
    mine = select(AiCall).where(
        AiCall.id == call_id, AiCall.account_id == context.account_id, AiCall.state == CallState.open
    )
    return context.session.exec(mine.with_for_update()).first()


def _check(caps: queries.AiCaps, totals: queries.Totals, worst: int, lost: int) -> None:
    """Refuse what could pass a cap; and everything that has a price where a cap is 0."""
    today, month = totals.spent_today + totals.held_today, totals.spent_month + totals.held_month
    for cap, limit, counted, left_of in (
        ("per_request_usd", caps.per_request, lost, "par requête"),
        ("per_day_usd", caps.per_day, today, "aujourd'hui (UTC)"),
        ("per_month_usd", caps.per_month, month, "ce mois-ci (UTC)"),
    ):
        if limit == 0 or counted + worst > limit:
            left = in_words(max(0, limit - counted))
            problem = f"coût maximal {in_words(worst, up=True)} $, reste {left} $ sur {in_words(limit)} $ {left_of}"
            raise CapExceeded(problem=problem, cap=cap)
