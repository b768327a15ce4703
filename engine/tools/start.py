"""Starting work once: a call that is repeated, because its answer was lost on the way, must not pay twice."""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field
from sqlmodel import select

from engine.accounts.models import Account
from engine.accounts.repeats import Asked, latest, once
from engine.context import Context, write
from engine.tools.tool import Arguments, Key, WaitSeconds

ANYWAY_ONCE = timedelta(minutes=2)  # equal calls without a key, while the work of the first is open

M = TypeVar("M", bound=BaseModel)


class RepeatableArguments(Arguments):
    """What the arguments of every tool have in common whose repetition does nothing more."""

    idempotency_key: Key | None = None


class StartArguments(RepeatableArguments):
    """What the arguments of every tool that starts work have in common."""

    wait_s: WaitSeconds = 0


MaxEf = Annotated[float, Field(ge=0, le=1, description="Start nothing that costs more EF.")]


def asked(tool: str, arguments: RepeatableArguments) -> Asked:
    """The call as something that may be repeated. How long it waits makes no difference."""
    told = arguments.model_dump(mode="json", exclude={"idempotency_key", "wait_s"})
    text = f"{tool}\0{json.dumps(told, sort_keys=True)}"
    return Asked(arguments.idempotency_key, hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest())


@write
def start_once(
    context: Context,
    call: Asked,
    kind: type[M],
    start: Callable[[Context], M],
    is_open: Callable[[Context, M], bool],
) -> tuple[M, bool]:
    """What `start` gives, or gave to the same call before; True: this call started nothing.

    With a key the same for 24 hours; without one, while the work of an equal call of the last 2 minutes is open.

    Raises:
        KeyReused; what `start` raises.
    """
    ran: list[bool] = []

    def first(context: Context) -> M:
        ran.append(True)
        return start(context)

    if call.key is None:
        _one_at_a_time(context)
        told = latest(context, call.fingerprint, within=ANYWAY_ONCE)
        earlier = None if told is None else kind.model_validate(told)
        if earlier is not None and is_open(context, earlier):
            return earlier, True
        call = Asked(f"unasked:{uuid.uuid4()}", call.fingerprint)
    answer = once(context, call, kind, first)
    return answer, not ran


def _one_at_a_time(context: Context) -> None:
    """Of two equal calls at once, the second sees what the first has done. A SQLite write is alone anyway."""
    mine = select(Account.id).where(Account.id == context.account_id)
    # Without the key of the row: what else refers to the account goes on.
    context.session.exec(mine.with_for_update(key_share=True)).one()
