"""The SDK's own client signs in, by itself, over real sockets: as it is told to by a 401, and nothing else."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from engine.oauth.connected import list_apps, remove_app
from tests.api_house import ApiHouse, api_house
from tests.engine.network.outside import LOOPBACK, WebSite, authority, hosts, listening, name_server, response
from tests.mcp.program import LOCAL, Program, answer, submit
from tests.mcp.toolbox import toolbox, with_tools

pytestmark = pytest.mark.slow(20)


@dataclass
class Kept:
    """What the client remembers between its runs."""

    client: OAuthClientInformationFull | None = None
    tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class Person:
    """Decides in a browser of its own. `asked` counts how often."""

    house: ApiHouse
    email: str
    reads_only: bool = False
    asked: int = 0
    sent: dict[str, str] | None = None

    async def decide(self, address: str) -> None:
        await asyncio.to_thread(self._decide, address)

    def _decide(self, address: str) -> None:
        self.asked += 1
        parts = urlsplit(address)
        with self.house.client(self.email) as browser:
            page = browser.get(f"{parts.path}?{parts.query}")
            self.sent = answer(submit(browser, page, scope="" if self.reads_only else "outsend:run"))

    async def told(self) -> AuthorizationCodeResult:
        assert self.sent is not None
        return AuthorizationCodeResult(code=self.sent["code"], state=self.sent["state"], iss=self.sent["iss"])


def auth_of(person: Person, kept: Kept, document: str | None = None) -> OAuthClientProvider:
    metadata = OAuthClientMetadata(client_name="SDK", redirect_uris=[AnyUrl(LOCAL)], token_endpoint_auth_method="none")
    return OAuthClientProvider(f"{person.house.url}/mcp", metadata, kept, person.decide, person.told, document)


@asynccontextmanager
async def signing_in(
    person: Person, kept: Kept, mode: str, auth: OAuthClientProvider | None = None
) -> AsyncGenerator[Client]:
    async with (
        httpx2.AsyncClient(auth=auth or auth_of(person, kept), timeout=30) as http,
        Client(streamable_http_client(f"{person.house.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def test_a_client_registers_and_signs_in_by_itself(plain: ApiHouse, mode: str) -> None:
    """C-423, C-424, C-429."""
    ada, kept = Person(plain, f"flow-{mode}@example.com"), Kept()

    async with signing_in(ada, kept, mode) as client:
        result = await client.call_tool("start", {"text": "hi"})

    assert result.structured_content is not None and not result.is_error
    assert result.structured_content["account"] == plain.caller(ada.email).principal.account_id
    assert result.structured_content["via"] == "mcp"
    assert kept.tokens is not None and kept.tokens.expires_in == 86_400
    assert kept.tokens.scope == "outsend:read outsend:run"


async def test_a_client_that_has_its_registration_already_uses_it(plain: ApiHouse, mode: str) -> None:
    program = Program.registered(plain, LOCAL, token_endpoint_auth_method="client_secret_post")
    known = OAuthClientInformationFull(
        client_id=program.client_id,
        client_secret=program.secret,
        redirect_uris=[AnyUrl(LOCAL)],
        token_endpoint_auth_method="client_secret_post",
    )
    ada, kept = Person(plain, f"known-{mode}@example.com"), Kept(known)

    async with signing_in(ada, kept, mode) as client:
        tools = (await client.list_tools()).tools

    assert {"repeat", "start"} <= {tool.name for tool in tools}
    assert kept.client is known


async def test_a_client_whose_token_is_over_refreshes_without_asking(plain: ApiHouse, mode: str) -> None:
    ada, kept = Person(plain, f"back-{mode}@example.com"), Kept()
    auth = auth_of(ada, kept)

    async with signing_in(ada, kept, mode, auth) as client:
        await client.list_tools()
        before = kept.tokens
        auth.context.token_expiry_time = 1.0  # as far as the client knows
        await client.call_tool("repeat", {"text": "hi"})

    assert ada.asked == 1
    assert before is not None and kept.tokens is not None
    assert kept.tokens.refresh_token != before.refresh_token


async def test_a_client_with_reading_alone_steps_up_when_it_wants_to_run(plain: ApiHouse, mode: str) -> None:
    """C-429."""
    ada, kept = Person(plain, f"step-{mode}@example.com", reads_only=True), Kept()

    async with signing_in(ada, kept, mode) as client:
        await client.call_tool("repeat", {"text": "hi"})
        assert kept.tokens is not None
        granted = kept.tokens.scope
        ada.reads_only = False
        result = await client.call_tool("start", {"text": "hi"})

    assert granted == "outsend:read"
    assert not result.is_error and ada.asked == 2
    assert kept.tokens.scope == "outsend:read outsend:run"


async def test_a_client_that_was_removed_signs_in_anew(plain: ApiHouse, mode: str) -> None:
    ada, kept = Person(plain, f"removed-{mode}@example.com"), Kept()
    async with signing_in(ada, kept, mode) as client:
        await client.list_tools()
    caller = plain.caller(ada.email)
    caller.run(remove_app, caller.run(list_apps)[0].client_id)

    async with signing_in(ada, kept, mode) as client:
        await client.list_tools()

    assert ada.asked == 2


async def test_a_client_names_itself_by_its_document_and_is_asked_for_each_time(tmp_path: Path, mode: str) -> None:
    """C-424."""
    ca, site = authority(tmp_path), WebSite({})
    async with listening(site, tls=ca.server("app.example")) as port, name_server(hosts("app.example")) as (dns, _):
        url = f"https://app.example:{port}/client.json"
        told = {"client_id": url, "client_name": "Document App", "redirect_uris": [LOCAL]}
        site.pages["/client.json"] = response(json.dumps(told).encode(), Content_Type="application/json")
        outside = {"dns_servers": (dns,), "ca_bundle": ca.path, "trusted_networks": LOOPBACK}
        with api_house(tmp_path, app=with_tools(*toolbox()), **outside) as own:
            ada = Person(own, "ada@example.com")
            for _ in range(2):
                async with signing_in(ada, kept := Kept(), mode, auth_of(ada, kept, url)) as client:
                    await client.list_tools()
            listed = own.caller("ada@example.com").run(list_apps)

    assert kept.client is not None and kept.client.client_id == url
    assert [(app.client_id, app.name) for app in listed] == [(url, "Document App")]
    assert ada.asked == 2 and site.paths == ["/client.json"]  # read once, though asked for twice
