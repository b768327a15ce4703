"""Chromium's own life: how it starts, wears out, crashes, and dies with whoever started it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from engine.network import chromium
from engine.network.types import BrowserMissing
from tests.engine.network.browsing import (
    Browsing,
    Holding,
    browsing_in,
    chromium_of,
    chromium_or_skip,
    descendants,
    ended,
    is_chromium,
    names,
    shop,
)
from tests.engine.network.outside import WebSite, name_server, response

pytestmark = pytest.mark.slow(30)


@pytest_asyncio.fixture
async def browsing(tmp_path: Path) -> AsyncIterator[Browsing]:
    async with browsing_in(tmp_path) as browsing:
        await chromium_or_skip(browsing.gateway)
        yield browsing


def page_site(body: bytes = b"<p>here</p>") -> WebSite:
    return WebSite({"/": response(body)})


async def test_after_chromium_was_killed_the_next_page_is_rendered(browsing: Browsing) -> None:
    async with shop(page_site(), "shop.fr") as root:
        await browsing.render(f"{root}/")
        first = chromium_of(os.getpid())
        os.kill(first, signal.SIGKILL)
        page = await browsing.render(f"{root}/")

    assert "here" in page.html
    assert chromium_of(os.getpid()) != first


@pytest.mark.parametrize("killed", ["browser", "page"])
async def test_what_was_open_when_chromium_or_its_page_was_killed_is_rendered_again(
    killed: str, browsing: Browsing
) -> None:
    home = response(b"<p id=mail></p><script src=/held.js></script>")
    site = Holding({"/": home}, then=response(b"mail.textContent = 'there'", Content_Type="text/javascript"))
    async with shop(site, "shop.fr") as root:
        render = asyncio.create_task(browsing.render(f"{root}/"))
        await site.asked.wait()
        for pid, command in descendants(os.getpid()).items():
            if is_chromium(command) if killed == "browser" else "--type=renderer" in command:
                os.kill(pid, signal.SIGKILL)
        page = await render

    assert "there" in page.html
    assert site.paths.count("/") == 1  # the document was not asked for again


async def test_a_worn_browser_is_replaced_when_its_pages_are_closed(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "TABS_BEFORE_RESTART", 3)
    first = chromium_of(os.getpid())
    async with shop(page_site(), "shop.fr") as root:
        port = root.rpartition(":")[2]
        pages = await asyncio.gather(*(browsing.render(f"http://n{n}.fr:{port}/") for n in range(5)))

    assert all("here" in page.html for page in pages)
    await ended(first)
    assert chromium_of(os.getpid()) != first


async def test_nothing_is_left_running_when_the_gateway_closes(tmp_path: Path) -> None:
    async with shop(page_site(), "shop.fr") as root:
        async with browsing_in(tmp_path) as browsing:
            await chromium_or_skip(browsing.gateway)
            await browsing.render(f"{root}/")
            started = descendants(os.getpid())
            assert any(map(is_chromium, started.values()))
        left = {
            pid for pid, command in descendants(os.getpid()).items() if "chrom" in command or "playwright" in command
        }

    assert not left & set(started)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
async def test_chromium_dies_with_its_process(how: signal.Signals, browsing: Browsing) -> None:
    async with shop(page_site(), "shop.fr") as root, name_server(names) as (server, _):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.engine.network.rendering_process", f"{root}/", server),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert int(await process.stdout.readline()) > 0
        started = descendants(process.pid)
        process.send_signal(how)
        await process.wait()
        await asyncio.gather(*(ended(pid) for pid in started))

    assert any(map(is_chromium, started.values()))


@pytest.mark.parametrize("kind", ["ends at once", "is no program"])
async def test_a_chromium_that_does_not_start_is_missing_and_the_fetcher_goes_on(kind: str, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n" if kind == "ends at once" else "\0")
    broken.chmod(0o755)
    async with browsing_in(tmp_path, chromium=broken) as browsing, shop(page_site(), "shop.fr") as root:
        for _ in range(2):
            with pytest.raises(BrowserMissing):
                await browsing.render(f"{root}/")
        page = await browsing.world.fetcher.get(f"{root}/")

    assert page.ok


def test_a_process_that_renders_nothing_loads_no_playwright() -> None:
    words = "import sys, engine.network.world; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)

    assert not any(name.partition(".")[0] == "playwright" for name in done.stdout.split())
