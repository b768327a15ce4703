"""The operator's pool of egress proxies: one a site as long as it serves, another when the site or the proxy refuses.

Without a pool everything goes out directly. API clients never come here (`api_client`).
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar
from zlib import crc32

from engine.clock import Clock
from engine.network.dial import CONNECT_SECONDS, ProxyWay, dial
from engine.network.guard import Checked
from engine.network.types import NotConnected

FAILURES_BEFORE_REST = 5  # in a row
REST_SECONDS = 60.0
MOVED_SITES_MAX = 20_000

P = TypeVar("P", bound=asyncio.Protocol)


class Egress:
    """Chooses the way out for each site. State is shared by all jobs of the process."""

    def __init__(self, proxies: Sequence[str], clock: Clock, *, tls: ssl.SSLContext | None = None) -> None:
        """`tls` verifies https:// proxies; the system's trust store does without one."""
        self._proxies = tuple(proxies)
        self._clock = clock
        self._tls = tls or ssl.create_default_context()
        self._moves: OrderedDict[str, int] = OrderedDict()  # site -> how often it was given another proxy
        self._failures = dict.fromkeys(self._proxies, 0)
        self._rests_until = dict.fromkeys(self._proxies, 0.0)

    @property
    def ways(self) -> int:
        """How many ways out there are: the proxies, or the direct way alone."""
        return max(len(self._proxies), 1)

    def proxy_for(self, site: str, *, way: int | None = None) -> str | None:
        """The site's proxy, the same until `move_on`; None is the direct way. A resting one is passed over.

        `way` is the number of the proxy that the caller prefers, whatever the site.
        """
        if not self._proxies:
            return None
        first = crc32(site.encode()) + self._moves.get(site, 0) if way is None else way
        ring = [self._proxies[(first + step) % len(self._proxies)] for step in range(len(self._proxies))]
        now = self._clock.monotonic()
        awake = (proxy for proxy in ring if self._rests_until[proxy] <= now)
        return next(awake, None) or min(ring, key=lambda proxy: self._rests_until[proxy])

    def move_on(self, site: str) -> bool:
        """Give the site another proxy from now on; False where there is no other."""
        if len(self._proxies) < 2:
            return False
        self._moves[site] = self._moves.pop(site, 0) + 1
        if len(self._moves) > MOVED_SITES_MAX:
            self._moves.popitem(last=False)
        return True

    async def open(
        self,
        target: Checked,
        protocol: Callable[[], P],
        *,
        site: str,
        way: int | None = None,
        tls: ssl.SSLContext | None = None,
        timeout_seconds: float = CONNECT_SECONDS,
    ) -> tuple[asyncio.Transport, P]:
        """Dial `target` by the site's way, and once more by another where the proxy fails or the target refuses it.

        By a `way` that the caller chose it is dialled once.

        Raises:
            NotConnected: as `dial`.
        """
        try:
            return await self._dial(target, protocol, self.proxy_for(site, way=way), tls, timeout_seconds)
        except NotConnected as error:
            if way is not None or error.reason not in ("proxy", "refused") or not self.move_on(site):
                raise
        return await self._dial(target, protocol, self.proxy_for(site), tls, timeout_seconds)

    async def _dial(
        self,
        target: Checked,
        protocol: Callable[[], P],
        proxy: str | None,
        tls: ssl.SSLContext | None,
        timeout_seconds: float,
    ) -> tuple[asyncio.Transport, P]:
        through = ProxyWay(proxy, self._tls) if proxy is not None else None
        try:
            opened = await dial(target, protocol, proxy=through, tls=tls, timeout_seconds=timeout_seconds)
        except NotConnected as error:
            # A dead proxy may also look like a row of silent targets.
            if proxy is not None and error.reason in ("proxy", "timeout"):
                self._failed(proxy)
            raise
        if proxy is not None:
            self._failures[proxy] = 0
        return opened

    def _failed(self, proxy: str) -> None:
        self._failures[proxy] += 1
        if self._failures[proxy] >= FAILURES_BEFORE_REST:
            self._failures[proxy] = 0
            self._rests_until[proxy] = self._clock.monotonic() + REST_SECONDS
