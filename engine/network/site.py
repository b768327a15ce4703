"""The connections to one site, and one HTTP exchange on them: no redirect, no retry, no cache.

A site has its own small pool, so that all of it closes when the site is done, and another proxy can take over.
"""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import BaseCookie

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from yarl import URL

from engine.network.body import ACCEPT_ENCODING, Undecodable, is_text, media_type, read_body
from engine.network.egress import Egress
from engine.network.guard import Guard
from engine.network.tls import facts_of
from engine.network.types import TlsFacts, Unreachable

FIRST_BYTE_SECONDS = 10.0
HEADER_BYTES_MAX = 65_536  # policies of big sites pass aiohttp's own 8 KB a field
CONNECTIONS_PER_HOST = 2
CONNECTIONS_PER_SITE = 8  # www, shop, blog
KEEP_ALIVE_SECONDS = 15.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5",
    "Accept-Encoding": ACCEPT_ENCODING,
}


class Broken(Unreachable):
    """The connection broke before the answer was whole; a second try may work."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer. `body` is decoded, at most as long as was asked for; `truncated` when there was more."""

    url: URL
    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    jar: BaseCookie[str]
    body: bytes
    truncated: bool
    tls: TlsFacts | None


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for, and how much of the answer to take."""

    url: URL
    verify_tls: bool
    max_bytes: int
    timeout_seconds: float
    first_byte_seconds: float = FIRST_BYTE_SECONDS
    text_only: bool = False  # leave the body of anything else where it is
    cookies: BaseCookie[str] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How all sites are reached. Certificates are verified by `trusting`, passed over by `unverified`."""

    guard: Guard
    egress: Egress
    trusting: ssl.SSLContext
    unverified: ssl.SSLContext
    user_agent: str


class _Connector(aiohttp.BaseConnector):
    """aiohttp's pool, whose connections go through the guard and out by the site's own way."""

    def __init__(self, site: str, way: Way) -> None:
        super().__init__(
            limit=CONNECTIONS_PER_SITE, limit_per_host=CONNECTIONS_PER_HOST, keepalive_timeout=KEEP_ALIVE_SECONDS
        )
        self._site = site
        self._way = way
        self.certificates: dict[tuple[str, int, bool], TlsFacts | None] = {}

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's own signature)
    ) -> ResponseHandler:
        host, port = req.url.raw_host, req.url.port
        assert host is not None and port is not None
        checked = await self._way.guard.check(host, port)
        tls = req.ssl if req.is_ssl() and isinstance(req.ssl, ssl.SSLContext) else None
        transport, protocol = await self._way.egress.open(checked, self._factory, site=self._site, tls=tls)
        if tls is not None:
            self.certificates[host, port, tls is self._way.trusting] = facts_of(transport)
        return protocol


class Site:
    """Open connections to one site. Closed by `retire`, at once or when the last request on them ended."""

    def __init__(self, name: str, way: Way) -> None:
        self.name = name
        self._way = way
        self._connector = _Connector(name, way)
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),  # cookies live as long as one chain of redirects
            headers=HEADERS | {"User-Agent": way.user_agent},
            auto_decompress=False,
            max_field_size=HEADER_BYTES_MAX,
        )
        self._users = 0
        self._retired = False

    @property
    def idle(self) -> bool:
        return self._users == 0

    @asynccontextmanager
    async def used(self) -> AsyncGenerator["Site"]:
        """Keeps the connections open meanwhile."""
        self._users += 1
        try:
            yield self
        finally:
            self._users -= 1
            if self._retired and self.idle:
                await self._close()

    async def retire(self) -> None:
        """Close as soon as nobody uses it."""
        self._retired = True
        if self.idle:
            await self._close()

    async def exchange(self, request: Request) -> Exchange:
        """The answer to a GET, whatever its status.

        Raises:
            Unreachable: `Broken` where the connection broke, NotConnected where none came about.
        """
        url = str(request.url)
        try:
            return await self._exchange(request)
        except TimeoutError:
            raise Unreachable(url=url, reason="timeout") from None
        except Undecodable as error:
            raise Unreachable(url=url, reason="bad_answer", detail=str(error)) from None
        except aiohttp.ClientResponseError as error:  # not HTTP, or too much of it
            raise Unreachable(url=url, reason="bad_answer", detail=error.message) from None
        except (aiohttp.ClientError, OSError) as error:
            raise Broken(url=url, reason="bad_answer", detail=str(error)) from None

    async def _exchange(self, request: Request) -> Exchange:
        context = self._way.trusting if request.verify_tls else self._way.unverified
        timeout = aiohttp.ClientTimeout(total=request.timeout_seconds, sock_read=request.first_byte_seconds)
        async with self._session.get(
            request.url, ssl=context, timeout=timeout, cookies=request.cookies, allow_redirects=False
        ) as response:
            headers = _joined(response)
            if sum(len(name) + len(value) for name, value in response.raw_headers) > HEADER_BYTES_MAX:
                raise Unreachable(url=str(request.url), reason="too_large", detail="headers")
            body, truncated = await _read(response, headers, request)
        return Exchange(
            url=request.url,
            status=response.status,
            headers=headers,
            cookies=tuple(response.headers.getall("Set-Cookie", ())),
            jar=response.cookies,
            body=body,
            truncated=truncated,
            tls=self._certificate(request),
        )

    def _certificate(self, request: Request) -> TlsFacts | None:
        host, port = request.url.raw_host, request.url.port
        assert host is not None and port is not None
        return self._connector.certificates.get((host, port, request.verify_tls))

    async def _close(self) -> None:
        self._session.detach()
        # Without a farewell: a thousand TLS connections that wait for one cost hundreds of megabytes.
        await self._connector.close(abort_ssl=True)


async def _read(response: aiohttp.ClientResponse, headers: Mapping[str, str], request: Request) -> tuple[bytes, bool]:
    if _is_redirect(response):
        return b"", False
    content_type = headers.get("Content-Type", "")
    if request.text_only and content_type and not is_text(media_type(content_type)):
        response.close()  # leaving it open would keep the connection for the rest
        return b"", False
    encoding = headers.get("Content-Encoding", "")
    body, truncated = await read_body(response.content.iter_any(), encoding, max_bytes=request.max_bytes)
    if truncated:
        response.close()
    return body, truncated


def _is_redirect(response: aiohttp.ClientResponse) -> bool:
    return response.status in REDIRECTS and "Location" in response.headers


def _joined(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    """The headers, repeated ones joined by commas (RFC 9110, 5.3)."""
    joined: CIMultiDict[str] = CIMultiDict()
    for name, value in response.headers.items():
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
