"""The hold-out family, served over real sockets, and modules run over it through the product's own gateway."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, BinaryIO

import pytest

from engine.clock import Clock
from engine.errors import OutsendError
from engine.module import AnyModule, Level, RowModule, Run
from engine.network.types import World
from engine.registry.load import modules
from engine.rows.types import Row, Value
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from engine.sources.types import SearchResult, Tile
from tests.holdout.family import CASES, SUBJECTS
from tests.holdout.serving import serving
from tests.worlds import open_world

AT_ONCE = 64

Rows = list[Row]
RunOverTheFamily = Callable[[str], Awaitable[Rows]]
RunOverStudies = Callable[[str], Awaitable[Rows]]


class NoPlaces:
    """The map of a run that has no business with one."""

    name = "none"

    async def search(self, query: str, tile: Tile) -> SearchResult:
        raise AssertionError(f"a module over sites asked the map for {query!r}")


class NothingSeen:
    def add(self, key: str) -> bool:
        raise AssertionError(f"a module over sites asked whether {key!r} was seen")


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """The served family, one a session."""
    with serving(tmp_path_factory.mktemp("holdout")) as sandbox:
        yield sandbox


@pytest.fixture
def run_over_the_family(family: RunningSandbox) -> RunOverTheFamily:
    """`await run_over_the_family("emails")`: the module's own columns for every case, in the order of `CASES`.

    An item that ends in an error of the product or takes too long has an empty row, as under the job runner.
    """

    async def run(slug: str) -> Rows:
        settings = read_settings({}, **family.overrides)
        async with open_world(settings, Clock()) as world:
            rows: Rows = [{"nom": case.name, "site_web": case.address} for case in CASES]
            return await _rows(modules()[slug], _run_in(world), rows)

    return run


@pytest.fixture
def run_over_studies(family: RunningSandbox) -> RunOverStudies:
    """`await run_over_studies("socials")`: the module's own columns for every study of it, in their order."""

    async def run(slug: str) -> Rows:
        settings = read_settings({}, **family.overrides)
        async with open_world(settings, Clock()) as world:
            return await _rows(modules()[slug], _run_in(world), [dict(study.row) for study in SUBJECTS[slug]])

    return run


async def _rows(module: AnyModule, run: Run, rows: Rows) -> Rows:
    assert isinstance(module, RowModule)
    worker: RowModule[Any] = module
    config = worker.config()
    seats = asyncio.Semaphore(AT_ONCE)

    async def one(row: Row) -> Row:
        async with seats:
            try:
                async with asyncio.timeout(worker.item_timeout_seconds(config)):
                    return await worker.enrich(row, config, run)
            except (OutsendError, TimeoutError):
                return {}

    return await asyncio.gather(*(one(row) for row in rows))


def _run_in(world: World) -> Run:
    """A run without a job behind it: what it logs and reports is dropped."""

    def upload(upload_id: str) -> BinaryIO:
        raise AssertionError(f"a module over sites asked for the upload {upload_id!r}")

    def log(level: Level, text: str, /) -> None: ...

    def note(text: str, /) -> None: ...

    def report(report: Mapping[str, Value], /, *, row: int = 0) -> None: ...

    return Run(
        job_id="holdout",
        fetcher=world.fetcher,
        dns=world.dns,
        smtp=world.smtp,
        api=world.api,
        places=NoPlaces(),
        seen=NothingSeen(),
        upload=upload,
        log=log,
        note=note,
        report=report,
    )
