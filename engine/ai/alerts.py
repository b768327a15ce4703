"""Mails about daily and monthly caps: one when most of it is spent, one when it is reached, once a period each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.accounts import outgoing
from engine.accounts.mails import written
from engine.accounts.queries import by_id
from engine.ai import queries
from engine.ai.models import AiAlert
from engine.ai.money import in_words
from engine.context import Context
from engine.db.insert import is_new
from engine.limits import AI_ALERT_SHARE

Level = Literal["near", "reached"]
LETTERS: dict[Level, str] = {"near": "ai_cap_near", "reached": "ai_cap_reached"}


@dataclass(frozen=True, slots=True)
class _Period:
    """A day or month at hand. `key` names it; `spent` and `cap` are in billionths of a dollar."""

    key: str
    words: str
    reset: str
    spent: int
    cap: int

    @property
    def level(self) -> Level | None:
        if self.spent >= self.cap:
            return "reached"
        return "near" if self.spent >= self.cap * AI_ALERT_SHARE else None


def tell(context: Context) -> None:
    """Write to the account about each cap that its settled spending has come near or reached, unless told already."""
    now = context.now()
    for period in _periods(context, now):
        level = period.level
        if level is not None and _is_first(context, period.key, level, now):
            _send(context, period, level)


def _periods(context: Context, now: datetime) -> Iterator[_Period]:
    caps, totals = queries.caps_of(context), queries.totals(context, now)
    yield _Period(f"{now:%Y-%m-%d}", "journalier", "à 00:00 UTC", totals.spent_today, caps.per_day)
    yield _Period(f"{now:%Y-%m}", "mensuel", "le 1er du mois à 00:00 UTC", totals.spent_month, caps.per_month)


def _is_first(context: Context, period: str, level: Level, now: datetime) -> bool:
    """Whether nothing was said about that yet; who has heard that it is reached need not hear that it is near."""
    me = context.account_id
    known = context.session.get(AiAlert, (me, period, "reached")) is not None
    return not known and is_new(
        context.session, AiAlert, {"account_id": me, "period": period, "level": level, "at": now}
    )


def _send(context: Context, period: _Period, level: Level) -> None:
    account = by_id(context, context.account_id)
    values = {"period": period.words, "reset": period.reset}
    mail = written(LETTERS[level], to=account.email, spent=in_words(period.spent), cap=in_words(period.cap), **values)
    outgoing.queue(context, mail, account_id=context.account_id)
