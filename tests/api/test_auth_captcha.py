"""The captcha at signup, against a replica of hCaptcha at its real host name."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from tests.api_house import ApiHouse, api_house
from tests.engine.network.outside import (
    LOOPBACK,
    ConnectProxy,
    authority,
    hosts,
    listening,
    name_server,
    response,
)
from tests.visitors import CODE, PASSWORD, new_address

SECRET = "0x-the-servers-own-secret"
HOST = "api.hcaptcha.com"


class Hcaptcha:
    """Says `verdict` to each question, and keeps the questions."""

    def __init__(self, verdict: object, *, status: str = "200 OK") -> None:
        self._answer = response(json.dumps(verdict).encode(), status=status, Content_Type="application/json")
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
            form = parse_qs((await reader.readexactly(length)).decode())
            self.asked.append((head.split("\r\n")[0], form))
            writer.write(self._answer)
            await writer.drain()


@asynccontextmanager
async def house_with(folder: Path, service: Hcaptcha | None) -> AsyncGenerator[ApiHouse]:
    """An API whose way out leads to the replica; None: nobody answers there."""
    own = authority(folder)
    proxy = ConnectProxy(refusal=None if service else "502 Bad Gateway")
    replica = service or Hcaptcha({})
    async with (
        listening(replica, tls=own.server(HOST)) as port,
        listening(proxy) as door,
        name_server(hosts(HOST)) as (names, _),
    ):
        proxy.ways["127.0.0.1:443"] = port
        running = api_house(
            folder,
            invitation_codes=(CODE,),
            hcaptcha_secret=SECRET,
            https_proxy=f"http://127.0.0.1:{door}",
            dns_servers=(names,),
            ca_bundle=own.path,
            trusted_networks=LOOPBACK,
        )
        house = await asyncio.to_thread(running.__enter__)
        try:
            yield house
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def sign_up(house: ApiHouse, address: str, token: str | None, code: str = CODE) -> httpx.Response:
    body = {"email": address, "password": PASSWORD, "invitation_code": code, "accept_responsibility": True}
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        return await client.post("/api/auth/signup", json=body | ({"hcaptcha_token": token} if token else {}))


async def can_sign_in(house: ApiHouse, address: str) -> bool:
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        return (await client.post("/api/auth/login", json={"email": address, "password": PASSWORD})).is_success


async def test_who_solved_it_gets_the_account(tmp_path: Path) -> None:
    """C-041."""
    service = Hcaptcha({"success": True})
    async with house_with(tmp_path, service) as house:
        assert (await sign_up(house, new_address(), "solved")).status_code == 200

    assert service.asked == [("POST /siteverify HTTP/1.1", {"secret": [SECRET], "response": ["solved"]})]


@pytest.mark.parametrize("token", ["wrong", None])
async def test_who_did_not_is_refused_before_anything_else(tmp_path: Path, token: str | None) -> None:
    """C-041, C-044: the invitation is not even looked at."""
    service, address = Hcaptcha({"success": False, "error-codes": ["invalid-input-response"]}), new_address()
    async with house_with(tmp_path, service) as house:
        refused = await sign_up(house, address, token, code="WRONG")
        known = await can_sign_in(house, address)

    assert (refused.status_code, refused.json()["detail"]) == (400, "Captcha invalide. Réessaie.")
    assert not known
    assert len(service.asked) == (1 if token else 0)


@pytest.mark.parametrize(
    "service",
    [
        None,
        Hcaptcha({"success": False, "error-codes": ["invalid-input-secret"]}),
        Hcaptcha({}, status="403 Forbidden"),
        Hcaptcha(["not what was agreed"]),
    ],
    ids=["nobody answers", "our secret is refused", "an error", "nonsense"],
)
@pytest.mark.slow(20)
async def test_a_captcha_service_that_fails_creates_nothing(tmp_path: Path, service: Hcaptcha | None) -> None:
    """C-041, C-020: it is not the visitor's fault, and repeating is safe."""
    address = new_address()
    async with house_with(tmp_path, service) as house:
        refused = await sign_up(house, address, "solved")
        known = await can_sign_in(house, address)

    assert (refused.status_code, refused.json()["code"]) == (503, "captcha_unavailable")
    assert SECRET not in refused.text
    assert not known


async def test_while_the_service_is_asked_others_are_served(tmp_path: Path) -> None:
    """No transaction is open and no thread waits meanwhile. C-041."""
    asked, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Hcaptcha):
        async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            await go_on.wait()
            writer.write(self._answer)
            await writer.drain()

    async with house_with(tmp_path, Slow({"success": True})) as house:
        waiting = asyncio.create_task(sign_up(house, new_address(), "solved"))
        await asked.wait()
        account = await asyncio.to_thread(house.caller, "other@example.com")  # writes
        go_on.set()

        assert (await waiting).status_code == 200 and account
