"""Pages rendered by a real Chromium: what their scripts make of them, and what ends them."""

import asyncio
import dataclasses
import ssl

import pytest

from engine.network.fetcher import PAGE
from tests.engine.network.browsing import Browsing, Holding, shop
from tests.engine.network.browsing import browsing as browsing
from tests.engine.network.outside import WebSite, authority, reason_of, redirect, response

pytestmark = [pytest.mark.slow(30), pytest.mark.asyncio(loop_scope="module")]

FILLED = b"<html><body><p id=mail></p><script src=/fill.js></script></body></html>"
FILL = response(
    b"fetch('/mail').then(answer => answer.text()).then(text => { mail.textContent = text })",
    Content_Type="text/javascript",
)
MAIL = response(b"contact@shop.fr", Content_Type="text/plain")


def script(source: str, body: str = "<p>here</p>") -> bytes:
    return response(f"<html><body>{body}<script>{source}</script></body></html>".encode())


async def test_what_a_script_fetches_and_writes_is_on_the_page(browsing: Browsing) -> None:
    site = WebSite({"/": response(FILLED, X_Powered_By="hands"), "/fill.js": FILL, "/mail": MAIL})
    async with shop(site, "shop.fr") as root:
        page = await browsing.render(f"{root}/")

    assert '<p id="mail">contact@shop.fr</p>' in page.html
    assert (page.status, page.final_url, page.headers["X-Powered-By"]) == (200, f"{root}/", "hands")


async def test_https_pages_and_what_they_load_are_trusted_by_the_set_authority(browsing: Browsing) -> None:
    site = WebSite({"/": response(FILLED), "/fill.js": FILL, "/mail": MAIL})
    async with shop(site, "tls.fr", tls=browsing.ca.server("tls.fr")) as root:
        page = await browsing.render(f"{root}/")

    assert "contact@shop.fr" in page.html
    assert page.tls is not None


@pytest.mark.parametrize("kind", ["expired", "name", "untrusted"])
async def test_a_bad_certificate_is_refused_with_its_reason(
    browsing: Browsing, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with shop(WebSite({}), f"{kind}.fr", tls=_bad(browsing, kind, tmp_path_factory)) as root:
        assert await reason_of(browsing.render(f"{root}/")) == f"tls_{kind}"


@pytest.mark.parametrize("kind", ["expired", "name", "untrusted"])
async def test_a_script_with_a_bad_certificate_is_not_run(
    browsing: Browsing, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Chromium itself has to be kept from it: the script comes by the proxy."""
    theirs = WebSite({"/fill.js": response(b"mail.textContent = 'harm'", Content_Type="text/javascript")})
    async with shop(theirs, f"cdn-{kind}.fr", tls=_bad(browsing, kind, tmp_path_factory)) as cdn:
        ours = WebSite({"/": response(FILLED.replace(b"/fill.js", f"{cdn}/fill.js".encode()))})
        async with shop(ours, f"uses-{kind}.fr", tls=browsing.ca.server(f"uses-{kind}.fr")) as root:
            page = await browsing.render(f"{root}/")

    assert '<p id="mail"></p>' in page.html
    assert not theirs.requests


def _bad(browsing: Browsing, kind: str, folders: pytest.TempPathFactory) -> ssl.SSLContext:
    if kind == "untrusted":
        return authority(folders.mktemp("stranger")).server(f"{kind}.fr", f"cdn-{kind}.fr")
    if kind == "name":
        return browsing.ca.server("other.fr")
    return browsing.ca.server(f"{kind}.fr", f"cdn-{kind}.fr", expired=True)


async def test_redirects_are_followed_and_told(browsing: Browsing) -> None:
    site = WebSite({"/": redirect("/accueil"), "/accueil": script("location.href = '/fr'"), "/fr": script("")})
    async with shop(site, "moves.fr") as root:
        page = await browsing.render(f"{root}/")

    assert page.final_url == f"{root}/fr"
    assert page.redirects == (f"{root}/", f"{root}/accueil")


async def test_a_cookie_that_a_script_sets_opens_the_page_that_asks_for_it(browsing: Browsing) -> None:
    async def home(writer: asyncio.StreamWriter) -> None:
        welcome = "pass=yes" in site.heads[-1]
        writer.write(script("", "welcome") if welcome else script("document.cookie = 'pass=yes'; location.reload()"))

    site = WebSite({"/": home})
    async with shop(site, "gate.fr") as root:
        page = await browsing.render(f"{root}/")

    assert "welcome" in page.html


async def test_cookies_of_a_site_are_forgotten_when_it_is_done(browsing: Browsing) -> None:
    site = WebSite(
        {
            "/": script("document.cookie = 'seen=1'"),
            "/look": script("mail.textContent = document.cookie", "<p id=mail>"),
        }
    )
    async with shop(site, "memory.fr") as root:
        await browsing.render(f"{root}/")
        before = await browsing.render(f"{root}/look")
        await browsing.world.browser.done_with(root)
        after = await browsing.render(f"{root}/look")

    assert "seen=1" in before.html.split("<script>")[0]
    assert "seen=1" not in after.html.split("<script>")[0]


async def test_cookies_and_headers_that_no_browser_takes_do_no_harm(browsing: Browsing) -> None:
    strange = {"Set_Cookie": "a b=\xe9\x01; Domain=..; Path=x", "X_Note": "caf\xe9 \xff"}
    site = WebSite({"/": redirect("/fr", **strange), "/fr": response(b"<p>here</p>", **strange)})
    async with shop(site, "strange.fr") as root:
        page = await browsing.render(f"{root}/")

    assert "<p>here</p>" in page.html


async def test_a_page_that_reloads_for_ever_is_shown_as_it_stands(browsing: Browsing) -> None:
    site = WebSite({"/": script("location.reload()", "<p>again</p>")})
    async with shop(site, "again.fr") as root:
        page = await browsing.render(f"{root}/")

    assert "<p>again</p>" in page.html
    assert site.paths.count("/") == 6


async def test_robots_txt_holds_for_the_page_and_for_where_its_script_leads(browsing: Browsing) -> None:
    rules = response(b"User-agent: *\nDisallow: /private", Content_Type="text/plain")
    site = WebSite({"/robots.txt": rules, "/": script("location.href = '/private'"), "/private": script("")})
    async with shop(site, "shy.fr") as root:
        assert await reason_of(browsing.render(f"{root}/private")) == "robots"
        assert await reason_of(browsing.render(f"{root}/")) == "robots"

    assert "/private" not in site.paths


async def test_a_page_whose_files_never_come_gives_what_it_has(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.network.browser.TOTAL_SECONDS", 2.0)

    site = Holding({"/": response(b"<p>here</p><script src=/held.js></script>")})
    async with shop(site, "waits.fr") as root:
        page = await browsing.render(f"{root}/")

    assert "<p>here</p>" in page.html


async def test_a_page_that_never_comes_is_a_timeout(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.network.browser.PAGE", dataclasses.replace(PAGE, seconds=1.0))
    async with shop(WebSite({}, delay=60), "silent.fr") as root:
        assert await reason_of(browsing.render(f"{root}/")) == "timeout"


async def test_a_script_that_never_ends_leaves_the_page_as_it_was_sent(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.network.browser.TOTAL_SECONDS", 2.0)
    monkeypatch.setattr("engine.network.tab.READ_SECONDS", 0.5)
    site = WebSite({"/": script("while (true) {}"), "/next": script("", "<p>next</p>")})
    async with shop(site, "stuck.fr") as root:
        stuck = await browsing.render(f"{root}/")
        following = await browsing.render(f"{root}/next")

    assert "<p>here</p>" in stuck.html
    assert "<p>next</p>" in following.html


async def test_a_page_that_grows_for_ever_is_cut_at_two_megabytes(browsing: Browsing) -> None:
    grow = "for (let n = 0; n < 400; n++) document.body.append('x'.repeat(20000))"
    async with shop(WebSite({"/": script(grow)}), "grows.fr") as root:
        page = await browsing.render(f"{root}/")

    assert page.truncated
    assert len(page.html) == 2 * 1024 * 1024


async def test_a_document_that_is_too_long_is_shown_as_far_as_it_was_read(browsing: Browsing) -> None:
    site = WebSite({"/": response(b"<p>first</p>" + b"<p>" + b"x" * 15_000_000)})
    async with shop(site, "long.fr") as root:
        page = await browsing.render(f"{root}/")

    assert page.truncated
    assert "<p>first</p>" in page.html


async def test_dialogs_are_dismissed_and_windows_do_not_open(browsing: Browsing) -> None:
    source = "alert('one'); confirm('two'); prompt('three'); window.open('/popup'); mail.textContent = 'through'"
    site = WebSite({"/": script(source, "<p id=mail></p>"), "/popup": script("")})
    async with shop(site, "asks.fr") as root:
        page = await browsing.render(f"{root}/")

    assert "through</p>" in page.html
    assert "/popup" not in site.paths


@pytest.mark.parametrize(
    "headers",
    [{"Content_Type": "application/pdf"}, {"Content_Disposition": "attachment; filename=a.html"}],
    ids=["a pdf", "a download"],
)
async def test_what_a_browser_would_save_is_no_page(browsing: Browsing, headers: dict[str, str]) -> None:
    site = WebSite({"/": response(b"%PDF-1.7 or so", **headers), "/to": script("location.href = '/'")})
    async with shop(site, "saves.fr") as root:
        page = await browsing.render(f"{root}/to")

    assert (page.final_url, page.status) == (f"{root}/", 200)
    assert "<" not in page.html


async def test_images_fonts_and_media_are_not_loaded(browsing: Browsing) -> None:
    body = (
        b"<style>@font-face{font-family:f;src:url(/font)} p{font-family:f;background:url(/background)}</style>"
        b"<p>text</p><img src=/image><video src=/video autoplay></video><audio src=/audio preload=auto></audio>"
        b"<link rel=icon href=/icon><script src=/fill.js></script>"
    )
    site = WebSite({"/": response(body), "/fill.js": response(b"", Content_Type="text/javascript")})
    async with shop(site, "pictures.fr") as root:
        await browsing.render(f"{root}/")

    assert set(site.paths) == {"/robots.txt", "/", "/fill.js"}


async def test_a_page_can_not_change_how_it_is_read(browsing: Browsing) -> None:
    source = (
        "window.MutationObserver = window.setTimeout = undefined; String.prototype.slice = () => 'forged';"
        "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'forged'})"
    )
    async with shop(WebSite({"/": script(source, "<form name=documentElement></form>real")}), "forger.fr") as root:
        page = await browsing.render(f"{root}/")

    assert "real" in page.html
    assert page.html.startswith("<html>")


async def test_four_pages_are_open_at_once_and_no_more(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.network.chromium.CONTEXTS_MAX", 1)  # those without a page are closed meanwhile
    open_now: list[int] = []
    all_there, go_on = asyncio.Event(), asyncio.Event()

    async def held(writer: asyncio.StreamWriter) -> None:
        open_now.append(1)
        if len(open_now) == 4:
            all_there.set()
        await go_on.wait()
        writer.write(response(b"", Content_Type="text/javascript"))

    site = WebSite({"/": response(b"<script src=/held.js></script>"), "/held.js": held})
    async with shop(site, "shared.fr") as root:
        port = root.rpartition(":")[2]
        renders = [asyncio.create_task(browsing.render(f"http://many{n}.fr:{port}/")) for n in range(8)]
        await all_there.wait()
        most = len(open_now)
        go_on.set()
        pages = await asyncio.gather(*renders)

    assert most == 4
    assert all(page.ok for page in pages)


async def test_a_cancelled_render_ends_within_a_second_and_closes_its_page(browsing: Browsing) -> None:
    site = Holding({"/": response(b"<script src=/held.js></script>")})
    async with shop(site, "cancelled.fr") as root:
        render = asyncio.create_task(browsing.render(f"{root}/"))
        await site.asked.wait()
        render.cancel()
        async with asyncio.timeout(1):
            await asyncio.gather(render, return_exceptions=True)
        await site.given_up.wait()

    assert render.cancelled()
