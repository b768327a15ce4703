"""What each host's robots.txt (RFC 9309) lets us read. One memory for the whole process."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from protego import Protego
from yarl import URL

from engine.clock import Clock
from engine.network.once import Once

AGENT = "outsend"  # the name that robots.txt addresses us by
MAX_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
KEEP_SECONDS = 3_600.0
HOSTS_KEPT = 2_000
# A file this long is parsed in a thread: it would hold up everybody else.
LONG_CHARACTERS = 32_768


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The text of a robots.txt ('' when there is none), and the addresses that led to it: it holds for all of them."""

    text: str
    urls: tuple[URL, ...]


ReadRobots = Callable[[URL], Coroutine[Any, Any, RobotsFile]]


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego | None  # None: everything may be read
    expires: float


class Robots:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[URL, _Rules] = OrderedDict()
        self._reading: Once[URL, _Rules] = Once()

    async def allowed(self, url: URL, read: ReadRobots) -> bool:
        """Whether we may read `url`. A robots.txt that is missing, or that can't be read, allows everything.

        Raises:
            What `read` raises; nothing is remembered then.
        """
        robots_url = url.origin() / "robots.txt"
        known = self._known.get(robots_url)
        if known is None or known.expires <= self._clock.monotonic():
            known = await self._reading.do(robots_url, lambda: self._read(robots_url, read))
        return known.rules is None or known.rules.can_fetch(str(url), AGENT)

    async def close(self) -> None:
        """Give up what is being read."""
        await self._reading.close()

    async def _read(self, url: URL, read: ReadRobots) -> _Rules:
        file = await read(url)
        parsed = None
        if len(file.text) > LONG_CHARACTERS:
            parsed = await asyncio.to_thread(Protego.parse, file.text)
        elif file.text.strip():
            parsed = Protego.parse(file.text)
        rules = _Rules(parsed, self._clock.monotonic() + KEEP_SECONDS)
        # Most sites redirect http to https and to www: asked once, known for all three.
        for address in (url, *(each for each in file.urls if each.path == "/robots.txt")):
            self._known[address] = rules
        while len(self._known) > HOSTS_KEPT:
            self._known.popitem(last=False)
        return rules
