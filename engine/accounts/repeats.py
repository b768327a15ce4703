"""Requests that must not be done twice: the first one's answer is kept for a day, and given again.

The answer is written in the transaction that does the work, so two equal requests at once do it once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from pydantic import BaseModel
from sqlmodel import col, delete, select

from engine.accounts.models import Repeatable
from engine.context import Context, Services, write
from engine.db.insert import is_new
from engine.errors import OutsendError

P = ParamSpec("P")
M = TypeVar("M", bound=BaseModel)

KEPT = timedelta(hours=24)
REFUSED = "refused"


class KeyReused(OutsendError):
    code = "idempotency_key_reused"
    kind = "unprocessable"
    message = "Cette Idempotency-Key a déjà servi pour une autre requête"
    hint = "Use a new key for a new request; repeat the same body to get the first answer again."


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its key, if the caller gave one, and what makes it equal to another (SHA-256, hex)."""

    key: str | None
    fingerprint: str


@write
def once(
    context: Context,
    asked: Asked,
    answer: type[M],
    operation: Callable[Concatenate[Context, P], M],
    *args: P.args,
    **kwargs: P.kwargs,
) -> M:
    """What the operation answers, or has answered to the same key; without a key, it just runs.

    Raises:
        KeyReused: the key has served another request. What the operation raises; what it refused after its commit is
        refused again in the same words.
    """
    if asked.key is None:
        return operation(context, *args, **kwargs)
    if not _is_first(context, asked):
        return answer.model_validate(_earlier(context, asked))
    result = operation(context, *args, **kwargs)
    kept = {REFUSED: _told(context.refusal)} if context.refusal else result.model_dump(mode="json")
    row = _row(context, asked.key)
    row.answer = kept
    context.session.add(row)
    return result


def latest(context: Context, fingerprint: str, *, within: timedelta) -> dict[str, Any] | None:
    """The answer to the caller's last equal request, with any key, if it is no older than that."""
    query = select(Repeatable).where(
        Repeatable.account_id == context.account_id,
        Repeatable.fingerprint == fingerprint,
        col(Repeatable.at) >= context.now() - within,
    )
    row = context.session.exec(query.order_by(col(Repeatable.id).desc())).first()
    return None if row is None or REFUSED in row.answer else row.answer


def forget_old(services: Services) -> None:
    """Delete the answers whose day is over."""
    services.run(None, _forget)


@write
def _forget(context: Context) -> None:
    context.session.exec(delete(Repeatable).where(col(Repeatable.at) < context.now() - KEPT))


def _is_first(context: Context, asked: Asked) -> bool:
    """Take the key. Of two requests at once, the second waits here until the first is committed."""
    old = (col(Repeatable.account_id) == context.account_id, col(Repeatable.key) == asked.key)
    context.session.exec(delete(Repeatable).where(*old, col(Repeatable.at) < context.now() - KEPT))
    values: dict[str, Any] = {
        "account_id": context.account_id,
        "key": asked.key,
        "fingerprint": asked.fingerprint,
        "answer": {},
        "at": context.now(),
    }
    return is_new(context.session, Repeatable, values)


def _earlier(context: Context, asked: Asked) -> dict[str, Any]:
    assert asked.key is not None
    row = _row(context, asked.key)
    if row.fingerprint != asked.fingerprint:
        raise KeyReused()
    if REFUSED in row.answer:
        raise _again(row.answer[REFUSED])
    return row.answer


def _row(context: Context, key: str) -> Repeatable:
    return context.session.exec(
        select(Repeatable).where(Repeatable.account_id == context.account_id, Repeatable.key == key)
    ).one()


def _told(error: OutsendError) -> dict[str, str]:
    return {"code": error.code, "kind": error.kind, "message": error.text, "hint": error.next_step}


def _again(told: dict[str, str]) -> OutsendError:
    """The refusal as it was told the first time. Its texts hold their values already."""
    plain = {name: text.replace("{", "{{").replace("}", "}}") for name, text in told.items()}
    return cast("OutsendError", type("Refused", (OutsendError,), plain)())
