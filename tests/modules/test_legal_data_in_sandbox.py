"""legal_data over the sandbox's company register, through the real gateway, against the truth."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from engine.clock import Clock
from engine.module import NoConfig
from engine.modules.legal_data import module as legal_data
from engine.rows.types import Row, Value
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from tests.modules.small_web import SmallWeb
from tests.worlds import open_world

COMPANIES, PLACES = 6, 8  # that are looked up: the register is asked 6.5 times a second


@pytest.mark.slow(90)
async def test_the_register_tells_each_company_and_a_name_finds_its_own_or_none(
    running_sandbox: RunningSandbox,
) -> None:
    """C-465."""
    truth = running_sandbox.truth()
    sirens = sorted(truth.companies)[:: max(1, len(truth.companies) // COMPANIES)]
    by_right = {
        right: [one for one in truth.places if truth.name_matches[one.place_id].right == right][:PLACES]
        for right in ("found", "nothing")
    }
    places = by_right["found"] + by_right["nothing"]
    items: list[Row] = [{"siren": siren} for siren in sirens]
    items.extend({"nom": one.nom, "ville": one.ville, "code_postal": one.code_postal} for one in places)

    told = await looked_up(running_sandbox, items)

    for siren, (columns, _) in zip(sirens, told, strict=False):
        right = truth.company(siren).columns
        assert {column: columns.get(column) for column in right} == right
    found = [report.get("siren") for _, report in told[len(sirens) :]]
    assert found == [truth.name_matches[one.place_id].siren for one in places]
    assert len(by_right["found"]) == PLACES


async def looked_up(sandbox: RunningSandbox, rows: Sequence[Row]) -> list[tuple[Row, Mapping[str, Value]]]:
    """The columns and the report of each row, seven in flight."""
    free = asyncio.Semaphore(legal_data.width(NoConfig()))
    async with open_world(read_settings(sandbox.environment), Clock()) as world:

        async def one(row: Row) -> tuple[Row, Mapping[str, Value]]:
            web = SmallWeb({})
            async with free:
                columns = await legal_data.enrich(row, NoConfig(), replace(web.run(), api=world.api))
            return columns, web.reports[-1]

        return list(await asyncio.gather(*map(one, rows)))
