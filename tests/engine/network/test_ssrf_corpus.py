"""Tricks to lead us into our own network, against real sockets that must never hear a knock.

Names lead to loopback servers on the very port that is asked for, and that port is allowed here, so that nothing but
the check of the address stands in between. Each trick goes through the fetcher of pages, the client of APIs, a
redirect, and an import by address.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest
import pytest_asyncio

from engine.clock import Clock
from engine.context import Caller
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.network.guard import Guard
from engine.network.types import World
from engine.settings import Settings
from tests.api_house import ApiHouse, OnThread, api_house
from tests.engine.network.outside import ConnectProxy, WebSite, listening, name_server, reason_of, redirect, response
from tests.worlds import open_world

PUBLIC = "93.184.216.34"
OUTSIDE = "127.0.0.2"  # stands for a public host: the operator trusts it, and it alone
REFUSALS = {"bad_url", "forbidden_address", "nxdomain", "dns_failure"}

# {port} is where the inside listens, on 127.0.0.1 and on ::1.
SPELLINGS = {
    "plain": "http://127.0.0.1:{port}/",
    "another loopback address": "http://127.8.9.10:{port}/",
    "this host": "http://0.0.0.0:{port}/",
    "a name": "http://localhost:{port}/",
    "a name in capitals": "http://LOCALHOST:{port}/",
    "a name with its final dot": "http://localhost.:{port}/",
    "a name below": "http://app.localhost:{port}/",
    "a final dot": "http://127.0.0.1.:{port}/",
    "two final dots": "http://127.0.0.1..:{port}/",
    "decimal": "http://2130706433:{port}/",
    "decimal, once around": "http://6425673729:{port}/",
    "octal": "http://017700000001:{port}/",
    "octal parts": "http://0177.0.0.01:{port}/",
    "hex": "http://0x7f000001:{port}/",
    "hex parts": "http://0x7f.0x0.0x0.0x1:{port}/",
    "mixed parts": "http://0x7f.0.1:{port}/",
    "short": "http://127.1:{port}/",
    "three parts": "http://127.0.1:{port}/",
    "zero": "http://0:{port}/",
    "padded": "http://127.000.000.001:{port}/",
    "signed": "http://+127.0.0.1:{port}/",
    "full-width digits": "http://１２７.０.０.１:{port}/",
    "circled digits": "http://①②⑦.⓪.⓪.①:{port}/",
    "superscript digits": "http://¹²⁷.⁰.⁰.¹:{port}/",
    "ideographic dots": "http://127。0。0。1:{port}/",
    "half-width dots": "http://127｡0｡0｡1:{port}/",
    "full-width letters": "http://ｌｏｃａｌｈｏｓｔ:{port}/",
    "a soft hyphen": "http://local\u00adhost:{port}/",
    "a joiner": "http://local\u200dhost:{port}/",
    "escaped": "http://%31%32%37.0.0.1:{port}/",
    "escaped dots": "http://127%2e0%2e0%2e1:{port}/",
    "escaped name": "http://%6c%6f%63%61%6c%68%6f%73%74:{port}/",
    "v6": "http://[::1]:{port}/",
    "v6 in full": "http://[0000:0000:0000:0000:0000:0000:0000:0001]:{port}/",
    "v6 unspecified": "http://[::]:{port}/",
    "v4-mapped": "http://[::ffff:127.0.0.1]:{port}/",
    "v4-mapped, in hex": "http://[::ffff:7f00:1]:{port}/",
    "v4-mapped, in full": "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "v4-compatible": "http://[::127.0.0.1]:{port}/",
    "v4-translated": "http://[::ffff:0:127.0.0.1]:{port}/",
    "NAT64": "http://[64:ff9b::127.0.0.1]:{port}/",
    "local NAT64": "http://[64:ff9b:1::7f00:1]:{port}/",
    "6to4": "http://[2002:7f00:1::]:{port}/",
    "Teredo, server": "http://[2001:0:7f00:1::]:{port}/",
    "Teredo, client": "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/",
    "ISATAP": "http://[fe80::5efe:127.0.0.1]:{port}/",
    "a zone": "http://[::1%25lo]:{port}/",
    "a bare zone": "http://[::1%lo]:{port}/",
    "a link-local zone": "http://[fe80::1%25lo]:{port}/",
    "v6 without brackets": "http://::1:{port}/",
    "a user": "http://public.fr@127.0.0.1:{port}/",
    "a user and a password": "http://public.fr:80@127.0.0.1:{port}/",
    "an escaped at": "http://public.fr%40127.0.0.1:{port}/",
    "two ats": "http://a@public.fr@127.0.0.1:{port}/",
    "a backslash": "http://public.fr\\@127.0.0.1:{port}/",
    "backslashes for slashes": "http:\\\\127.0.0.1:{port}/",
    "a fragment first": "http://127.0.0.1:{port}#@public.fr/",
    "a question first": "http://127.0.0.1:{port}?@public.fr/",
    "a semicolon": "http://public.fr;127.0.0.1:{port}/",
    "no slashes": "http:127.0.0.1:{port}/",
    "one slash": "http:/127.0.0.1:{port}/",
    "three slashes": "http:///127.0.0.1:{port}/",
    "a tab": "http://127.0.0.1\t:{port}/",
    "a line break": "http://127.0.0.1\r\n:{port}/",
    "a NUL": "http://127.0.0.1\0.public.fr:{port}/",
    "white space before": " \thttp://127.0.0.1:{port}/",
    "a name of the inside": "http://inside.fr:{port}/",
    "a name with a v6 address": "http://inside6.fr:{port}/",
    "a name with a mapped address": "http://mapped.fr:{port}/",
    "a name that is public, too": "http://mixed.fr:{port}/",
    "a name that is public on v4 alone": "http://mixed6.fr:{port}/",
    "a wildcard service": "http://127.0.0.1.nip.fr:{port}/",
    "TLS": "https://127.0.0.1:{port}/",
    "gopher": "gopher://127.0.0.1:{port}/_x",
    "ftp": "ftp://127.0.0.1:{port}/",
    "a web socket": "ws://127.0.0.1:{port}/",
    "a dictionary": "dict://127.0.0.1:{port}/d:x",
    "a file": "file://127.0.0.1/etc/passwd",
    "a local file": "file:///etc/passwd",
    "a socket": "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "data": "data:text/csv,a;b",
}
METADATA = {
    "most clouds": "http://169.254.169.254/latest/meta-data/",
    "most clouds, as one number": "http://2852039166/latest/meta-data/",
    "most clouds, mapped": "http://[::ffff:169.254.169.254]/",
    "containers": "http://169.254.170.2/v2/credentials/",
    "one cloud on v6": "http://[fd00:ec2::254]/latest/meta-data/",
    "one cloud by name": "http://metadata.google.internal/computeMetadata/v1/",
    "one cloud in its NAT": "http://100.100.100.200/latest/meta-data/",
    "one cloud among assignments": "http://192.0.0.192/latest/meta-data/",
    "one cloud at a public address": "http://168.63.129.16/machine?comp=goalstate",
}
ZONE = {
    ("inside.fr", "A"): ["60 A 127.0.0.1"],
    ("127.0.0.1.nip.fr", "A"): ["60 A 127.0.0.1"],
    ("inside6.fr", "AAAA"): ["60 AAAA ::1"],
    ("mapped.fr", "AAAA"): ["60 AAAA ::ffff:7f00:1"],
    ("mixed.fr", "A"): [f"60 A {PUBLIC}", "60 A 127.0.0.1"],
    ("mixed6.fr", "A"): [f"60 A {PUBLIC}"],
    ("mixed6.fr", "AAAA"): ["60 AAAA ::1"],
    ("metadata.google.internal", "A"): ["60 A 169.254.169.254"],
}


@dataclass
class Inside:
    """Servers on 127.0.0.1 and ::1, on one port, that answer whoever comes."""

    port: int = 0
    knocks: int = 0
    servers: list[asyncio.Server] = field(default_factory=list[asyncio.Server])

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        writer.write(response(b"nom;secret\nour own;network\n", Content_Type="text/csv", Connection="close"))
        await writer.drain()
        writer.transport.abort()

    async def open(self) -> None:
        self.servers.append(await asyncio.start_server(self, "127.0.0.1", 0))
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.servers.append(await asyncio.start_server(self, "::1", self.port))

    def close(self) -> None:
        for server in self.servers:
            server.close()


@pytest_asyncio.fixture
async def inside(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Inside]:
    """The inside, on a port that may be asked for."""
    inside = Inside()
    await inside.open()
    allow(inside.port, monkeypatch)
    yield inside
    inside.close()


def allow(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let web requests go to `port` as if it were 80."""
    defaults: dict[str, Any] = Guard.check.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "ports", frozenset({80, 443, port}))


@asynccontextmanager
async def world(**settings: Any) -> AsyncIterator[World]:
    async with (
        name_server(ZONE) as (server, _),
        open_world(Settings(dns_servers=(server,), **settings), Clock()) as opened,
    ):
        yield opened


# Pages and APIs


@pytest.mark.parametrize("trick", [*SPELLINGS.values(), *METADATA.values()], ids=[*SPELLINGS, *METADATA])
async def test_no_spelling_leads_inside(inside: Inside, trick: str) -> None:
    url = trick.format(port=inside.port)
    async with world() as outside:
        reasons = {
            await reason_of(outside.fetcher.get(url)),
            await reason_of(outside.fetcher.download(url, max_bytes=1_000)),
            await reason_of(outside.api.request("GET", url)),
            await reason_of(outside.api.request("POST", url, json={})),
        }

    assert reasons <= REFUSALS
    assert inside.knocks == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "inside.fr", "inside6.fr"])
async def test_the_inside_would_have_answered(inside: Inside, host: str) -> None:
    async with world(trusted_networks=(ip_network("127.0.0.1/32"), ip_network("::1/128"))) as outside:
        answer = await outside.api.request("GET", f"http://{host}:{inside.port}/")

    assert (answer.status, inside.knocks) == (200, 1)


@pytest.mark.parametrize("trick", [*SPELLINGS.values(), *METADATA.values()], ids=[*SPELLINGS, *METADATA])
async def test_no_redirect_leads_inside(inside: Inside, trick: str) -> None:
    location = trick.format(port=inside.port).encode("utf-8").decode("latin-1").replace("\r\n", "%0d%0a")
    site = WebSite({"/": redirect(location)})
    async with (
        listening(site, OUTSIDE) as port,
        world(trusted_networks=(ip_network(f"{OUTSIDE}/32"),)) as outside,
    ):
        # A Location that is no address of its own leads back to the site, which is fine as long as it stays there.
        await asyncio.gather(outside.fetcher.get(f"http://{OUTSIDE}:{port}/"), return_exceptions=True)

    assert site.paths[:2] == ["/robots.txt", "/"]
    assert inside.knocks == 0


@pytest.mark.parametrize("location", ["//127.0.0.1:{port}/", "\\\\127.0.0.1:{port}/", "/\\127.0.0.1:{port}/"])
async def test_a_redirect_without_a_scheme_is_checked_like_any(inside: Inside, location: str) -> None:
    site = WebSite({"/": redirect(location.format(port=inside.port))})
    async with (
        listening(site, OUTSIDE) as port,
        world(trusted_networks=(ip_network(f"{OUTSIDE}/32"),)) as outside,
    ):
        await asyncio.gather(outside.fetcher.get(f"http://{OUTSIDE}:{port}/"), return_exceptions=True)

    assert inside.knocks == 0


async def test_robots_of_the_outside_lead_nobody_inside(inside: Inside) -> None:
    pages = {"/robots.txt": redirect(f"http://127.0.0.1:{inside.port}/"), "/": response(b"fine")}
    async with (
        listening(WebSite(dict(pages)), OUTSIDE) as port,
        world(trusted_networks=(ip_network(f"{OUTSIDE}/32"),)) as outside,
    ):
        page = await outside.fetcher.get(f"http://{OUTSIDE}:{port}/")

    assert (page.html, inside.knocks) == ("fine", 0)


async def test_a_name_that_changes_between_check_and_connection_changes_nothing(inside: Inside) -> None:
    """The connection goes to the address that was checked: a proxy, which sees where we go, hears of no other."""
    asked: list[str] = []

    def zone(name: str, kind: str) -> list[str]:
        asked.append(kind)
        return [] if kind != "A" else [f"0 A {PUBLIC}" if asked.count("A") == 1 else "0 A 127.0.0.1"]

    proxy = ConnectProxy()
    async with (
        listening(WebSite({"/": response(b"public")})) as site,
        listening(proxy) as way,
        name_server(zone) as (server, _),
        open_world(Settings(dns_servers=(server,), egress_proxies=(f"http://127.0.0.1:{way}",)), Clock()) as outside,
    ):
        proxy.ways[f"{PUBLIC}:{inside.port}"] = site
        page = await outside.fetcher.get(f"http://rebinding.fr:{inside.port}/")
        await outside.fetcher.done_with("http://rebinding.fr/")  # an open connection may be used on
        await outside.dns.addresses("rebinding.fr", fresh=True)
        later = await reason_of(outside.fetcher.get(f"http://rebinding.fr:{inside.port}/", fresh=True))

    assert (page.html, later) == ("public", "forbidden_address")
    assert set(proxy.asked) == {f"{PUBLIC}:{inside.port}"}
    assert inside.knocks == 0


# Imports by address, from the request to the job's end


@dataclass
class Yard:
    """A running product, an inside it must not reach, and a trusted outside that redirects there."""

    house: ApiHouse
    inside: Inside
    outside: WebSite
    outside_port: int = 0

    async def serve(self, stopping: asyncio.Event) -> None:
        await self.inside.open()
        async with listening(self.outside, OUTSIDE) as port:
            self.outside_port = port
            await stopping.wait()
        self.inside.close()


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    trusted = (ip_network(f"{OUTSIDE}/32"),)
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("ssrf")
        house = stack.enter_context(
            api_house(folder, works=True, trusted_networks=trusted, dns_servers=("127.0.0.1:1",))
        )
        yard = Yard(house, Inside(), WebSite({}))
        serving = OnThread(yard.serve)
        stack.callback(serving.stop)
        _until(lambda: yard.outside_port)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        allow(yard.inside.port, patch)
        yield yard


def imported(caller: Caller, url: str) -> str:
    """How an import of that address ends: its job's status, or `refused` where there is none."""
    try:
        job = caller.run(jobs.create, "import", {"url": url})
    except OutsendError:
        return "refused"
    _until(lambda: caller.run(jobs.get, job.id).completed_at)
    return caller.run(jobs.get, job.id).status


@pytest.mark.slow(20)
@pytest.mark.parametrize("trick", [*SPELLINGS.values(), *METADATA.values()], ids=[*SPELLINGS, *METADATA])
def test_no_import_reads_the_inside(yard: Yard, trick: str) -> None:
    caller = yard.house.caller("importer@example.com")

    assert imported(caller, trick.format(port=yard.inside.port)) in ("failed", "refused")
    assert yard.inside.knocks == 0


@pytest.mark.slow(20)
@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://[::ffff:7f00:1]:{port}/", "file:///etc/passwd"],
)
def test_no_import_is_led_inside_by_a_redirect(yard: Yard, location: str) -> None:
    yard.outside.pages["/list.csv"] = redirect(location.format(port=yard.inside.port))
    caller = yard.house.caller("importer@example.com")

    ended = imported(caller, f"http://{OUTSIDE}:{yard.outside_port}/list.csv")

    assert (ended, yard.inside.knocks) == ("failed", 0)
    assert "/list.csv" in yard.outside.paths


@pytest.mark.slow(20)
def test_an_import_of_the_outside_works(yard: Yard) -> None:
    yard.outside.pages["/fine.csv"] = response(b"nom;ville\nCabinet;Tours\n", Content_Type="text/csv")

    assert (
        imported(yard.house.caller("importer@example.com"), f"http://{OUTSIDE}:{yard.outside_port}/fine.csv") == "done"
    )


def _until(true: Any) -> None:
    for _ in range(1_000):
        if true():
            return
        time.sleep(0.01)
    raise TimeoutError("it never came true")
