"""What a driver is: it answers which process runs a job next, and when. Nothing but ids travels."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

Lane = Literal["serial", "parallel"]
LANES: frozenset[Lane] = frozenset({"serial", "parallel"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job that wants to run: enough for a queue to order it, nothing more."""

    job_id: str
    lane: Lane
    account_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write one job's results, until somebody else's fence is higher."""

    seq: int
    job_id: str
    fence: int
    lane: Lane
    started_at: datetime
    taken_at: float  # monotonic seconds, just before the lease began
    careful: bool = False  # one item at a time: this job has killed its worker before
    suspect: int | None = None  # the item that was at work when the process died


class Refusal(StrEnum):
    """Why nothing was handed out."""

    none_open = "none_open"
    cancel_due = "cancel_due"
    leased = "leased"
    lane = "lane"
    account = "account"


class Work(Protocol):
    """What jobs lend to a driver; drivers know no table."""

    async def claim(self, job_id: str | None, lanes: Set[Lane]) -> Claim | Refusal: ...

    async def run(self, claim: Claim) -> None: ...


class Driver(Protocol):
    def submit(self, ticket: Ticket) -> None:
        """Tell that a job may start. After COMMIT only; idempotent; revives what the engine lost."""
        ...

    def alive(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these jobs the engine still holds."""
        ...

    async def serve(self, work: Work, lanes: Set[Lane]) -> None:
        """Call `work` whenever it is somebody's turn, until cancelled."""
        ...

    def close(self) -> None:
        """Let go of what the driver holds open."""
        ...
