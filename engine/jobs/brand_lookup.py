"""The brand of one domain without a job: read at once, then kept for a week, a user and a domain."""

import asyncio
import re
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel
from sqlmodel import col, delete, select

from engine.accounts.queries import stays
from engine.context import Caller, Context, Services, read, write
from engine.db.insert import put
from engine.errors import AccountGone, OutsendError
from engine.extract.brand_visit import collect, read_home
from engine.extract.images import Picture
from engine.jobs.assets import AccountAssets
from engine.jobs.models import BrandLookup
from engine.lazy import load
from engine.limits import BRAND_LOOKUP_FRESH, BRAND_LOOKUP_SECONDS
from engine.network.once import Once
from engine.network.types import Unreachable
from engine.reach import AssetsFull
from engine.rows.sites import normal_site

if TYPE_CHECKING:  # loaded by the first look-up
    from engine.network.world import Gateway

DOMAIN_MAX = 300  # characters of what is asked for
LIVE_MAX = 4  # sites that a process looks up at once; more wait

_IPV4 = re.compile(r"[\d.]+")


class BadDomain(OutsendError):
    code = "bad_domain"
    message = "Domaine invalide : {domain}"
    hint = "Give a host name such as stripe.com."


class LookupFailed(OutsendError):
    """`type` is the class of the fault, `problem` what people may know of it."""

    code = "lookup_failed"
    kind = "upstream"
    message = "Lookup failed: {type}: {problem}"
    hint = "Nothing was kept. Check the domain, or ask again later."


class BrandProfile(BaseModel):
    """The brand of a domain. `empty`: its home page shows none."""

    status: Literal["ok", "empty"]
    logo_url: str | None = None
    logo_local_url: str | None = None
    logo_source: str | None = None
    logo_variants_local_urls: list[str] = []
    favicon_url: str | None = None
    favicon_local_url: str | None = None
    brand_color: str | None = None
    brand_color_source: str | None = None
    brand_palette: list[str] = []
    http_status: int
    final_url: str
    fetch_error: str | None = None


class BrandLookupPublic(BaseModel):
    """A profile; `cached_at` is when it was read (UTC), null where that is now."""

    domain: str
    cached: bool
    cached_at: datetime | None
    profile: BrandProfile


class BrandLookups:
    """The look-ups of one process; it belongs to an event loop. Of several for one domain at once, one is made.

    They share one gateway, opened by the first, and so the pace that a site is asked at and its robots.txt.
    """

    def __init__(self) -> None:
        self._live: Once[tuple[int, str], BrandProfile] = Once()
        self._room = asyncio.Semaphore(LIVE_MAX)
        self._opening = asyncio.Lock()
        self._gateway: Gateway | None = None

    async def look_up(self, caller: Caller, domain: str, *, refresh: bool) -> BrandLookupPublic:
        """The brand of a domain, as it was within the last week; with `refresh` as it is now.

        Raises:
            BadDomain. LookupFailed: the site gave no page. StorageFull, AccountGone.
        """
        host = host_asked(domain)
        if not refresh and (known := await caller.call(_known, host)) is not None:
            return BrandLookupPublic(domain=host, cached=True, cached_at=known[1], profile=known[0])
        key = caller.principal.account_id, host
        profile = await self._live.do(key, lambda: self._look(caller, host))
        return BrandLookupPublic(domain=host, cached=False, cached_at=None, profile=profile)

    async def close(self) -> None:
        """Give up what runs, and close what is open."""
        await self._live.close()
        if self._gateway is not None:
            await self._gateway.close()

    async def _opened(self, services: Services) -> "Gateway":
        """The gateway. It is heavy to load, which most servers never need, so a thread makes it."""
        async with self._opening:
            if self._gateway is None:
                self._gateway = await asyncio.to_thread(_gateway, services)
        return self._gateway

    async def _look(self, caller: Caller, host: str) -> BrandProfile:
        async with self._room:
            gateway = await self._opened(caller.services)
            try:
                async with asyncio.timeout(BRAND_LOOKUP_SECONDS):
                    profile = await _read(caller, gateway, host)
            except Unreachable as error:
                raise LookupFailed(type="Unreachable", problem=error.text) from None
            except TimeoutError:
                problem = f"délai dépassé ({BRAND_LOOKUP_SECONDS:.0f} s)"
                raise LookupFailed(type="Timeout", problem=problem) from None
        await caller.call(_remember, host, profile)
        return profile


def host_asked(domain: str) -> str:
    """The host of what somebody typed: a domain, or the address of a site. Raises BadDomain."""
    text = domain.strip()
    site = normal_site(text) if len(text) <= DOMAIN_MAX and len(text.split()) == 1 else ""
    host = urlsplit(site).hostname or ""
    if not host or _IPV4.fullmatch(host) or urlsplit(site).port is not None:
        raise BadDomain(domain=text[:100])
    return host


def forget_expired(services: Services) -> None:
    """Delete the look-ups whose week is over, of accounts that never ask again too."""
    services.run(None, _forget)


def _gateway(services: Services) -> "Gateway":
    return load("engine.network.world").Gateway(services.settings, services.clock)


async def _read(caller: Caller, gateway: "Gateway", host: str) -> BrandProfile:
    assets = AccountAssets(caller.services, caller.principal.account_id)

    async def keep(picture: Picture) -> str | None:
        try:
            return await assets.keep(picture.body, picture.kind)
        except AssetsFull:
            return None

    async with gateway.world() as world:
        home = await read_home(world.fetcher, f"https://{host}")
        found = await collect(home, world.fetcher, keep)
    status = "ok" if found.report["found"] else "empty"
    where = {"status": status, "http_status": home.status, "final_url": home.final_url}
    return BrandProfile.model_validate(found.columns | where)


@read
def _known(context: Context, host: str) -> tuple[BrandProfile, datetime] | None:
    mine = select(BrandLookup).where(BrandLookup.account_id == context.account_id, BrandLookup.domain == host)
    found = context.session.exec(mine.where(col(BrandLookup.at) > context.now() - BRAND_LOOKUP_FRESH)).first()
    return found and (BrandProfile.model_validate(found.profile), found.at)


@write
def _remember(context: Context, host: str, profile: BrandProfile) -> None:
    """Keep a profile, in the place of an older one."""
    session, me = context.session, context.account_id
    if not stays(session, me):
        raise AccountGone
    facts = {"account_id": me, "domain": host, "profile": profile.model_dump(), "at": context.now()}
    put(session, BrandLookup, [facts])


@write
def _forget(context: Context) -> None:
    context.session.exec(delete(BrandLookup).where(col(BrandLookup.at) <= context.now() - BRAND_LOOKUP_FRESH))
