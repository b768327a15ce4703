"""Mode deep of emails with a real Chromium: sites that only their scripts draw, pages that hang, a machine without."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.modules.emails import EmailsConfig, module
from engine.network import browser
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import score_emails
from engine.sandbox.truth import SiteTruth
from tests.api.graphs import chain, jobs_by_node, node
from tests.api.graphs import created as pipeline_created
from tests.api.graphs import over as pipeline_over
from tests.api.job_steps import created, over, rows_of
from tests.api_house import ApiHouse, api_house
from tests.engine.network.browsing import Browsing, Holding, shop
from tests.engine.network.browsing import browsing as browsing
from tests.engine.network.outside import response
from tests.modules.small_web import SmallWeb

SECONDS = 60.0
RECALL_FLOOR = 0.95
DEEP = EmailsConfig(mode="deep", source_job_id="j")

pytestmark = [pytest.mark.slow(SECONDS), pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def outdoors(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    overrides: dict[str, Any] = {**running_sandbox.overrides}
    with api_house(tmp_path_factory.mktemp("outdoors"), works=True, **overrides) as house:
        yield house


def sites_of(sandbox: RunningSandbox) -> tuple[list[SiteTruth], list[SiteTruth]]:
    """The sites that only a script draws, and four that anybody can read."""
    healthy = sandbox.truth().of_kind("healthy")
    return [site for site in healthy if site.js_only], [one for one in healthy if one.email_normal][:4]


async def test_a_deep_run_fills_the_rows_that_the_normal_one_left_empty_and_touches_no_other(
    browsing: Browsing, outdoors: ApiHouse, running_sandbox: RunningSandbox
) -> None:
    """C-437, C-440."""
    scripted, plain = sites_of(running_sandbox)
    items = [{"nom": site.host, "site_web": site.site_web} for site in (*scripted, *plain)]

    with outdoors.client() as api:
        normal = over(api, created(api, "/emails", {"items": items, "details": True})["id"], seconds=SECONDS)
        asked = {"mode": "deep", "source_job_id": normal["id"], "details": True}
        deep = over(api, created(api, "/emails", asked)["id"], seconds=SECONDS)
        before, after = rows_of(api, normal["id"]), rows_of(api, deep["id"])
        reports = [report_of(api, deep["id"], place) for place in range(len(items))]

    assert (deep["status"], deep["error_count"], deep["columns"]) == ("done", 0, normal["columns"])
    assert [row["email"] for row in before[: len(scripted)]] == [None] * len(scripted)
    score = score_emails(running_sandbox.truth(), after[: len(scripted)], mode="deep")
    assert score.expected >= 2
    assert score.recall >= RECALL_FLOOR
    assert score.precision == 1
    assert after[len(scripted) :] == before[len(scripted) :]
    assert {report["reason"] for report in reports[len(scripted) :]} == {"has_email"}
    assert all(1 <= report["rendered"] <= 3 for report in reports[: len(scripted)])


async def test_without_chromium_a_deep_node_ends_as_done_and_says_what_was_not_read(
    running_sandbox: RunningSandbox, tmp_path: Path
) -> None:
    """X-58: a node in mode deep below one in mode normal."""
    scripted, plain = sites_of(running_sandbox)
    content = "site_web\n" + "".join(f"{site.site_web}\n" for site in (*scripted[:2], plain[0]))
    graph = chain(node("n1", "import", content=content), node("n2", "emails"), node("n3", "emails", mode="deep"))

    no_browser = tmp_path / "no-browser"
    no_browser.write_text("#!/bin/sh\nexit 1\n")
    no_browser.chmod(0o755)
    overrides: dict[str, Any] = {**running_sandbox.overrides, "chromium": no_browser}
    with api_house(tmp_path, works=True, **overrides) as house, house.client() as api:
        pipeline = pipeline_over(api, pipeline_created(api, graph)["id"], seconds=SECONDS)
        deep = api.get(f"/api/jobs/{jobs_by_node(pipeline)['n3']['id']}").json()
        rows = rows_of(api, deep["id"])
        report = report_of(api, deep["id"], 0)

    assert (pipeline["status"], deep["status"], deep["error_count"]) == ("done", "done", 2)
    assert deep["notice"].count("Chromium") == 1
    assert [bool(row["email"]) for row in rows] == [False, False, True]
    assert report["error"]["code"] == "browser_missing"


async def test_a_page_that_hangs_gives_the_address_that_it_shows_by_then(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "TOTAL_SECONDS", 0.0)  # what a hanging page still gets is SHOW_SECONDS_MIN
    held = b"<p id=mail></p><script>mail.textContent = 'a.b@shop.fr'</script><script src=/held.js></script>"

    async with shop(Holding({"/": response(held)}), "shop.fr") as root:
        row = await deep(browsing, root)

    assert row["email"] == "a.b@shop.fr"


async def test_a_page_that_computes_for_ever_gives_the_address_that_it_was_served_with(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "TOTAL_SECONDS", 0.0)
    busy = b"<p>a.b@busy.fr</p><script>while (true);</script>"

    async with shop(Holding({"/": response(busy)}), "busy.fr") as root:
        row = await deep(browsing, root)

    assert row["email"] == "a.b@busy.fr"


async def test_a_cancelled_site_lets_its_page_go_within_a_second(browsing: Browsing) -> None:
    site = Holding({"/": response(b"<script src=/held.js></script>")})

    async with shop(site, "left.fr") as root:
        working = asyncio.create_task(deep(browsing, root))
        await site.asked.wait()
        working.cancel()
        async with asyncio.timeout(1.0):
            await asyncio.wait([working])
            await site.given_up.wait()

    assert working.cancelled()


async def deep(browsing: Browsing, site: str) -> Row:
    run = replace(SmallWeb({}).run(), browser=browsing.world.browser)
    return await module.enrich({"site_web": site}, DEEP, run)


def report_of(api: httpx.Client, job_id: str, row: int) -> dict[str, Any]:
    answer = api.get(f"/api/jobs/{job_id}/report", params={"row": row})
    assert answer.status_code == 200, answer.text
    return answer.json()["report"]
