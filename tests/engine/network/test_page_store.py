"""The pages that the jobs of one pipeline share."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.clock import Clock
from engine.network.page_store import PageStore
from engine.network.types import NotConnected, Page
from engine.network.world import Gateway, open_gateway
from tests.engine.network.outside import (
    Authority,
    WebSite,
    authority,
    hosts,
    listening,
    name_server,
    reason_of,
    response,
    settings,
)

PAGE = response("<h1>Élan</h1>".encode(), X_Powered_By="PHP", Set_Cookie="a=1\r\nSet-Cookie: b=2")


@asynccontextmanager
async def gateway_to(
    site: WebSite, folder: Path, *, clock: Clock | None = None, ca: Authority | None = None
) -> AsyncGenerator[tuple[Gateway, str]]:
    tls: dict[str, Any] = {"ca_bundle": ca.path} if ca else {}
    async with (
        listening(site, tls=ca.server("shop.fr") if ca else None) as port,
        name_server(hosts("shop.fr")) as (server, _),
        open_gateway(settings(dns_servers=(server,), data_dir=folder, **tls), clock or Clock()) as gateway,
    ):
        yield gateway, f"{'https' if ca else 'http'}://shop.fr:{port}/"


async def page_of(gateway: Gateway, url: str, pipeline: str | None = "p_1", **how: bool) -> Page:
    """The page as a job of its own sees it."""
    async with gateway.world(pipeline) as world:
        return await world.fetcher.get(url, **how)


async def test_the_jobs_of_a_pipeline_fetch_a_page_once(tmp_path: Path) -> None:
    site = WebSite({"/": PAGE})
    ca = authority(tmp_path)
    async with gateway_to(site, tmp_path, ca=ca) as (gateway, url):
        first, second = await page_of(gateway, url), await page_of(gateway, url)

    assert site.paths.count("/") == 1
    assert second.tls is not None
    assert (second.html, second.cookies, second.headers["x-powered-by"]) == ("<h1>Élan</h1>", ("a=1", "b=2"), "PHP")
    assert {**vars(first), "headers": list(first.headers.items())} == {
        **vars(second),
        "headers": list(second.headers.items()),
    }


async def test_other_pipelines_and_single_jobs_fetch_for_themselves(tmp_path: Path) -> None:
    site = WebSite({"/": PAGE})
    async with gateway_to(site, tmp_path) as (gateway, url):
        for pipeline in ("p_1", "p_2", None, None):
            await page_of(gateway, url, pipeline)

    assert site.paths.count("/") == 4


async def test_a_fresh_look_asks_the_site_and_fills_the_store(tmp_path: Path) -> None:
    site = WebSite({"/": PAGE})
    async with gateway_to(site, tmp_path) as (gateway, url):
        await page_of(gateway, url)
        site.pages["/"] = response(b"new")
        fresh, later = await page_of(gateway, url, fresh=True), await page_of(gateway, url)

    assert (fresh.html, later.html, site.paths.count("/")) == ("new", "new", 2)


async def test_a_site_that_answers_nobody_is_not_asked_by_each_job(tmp_path: Path) -> None:
    async with gateway_to(WebSite({}), tmp_path) as (gateway, url):
        dead = url.replace("shop.fr", "gone.fr")
        assert await reason_of(page_of(gateway, dead)) == "nxdomain"
        kept = await gateway.pages.of("p_1").get(dead, verify_tls=True)

    assert isinstance(kept, NotConnected) and kept.reason == "nxdomain"


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_refusal_that_may_pass_is_not_kept(tmp_path: Path, status: str) -> None:
    site = WebSite({"/": response(status=status)})
    async with gateway_to(site, tmp_path) as (gateway, url):
        await page_of(gateway, url)
        site.pages["/"] = PAGE

        assert (await page_of(gateway, url)).ok


async def test_a_page_is_kept_for_an_hour(tmp_path: Path) -> None:
    site, clock = WebSite({"/": PAGE}), Clock()
    async with gateway_to(site, tmp_path, clock=clock) as (gateway, url):
        await page_of(gateway, url)
        clock.offset = timedelta(minutes=59)
        await page_of(gateway, url)
        clock.offset = timedelta(minutes=61)
        await asyncio.to_thread(gateway.pages.sweep)
        left = list((tmp_path / "cache").iterdir())
        await page_of(gateway, url)

    assert left == [] and site.paths.count("/") == 2


def test_pages_are_kept_up_to_a_number_of_bytes(tmp_path: Path) -> None:
    clock = Clock()
    store = PageStore(tmp_path, clock, bytes_max=10_000)
    for n in range(20):
        store.write(f"p_1/{n}.page", bytes(1_000))

    assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) == 10_000
    clock.offset = timedelta(hours=2)
    store.sweep()
    store.write("p_1/late.page", bytes(1_000))
    assert store.read("p_1/late.page") == bytes(1_000)


@pytest.mark.parametrize("damage", [b"", b"not a page", b"\x78\x01damaged"])
async def test_a_damaged_page_is_fetched_again(tmp_path: Path, damage: bytes) -> None:
    site = WebSite({"/": PAGE})
    async with gateway_to(site, tmp_path) as (gateway, url):
        await page_of(gateway, url)
        for path in (tmp_path / "cache").glob("*/*"):
            path.write_bytes(damage)

        assert (await page_of(gateway, url)).ok

    assert site.paths.count("/") == 2


async def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    site = WebSite({"/": PAGE})
    async with gateway_to(site, tmp_path) as (gateway, url):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        (tmp_path / "cache").write_text("a file where the folder should be")

        assert (await page_of(gateway, url)).ok
