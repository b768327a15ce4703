"""Read one small JSON document from an address that a stranger named: through the guard, once, without redirects."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast

import httpx

from engine.clock import Clock
from engine.network.api_client import GuardedTransport
from engine.network.body import media_type
from engine.network.guard import Guard, parse_url
from engine.network.resolver import Resolver
from engine.network.tls import trusting
from engine.network.types import Unreachable
from engine.settings import Settings


async def read_json(settings: Settings, clock: Clock, url: str, *, bytes_max: int, timeout_seconds: float) -> object:
    """The document. The connection goes to an address that was checked; nothing is kept for the next one.

    Raises:
        Unreachable: no answer in time, not 200, longer than `bytes_max`, or not JSON.
    """
    parse_url(url)
    dns = Resolver(settings.dns_servers, clock)
    guard, tls = Guard(dns, settings.trusted_networks), trusting(settings.ca_bundle)
    transport = GuardedTransport(guard, tls, proxy=settings.https_proxy, no_proxy=settings.no_proxy)
    try:
        async with asyncio.timeout(timeout_seconds):
            return _parsed(url, await _body(transport, url, bytes_max))
    except TimeoutError:
        raise Unreachable(url=url, reason="timeout") from None
    except httpx.TransportError as error:
        raise Unreachable(url=url, reason="bad_answer", detail=str(error)) from None
    finally:
        await transport.aclose()
        await dns.close()


async def _body(transport: GuardedTransport, url: str, bytes_max: int) -> bytes:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
    try:
        request = httpx.Request("GET", url, headers=headers)
    except httpx.InvalidURL as error:  # the two readers of addresses disagree
        raise Unreachable(url=url, reason="bad_url", detail=str(error)) from None
    response = await transport.handle_async_request(request)
    try:
        kind = media_type(response.headers.get("Content-Type", ""))
        if response.status_code != 200 or not (kind == "application/json" or kind.endswith("+json")):
            raise Unreachable(url=url, reason="bad_answer", detail=f"{response.status_code} {kind}")
        body = b""
        async for piece in cast("AsyncIterator[bytes]", response.stream):
            body += piece
            if len(body) > bytes_max:
                raise Unreachable(url=url, reason="too_large")
        return body
    finally:
        await response.aclose()


def _parsed(url: str, body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreachable(url=url, reason="bad_answer", detail=str(error)) from None
