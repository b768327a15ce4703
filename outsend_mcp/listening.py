"""`subscriptions/listen` (revision 2026-07-28): a client hears when one of its jobs changes, and reads it anew.

Heard of is `outsend://jobs/{id}`, nothing else: lists of tools, prompts and resources stay as they are while a process
lives. The older `resources/subscribe` has no stream to answer on where each request stands for itself.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from mcp.server.context import CallNext, HandlerResult
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated, ServerEvent
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, SubscriptionsListenRequestParams
from mcp_types.methods import validate_client_request

from engine.context import Caller
from engine.jobs import operations as jobs
from engine.jobs.errors import JobMissing
from engine.jobs.events import EventHub, hub_of
from outsend_mcp.tools import CallerOf, RequestContext

METHOD = "subscriptions/listen"
STREAMS_MAX = 8  # of an account in this process
JOBS_MAX = 20  # of a stream
LOOK_SECONDS = 1.0  # how soon a stream without jobs sees that the process is about to stop
JOB_URI = re.compile(r"outsend://jobs/(?P<id>[\w-]{1,64})", re.ASCII)
NO_LOG_LINES = sys.maxsize  # as the last line heard


class _Stream(InMemorySubscriptionBus):
    """The bus of one stream, beside that of the server. `open` is set once the SDK's handler listens."""

    def __init__(self, beside: InMemorySubscriptionBus) -> None:
        super().__init__()
        self._beside = beside
        self.open = asyncio.Event()

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        ends = [super().subscribe(listener), self._beside.subscribe(listener)]
        self.open.set()

        def end() -> None:
            for each in ends:
                each()

        return end


class Listening:
    """The SDK's middleware for this one method: it hears only of the caller's own jobs, and ends when they do."""

    def __init__(self, caller_of: CallerOf, bus: InMemorySubscriptionBus) -> None:
        self._caller_of, self._bus = caller_of, bus
        self._streams: Counter[int] = Counter()

    async def __call__(self, ctx: RequestContext, call_next: CallNext) -> HandlerResult:
        if ctx.method != METHOD or ctx.request_id is None:
            return await call_next(ctx)
        try:
            validate_client_request(METHOD, ctx.protocol_version, ctx.params)
        except KeyError:  # another revision
            return await call_next(ctx)
        asked = SubscriptionsListenRequestParams.model_validate(ctx.params, by_name=False)
        caller = self._caller_of(ctx)
        account_id = caller.principal.account_id
        if self._streams[account_id] >= STREAMS_MAX:
            raise MCPError(INVALID_PARAMS, f"{STREAMS_MAX} streams of this account are open; close one first.")
        self._streams[account_id] += 1
        try:
            return await self._stream(ctx, asked, caller)
        finally:
            self._streams[account_id] -= 1

    async def _stream(
        self, ctx: RequestContext, asked: SubscriptionsListenRequestParams, caller: Caller
    ) -> HandlerResult:
        heard = await _owned(caller, asked.notifications.resource_subscriptions or [])
        wanted = asked.notifications.model_copy(update={"resource_subscriptions": list(heard)})
        stream = _Stream(self._bus)
        handler = ListenHandler(stream)
        hearing = asyncio.create_task(handler(ctx, asked.model_copy(update={"notifications": wanted})))
        telling = asyncio.create_task(_tell(stream, caller, heard))
        try:
            await asyncio.wait({hearing, telling}, return_when=asyncio.FIRST_COMPLETED)
            handler.close()  # what is on its way still arrives
            ended = await hearing
            if telling.done():
                telling.result()  # a fault of ours is none to be silent about
            return ended
        finally:
            for task in (hearing, telling):
                task.cancel()
            await asyncio.gather(hearing, telling, return_exceptions=True)


async def _owned(caller: Caller, uris: list[str]) -> dict[str, str]:
    """The job of each address that is one of the caller's; others are left out, unknown or somebody else's alike."""
    found: dict[str, str] = {}
    for uri in uris[:JOBS_MAX]:
        named = JOB_URI.fullmatch(uri)
        if named is not None:
            with suppress(JobMissing):
                found[uri] = (await caller.call(jobs.get, named["id"])).id
    return found


async def _tell(stream: _Stream, caller: Caller, heard: dict[str, str]) -> None:
    """Publish what changes; return when all the jobs are over, or the process is about to stop."""
    await stream.open.wait()
    hub = hub_of(caller.services)
    if heard:
        async with asyncio.TaskGroup() as following:
            for uri, job_id in heard.items():
                following.create_task(_follow(stream, hub, caller, uri, job_id))
    while not heard and not hub.closed:  # noqa: ASYNC110 - the hub tells only its watches when it closes
        await asyncio.sleep(LOOK_SECONDS)


async def _follow(stream: _Stream, hub: EventHub, caller: Caller, uri: str, job_id: str) -> None:
    """Publish each change of a job until it is over."""
    with suppress(JobMissing):  # deleted meanwhile
        async with hub.follow(caller, job_id, since=NO_LOG_LINES) as watch:
            while not watch.ended:
                if await watch.batch():
                    await stream.publish(ResourceUpdated(uri=uri))
