"""Laws that hold for every module that works rows, while it works real jobs over all kinds of sites, good and bad."""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.clock import Clock
from engine.context import Caller
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.schemas import JobPublic
from engine.module import AnyModule, ExpandModule, GroupModule, RowModule
from engine.network.world import open_gateway
from engine.registry.load import startable
from engine.rows.types import Row, is_empty
from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.truth import Truth
from engine.settings import read_settings
from tests.house import account, house, over, worker

SITES = 60
GIVEN = "ma colonne"  # of no meaning to anybody
# Sites that take no more than a few seconds to show what is wrong with them.
QUICK = (
    "parked_phrase", "resold", "suspended", "soft_404", "redirect_loop", "tls_expired", "tls_wrong_name", "nxdomain",
    "redirect_to_metadata", "server_error", "refused", "challenge", "directory",
)  # fmt: skip
HEALTHY = 12
STOP_SECONDS = 1.0

# Modules whose items are no rows of businesses, or that have such jobs of their own elsewhere.
ELSEWHERE = {"reviews", "viewport_test"}
WORKED = {
    slug: module
    for slug, module in startable().items()
    if isinstance(module, RowModule | GroupModule | ExpandModule) and slug not in ELSEWHERE
}
every_worked_module = pytest.mark.parametrize("slug", WORKED)

Connected = set[tuple[str, int]]


@dataclass(frozen=True)
class Worked:
    """What each module made of the same rows, and what was seen of it from outside."""

    me: Caller
    given: list[Row]
    jobs: Mapping[str, JobPublic]
    rows: Mapping[str, list[Row]]
    connected: Connected
    sandbox: RunningSandbox
    visited: list[str]

    def reports(self, slug: str) -> list[dict[str, Any]]:
        job = self.jobs[slug]
        return [self.me.run(results.report, job.id, at).report for at in range(job.results_count)]


def businesses(truth: Truth) -> list[Row]:
    """Rows that have what any module may need: a site, an address, a number, a company."""
    places = {place.site_web: place for place in truth.places if place.site_web}
    hidden = [site for site in truth.of_kind("healthy") if any(one.hidden for one in site.shown)]
    others = [site for site in truth.of_kind("healthy") if site not in hidden]
    bad = [site for kind in QUICK for site in truth.of_kind(kind)[:1]]
    chosen = [*hidden[:2], *others[:HEALTHY], *bad]
    rows: list[Row] = []
    for number, site in enumerate(chosen):
        place = places.get(site.site_web)
        rows.append(
            {
                GIVEN: f"n° {number}",
                "nom": place.nom if place else "",
                "ville": place.ville if place else "",
                "site_web": site.site_web,
                "telephone": place.telephone if place else "",
                "email": site.email,
                "siren": site.siren,
            }
        )
    return rows


@contextmanager
def noted_connections() -> Generator[Connected]:
    """The addresses that this process connects to meanwhile, by TCP."""
    found, noting = Connected(), True

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if noting and event == "socket.connect" and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
            found.add(arguments[1][:2])

    sys.addaudithook(hear)  # there is no way to take it away again
    try:
        yield found
    finally:
        noting = False


@asynccontextmanager
async def at_work(folder: Path, sandbox: RunningSandbox) -> AsyncGenerator[Caller]:
    """An account whose jobs are worked in the sandbox, all at once."""
    settings = read_settings(sandbox.environment, data_dir=folder)
    with house(folder) as services:
        services.settings = services.settings.model_copy(update={"serial_slots": 8, "parallel_slots": 8})
        async with open_gateway(settings, Clock()) as gateway, worker(services, world=gateway.world):
            yield account(services)


async def _worked(me: Caller, rows: list[Row]) -> tuple[dict[str, JobPublic], dict[str, list[Row]]]:
    started = {slug: await me.call(jobs.create, slug, {}, items=rows) for slug in WORKED}
    ended = {slug: await over(me, job.id, seconds=100) for slug, job in started.items()}
    found = {slug: (await me.call(results.items, job.id)).items for slug, job in ended.items()}
    return ended, found


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Generator[Worked]:
    folder = tmp_path_factory.mktemp("laws")
    visits = folder / "visits"
    with start(sites=SITES, directory=folder / "world", visits=visits) as sandbox, asyncio.Runner() as runner:
        given = businesses(sandbox.truth())
        with noted_connections() as connected:
            working = at_work(folder / "data", sandbox)
            me = runner.run(working.__aenter__())
            ended, rows = runner.run(_worked(me, given))
        yield Worked(me, given, ended, rows, connected, sandbox, visits.read_text(encoding="utf-8").splitlines())
        runner.run(working.__aexit__(None, None, None))


def own_columns(module: AnyModule) -> tuple[str, ...]:
    return module.columns(module.config.model_construct())


@pytest.mark.slow(120)
@every_worked_module
def test_no_item_ends_the_job_whatever_its_site_does(worked: Worked, slug: str) -> None:
    """C-434."""
    job = worked.jobs[slug]

    assert (job.status, job.error_message) == ("done", None)
    assert job.processed_points == job.grid_points_count


@every_worked_module
def test_it_keeps_what_it_received_and_adds_the_columns_that_it_declares(worked: Worked, slug: str) -> None:
    """C-435."""
    module, rows = WORKED[slug], worked.rows[slug]
    given = {str(row[GIVEN]): row for row in worked.given}

    for row in rows:
        received = given[str(row[GIVEN])]
        new = [column for column in row if column not in received]
        assert new == [column for column in own_columns(module) if column not in received]
        assert {column: row[column] for column in received if column not in own_columns(module)} == {
            column: cell for column, cell in received.items() if column not in own_columns(module)
        }


@every_worked_module
def test_each_row_has_its_evidence_and_a_failed_one_says_why_and_has_no_value(worked: Worked, slug: str) -> None:
    """C-434."""
    own, job = own_columns(WORKED[slug]), worked.jobs[slug]
    reports = worked.reports(slug)

    assert all(reports)
    failed = [at for at, report in enumerate(reports) if "error" in report]
    assert len(failed) == job.error_count
    for at in failed:
        assert {"code", "message"} <= set(reports[at]["error"])
        row, given = worked.rows[slug][at], worked.given
        received = next(one for one in given if one[GIVEN] == worked.rows[slug][at][GIVEN])
        filled = [column for column in own if column not in received and not is_empty(row[column])]
        assert filled in ([], ["fetch_error"])


def test_nothing_was_asked_but_through_the_gateway(worked: Worked) -> None:
    proxy = urlsplit(worked.sandbox.proxy)
    dns_host, _, dns_port = worked.sandbox.dns.rpartition(":")

    assert worked.connected <= {(proxy.hostname, proxy.port), (dns_host, int(dns_port))}


def test_no_page_was_read_that_robots_txt_forbids_and_nothing_was_sent(worked: Worked) -> None:
    """C-448."""
    hidden = {one.url for site in worked.sandbox.truth().sites for one in site.shown if one.hidden}
    read = {line.partition(" ")[2] for line in worked.visited}

    assert hidden and hidden.isdisjoint(read)
    assert {line.partition(" ")[0] for line in worked.visited} <= {"GET", "HEAD"}


# Google loads the pages of pagespeed: a slow site does not hold this machine.
VISITING = [slug for slug, module in WORKED.items() if "site_web" in module.needs and slug != "pagespeed"]


@pytest.mark.slow(30)
@pytest.mark.parametrize("slug", VISITING)
async def test_it_lets_go_within_a_second(running_sandbox: RunningSandbox, tmp_path: Path, slug: str) -> None:
    slow: list[Row] = [{"nom": "x", "site_web": site.site_web} for site in running_sandbox.truth().of_kind("slow")]
    async with at_work(tmp_path, running_sandbox) as me:
        job = await me.call(jobs.create, slug, {}, items=slow)
        while (await me.call(jobs.get, job.id)).status == "pending":
            await asyncio.sleep(0.02)
        await me.call(jobs.cancel, job.id)
        asked = asyncio.get_running_loop().time()
        async with asyncio.timeout(20):
            while (ended := await me.call(jobs.get, job.id)).completed_at is None:
                await asyncio.sleep(0.02)

    assert ended.status == "cancelled"
    assert asyncio.get_running_loop().time() - asked <= STOP_SECONDS * 3


def test_what_a_module_refuses_is_refused_before_a_job_is_there(worked: Worked) -> None:
    """C-431."""
    for slug, module in WORKED.items():
        if "site_web" in module.needs:
            with pytest.raises(OutsendError, match="Aucun établissement avec site web"):
                worked.me.run(jobs.create, slug, {}, items=[{"nom": "Sans site"}])
