"""The seed mailboxes of this installation, asked over IMAP in threads of their own."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import OutsendError
from engine.mail import imap
from engine.mail.seeds import SeedBox
from engine.reach import IN_TAB, PRIMARY, SPAM, Arrival, Seed, SeedRefused, SeedSilent

AT_ONCE = 8
FIND_SECONDS = 60.0  # for one mailbox, waiting for its turn and a thread included

T = TypeVar("T")


class SeedMailboxes:
    """Implements `engine.reach.Seeds`. Starts no thread before one is needed."""

    def __init__(self, boxes: Sequence[SeedBox], ca_bundle: Path | None) -> None:
        self._boxes = {box.address: box for box in boxes}
        self._tls = ssl.create_default_context(cafile=ca_bundle) if self._boxes else None
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._looks: dict[str, Future[Any]] = {}  # the last into each box
        # Not the loop's own threads: a mailbox that hangs must not keep the database waiting.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="seeds")

    def all(self) -> Sequence[Seed]:
        """See `Seeds`."""
        return [Seed(box.address, box.kind) for box in self._boxes.values()]

    async def find(self, seed: Seed, *, domain: str, subject: str, since: datetime) -> Arrival | None:
        """See `Seeds`."""
        wanted = imap.Wanted(domain, subject, since)
        found = await self._asked(self._boxes[seed.address], lambda box, tls: imap.newest(box, tls, wanted))
        if found is None:
            return None
        placement = SPAM if found.is_spam else f"{IN_TAB}{found.tab}" if found.tab else PRIMARY
        return Arrival(placement, found.subject, found.sent, found.seen)

    async def refused(self) -> list[OutsendError]:
        """Why the mailboxes that let nobody in do so, in their order."""
        signing = (self._asked(box, imap.sign_in) for box in self._boxes.values())
        told = await asyncio.gather(*signing, return_exceptions=True)
        return [error for error in told if isinstance(error, OutsendError)]

    def close(self) -> None:
        """Begin nothing more; what is under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _asked(self, box: SeedBox, ask: Callable[[SeedBox, ssl.SSLContext], T]) -> T:
        """Raises SeedRefused, SeedSilent."""
        assert self._tls is not None
        try:
            async with asyncio.timeout(FIND_SECONDS), self._turns[box.address]:
                # A look goes on when nobody waits for it any more, and providers count the sessions of a user.
                if (last := self._looks.get(box.address)) and not last.done():
                    raise imap.Silent("busy")
                look = self._looks[box.address] = self._threads.submit(ask, box, self._tls)
                return await asyncio.wrap_future(look)
        except imap.LoginRefused:
            raise SeedRefused(address=box.address) from None
        except (imap.Silent, TimeoutError):
            raise SeedSilent(address=box.address) from None
