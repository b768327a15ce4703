"""The API as a real server on a loopback port, over a real database, with accounts made for the test."""

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from engine.accounts import sessions
from engine.accounts.api_tokens import create_token
from engine.clock import Clock
from engine.context import Caller, Context, Principal, Services, write
from engine.runtime import event_loop, open_services, work
from engine.settings import Settings
from outsend_api.app import create_app
from outsend_api.cookies import SESSION_COOKIE
from tests.house import account

START_SECONDS = 10.0
NO_NAMES = ("127.0.0.1:9",)  # nothing answers there: no test finds a host that is none of its own


class OnThread:
    """Something asynchronous that runs on a thread of its own until the test is over."""

    def __init__(self, run: Callable[[asyncio.Event], Any]) -> None:
        self._run = run
        self._loop = event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._thread.start()

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._run(self._stopping))

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(15)
        assert not self._thread.is_alive()


@dataclass(slots=True)
class ApiHouse:
    """A running API. Clients talk to it over real sockets."""

    services: Services
    url: str

    def client(self, email: str | None = "ada@example.com", **changes: Any) -> httpx.Client:
        """A client signed in as that account, made on first use (`changes`: its columns); None: nobody."""
        client = httpx.Client(base_url=self.url, timeout=30)
        if email is not None:
            caller = self.caller(email, **changes)
            client.cookies.set(SESSION_COOKIE, self.services.run(None, _signed_in, caller.principal.account_id))
        return client

    def token(self, email: str = "ada@example.com", *, scope: Any = "run") -> str:
        """A personal access token of that account."""
        return self.caller(email).run(create_token, name="test", scope=scope).token

    def bearer(self, email: str = "ada@example.com", *, scope: Any = "run") -> httpx.Client:
        """A client with a personal access token."""
        headers = {"Authorization": f"Bearer {self.token(email, scope=scope)}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def caller(self, email: str = "ada@example.com", **changes: Any) -> Caller:
        """The account as an operation sees it."""
        caller = account(self.services, email)
        if changes:
            self.services.run(None, _change, caller.principal.account_id, changes)
        return Caller(self.services, Principal(caller.principal.account_id, via="session"))


@write
def _signed_in(context: Context, account_id: int) -> str:
    return sessions.open_session(context, account_id)


@write
def _change(context: Context, account_id: int, changes: dict[str, Any]) -> None:
    found = context.session.get_one(sessions.Account, account_id)
    for name, value in changes.items():
        setattr(found, name, value)
    context.session.add(found)


@contextmanager
def api_house(
    folder: Path,
    *,
    works: bool = False,
    clock: Clock | None = None,
    app: Callable[[Services], Any] = create_app,
    **settings: Any,
) -> Generator[ApiHouse]:
    """Serve an app over fresh data in `folder`; with `works`, a worker runs beside it."""
    sock = uvicorn.Config("", host="127.0.0.1", port=0, log_config=None).bind_socket()
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    with open_services(
        Settings(**{"data_dir": folder, "public_url": url, "dns_servers": NO_NAMES} | settings), clock
    ) as services:
        config = uvicorn.Config(app(services), log_config=None, access_log=False, proxy_headers=False, lifespan="on")
        server = uvicorn.Server(config)

        async def serve(stopping: asyncio.Event) -> None:
            serving = asyncio.create_task(server.serve(sockets=[sock]))
            await stopping.wait()
            services.hub.close()
            server.should_exit = True
            await serving

        running = [OnThread(serve)]
        if works:
            running.append(OnThread(lambda stopping: work(services, stopping)))
        _wait(lambda: server.started)
        try:
            yield ApiHouse(services, url)
        finally:
            for thread in reversed(running):
                thread.stop()
            sock.close()


def _wait(ready: Callable[[], bool]) -> None:
    event = threading.Event()
    for _ in range(int(START_SECONDS / 0.01)):
        if ready():
            return
        event.wait(0.01)
    raise TimeoutError("the server did not start")
