"""Follow an address to its answer: robots.txt, pace, redirects by hand, a second try where one makes sense."""

from collections import OrderedDict
from dataclasses import dataclass, field

from aiohttp import CookieJar
from yarl import URL

from engine.clock import Clock
from engine.network.guard import parse_url
from engine.network.pace import RETRY_AFTER_MAX_SECONDS, Pace, retry_after_seconds, site_of
from engine.network.robots import MAX_BYTES as ROBOTS_BYTES_MAX
from engine.network.robots import Robots, RobotsFile
from engine.network.site import REDIRECTS, Broken, Exchange, Request, Site, Way
from engine.network.types import NotConnected, Unreachable

REDIRECTS_MAX = 5
SITES_OPEN_MAX = 512
ROBOTS_SECONDS = 15.0  # a silent host is told apart from a slow file: connecting may take its full time
ROBOTS_FIRST_BYTE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Shared:
    """What all jobs of a process share: the way out, and what is known of the sites."""

    way: Way
    pace: Pace
    robots: Robots
    clock: Clock


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is taken, and in which time: redirects, tries and the reading of robots.txt included,
    waits for the pace not."""

    max_bytes: int
    seconds: float
    text_only: bool


@dataclass(slots=True)
class Visit:
    """One address on its way through its redirects. `passed` are the addresses that led onward."""

    limits: Limits
    verify_tls: bool
    passed: list[str] = field(default_factory=list[str])
    seconds_used: float = 0.0
    robots_seconds: float = 0.0
    jar: CookieJar | None = None  # some sites redirect until they see their cookie again

    @property
    def seconds_left(self) -> float:
        return max(self.limits.seconds - self.seconds_used - self.robots_seconds, 0.001)

    def request(self, url: URL) -> Request:
        return Request(
            url,
            verify_tls=self.verify_tls,
            max_bytes=self.limits.max_bytes,
            timeout_seconds=self.seconds_left,
            text_only=self.limits.text_only,
            cookies=self.jar.filter_cookies(url) if self.jar else None,
        )

    def pass_on(self, answer: Exchange) -> URL:
        """Where `answer` redirects to.

        Raises:
            Unreachable: no further, or to something that is no web address.
        """
        if len(self.passed) == REDIRECTS_MAX:
            raise Unreachable(url=str(answer.url), reason="too_many_redirects")
        self.passed.append(str(answer.url))
        if answer.jar:
            self.jar = self.jar or CookieJar()
            self.jar.update_cookies(answer.jar, answer.url)
        return onward_from(answer)


class Visits:
    """The open sites of one job."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._sites: OrderedDict[str, Site] = OrderedDict()  # least recently used first
        self._closed = False

    async def follow(
        self, url: URL, limits: Limits, *, verify_tls: bool, jar: CookieJar | None = None
    ) -> tuple[Exchange, Visit]:
        """The last answer behind `url`, whatever its status, and the way to it. `jar` are cookies to come with.

        Raises:
            Unreachable: any step of the way gave no answer, or may not be taken.
        """
        visit = Visit(limits, verify_tls, jar=jar)
        while True:
            answer = await self._step(url, visit)
            if answer.status not in REDIRECTS or "Location" not in answer.headers:
                return answer, visit
            url = visit.pass_on(answer)

    async def leave(self, site: str) -> None:
        """Close the connections to that site, once nobody needs them."""
        known = self._sites.pop(site, None)
        if known is not None:
            await known.retire()

    async def close(self) -> None:
        """Close all connections, those in use when their request ends."""
        self._closed = True
        while self._sites:
            await self.leave(next(iter(self._sites)))

    async def _step(self, url: URL, visit: Visit) -> Exchange:
        name = _site_of(url)
        if not await self._shared.robots.allowed(url, lambda robots: self._read_robots(robots, visit)):
            raise Unreachable(url=str(url), reason="robots")
        follows = bool(visit.passed) and _site_of(URL(visit.passed[-1])) == name
        try:
            async with self._shared.pace.slot(name, follows=follows):
                answer = await self._ask(name, visit.request(url), visit)
            if not await self._is_worth_another(name, answer):
                return answer
        except Broken:
            pass  # the try below raises what it meets
        async with self._shared.pace.slot(name):
            return await self._ask(name, visit.request(url), visit)

    async def _is_worth_another(self, site: str, answer: Exchange) -> bool:
        """Whether a refusal may end with another proxy, or after the wait that it asks for."""
        if answer.status not in (403, 429, 503):
            return False
        wait = retry_after_seconds(answer.headers, self._shared.clock.now())
        if answer.status != 403 and wait is not None:
            self._shared.pace.hold(site, seconds=wait)
        blocked = answer.status != 503 or "cf-mitigated" in answer.headers
        if blocked and self._shared.way.egress.move_on(site):
            await self.leave(site)  # its open connections go by the old proxy
            return True
        return answer.status != 403 and wait is not None and wait <= RETRY_AFTER_MAX_SECONDS

    async def _ask(self, name: str, request: Request, visit: Visit | None = None) -> Exchange:
        site = self._sites.get(name)
        if site is None:
            site = self._sites[name] = Site(name, self._shared.way)
        self._sites.move_to_end(name)
        started = self._shared.clock.monotonic()
        try:
            async with site.used():
                await self._close_idle()
                return await site.exchange(request)
        finally:
            if self._closed:  # a robots.txt that another job waits for, too
                await self.leave(name)
            if visit is not None:
                visit.seconds_used += self._shared.clock.monotonic() - started

    async def _close_idle(self) -> None:
        if len(self._sites) > SITES_OPEN_MAX:
            idle = next((name for name, site in self._sites.items() if site.idle), None)
            if idle is not None:
                await self.leave(idle)

    async def _read_robots(self, url: URL, visit: Visit) -> RobotsFile:
        """That robots.txt, through its redirects. Only a host that can't be connected to at all is an error."""
        passed: list[URL] = []
        while len(passed) <= REDIRECTS_MAX:
            request = Request(
                url,
                verify_tls=visit.verify_tls,
                max_bytes=ROBOTS_BYTES_MAX,
                timeout_seconds=min(ROBOTS_SECONDS, visit.seconds_left),
                first_byte_seconds=ROBOTS_FIRST_BYTE_SECONDS,
                text_only=True,
            )
            passed.append(url)
            started = self._shared.clock.monotonic()
            try:
                answer = await self._ask(_site_of(url), request)
                if answer.status == 200:
                    return RobotsFile(answer.body.decode("utf-8", "replace"), tuple(passed))
                if answer.status not in REDIRECTS or "Location" not in answer.headers:
                    break
                url = onward_from(answer)
            except Unreachable as error:
                if isinstance(error, NotConnected) and len(passed) == 1:
                    raise
                break
            finally:
                visit.robots_seconds += self._shared.clock.monotonic() - started
        return RobotsFile("", tuple(passed))


def onward_from(answer: Exchange) -> URL:
    """The address that a redirect names, checked.

    Raises:
        Unreachable: it is no web address.
    """
    location = answer.headers["Location"]
    try:
        return parse_url(str(answer.url.join(URL(location))))
    except ValueError as error:
        raise Unreachable(url=location, reason="bad_url", detail=str(error)) from None


def _site_of(url: URL) -> str:
    return site_of(url.raw_host or "")
