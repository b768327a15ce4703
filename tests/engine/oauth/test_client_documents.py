"""Clients that name themselves by an address: what is read there, and from where nothing is read."""

import asyncio
import ipaddress
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.context import Services
from engine.oauth.client_documents import client_of, is_document
from engine.oauth.errors import BadDocument
from tests.engine.network.outside import Authority, WebSite, authority, listening, name_server, redirect, response
from tests.house import house

HOST = "app.example"
# Servers at this address stand for public ones; the rest of loopback is as forbidden as it is in production.
PUBLIC = "127.0.0.2"
NAMED: dict[str, Any] = {"client_name": "App", "redirect_uris": ["https://app.example/cb"]}


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def services(tmp_path: Path, ca: Authority) -> Any:
    with house(tmp_path, deaf=True) as services:
        trusted = (ipaddress.ip_network(f"{PUBLIC}/32"),)
        services.settings = services.settings.model_copy(update={"ca_bundle": ca.path, "trusted_networks": trusted})
        yield services


@dataclass
class Document:
    """The page with the document of a client at its own address."""

    changes: dict[str, Any] = field(default_factory=dict)

    def __call__(self, url: str) -> bytes:
        told = {"client_id": url, **NAMED} | self.changes
        return response(json.dumps(told).encode(), Content_Type="application/json")


def document(**changes: Any) -> Document:
    return Document(changes)


Zone = Callable[[str, str], Sequence[str] | int | None]


def at(address: str) -> Zone:
    return lambda name, kind: [f"60 A {address}"] if kind == "A" else []


@asynccontextmanager
async def served(
    services: Services, ca: Authority, page: Any, *, zone: Zone | None = None, host: str = PUBLIC
) -> AsyncGenerator[tuple[str, WebSite]]:
    """The address of a document, and the site that serves it. `page` may be made from the address."""
    site = WebSite({})
    async with (
        listening(site, host, ca.server(HOST)) as port,
        name_server(zone or at(PUBLIC)) as (server, _),
    ):
        services.settings = services.settings.model_copy(update={"dns_servers": (server,)})
        url = f"https://{HOST}:{port}/client.json"
        site.pages["/client.json"] = page(url) if isinstance(page, Document) else page
        yield url, site


async def test_a_document_describes_a_client_and_is_read_once_an_hour(services: Services, ca: Authority) -> None:
    async with served(services, ca, document(client_name="App\u202e One", jwks={"keys": []})) as (url, site):
        first, again = await client_of(services, url), await client_of(services, url)
        services.clock.offset += timedelta(minutes=61)
        site.pages["/client.json"] = document(client_name="Renamed")(url)
        later = await client_of(services, url)

    assert first == again
    assert (first.client_id, first.name, first.auth_method, first.document) == (url, "App One", "none", True)
    assert first.redirect_uris == ("https://app.example/cb",)
    assert later.name == "Renamed" and len(site.requests) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://app.example/other.json"},
        {"redirect_uris": []},
        {"redirect_uris": ["http://app.example/cb"]},
        {"redirect_uris": ["https://app.example/cb"] * 11},
        {"redirect_uris": "https://app.example/cb"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"client_secret": "hidden"},
        {"client_name": "x" * 6000},
    ],
    ids=lambda changes: "-".join(changes),
)
async def test_a_document_that_says_something_else_is_refused(
    services: Services, ca: Authority, changes: dict[str, Any]
) -> None:
    """MCP security point 9."""
    async with served(services, ca, document(**changes)) as (url, _):
        with pytest.raises(BadDocument):
            await client_of(services, url)


@pytest.mark.parametrize(
    "page",
    [
        response(b"{}", status="404 Not Found", Content_Type="application/json"),
        response(b"{", Content_Type="application/json"),
        response(b"[" * 5000, Content_Type="application/json"),
        response(b"null", Content_Type="application/json"),
        response(b"{}", Content_Type="text/html"),
        response(b" " * 6000, Content_Type="application/json"),
    ],
    ids=["missing", "broken", "deep", "nothing", "html", "big"],
)
async def test_what_is_no_document_is_refused(services: Services, ca: Authority, page: bytes) -> None:
    """MCP security point 9."""
    async with served(services, ca, page) as (url, _):
        with pytest.raises(BadDocument):
            await client_of(services, url)


async def test_a_redirect_is_not_followed(services: Services, ca: Authority) -> None:
    """MCP security point 9."""
    async with served(services, ca, redirect("/real.json")) as (url, site):
        site.pages["/real.json"] = document()(url)
        with pytest.raises(BadDocument):
            await client_of(services, url)

    assert site.paths == ["/client.json"]


@pytest.mark.slow(15)
async def test_a_document_that_does_not_come_is_given_up(services: Services, ca: Authority, monkeypatch: Any) -> None:
    """MCP security point 9."""
    monkeypatch.setattr("engine.oauth.client_documents.OAUTH_DOCUMENT_SECONDS", 0.2)

    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with served(services, ca, silence) as (url, site):
        with pytest.raises(BadDocument, match="timeout"):
            await client_of(services, url)

    assert site.paths == ["/client.json"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1"])
async def test_a_name_that_leads_inside_is_not_asked(services: Services, ca: Authority, address: str) -> None:
    """MCP security point 9."""
    async with served(services, ca, document(), zone=at(address), host="127.0.0.1") as (url, site):
        with pytest.raises(BadDocument, match="forbidden_address"):
            await client_of(services, url)

    assert site.connections == 0


async def test_a_name_that_changes_its_mind_changes_nothing(services: Services, ca: Authority) -> None:
    """Rebinding: the connection goes to the address that was checked, whatever the name says a moment later.

    MCP security point 9.
    """
    asked: list[str] = []

    def zone(name: str, kind: str) -> Sequence[str]:
        if kind != "A":
            return []
        asked.append(name)
        return [f"0 A {PUBLIC if len(asked) == 1 else '127.0.0.1'}"]

    async with served(services, ca, document(), zone=zone) as (url, site):
        client = await client_of(services, url)

    assert client.client_id == url and site.connections == 1 and asked == [HOST]


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    services: Services, ca: Authority, tmp_path: Path
) -> None:
    async with served(services, authority(tmp_path), document()) as (url, _):
        with pytest.raises(BadDocument, match="tls"):
            await client_of(services, url)


@pytest.mark.parametrize(
    ("client_id", "is_one"),
    [
        ("https://app.example/client.json", True),
        ("https://app.example:8443/a/b?v=1", True),
        ("http://app.example/client.json", False),
        ("https://app.example", False),
        ("https://app.example/", False),
        ("https://app.example/../client.json", False),
        ("https://app.example/client.json#part", False),
        ("https://user@app.example/client.json", False),
        ("https:///client.json", False),
        ("https://app.example:port/client.json", False),
        ("https://app.example/" + "x" * 3000, False),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", False),
    ],
)
def test_only_a_plain_https_address_is_read(client_id: str, is_one: bool) -> None:
    """MCP security point 9."""
    assert is_document(client_id) is is_one
