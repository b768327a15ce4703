"""No module ever drops a column (CONTRACT C-300, C-301): random chains over random tables, run to their end."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.context import Services
from engine.jobs import results
from engine.jobs.runner import JobRunner, Outside
from engine.network.types import MxAnswer, SmtpDialogue, World
from engine.pipelines import operations as pipelines
from engine.pipelines.coordinator import advance
from engine.rows.types import Row
from engine.worker.driver import LANES
from tests.house import account, house, no_places
from tests.modules.small_web import Site, SmallWeb

SITES = ("https://a.fr", "https://b.fr", "https://gone.fr")
STEPS: dict[str, dict[str, Any]] = {
    "dead_check": {},
    "emails": {},
    "techstack": {},
    "verify": {},
    "filter": {"rules": {"conditions": [{"column": "number", "op": "!=", "value": "1"}]}},
    "sort": {"sort_by": "number", "order": "asc"},
}
WRITTEN = {"site_alive", "email", "email_personal", "tech_cms", "tech_analytics", "tech_ads_pixels", "email_status"}
# Canonical names, names that modules write, and names of the users' own.
NAMES = ("nom", "ville", "email", "site_alive", "email_status", "Prix HT", "été", "x.y", 'a"b', "id client", "note")


@dataclass
class Outdoors(SmallWeb):
    """Two sites with an address, one that is gone; nobody answers for mail."""

    identified: bool = False
    greylist_delays: tuple[float, ...] = ()

    async def mx(self, domain: str) -> MxAnswer:
        return MxAnswer("ok", (f"mx.{domain}",))

    async def port_open(self) -> bool:
        return False

    async def recipients(self, mx: str, addresses: Sequence[str]) -> SmtpDialogue:
        raise AssertionError("nobody is asked without a name to greet with")


@asynccontextmanager
async def outdoors(pipeline_id: str | None = None) -> AsyncGenerator[World]:
    page = '<html><body><h1>Contact</h1><a href="mailto:contact@{0}">contact@{0}</a></body></html>'
    pages: dict[str, str | Site] = {f"https://{host}/": page.format(host) for host in ("a.fr", "b.fr")}
    web: Any = Outdoors({**pages, "https://gone.fr/": Site(fails="nxdomain")})
    yield World(web, web, web, web)


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
    cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
    count = draw(st.integers(1, 6))
    return [
        {"number": str(i), "site_web": draw(st.sampled_from(SITES)), **{name: draw(cells) for name in names}}
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with house(tmp_path_factory.mktemp("house"), hooks=(advance,)) as services:
        yield services


@pytest.mark.slow(120)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), chain=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6))
def test_every_received_column_comes_out_of_every_step(services: Services, table: list[Row], chain: list[str]) -> None:
    """C-300, C-301."""
    caller = account(services)
    body = graph(table, chain)
    if not caller.run(pipelines.validate, body).ok:
        return  # `verify` without `emails` above it

    made = caller.run(pipelines.create, body)
    asyncio.run(work_until_over(services, made.id))

    received: list[str] = []
    before: dict[str, Row] = {str(row["number"]): {} for row in table}
    for job in caller.run(pipelines.get, made.id).jobs:
        output = caller.run(results.open_download, job.id)
        after = {str(row["number"]): row for row in results.output_rows(services, output)}
        assert output.columns[: len(received)] == received
        assert after.keys() <= before.keys()
        for number, row in after.items():
            assert list(before[number]) == list(row)[: len(before[number])]
            assert untouched(row) == untouched(before[number]) or not before[number]
            assert set(row) <= set(output.columns)
        received, before = output.columns, after


def untouched(row: Row) -> Row:
    """The cells that no step writes: a module's own columns may bear news."""
    return {name: value for name, value in row.items() if name not in WRITTEN and value}


def graph(table: list[Row], chain: list[str]) -> dict[str, Any]:
    nodes = [{"id": "n0", "type": "import", "config": {"content": json.dumps(table), "filename": "x.json"}}]
    nodes += [{"id": f"n{i}", "type": step, "config": STEPS[step]} for i, step in enumerate(chain, 1)]
    return {"nodes": nodes, "edges": [{"from": f"n{i}", "to": f"n{i + 1}"} for i in range(len(chain))]}


async def work_until_over(services: Services, pipeline_id: str) -> None:
    runner = JobRunner(services, Outside(outdoors, no_places), name="w", stopping=asyncio.Event())
    serving = asyncio.create_task(services.driver.serve(runner, LANES))
    caller = account(services)
    async with asyncio.timeout(20):
        while caller.run(pipelines.get, pipeline_id).status == "running":
            await asyncio.sleep(0.01)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
