"""Which fault it is that an SDK raised. Source: the providers' public references; some share a status between refusals,
which their words then tell apart."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from engine.ai.wire import Fault, Reason
from engine.network.pace import retry_after_seconds
from engine.network.types import Unreachable

# What a provider's refusal says in words, where its status is shared with other refusals.
KEY_WORDS = ("api key not valid", "incorrect api key", "invalid api key", "api key is blocked", "reported as leaked")
CREDIT_WORDS = (
    "insufficient_quota",
    "credit balance",
    "insufficient balance",
    "insufficient credits",
    "any credits",
    "spend limit",
    "blocked_api_access",
)
MODEL_WORDS = ("model_not_found", "invalid_model", "invalid model", "model not exist", "not a valid model")
GATEWAY_TIMEOUTS = (504, 524)  # somebody in between lost patience; the provider may have gone on


def fault_of(error: Exception, now: datetime) -> Fault:
    """What an SDK raised, whichever of the two. `now` is for a date in `Retry-After`."""
    if isinstance(error, Fault):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _of_status(status, _words(error), _wait(error, now))
    if _cause(error, Unreachable) is not None:
        return Fault("unreachable")
    if _cause(error, TimeoutError) is not None or "Timeout" in type(error).__name__:
        return Fault("late", charged=True)
    return Fault("broken", charged=True)


def _of_status(status: int, words: str, wait: float | None) -> Fault:
    for reason, known in (("no_credit", CREDIT_WORDS), ("key_refused", KEY_WORDS), ("model_unknown", MODEL_WORDS)):
        if 400 <= status < 500 and any(phrase in words for phrase in known):
            return Fault(cast("Reason", reason))
    if status >= 500 or status == 408:
        return Fault("down", charged=status in GATEWAY_TIMEOUTS, wait_seconds=wait)
    if status == 429:
        return Fault("busy", wait_seconds=wait)
    by_status: dict[int, Reason] = {401: "key_refused", 402: "no_credit", 403: "key_refused", 404: "model_unknown"}
    if status < 300:  # an error in the middle of an answer
        return Fault("broken", charged=True)
    return Fault(by_status.get(status, "rejected" if status >= 400 else "unreachable"))


def _words(error: Exception) -> str:
    """The beginning of a refusal, to be read by us alone."""
    return json.dumps(getattr(error, "body", None), default=str)[:2_000].lower()


def _wait(error: Exception, now: datetime) -> float | None:
    headers = cast("Mapping[str, str]", getattr(getattr(error, "response", None), "headers", {}))
    return retry_after_seconds(headers, now)


def _cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The first of an error and its causes that is of this kind."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, kind):
        seen = seen.__cause__ or seen.__context__
    return seen
