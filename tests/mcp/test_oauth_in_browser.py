"""A person connects a program and removes it again, in a real Chromium that runs no scripts."""

from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page

from engine.accounts import passwords
from tests.api_house import ApiHouse
from tests.engine.network.outside import listening, redirect, response
from tests.mcp.program import LOCAL, Program, tools

PASSWORD = "lovelace-1843"

pytestmark = [pytest.mark.slow(30), pytest.mark.asyncio(loop_scope="module")]


@asynccontextmanager
async def without_scripts(chromium: Browser, house: ApiHouse) -> AsyncGenerator[Page]:
    context = await chromium.new_context(base_url=house.url, java_script_enabled=False)
    try:
        yield await context.new_page()
    finally:
        await context.close()


@asynccontextmanager
async def callback() -> AsyncGenerator[str]:
    """The address of a program that waits for its code on this machine, and leads on to a page elsewhere."""

    async def take(reader: StreamReader, writer: StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.write(redirect(f"http://localhost:{elsewhere}/done?{urlsplit(head.split(' ')[1]).query}"))
        await writer.drain()

    async def end(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response(b"Connected", Connection="close"))
        await writer.drain()

    async with listening(end) as elsewhere, listening(take) as port:
        yield f"http://127.0.0.1:{port}/callback"


def told(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


async def test_a_person_signs_in_allows_and_removes_a_program(plain: ApiHouse, chromium: Browser) -> None:
    email = "in-chromium@example.com"
    plain.caller(email, password_hash=passwords.password_hash(PASSWORD))
    program = Program.registered(plain, LOCAL, client_name="Claude Code")
    async with callback() as address, without_scripts(chromium, plain) as page:
        program.redirect = address
        await page.goto(program.address())
        await page.get_by_label("Adresse email").fill(email)
        await page.get_by_label("Mot de passe").fill(PASSWORD)
        await page.get_by_role("button", name="Se connecter").click()
        asked = await page.inner_text("main")
        await page.get_by_role("button", name="Autoriser").click()
        arrived = told(page)

        given = program.exchange(arrived["code"]).json()
        works = tools(plain, given["access_token"]).status_code
        await page.goto("/connected-apps")
        listed = await page.inner_text("main")
        await page.get_by_role("button", name="Retirer Claude Code").click()
        after = await page.inner_text("main")

    assert "Claude Code" in asked and "127.0.0.1, un programme de ton propre ordinateur" in asked
    assert (arrived["state"], arrived["iss"], works) == (program.state, plain.url, 200)
    assert "Claude Code" in listed and "Aucune application" in after
    assert tools(plain, given["access_token"]).status_code == 401


@pytest.mark.parametrize(("press", "outcome"), [("reads only", "outsend:read"), ("refuses", None)])
async def test_a_person_allows_reading_alone_or_nothing(
    plain: ApiHouse, chromium: Browser, press: str, outcome: str | None
) -> None:
    program = Program.registered(plain, LOCAL)
    with plain.client("chooses@example.com") as signed_in:
        session = [
            {"name": cookie.name, "value": cookie.value or "", "url": plain.url} for cookie in signed_in.cookies.jar
        ]
    async with callback() as address, without_scripts(chromium, plain) as page:
        program.redirect = address
        await page.context.add_cookies(session)  # type: ignore[arg-type]
        await page.goto(program.address())
        if press == "reads only":
            await page.locator("#run").uncheck()
        await page.get_by_role("button", name="Refuser" if press == "refuses" else "Autoriser").click()
        arrived = told(page)

    assert arrived["state"] == program.state
    if outcome is None:
        assert arrived["error"] == "access_denied"
    else:
        assert program.exchange(arrived["code"]).json()["scope"] == outcome
