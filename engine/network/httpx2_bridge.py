"""A client for an SDK that is built on httpx2, over a transport that is built on httpx. Loaded with that SDK alone."""

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import cast

import httpx
import httpx2

BROKEN_OFF = httpx2.HTTPError  # as `sdk_clients.BROKEN_OFF`


def httpx2_client(transport: httpx.AsyncBaseTransport) -> httpx2.AsyncClient:
    """A client whose requests go out over this transport. Time limits are the SDK's and its caller's."""
    return httpx2.AsyncClient(transport=_Bridge(transport), trust_env=False, follow_redirects=False, timeout=None)


class _Bridge(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        same = httpx.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=await request.aread(),
            extensions=request.extensions,
        )
        with _translated():
            response = await self._inner.handle_async_request(same)
        stream = _Stream(cast("httpx.AsyncByteStream", response.stream))
        return httpx2.Response(response.status_code, headers=response.headers.raw, stream=stream)


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async for piece in self._inner:
                yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


@contextmanager
def _translated() -> Generator[None]:
    """What one library raises, as the other one's error of the same name."""
    try:
        yield
    except httpx.TransportError as error:
        same: type[Exception] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise same(str(error)) from error
