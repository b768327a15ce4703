"""HTTP clients for the SDKs of model providers: their requests, over our connections.

Through the guard and the standard proxy settings, without redirects, answers of bounded size. Of the headers that an
SDK would send, only those go out that a call needs, beside those that are given here: SDKs add some of their own, and
others from this process's environment, which are the operator's and not for a server that a user named.
"""

import asyncio
import ipaddress
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import httpx

from engine.clock import Clock
from engine.limits import AI_ANSWER_BYTES_MAX
from engine.network.api_client import GuardedTransport
from engine.network.guard import Guard, is_trusted, parse_url
from engine.network.resolver import Resolver
from engine.network.tls import trusting
from engine.network.types import Unreachable
from engine.settings import Settings

# What the protocols need of an SDK's own headers.
PASSED_ON = ("host", "content-type", "content-length", "transfer-encoding", "accept", "anthropic-version")

# What reading an answer raises where the connection breaks off: SDKs let it through.
BROKEN_OFF = httpx.HTTPError


class Outside:
    """What a process that only calls model providers needs of the network. It lives on one event loop."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._dns = Resolver(settings.dns_servers, clock)
        self._guard = Guard(self._dns, settings.trusted_networks)
        tls = trusting(settings.ca_bundle)
        self._guarded = GuardedTransport(self._guard, tls, proxy=settings.https_proxy, no_proxy=settings.no_proxy)

    async def is_private_line(self, url: str) -> bool:
        """Whether what is sent there in clear text stays within networks that the operator trusts.

        Raises:
            Unreachable: the guard lets nothing go there, or the name has no address.
        """
        checked = await self._guard.check_url(url)
        trusted = self._settings.trusted_networks
        return all(is_trusted(ipaddress.ip_address(each), trusted) for each in checked.addresses)

    def transport(self, headers: Mapping[str, str]) -> httpx.AsyncBaseTransport:
        """A way out whose every request bears these headers."""
        agent = {"User-Agent": f"outsend/1.0 (+{self._settings.public_url}/docs)", "Accept-Encoding": "identity"}
        return _Plain(self._guarded, {**agent, **headers})

    async def close(self) -> None:
        await self._guarded.aclose()
        await self._dns.close()


@asynccontextmanager
async def open_outside(settings: Settings, clock: Clock) -> AsyncGenerator[Outside]:
    """The network of one call, closed at its end; no connection is kept between calls."""
    outside = await asyncio.to_thread(Outside, settings, clock)  # reading the trust store takes its time
    try:
        yield outside
    finally:
        await outside.close()


def httpx_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """A client for an SDK that is built on httpx. Time limits are the SDK's and its caller's."""
    return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=None)  # noqa: S113


def is_web_address(url: str) -> bool:
    """Whether both readers of addresses, the guard's and the client's, take it for an http(s) one."""
    try:
        return httpx.URL(url).raw_host.decode() == parse_url(url).raw_host
    except (httpx.InvalidURL, Unreachable):
        return False


class _Plain(httpx.AsyncBaseTransport):
    """Sends what a call needs and no more."""

    def __init__(self, inner: GuardedTransport, headers: Mapping[str, str]) -> None:
        self._inner, self._headers = inner, headers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        kept = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        plain = httpx.Request(
            request.method,
            request.url,
            headers={**kept, **self._headers},
            stream=request.stream,
            extensions=request.extensions,
        )
        response = await self._inner.handle_async_request(plain)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx.RemoteProtocolError("an answer packed though plain was asked for", request=request)
        response.stream = _Capped(cast("httpx.AsyncByteStream", response.stream))
        return response


class _Capped(httpx.AsyncByteStream):
    """An answer that ends in an error where it grows too large."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = AI_ANSWER_BYTES_MAX
        async for piece in self._inner:
            left -= len(piece)
            if left < 0:
                raise httpx.RemoteProtocolError("an answer beyond all measure")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()
