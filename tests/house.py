"""A small house for tests of the engine itself: a real database and driver, and modules of the test's own."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, cast

from sqlmodel import SQLModel, select

from engine.accounts.models import Account
from engine.clock import Clock
from engine.context import Caller, Context, JobHook, Principal, Services, read, write
from engine.db.engine import Database
from engine.jobs import operations as jobs
from engine.jobs import store
from engine.jobs.events import EventHub
from engine.jobs.intake import Order, module_named, place
from engine.jobs.models import Job
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.schemas import JobPublic
from engine.mail.mailer import Mail
from engine.module import AnyModule, ModuleConfig, NoConfig, RowModule, Run
from engine.network.types import World
from engine.rows.types import Row
from engine.settings import Settings
from engine.signing import Signer
from engine.sources.types import PlaceSource, ReviewSource, WithoutReviews
from engine.worker.driver import LANES, Ticket
from engine.worker.embedded import EmbeddedDriver


class Deaf:
    """A hub and a driver that nobody listens to, for tests that move jobs by hand."""

    def poke(self) -> None: ...

    def submit(self, ticket: Ticket) -> None: ...

    def alive(self, job_ids: Sequence[str]) -> set[str]:
        return set()

    async def serve(self, work: Any, lanes: Any) -> None: ...

    def close(self) -> None: ...


class Postbox:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def send(self, mail: Mail) -> None:
        self.mails.append(mail)


class Shout(RowModule[NoConfig]):
    """A module of the tests: `shouted` is `word` in capitals; how long and how it fails is the row's own wish."""

    slug: ClassVar[str] = "shout"
    label = {"fr": "Crier", "en": "Shout"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "parallel"
    accepts, output = "pois_any", "pois"
    produces = ("shouted",)
    unit = "rows"

    def __init__(self, act: Callable[[Row], Any] | None = None, *, width: int = 50, lane: str = "parallel") -> None:
        self._act, self._width = act, width
        self.lane = lane  # type: ignore[misc]

    def width(self, config: NoConfig) -> int:
        return self._width

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        if self._act is not None:
            await self._act(row)
        run.report({"heard": True})
        return {"shouted": str(row["word"]).upper()}


@contextmanager
def house(
    folder: Path,
    *,
    url: str | None = None,
    hooks: tuple[JobHook, ...] = (),
    clock: Clock | None = None,
    deaf: bool = False,
) -> Generator[Services]:
    """Services over a fresh database (SQLite in `folder` unless a URL is given) with one account."""
    clock = clock or Clock()
    settings = Settings(data_dir=folder, database_url=url)
    db = Database(settings.database, clock)
    SQLModel.metadata.create_all(db.engine)
    driver = Deaf() if deaf else EmbeddedDriver(folder)
    hub, signer = Deaf() if deaf else EventHub(), Signer(["a key of the tests alone"])
    services = Services(settings, clock, db, driver, hub, signer, Postbox(), on_job_finished=hooks)
    try:
        yield services
    finally:
        services.errands.close()
        driver.close()
        db.close()


def account(services: Services, email: str = "owner@example.com") -> Caller:
    """A caller with an account of its own, made on first use."""

    @write
    def make(context: Context) -> int:
        known = context.session.exec(select(Account).where(Account.email == email)).first()
        known = known or Account(email=email, email_verified=True, created_at=context.now())
        context.session.add(known)
        context.session.flush()
        assert known.id is not None
        return known.id

    return Caller(services, Principal(services.run(None, make), via="cli"))


def order(caller: Caller, module: AnyModule, rows: Sequence[Row], config: ModuleConfig | None = None) -> Job:
    """Store a job of a test's own module."""

    @write
    def make(context: Context) -> Job:
        columns = list(rows[0]) if rows else []
        asked = Order(
            module, config or module.config(), context.account_id, items=rows, planned=len(rows), columns=columns
        )
        return place(context, asked)

    return caller.run(make)


def job_now(services: Services, job: Job) -> Job:
    """The job as it is stored at this moment."""

    @read
    def look(context: Context) -> Job:
        return context.session.get_one(Job, job.seq)

    return services.run(None, look)


def rows_of(services: Services, job: Job) -> list[Row]:
    """All stored rows, in order."""
    assert job.seq is not None
    return list(store.stream(services.db, job.seq))


@asynccontextmanager
async def nowhere(pipeline_id: str | None = None) -> AsyncGenerator[World]:
    """A world without anything in it, for modules that touch nothing."""
    nothing = cast("Any", None)
    yield World(nothing, nothing, nothing, nothing)


def no_places() -> PlaceSource:
    return cast("PlaceSource", None)


@asynccontextmanager
async def worker(
    services: Services,
    *modules: AnyModule,
    name: str = "w1",
    places: PlaceSource | None = None,
    reviews: ReviewSource | None = None,
    world: Callable[[str | None], AbstractAsyncContextManager[World]] = nowhere,
) -> AsyncGenerator[asyncio.Event]:
    """A worker that knows these modules, or all where none is named; yields the event that asks it to stop."""
    stopping = asyncio.Event()
    known = {module.slug: module for module in modules}
    outside = Outside(world, lambda: places or no_places(), lambda: reviews or WithoutReviews())
    module_of = known.__getitem__ if known else module_named
    runner = JobRunner(services, outside, name=name, stopping=stopping, module_of=module_of)
    serving = asyncio.create_task(services.driver.serve(runner, LANES))
    try:
        yield stopping
    finally:
        stopping.set()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def over(me: Caller, job_id: str, *, seconds: float = 30.0) -> JobPublic:
    """The caller's job, once it is over."""
    async with asyncio.timeout(seconds):
        while (job := await me.call(jobs.get, job_id)).completed_at is None:
            await asyncio.sleep(0.02)
    return job


async def ended(services: Services, job: Job, *, seconds: float = 25.0) -> Job:
    """The job once it is over."""
    async with asyncio.timeout(seconds):
        while True:
            now = job_now(services, job)
            if now.completed_at is not None:
                return now
            await asyncio.sleep(0.02)
