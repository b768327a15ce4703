"""How a server comes to its end: what is in flight is answered, nothing keeps it for ever."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from engine.runtime import open_services
from engine.settings import Settings
from outsend_api import serve
from outsend_api.app import create_app
from outsend_api.serve import Server, address_of, listening, until_stopped


class Gate:
    """An endpoint of the test that answers when it is let go."""

    def __init__(self) -> None:
        self.inside, self.open = asyncio.Event(), asyncio.Event()

    async def answer(self) -> dict[str, bool]:
        self.inside.set()
        await self.open.wait()
        return {"answered": True}


@asynccontextmanager
async def serving(folder: Path, gate: Gate) -> AsyncGenerator[tuple[str, asyncio.Event, "asyncio.Task[None]"]]:
    """The product with the gate as `/gate`; its address, what stops it, and its run."""
    with open_services(Settings(data_dir=folder)) as services, listening("127.0.0.1", 0) as listener:
        app = create_app(services)
        app.get("/gate")(gate.answer)
        stopping = asyncio.Event()
        running = asyncio.create_task(until_stopped(Server(app), listener, stopping))
        yield address_of(listener), stopping, running
        stopping.set()
        await running


async def test_a_request_in_flight_is_answered_and_no_new_one_is_taken(tmp_path: Path) -> None:
    gate = Gate()
    async with serving(tmp_path, gate) as (url, stopping, running), httpx.AsyncClient(base_url=url) as client:
        asked = asyncio.create_task(client.get("/gate"))
        await gate.inside.wait()

        stopping.set()
        await refused(url)
        gate.open.set()
        await running

        assert (await asked).json() == {"answered": True}


async def test_a_request_that_does_not_end_keeps_the_server_for_a_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "DRAIN_SECONDS", 0.3)
    gate = Gate()
    async with serving(tmp_path, gate) as (url, stopping, running), httpx.AsyncClient(base_url=url) as client:
        asked = asyncio.create_task(client.get("/gate"))
        await gate.inside.wait()

        began = time.monotonic()
        stopping.set()
        await running

        assert time.monotonic() - began < 8
        assert isinstance((await asyncio.gather(asked, return_exceptions=True))[0], httpx.Response | httpx.HTTPError)


async def refused(url: str) -> None:
    """Return once the server takes no connection any more."""
    async with asyncio.timeout(9):
        while True:
            try:
                async with httpx.AsyncClient(base_url=url) as other:
                    await other.get("/healthz")
            except httpx.TransportError:
                return
            await asyncio.sleep(0.02)
