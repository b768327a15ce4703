"""Who calls, with what, inside which transaction: the first argument of every operation.

An operation is a plain function marked `@read` or `@write`: one transaction, no commit call, no network. Front ends
call it through `Caller`; async code uses `call`, which runs it in a thread.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from sqlmodel import Session

from engine.clock import Clock
from engine.db.clock import db_now
from engine.db.engine import Database, Mode
from engine.errors import OutsendError, StorageFull
from engine.mail.mailer import Mailer
from engine.mail.seeds import SeedBox
from engine.settings import Settings
from engine.signing import Signer
from engine.worker.driver import Driver
from engine.worker.errands import Errands

P = ParamSpec("P")
R = TypeVar("R")

Via = Literal["session", "token", "mcp", "assistant", "schedule", "cli"]
Scope = Literal["read", "run"]
ALL_SCOPES: frozenset[Scope] = frozenset({"read", "run"})


@dataclass(frozen=True, slots=True)
class Principal:
    """The account that acts, and the way it came in. `session_id` is the sign-in session's row, where there is one."""

    account_id: int
    via: Via
    admin: bool = False
    active: bool = True
    verified: bool = True
    scopes: frozenset[Scope] = ALL_SCOPES
    session_id: int | None = None

    @property
    def admin_in_person(self) -> bool:
        """Whether an administrator came by a sign-in session or on the command line: no token has those powers."""
        return self.admin and self.via in ("session", "cli")

    @property
    def by_agent(self) -> bool:
        """Whether a model holds the pen: what belongs to others then looks as if it did not exist."""
        return self.via in ("mcp", "assistant")


@dataclass(frozen=True, slots=True)
class FinishedJob:
    """What the follow-up of a finished job may know. `status` is done, failed or cancelled."""

    seq: int
    job_id: str
    account_id: int
    status: str
    results: int
    pipeline_id: str | None
    node_id: str | None


class Hub(Protocol):
    """Tells who waits that a job moved on."""

    def poke(self) -> None:
        """Look again now; called after a commit that changed a job."""
        ...

    def close(self) -> None:
        """End every stream and wait: the process is about to stop."""
        ...


JobHook = Callable[["Context", FinishedJob], None]
PipelineHook = Callable[["Context", str, str], None]


@dataclass(slots=True)
class Services:
    """The replaceable ends of the system, built once in `engine.runtime`.

    `on_job_finished` and `on_pipeline_finished` run in order inside the finishing transaction; they only insert or
    update rows.
    """

    settings: Settings
    clock: Clock
    db: Database
    driver: Driver
    hub: Hub
    signer: Signer
    mailer: Mailer
    seed_boxes: tuple[SeedBox, ...] = ()
    on_job_finished: tuple[JobHook, ...] = ()
    on_pipeline_finished: tuple[PipelineHook, ...] = ()
    on_full: Callable[[StorageFull], None] = lambda error: None  # hears that something could not be saved
    errands: Errands = field(default_factory=Errands)

    def run(
        self,
        principal: Principal | None,
        operation: Callable[Concatenate["Context", P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run an operation in its transaction, commit, then do what it left for after the commit."""
        try:
            with self.db.transaction(mode_of(operation)) as session:
                context = Context(self, principal, session)
                result = operation(context, *args, **kwargs)
        except StorageFull as error:
            self.on_full(error)
            raise
        for act in context.after_commit:
            act()
        if context.refusal is not None:
            raise context.refusal
        return result

    async def call(
        self,
        principal: Principal | None,
        operation: Callable[Concatenate["Context", P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """`run` in a thread, for async code."""
        return await asyncio.to_thread(self.run, principal, operation, *args, **kwargs)


@dataclass(slots=True)
class Context:
    """One operation's surroundings. `principal` is None where the system acts by itself (the gate, the sweep)."""

    services: Services
    principal: Principal | None
    session: Session
    after_commit: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    refusal: OutsendError | None = None  # raised to the caller after the commit: what was written stays

    @property
    def account_id(self) -> int:
        """The account that acts. A system context has none: asking is a programming error."""
        assert self.principal is not None, "an operation on behalf of nobody asked for its account"
        return self.principal.account_id

    def now(self) -> datetime:
        """The database's time, UTC."""
        return db_now(self.session)


@dataclass(frozen=True, slots=True)
class Caller:
    """What a front end holds: the services, as one principal."""

    services: Services
    principal: Principal

    def run(self, operation: Callable[Concatenate[Context, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self.services.run(self.principal, operation, *args, **kwargs)

    async def call(self, operation: Callable[Concatenate[Context, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await self.services.call(self.principal, operation, *args, **kwargs)


_MODES: dict[Any, Mode] = {}


def read(operation: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
    """Mark an operation that changes nothing; the database refuses if it tries."""
    _MODES[operation] = "read"
    return operation


def write(operation: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
    """Mark an operation that changes something: all of it, or nothing."""
    _MODES[operation] = "write"
    return operation


def mode_of(operation: Callable[..., Any]) -> Mode:
    """The mark of an operation. An unmarked one is a programming error."""
    mode = _MODES.get(operation)
    assert mode is not None, f"{operation} is not marked @read or @write"
    return mode
