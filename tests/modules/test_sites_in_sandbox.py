"""emails and dead_check in the sandbox internet, through the real gateway, against the truth."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.clock import Clock
from engine.module import AnyModule, RowModule
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import score_emails
from engine.settings import read_settings
from tests.modules.small_web import SmallWeb
from tests.worlds import open_world

RECALL_FLOOR, PRECISION_FLOOR = 0.97, 0.98


async def enriched(module: AnyModule, sandbox: RunningSandbox, rows: list[Row]) -> list[Row]:
    """Each row with the module's columns; an item that failed has none."""
    assert isinstance(module, RowModule)
    async with open_world(read_settings(sandbox.environment), Clock()) as world:
        run = replace(SmallWeb({}).run(), fetcher=world.fetcher, dns=world.dns, api=world.api)

        async def one(row: Row) -> Row:
            try:
                return {**row, **await module.enrich(row, module.config(), run)}
            except Exception:
                return row

        return list(await asyncio.gather(*map(one, rows)))


def rows_of(sandbox: RunningSandbox) -> list[Row]:
    names = {place.site_web: place.nom for place in sandbox.truth().places}
    return [{"nom": names.get(site.site_web, ""), "site_web": site.site_web} for site in sandbox.truth().sites]


@pytest.mark.slow(90)
async def test_emails_finds_nearly_every_address_and_hardly_a_wrong_one(running_sandbox: RunningSandbox) -> None:
    from engine.modules.emails import module

    truth = running_sandbox.truth()
    rows = await enriched(module, running_sandbox, rows_of(running_sandbox))

    score = score_emails(truth, rows)
    misses = list(filter(None, (missed(truth.site(str(row["site_web"])), row) for row in rows)))
    assert score.recall >= RECALL_FLOOR, misses
    assert score.precision >= PRECISION_FLOOR, misses
    personal = {row["site_web"]: row.get("email_personal") for row in rows if row.get("email")}
    wrong = {site: found for site, found in personal.items() if found != truth.site(str(site)).email_personal}
    assert len(wrong) <= len(personal) * (1 - PRECISION_FLOOR), wrong


def missed(site: Any, row: Mapping[str, Any]) -> str:
    found = row.get("email")
    return "" if found == site.email else f"{site.kind} {site.family} {site.site_web}: {found}, right is {site.email}"


@pytest.mark.slow(90)
async def test_dead_check_calls_no_living_site_closed_and_no_closed_one_open(running_sandbox: RunningSandbox) -> None:
    from engine.modules.dead_check import module

    truth = running_sandbox.truth()
    rows = await enriched(module, running_sandbox, rows_of(running_sandbox))

    wrong = {
        row["site_web"]: (truth.site(str(row["site_web"])).kind, row.get("site_alive"))
        for row in rows
        if row.get("site_alive") not in truth.site(str(row["site_web"])).alive_allowed
    }
    assert wrong == {}
