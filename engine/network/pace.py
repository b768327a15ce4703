"""How fast we ask: a few requests a site at a time, and the rates that public APIs allow. One for the whole process."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache

from tldextract import TLDExtract

from engine.clock import Clock

IN_FLIGHT_PER_SITE = 2
STARTS_AT_ONCE = 2
GAP_SECONDS = 0.3  # between starts, after the first ones
RETRY_AFTER_MAX_SECONDS = 30.0
IDLE_SECONDS = 30.0  # a site that nobody asked for this long starts anew

# Starts a second at public APIs, by host. Below the limit where it is counted by address (recherche-entreprises: 7/s,
# Overpass: two at a time) or by key (PageSpeed: 400 in 100 s, Places: 600 a minute), as clocks and networks jitter.
API_RATES: Mapping[str, float] = {
    "recherche-entreprises.api.gouv.fr": 6.5,
    "pagespeedonline.googleapis.com": 4.0,
    "www.googleapis.com": 4.0,
    "places.googleapis.com": 10.0,
    "overpass-api.de": 2.0,
    **dict.fromkeys(("rdap.nic.fr", "rdap.verisign.com", "rdap.publicinterestregistry.org"), 5.0),
}
API_RATE_OTHERS = 10.0

_IPV4 = re.compile(r"[\d.]+")


@cache
def _public_suffixes() -> TLDExtract:
    # The bundled list, never fetched. With its private part: two customers of one shop platform are two sites.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4_096)  # a site's host is asked for several times a request
def site_of(host: str) -> str:
    """The registrable domain of a host: what is asked slowly, keeps one proxy, and shares connections."""
    if ":" in host or _IPV4.fullmatch(host):
        return host
    return _public_suffixes().extract_str(host).top_domain_under_public_suffix or host


@dataclass(slots=True)
class _Site:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT_PER_SITE))
    users: int = 0
    starts: int = 0
    next_start: float = 0.0
    used: float = 0.0


class Pace:
    """Lets requests start when their site may be asked again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sites: OrderedDict[str, _Site] = OrderedDict()  # least recently used first

    @asynccontextmanager
    async def slot(self, site: str, *, follows: bool = False) -> AsyncGenerator[None]:
        """One request to `site` at a time it may start. `follows`: a redirect's next step, which need not wait."""
        state = self._enter(site)
        try:
            async with state.places:
                if not follows:
                    await self._wait_for_start(state)
                yield
        finally:
            state.users -= 1
            state.used = self._clock.monotonic()

    def hold(self, site: str, *, seconds: float) -> None:
        """Start nothing at `site` for that long (30 s at most), as its `Retry-After` asks."""
        state = self._sites.get(site)
        if state is not None:
            until = self._clock.monotonic() + min(max(seconds, 0.0), RETRY_AFTER_MAX_SECONDS)
            state.next_start = max(state.next_start, until)

    def _enter(self, site: str) -> _Site:
        now = self._clock.monotonic()
        self._forget_idle(now)
        state = self._sites.get(site)
        if state is None:
            state = self._sites[site] = _Site()
        self._sites.move_to_end(site)
        state.users += 1
        state.used = now
        return state

    async def _wait_for_start(self, state: _Site) -> None:
        now = self._clock.monotonic()
        start = max(now, state.next_start)
        state.starts += 1
        state.next_start = start + (GAP_SECONDS if state.starts >= STARTS_AT_ONCE else 0.0)
        if start > now:
            await asyncio.sleep(start - now)

    def _forget_idle(self, now: float) -> None:
        while self._sites:
            name, oldest = next(iter(self._sites.items()))
            if oldest.users or max(oldest.used, oldest.next_start) + IDLE_SECONDS > now:
                return
            del self._sites[name]


class ApiPace:
    """A token bucket an API host, refilled at the host's rate, that holds one second's worth for unlisted hosts."""

    def __init__(self, clock: Clock, rates: Mapping[str, float] = API_RATES) -> None:
        self._clock = clock
        self._rates = rates
        self._next_free: OrderedDict[str, float] = OrderedDict()  # host -> when its bucket has the next token

    async def token(self, host: str) -> None:
        """Return when `host` may be asked."""
        rate = self._rates.get(host, API_RATE_OTHERS)
        # Listed hosts get evenly spaced starts: their limits are counted in short windows.
        burst = 1.0 if host in self._rates else rate
        now = self._clock.monotonic()
        full = now - (burst - 1.0) / rate
        start = max(self._next_free.pop(host, full), full)
        self._next_free[host] = start + 1.0 / rate
        while len(self._next_free) > 1 and next(iter(self._next_free.values())) < now - IDLE_SECONDS:
            self._next_free.popitem(last=False)
        if start > now:
            await asyncio.sleep(start - now)

    def hold(self, host: str, *, seconds: float) -> None:
        """Hand out no token for `host` for that long."""
        self._next_free[host] = max(self._next_free.get(host, 0.0), self._clock.monotonic() + seconds)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait that `Retry-After` asks for, as seconds or as a date (RFC 9110); None without a readable one."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max(0.0, (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() - now.timestamp())
