"""Call public APIs and webhooks: through the guard, by the standard proxy settings, at each API's rate, with retries.

`HTTPS_PROXY` carries every call (http:// ones too), unless `NO_PROXY` names the host. The egress pool is for pages.
"""

import asyncio
import ipaddress
import json as json_format
import random
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import httpcore
import httpx

from engine.clock import Clock
from engine.network.body import ACCEPT_ENCODING, Undecodable, media_type, read_body
from engine.network.dial import ProxyWay, dial, stream_ends
from engine.network.guard import Guard, parse_url
from engine.network.pace import ApiPace, retry_after_seconds
from engine.network.tls import reason_of
from engine.network.types import ApiAnswer, NotConnected, Unreachable

TRIES = 3
FIRST_WAIT_SECONDS = 0.5  # doubled each time, with jitter
BODY_BYTES_MAX = 64 * 1024 * 1024  # a large Overpass answer
CONNECTIONS_MAX = 100
READ_BYTES = 65_536

Method = Literal["GET", "POST"]


class ApiClient:
    """The `Api` of the process."""

    def __init__(self, transport: "GuardedTransport", clock: Clock, *, user_agent: str) -> None:
        self._clock = clock
        self._pace = ApiPace(clock)
        self.client = httpx.AsyncClient(
            transport=transport,
            headers={"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=None,  # noqa: S113 (a call ends by its own deadline; a large Overpass query takes minutes)
            trust_env=False,
        )

    async def request(
        self,
        method: Method,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        timeout_seconds: float = 30.0,
    ) -> ApiAnswer:
        """The answer, whatever its status, after at most 3 tries; all of them, and the waits, end by the timeout.

        Tried again: 429, 5xx and broken connections. Redirects are not followed.

        Raises:
            Unreachable: no answer.
        """
        parse_url(url)
        data = dict(form) if form else None
        try:
            request = self.client.build_request(
                method, url, params=params, headers=dict(headers or {}), json=json, data=data
            )
        except httpx.InvalidURL as error:  # the two readers of addresses disagree
            raise Unreachable(url=url, reason="bad_url", detail=str(error)) from None
        try:
            async with asyncio.timeout(timeout_seconds) as deadline:
                return await self._request(request, deadline.when() or 0.0)
        except TimeoutError:
            raise Unreachable(url=url, reason="timeout") from None

    async def close(self) -> None:
        await self.client.aclose()

    async def _request(self, request: httpx.Request, deadline: float) -> ApiAnswer:
        for attempt in range(1, TRIES):
            wait = FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * random.uniform(1.0, 1.5)  # noqa: S311 (no secret)
            try:
                answer = await self._once(request)
            except httpx.TransportError:
                await asyncio.sleep(wait)
                continue
            if answer.status != 429 and answer.status < 500:
                return answer
            wait = max(wait, retry_after_seconds(answer.headers, self._clock.now()) or 0.0)
            if asyncio.get_running_loop().time() + wait > deadline:
                return answer
            self._pace.hold(request.url.host, seconds=wait)
        try:
            return await self._once(request)
        except httpx.TransportError as error:
            raise Unreachable(url=str(request.url), reason="bad_answer", detail=str(error)) from None

    async def _once(self, request: httpx.Request) -> ApiAnswer:
        await self._pace.token(request.url.host)
        response = await self.client.send(request, stream=True)
        try:
            encoding = response.headers.get("Content-Encoding", "")
            body, truncated = await read_body(response.aiter_raw(), encoding, max_bytes=BODY_BYTES_MAX)
        except Undecodable as error:
            raise Unreachable(url=str(request.url), reason="bad_answer", detail=str(error)) from None
        finally:
            await response.aclose()
        if truncated:
            raise Unreachable(url=str(request.url), reason="too_large")
        return ApiAnswer(response.status_code, response.headers, body, _json(response.headers, body))


class GuardedTransport(httpx.AsyncHTTPTransport):
    """An httpx transport whose every connection goes to an address that the guard checked."""

    def __init__(self, guard: Guard, tls: ssl.SSLContext, *, proxy: str | None, no_proxy: Sequence[str] = ()) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=CONNECTIONS_MAX,
            keepalive_expiry=15.0,
            network_backend=_Backend(guard, ProxyWay(proxy, tls) if proxy else None, no_proxy),
        )


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, guard: Guard, proxy: ProxyWay | None, no_proxy: Sequence[str]) -> None:
        self._guard = guard
        self._proxy = proxy
        self._no_proxy = no_proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own signature)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        target = await self._guard.check(host, port)
        proxy = None if bypasses_proxy(host, self._no_proxy) else self._proxy
        reader, protocol = stream_ends()
        transport, _ = await dial(target, lambda: protocol, proxy=proxy)
        writer = asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop())
        return _Stream(reader, writer, f"{host}:{port}")


class _Stream(httpcore.AsyncNetworkStream):
    """An asyncio connection as httpcore wants it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        self._reader = reader
        self._writer = writer
        self._peer = peer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            async with asyncio.timeout(timeout):
                return await self._reader.read(min(max_bytes, READ_BYTES))
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer:
            return
        try:
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own signature)
    ) -> httpcore.AsyncNetworkStream:
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname, ssl_handshake_timeout=timeout)
        except OSError as error:
            await self.aclose()
            raise NotConnected(url=self._peer, reason=reason_of(error), detail=str(error)) from None
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # an idle connection that has something to read was closed by the server
            return self._reader.at_eof() or self._writer.transport.is_closing()
        return self._writer.get_extra_info({"server_addr": "peername", "client_addr": "sockname"}.get(info, info))


def bypasses_proxy(host: str, no_proxy: Sequence[str]) -> bool:
    """Whether `NO_PROXY` names `host`: `*`, a domain (with or without a leading dot), an address or a network."""
    for entry in no_proxy:
        domain = entry.lower().lstrip(".")
        if domain == "*" or host == domain or host.endswith("." + domain) or _in_network(host, domain):
            return True
    return False


def _in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _json(headers: Mapping[str, str], body: bytes) -> object:
    kind = media_type(headers.get("Content-Type", ""))
    if kind != "application/json" and not kind.endswith("+json"):
        return None
    try:
        return json_format.loads(body)
    except ValueError:
        return None
