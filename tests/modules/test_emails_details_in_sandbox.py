"""The columns of `details` in the sandbox internet, through the real gateway, against the truth."""

import asyncio
from dataclasses import replace

import pytest

from engine.clock import Clock
from engine.modules.emails import EmailsConfig, module
from engine.rows.cells import cell_text
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import SiteTruth
from engine.settings import read_settings
from tests.modules.small_web import SmallWeb
from tests.worlds import open_world

RECALL_FLOOR, PRECISION_FLOOR = 0.95, 0.97
DETAILS = EmailsConfig(details=True)


async def detailed(sandbox: RunningSandbox, sites: list[SiteTruth]) -> list[Row]:
    async with open_world(read_settings(sandbox.environment), Clock()) as world:
        run = replace(SmallWeb({}).run(), fetcher=world.fetcher)
        return await asyncio.gather(*(module.enrich({"site_web": site.site_web}, DETAILS, run) for site in sites))


@pytest.mark.slow(60)
async def test_all_addresses_of_the_company_are_told_and_hardly_another(running_sandbox: RunningSandbox) -> None:
    sites = list(running_sandbox.truth().of_kind("healthy"))

    rows = await detailed(running_sandbox, sites)

    expected = found = right = 0
    for site, row in zip(sites, rows, strict=True):
        told = cell_text(row["emails_all"]).split(", ") if row else []
        expected += len(site.addresses_normal)
        found += len(told)
        right += len(set(told) & set(site.addresses_normal))
        assert told[:1] == ([row["email"]] if row else [])
    assert right / expected >= RECALL_FLOOR
    assert right / found >= PRECISION_FLOOR
    misplaced = [
        (row["email_source"], site.shown)
        for site, row in zip(sites, rows, strict=True)
        if row and not stands_there(row, site)
    ]
    assert len(misplaced) <= len(sites) * (1 - PRECISION_FLOOR), misplaced


def stands_there(row: Row, site: SiteTruth) -> bool:
    """Whether the page that is told is one where the address stands; an address of the footer stands on each."""
    url = cell_text(row["email_source"]).rpartition(" (")[0]
    shown = [one for one in site.shown if one.address == row["email"]]
    return any(one.page == "footer" or one.url.rstrip("/") == url.rstrip("/") for one in shown)
