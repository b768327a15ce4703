"""Pages on screens of several sizes, in a real Chromium: what fits, what sticks out, what the screenshot shows."""

import asyncio
import base64
import os
import signal
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio
from PIL import Image

from engine.network.types import BrowserMissing, Look, Viewport
from tests.engine.network.browsing import Browsing, Holding, browsing_in, descendants, shop
from tests.engine.network.outside import WebSite, listening, reason_of, redirect, response

pytestmark = [pytest.mark.slow(30), pytest.mark.asyncio(loop_scope="module")]

PHONE = Viewport("mobile", 390, 844, mobile=True)
DESKTOP = Viewport("desktop", 1366, 768, mobile=False)
META = '<!doctype html><meta name=viewport content="width=device-width, initial-scale=1">'
RED = base64.b64decode(  # one red pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsing]:
    async with browsing_in(tmp_path_factory.mktemp("looking")) as browsing:
        try:
            await browsing.gateway.chromium.screens.version()
        except BrowserMissing as error:
            pytest.skip(f"NO CHROMIUM STARTS HERE, so nothing is looked at. {error.next_step}")
        yield browsing


def page(body: str, head: str = META) -> bytes:
    return response(f"{head}<body style='margin:0'>{body}".encode())


async def look(browsing: Browsing, home: bytes, viewport: Viewport = PHONE, **pages: bytes) -> Look:
    site = WebSite({"/": home, **{f"/{name.replace('_', '.')}": body for name, body in pages.items()}})
    async with shop(site, "shop.fr") as root:
        try:
            return await browsing.world.browser.look(f"{root}/", viewport)
        finally:
            await browsing.world.browser.done_with(root)


def shown(look: Look) -> Image.Image:
    assert look.screenshot is not None
    return Image.open(BytesIO(look.screenshot)).convert("RGB")


async def test_a_page_that_fits_the_phone_is_shown_with_its_images(browsing: Browsing) -> None:
    image = "<img src=/red.png style='display:block;width:100%;height:100px'><p style='height:3000px'>long"

    seen = await look(browsing, page(image), red_png=response(RED, Content_Type="image/png"))

    assert (seen.status, seen.has_viewport_meta, seen.room_px, seen.wide_px, seen.widest) == (200, True, 390, 390, "")
    assert shown(seen).size == (390, 844)
    assert shown(seen).getpixel((200, 50)) == (255, 0, 0)


async def test_what_sticks_out_is_named_and_desktops_have_room_for_it(browsing: Browsing) -> None:
    home = page("<main><p>a<div></div><div><table style='width:900px'><td>wide</table></div></main>")

    phone, desktop = await look(browsing, home), await look(browsing, home, DESKTOP)

    assert (phone.room_px, phone.wide_px) == (390, 900)
    assert phone.widest == "body > main:nth-of-type(1) > div:nth-of-type(2) > table:nth-of-type(1)"
    assert (desktop.room_px, desktop.wide_px, desktop.widest) == (1366, 1366, "")
    word = await look(browsing, page(f"<main><h1>a</h1><h1 id=word>{'long' * 40}</h1></main>"))
    assert word.wide_px > 390 and word.widest == "#word"
    assert shown(desktop).size == (1366, 768)


async def test_a_page_without_a_viewport_is_laid_out_as_phones_do(browsing: Browsing) -> None:
    seen = await look(browsing, page("<p>here", head="<!doctype html>"))

    assert (seen.has_viewport_meta, seen.room_px, seen.wide_px) == (False, 980, 980)


@pytest.mark.parametrize("root", ["html,body{overflow-x:hidden}", "body{overflow-x:clip}", ""])
async def test_what_nobody_can_scroll_to_is_no_overflow(browsing: Browsing, root: str) -> None:
    inner = (
        "<div style='overflow:auto'><p style='width:2000px'>scrolls by itself</p></div>"
        "<p style='position:fixed;left:300px;width:900px'>a menu beside the page</p>"
    )
    cut_off = "<p style='width:2000px'>cut off</p>" if root else ""

    seen = await look(browsing, page(f"<style>{root}</style>{inner}{cut_off}"))

    assert (seen.wide_px, seen.widest) == (390, "")


async def test_elements_named_like_properties_do_not_hide_what_sticks_out(browsing: Browsing) -> None:
    home = page(
        "<img name=querySelector><img name=documentElement><img name=body><form id='a b' style='width:700px'>"
        "<input name=getAttribute><input name=parentElement><input name=localName><input name=id></form>"
    )

    seen = await look(browsing, home)

    assert (seen.has_viewport_meta, seen.wide_px, seen.widest) == (True, 700, r"#a\ b")


async def test_the_page_that_a_script_leads_to_is_the_one_that_is_looked_at(browsing: Browsing) -> None:
    fr = page("<p style='width:500px'>ici")

    seen = await look(browsing, redirect("/start"), start=page("<script>location.href = '/fr'</script>"), fr=fr)

    assert seen.final_url.endswith("/fr")
    assert seen.wide_px == pytest.approx(500, abs=1)


async def test_what_is_no_page_has_no_screenshot_and_needs_no_browser(browsing: Browsing) -> None:
    seen = await look(browsing, response(b"%PDF-1.7", Content_Type="application/pdf"))

    assert (seen.status, seen.screenshot, seen.wide_px) == (200, None, 390)


async def test_images_come_by_the_guard_and_robots_txt_holds(browsing: Browsing) -> None:
    trap = WebSite({"/red.png": response(RED, Content_Type="image/png")})
    rules = response(b"User-agent: *\nDisallow: /", Content_Type="text/plain")
    async with listening(trap) as inside:
        await look(browsing, page(f"<img src=http://127.0.0.1:{inside}/red.png><img src=http://inside.fr:{inside}/>"))

    assert not trap.connections
    assert await reason_of(look(browsing, page("<p>private"), robots_txt=rules)) == "robots"


async def test_a_page_whose_files_never_come_is_shown_as_it_stands(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.network.browser.LOOK_SECONDS", 1.0)
    monkeypatch.setattr("engine.network.browser.SHOW_SECONDS_MIN", 1.0)
    site = Holding({"/": page("<p style='background:red;height:50px;margin:0'>here</p><script src=/held.js></script>")})
    async with shop(site, "waits.fr") as root:
        seen = await browsing.world.browser.look(f"{root}/", PHONE)

    assert shown(seen).getpixel((200, 45)) == (255, 0, 0)


async def test_a_script_that_never_ends_is_a_timeout(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.network.browser.LOOK_SECONDS", 1.0)
    monkeypatch.setattr("engine.network.browser.SHOW_SECONDS_MIN", 1.0)
    monkeypatch.setattr("engine.network.look.MEASURE_SECONDS", 0.5)

    assert await reason_of(look(browsing, page("<script>while (true) {}</script>"))) == "timeout"


async def test_a_page_that_was_killed_is_looked_at_once_more(browsing: Browsing) -> None:
    home = page("<p style='width:600px'>here</p><script src=/held.js></script>")
    site = Holding({"/": home})
    async with shop(site, "again.fr") as root:
        looking = asyncio.create_task(browsing.world.browser.look(f"{root}/", PHONE))
        await site.asked.wait()
        for pid, command in descendants(os.getpid()).items():
            if "--type=renderer" in command:
                os.kill(pid, signal.SIGKILL)
        seen = await looking

    assert seen.wide_px == pytest.approx(600, abs=1)
