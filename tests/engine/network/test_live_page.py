"""Pages that load themselves: what they are answered is kept, and they reach nothing that others don't."""

import asyncio
import os
import signal

import pytest

from engine.network.live import Crashed, LivePage, Reach
from engine.network.types import Unreachable
from tests.engine.network.browsing import Browsing, descendants, shop
from tests.engine.network.browsing import browsing as browsing
from tests.engine.network.outside import WebSite, listening, redirect, response

pytestmark = [pytest.mark.slow(40), pytest.mark.asyncio(loop_scope="module")]

SHOP = Reach(sites=frozenset({"shop.fr"}), kept_paths=("/data",))
HOME = b"""<body><div id=pane></div><script>
fetch('/data').then(answer => answer.text()).then(text => { pane.textContent = text; });
</script></body>"""


def home_site(body: bytes = HOME, **pages: bytes) -> WebSite:
    data = response(b'{"places": 3}', Content_Type="application/json")
    return WebSite({"/": response(body), "/data": data} | {f"/{name}": page for name, page in pages.items()})


async def shown(page: LivePage) -> object:
    return await page.until("document.getElementById('pane')?.textContent", seconds=10)


async def test_the_answers_of_the_page_itself_are_kept(browsing: Browsing) -> None:
    async with shop(home_site(), "shop.fr") as root, browsing.gateway.live.page(0, SHOP) as page:
        await page.goto(f"{root}/", seconds=10)
        text = await shown(page)
        answers = await page.answers()

    assert (text, page.status) == ('{"places": 3}', 200)
    assert [(answer.url, answer.status, answer.body) for answer in answers] == [(f"{root}/data", 200, b'{"places": 3}')]


async def test_a_wait_outlasts_the_way_to_another_document(browsing: Browsing) -> None:
    first = b"<a id=on href=/next>on</a>"
    site = home_site(first, next=response(b"<div id=pane>there</div>"))
    async with shop(site, "shop.fr") as root, browsing.gateway.live.page(0, SHOP) as page:
        await page.goto(f"{root}/", seconds=10)
        clicked = [await page.click("#on"), await page.click("#nowhere")]
        text = await shown(page)

    assert clicked == [True, False]
    assert text == "there"


@pytest.mark.parametrize("way", ["redirect", "script", "fetch"])
async def test_a_page_reaches_nothing_of_this_machine(browsing: Browsing, way: str) -> None:
    trap = WebSite({"/": response(b"secret", Access_Control_Allow_Origin="*")})
    async with listening(trap) as port:
        inside = f"http://127.0.0.1:{port}/"
        pages = {
            "redirect": redirect(inside),
            "script": response(f"<div id=pane></div><script>location.href = '{inside}'</script>".encode()),
            "fetch": response(f"<script>fetch('{inside}').catch(() => document.body.id = 'pane')</script>".encode()),
        }
        async with shop(WebSite({"/": pages[way]}), "shop.fr") as root, browsing.gateway.live.page(0, SHOP) as page:
            try:
                await page.goto(f"{root}/", seconds=5)
            except Unreachable:
                assert way == "redirect"
            else:
                await page.read("new Promise(done => setTimeout(done, 200))", seconds=5)

    assert not trap.connections


async def test_a_page_leads_to_no_site_beyond_its_reach(browsing: Browsing) -> None:
    elsewhere = WebSite({"/": response(b"elsewhere")})
    async with shop(elsewhere, "other.fr") as other:
        site = home_site(f"<a id=on href={other}/>on</a>".encode())
        async with shop(site, "shop.fr") as root, browsing.gateway.live.page(0, SHOP) as page:
            await page.goto(f"{root}/", seconds=10)
            await page.click("#on")
            await page.read("new Promise(done => setTimeout(done, 200))", seconds=5)
            assert page.url == f"{root}/"

    assert not elsewhere.paths


async def test_pages_of_one_way_share_their_cookies_until_it_is_renewed(browsing: Browsing) -> None:
    async with shop(home_site(b"<div id=pane>here</div>"), "shop.fr") as root:
        told: list[object] = []
        for renewed in (False, False, True):
            if renewed:
                await browsing.gateway.live.renew(0)
            async with browsing.gateway.live.page(0, SHOP) as page:
                await page.goto(f"{root}/", seconds=10)
                told.append(await page.read("document.cookie", seconds=5))
                await page.read("document.cookie = 'seen=1'", seconds=5)

    assert told == ["", "seen=1", ""]


async def test_a_host_that_does_not_answer_is_unreachable_and_a_silent_one_too(browsing: Browsing) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent, "127.0.0.2") as port, browsing.gateway.live.page(0, SHOP) as page:
        with pytest.raises(Unreachable) as late:
            await page.goto(f"http://shop.fr:{port}/", seconds=1)
        with pytest.raises(Unreachable) as inside:
            await page.goto("https://inside.shop.fr/", seconds=5)

    assert (late.value.reason, inside.value.reason) == ("timeout", "refused")


async def test_an_error_without_a_document_has_its_status(browsing: Browsing) -> None:
    site = WebSite({"/": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"})
    async with shop(site, "shop.fr") as root, browsing.gateway.live.page(0, SHOP) as page:
        await page.goto(f"{root}/", seconds=10)

    assert page.status == 404


async def test_whoever_waits_learns_that_the_page_crashed(browsing: Browsing) -> None:
    async with shop(home_site(b"<p>here</p>"), "shop.fr") as root:
        with pytest.raises(Crashed):
            async with browsing.gateway.live.page(0, SHOP) as page:
                await page.goto(f"{root}/", seconds=10)
                waiting = asyncio.create_task(page.until("false", seconds=30))
                await page.read("document.title", seconds=5)
                for pid, command in descendants(os.getpid()).items():
                    if "--type=renderer" in command:
                        os.kill(pid, signal.SIGKILL)
                await waiting
