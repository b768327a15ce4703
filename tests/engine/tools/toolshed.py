"""Tools called as an agent calls them, over a real database; jobs with rows that the test invents."""

import json
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

from engine.context import Caller, Context, Principal, Services, write
from engine.jobs import gate, store
from engine.jobs.models import Job
from engine.jobs.store import Batch
from engine.pipelines import coordinator
from engine.registry.load import modules
from engine.rows.types import Row
from engine.tools import shape
from engine.tools.catalog import TOOLS, tool_named
from engine.tools.tool import Answer, Silence
from engine.worker.driver import Claim
from tests.house import Shout, account, house, order, worker

NAMES = {tool.name for tool in TOOLS}


@dataclass
class Ear:
    """A progress that keeps what it hears."""

    heard: list[tuple[float, float | None, str]] = field(default_factory=list[tuple[float, float | None, str]])

    async def report(self, done: float, total: float | None, message: str) -> None:
        self.heard.append((done, total, message))


def agent(services: Services, email: str = "owner@example.com", **changes: Any) -> Caller:
    """The account as an agent acts for it."""
    principal = account(services, email).principal
    return Caller(services, Principal(principal.account_id, via="mcp", **changes))


async def call(caller: Caller, name: str, progress: Any = None, /, **args: Any) -> Any:
    """A tool's result. What holds for every result is checked on each: schema, budget, next call."""
    tool = tool_named(name)
    assert tool is not None
    result = await tool.run(caller, tool.params.model_validate(args), progress or Silence())
    check(name, result)
    return result


def check(name: str, result: Answer) -> None:
    """The laws of results."""
    tool = tool_named(name)
    assert tool is not None
    for lockdown in (False, True):
        data, text = shape.structured(result, lockdown=lockdown), shape.render(result, lockdown=lockdown)
        jsonschema.validate(data, tool.output_schema)
        assert len(json.dumps(data, ensure_ascii=False, separators=(",", ":"))) <= 20_000
        assert len(text) <= 20_000
        assert text.startswith(result.summary)
    assert result.summary.endswith(".")
    if result.next is not None:
        following = tool_named(result.next.tool)
        assert following is not None, result.next
        following.params.model_validate(result.next.args)


@contextmanager
def shed(folder: Path, *, url: str | None = None) -> Generator[Services]:
    """Services with one account; no worker runs until a test asks for one."""
    with house(folder, url=url, hooks=(coordinator.advance,)) as services:
        yield services


@asynccontextmanager
async def working(services: Services) -> AsyncGenerator[None]:
    """A worker with the product's modules; the outside world has nothing in it."""
    async with worker(services, *modules().values()):
        yield


def job_with(
    caller: Caller,
    rows: Sequence[Row],
    *,
    ends: str | None = "done",
    columns: Sequence[str] = (),
    warnings: int = 0,
    slug: str | None = None,
) -> Job:
    """A job that has these rows, of a module of the product or of the tests; `ends` None: it still runs."""
    services = caller.services
    job = order(caller, modules()[slug] if slug else Shout(), [{"word": "a"}] * max(len(rows), 1))
    claim = services.run(None, gate.claim, "w1", job.id)
    assert isinstance(claim, Claim), claim
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    batch = Batch(b"\x01", len(rows), len(rows), warnings, max(len(rows), 1), names, {}, [])
    batch.rows = [(at, 0, row) for at, row in enumerate(rows)]
    batch.logs = [(services.clock.now(), "warn", f"site {at} silent") for at in range(warnings)]

    @write
    def save(context: Context) -> None:
        store.flush(context.session, claim, batch)
        if ends == "cancelled":
            gate.cancel(context, context.session.get_one(Job, claim.seq))
            gate.finish_cancelled(context, claim)
        elif ends is not None:
            gate.finish(context, claim, ends)  # type: ignore[arg-type]

    services.run(None, save)
    return job


def expire(caller: Caller, job: Job) -> None:
    """What happens to a job at the end of its retention."""

    @write
    def away(context: Context) -> None:
        assert job.seq is not None
        store.purge(context.session, job.seq)
        gate.expire(context, job.seq)

    caller.services.run(None, away)
