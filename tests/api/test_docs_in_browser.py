"""The documentation in a real Chromium: the Copy menu, the keyboard, a phone, no scripts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from llms import bundle
from tests.api_house import ApiHouse, api_house

pytestmark = [pytest.mark.slow(30), pytest.mark.asyncio(loop_scope="module")]
PATH = "/docs/modules/verify-emails"
CHOICES = {  # and the text behind it
    "Copy this page": "modules/verify_emails.md",
    "Copy this section": "_bundle/modules.txt",
    "Copy entire docs": "llms-full.txt",
}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("docs")) as running:
        yield running


@asynccontextmanager
async def tab(chromium: Browser, house: ApiHouse, path: str = PATH, **options: Any) -> AsyncIterator[Page]:
    """A fresh profile that may use the clipboard, on that page; nothing in it may go wrong."""
    context = await chromium.new_context(base_url=house.url, **options)
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=house.url)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(error.message))
    await page.goto(path)
    yield page
    await context.close()
    assert wrong == []


@pytest.mark.parametrize("choice", CHOICES)
async def test_a_choice_of_the_copy_menu_is_on_the_clipboard(chromium: Browser, house: ApiHouse, choice: str) -> None:
    """C-420."""
    wanted = bundle.files(house.url)[CHOICES[choice]]

    async with tab(chromium, house) as page:
        await page.click("summary:text('Copy')")
        await page.click(f"a:text('{choice}')")
        told = await page.locator(".told:text('Copied')").text_content()
        copied = await page.evaluate("navigator.clipboard.readText()")
        opened, address = await page.locator(".copy[open]").count(), page.url

    assert copied == wanted
    assert told == f"Copied: {len(wanted.encode('utf-16-le')) // 2:,} characters"
    assert (opened, address) == (0, house.url + PATH)


async def test_the_copy_menu_is_used_by_keyboard_alone(chromium: Browser, house: ApiHouse) -> None:
    async with tab(chromium, house) as page:
        await page.focus(".copy summary")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        closed = await page.locator(".copy[open]").count()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.locator(".told:text('Copied')").wait_for()
        copied = await page.evaluate("navigator.clipboard.readText()")
        focused = await page.evaluate("document.activeElement.tagName")

    assert closed == 0
    assert copied == bundle.files(house.url)[CHOICES["Copy this page"]]
    assert focused == "SUMMARY"


async def test_without_scripts_the_choices_are_links(chromium: Browser, house: ApiHouse) -> None:
    async with tab(chromium, house, java_script_enabled=False) as page:
        await page.click("summary:text('Copy')")
        await page.click("a:text('Copy entire docs')")
        address = page.url

    assert address == house.url + "/docs/llms-full.txt"


async def test_on_a_phone_no_page_is_wider_than_the_screen(chromium: Browser, house: ApiHouse) -> None:
    widths: dict[str, int] = {}

    async with tab(chromium, house, viewport=PHONE) as page:
        for one in bundle.pages():
            await page.goto(one.path)
            widths[one.path] = await page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in widths.items() if width > PHONE["width"]} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_background_by_day_and_by_night(
    chromium: Browser, house: ApiHouse, scheme: Any
) -> None:
    async with tab(chromium, house, color_scheme=scheme) as page:
        colours = [
            await page.locator(at).first.evaluate("(element) => getComputedStyle(element).color")
            for at in (".text p", ".summary", ".section", ".pages a", ".pages small", ".contents a", ".text a")
        ]
        paper = luminance(await page.evaluate("getComputedStyle(document.body).backgroundColor"))

    for text in map(luminance, colours):
        assert (max(text, paper) + 0.05) / (min(text, paper) + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
    """The relative luminance of `rgb(r, g, b)`. Source: WCAG 2.2."""
    shares = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    red, green, blue = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_a_link_to_a_heading_shows_it_below_the_header(chromium: Browser, house: ApiHouse) -> None:
    async with tab(chromium, house) as page:
        await page.click(".contents a:text('Errors')")
        heading = await page.locator("#errors").bounding_box()
        header = await page.locator(".docs > header").bounding_box()

    assert heading is not None and header is not None
    assert heading["y"] >= header["y"] + header["height"]
    assert page.url.endswith("#errors")


async def test_on_paper_only_the_text_is_left(chromium: Browser, house: ApiHouse) -> None:
    async with tab(chromium, house) as page:
        await page.emulate_media(media="print")
        shown = {
            at: await page.locator(at).first.is_visible() for at in (".text", "h1", ".pages", ".copy", ".contents")
        }

    assert shown == {".text": True, "h1": True, ".pages": False, ".copy": False, ".contents": False}
