"""Everything that reaches the outside, built from the settings once a process."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email.utils import parseaddr

from yarl import URL

from engine.clock import Clock
from engine.network.api_client import ApiClient, GuardedTransport
from engine.network.browser import Chromium, LiveBrowser, PageBrowser
from engine.network.egress import Egress
from engine.network.fetcher import PageFetcher
from engine.network.guard import Guard
from engine.network.pace import Pace
from engine.network.page_store import PageStore
from engine.network.post import Post
from engine.network.resolver import Resolver
from engine.network.robots import AGENT, Robots
from engine.network.site import Way
from engine.network.smtp import SmtpClient
from engine.network.tls import trusting, unverified
from engine.network.types import Api, World
from engine.network.visits import Shared
from engine.settings import Settings


class Gateway:
    """The one door of a process to the outside; it lives on one event loop.

    Resolver, guard, egress pool, pace, robots.txt, API and SMTP clients are shared by all jobs; `world` gives each its
    own page cache and connections; `operator_api` alone reaches servers that the operator names in the settings,
    wherever they stand. Nothing is opened before its first use.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.user_agent = f"Mozilla/5.0 (compatible; {AGENT}/1.0; +{settings.public_url}/docs/bot)"
        self.dns = Resolver(settings.dns_servers, clock)
        self.guard = Guard(self.dns, settings.trusted_networks)
        tls = trusting(settings.ca_bundle)
        egress = Egress(settings.egress_proxies, clock, tls=tls)
        self.smtp = SmtpClient(
            self.guard,
            egress,
            clock,
            helo=settings.smtp_helo,
            mail_from=parseaddr(settings.mail_from or "")[1],
            greylist_delays=settings.greylist_delays,
        )
        overpass = URL(settings.overpass_url)
        own_server = Guard(self.dns, settings.trusted_networks, [(overpass.raw_host or "", overpass.port or 0)])
        proxy, no_proxy = settings.https_proxy, settings.no_proxy
        self._api, self.operator_api = (
            ApiClient(GuardedTransport(guard, tls, proxy=proxy, no_proxy=no_proxy), clock, user_agent=self.user_agent)
            for guard in (self.guard, own_server)
        )
        self.post = Post(
            GuardedTransport(self.guard, tls, proxy=proxy, no_proxy=no_proxy),
            clock,
            user_agent=f"{AGENT}-webhooks/1.0 (+{settings.public_url}/docs/api/webhooks)",
        )
        self._robots = Robots(clock)
        self.pages = PageStore(settings.data_dir / "cache", clock)
        way = Way(self.guard, egress, tls, unverified(), self.user_agent)
        self._shared = Shared(way, Pace(clock), self._robots, clock)
        self.chromium = Chromium(settings.chromium, way)
        self.live = LiveBrowser(self.chromium, ways=egress.ways)

    @property
    def api(self) -> Api:
        return self._api

    @asynccontextmanager
    async def world(self, pipeline_id: str | None = None) -> AsyncGenerator[World]:
        """The world of one job, closed at its end; the jobs of a pipeline share the pages that they fetched."""
        fetcher = PageFetcher(self._shared, self.pages.of(pipeline_id) if pipeline_id else None)
        browser = PageBrowser(self._shared, self.chromium)
        try:
            yield World(fetcher, self.dns, self.smtp, self._api, self.user_agent, browser)
        finally:
            await browser.close()
            await fetcher.close()

    async def close(self) -> None:
        """Close what is open. Jobs must have ended."""
        await self.chromium.close()
        await self._robots.close()
        await self._api.close()
        await self.operator_api.close()
        await self.post.close()
        await self.dns.close()


@asynccontextmanager
async def open_gateway(settings: Settings, clock: Clock) -> AsyncGenerator[Gateway]:
    """The gateway of this process, closed at the end."""
    gateway = Gateway(settings, clock)
    try:
        yield gateway
    finally:
        await gateway.close()
