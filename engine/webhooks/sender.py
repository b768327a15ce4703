"""Sends what is due: many receivers at once, few messages to each, so that one that hangs holds up no other."""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import Protocol

from engine.context import Services
from engine.db.engine import DATABASE_FAULTS
from engine.limits import WEBHOOK_ANSWER_SECONDS
from engine.network.types import Posted, Unreachable
from engine.webhooks import tries
from engine.webhooks.signature import signature_of
from engine.webhooks.tries import Due, Outcome, Try

POLL_SECONDS = 1.0
AT_ONCE = 64  # in one process
PER_ACCOUNT = 8
PER_RECEIVER = 2
STOP_SECONDS = 5.0  # what tries under way get at the end

log = logging.getLogger(__name__)


class Post(Protocol):
    """The way out, see `engine.network.post`."""

    async def post(self, url: str, body: bytes, headers: dict[str, str], *, timeout_seconds: float) -> Posted: ...


class Sender:
    """The tries that this process makes."""

    def __init__(self, services: Services, post: Post) -> None:
        self._services, self._post = services, post
        self._under_way: dict[asyncio.Task[None], Due] = {}

    async def serve(self) -> None:
        """Send what is due, until cancelled; tries under way then get some seconds to end."""
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._next_end()
                await self._look()
        finally:
            await self._stop()

    async def start_due(self) -> int:
        """Begin a try of each delivery that is due, as far as there is room; returns how many."""
        begun, found = 0, True
        while found and len(self._under_way) < AT_ONCE:
            found = False
            for one in await self._due():
                if self._has_room(one) and await self._start(one):
                    begun, found = begun + 1, True
        return begun

    async def idle(self) -> None:
        """Wait for the tries under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _look(self) -> None:
        try:
            await self.start_due()
        except DATABASE_FAULTS as error:
            log.warning("Deliveries wait for the database: %s", error.__cause__ or error)
        except Exception:
            log.exception("Looking for deliveries failed; trying again")

    async def _next_end(self) -> None:
        """Return when a try ends, so that there is room; else wait."""
        if self._under_way:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(POLL_SECONDS)

    async def _due(self) -> list[Due]:
        receivers = Counter(one.receiver for one in self._under_way.values())
        accounts = Counter(one.account_id for one in self._under_way.values())
        return await self._services.call(
            None,
            tries.due,
            limit=AT_ONCE - len(self._under_way),
            but_receivers=[receiver for receiver, count in receivers.items() if count >= PER_RECEIVER],
            but_accounts=[account for account, count in accounts.items() if count >= PER_ACCOUNT],
        )

    def _has_room(self, due: Due) -> bool:
        at_receiver = sum(one.receiver == due.receiver for one in self._under_way.values())
        of_account = sum(one.account_id == due.account_id for one in self._under_way.values())
        return at_receiver < PER_RECEIVER and of_account < PER_ACCOUNT

    async def _start(self, due: Due) -> bool:
        """False: another process has it."""
        taken = await self._services.call(None, tries.take, due.id)
        if taken is None:
            return False
        task = asyncio.create_task(self._make(taken), name=taken.delivery_id)
        self._under_way[task] = due
        task.add_done_callback(self._under_way.pop)
        return True

    async def _make(self, taken: Try) -> None:
        try:
            outcome = await self._sent(taken)
            await self._services.call(None, tries.settle, taken, outcome)
        except Exception:
            log.exception("Delivery %s: how it went could not be noted; it is sent again", taken.delivery_id)

    async def _sent(self, taken: Try) -> Outcome:
        at = int(self._services.clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Outsend-Event": taken.event,
            "Outsend-Delivery": taken.delivery_id,
            "Outsend-Signature": signature_of(taken.body, taken.secrets, at=at),
        }
        body = taken.body.encode()
        try:
            answer = await self._post.post(taken.url, body, headers, timeout_seconds=WEBHOOK_ANSWER_SECONDS)
        except Unreachable as error:
            return Outcome(None, error.reason)
        if 200 <= answer.status < 300:
            return Outcome(answer.status)
        # Not followed: a receiver says where it is, and whoever answers for it must not send us elsewhere.
        error = "redirect" if 300 <= answer.status < 400 else f"http_{answer.status}"
        return Outcome(answer.status, error, answer.retry_after_seconds)

    async def _stop(self) -> None:
        """What does not end in time is sent again by whoever comes next."""
        under_way = list(self._under_way)
        if under_way:
            await asyncio.wait(under_way, timeout=STOP_SECONDS)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
