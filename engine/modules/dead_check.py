"""Tell whether somebody is still behind a business's website: open, closed or uncertain.

Looks at the name (DNS), the certificate (TLS), the answer (HTTP), where it leads and what the page says; always afresh.
`closed` needs hard proof: the name does not exist, the domain is parked, for sale, taken back by its registry or leads
to an unrelated property, the account is suspended. What only fails today (timeouts, 5xx, refusals, certificates) is
`uncertain`. So is a site whose robots.txt keeps us out: it answers, but nothing was read that would prove a business
behind it.
"""

from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from engine.clock import Clock
from engine.extract.html import Document, read_html
from engine.extract.liveness import (
    Sign,
    Signatures,
    Weight,
    is_market,
    is_nobodys,
    is_redirector,
    is_same_brand,
    page_signs,
    parked_nameserver,
    read_signatures,
    redirect_target,
)
from engine.extract.rdap import read_registration, registration_url
from engine.extract.visit import fetch_home
from engine.module import NoConfig, Page, RowModule, Run, Unreachable
from engine.rows.sites import host_of, is_aggregator, normal_site, registrable_domain
from engine.rows.types import Row, Value, text_of

Verdict = Literal["open", "closed", "uncertain"]

CERTIFICATE_GRACE_DAYS = 30  # people who still work forget to renew for that long
DAY_SECONDS = 86_400.0
EVIDENCE_MAX = 300  # characters shown of one sign's evidence, which may be any address
RDAP_SECONDS = 15.0  # with the wait for the registry's pace
RDAP_HEADERS = {"Accept": "application/rdap+json"}
UNTRUSTED = ("tls_expired", "tls_name", "tls_untrusted")
SIGNATURES = Path(__file__).parent / "data" / "dead_sites.toml"


@dataclass(slots=True)
class Look:
    """What was seen of one site so far. `name` is that of the business, '' when unknown."""

    site: str
    name: str
    signs: list[Sign] = field(default_factory=list[Sign])
    final_url: str = ""
    status: int | None = None
    nobodys: bool = False  # the page never speaks of the business

    def add(self, name: str, weight: Weight, evidence: str) -> None:
        self.signs.append(Sign(name, weight, evidence))

    @property
    def verdict(self) -> Verdict:
        weights = {sign.weight for sign in self.signs}
        return "closed" if "proof" in weights else "uncertain" if "doubt" in weights else "open"

    @property
    def reason(self) -> str:
        """The sign that decided; '' for an open site."""
        decisive = {"closed": "proof", "uncertain": "doubt", "open": ""}[self.verdict]
        return next((sign.name for sign in self.signs if sign.weight == decisive), "")


class DeadCheck(RowModule[NoConfig]):
    slug = "dead_check"
    label = {"fr": "Sites fermés", "en": "Closed check"}
    category, node_category, entry_category = "verification", "verify", "enrich"
    lane = "serial"
    accepts, output = "pois_any", "pois"
    needs = ("site_web",)
    produces = ("site_alive",)
    unit = "sites"

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()

    def item_timeout_seconds(self, config: NoConfig) -> float:
        return 60.0

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        """Return `site_alive`. Never raises for a dead site; the reasons are in the report."""
        cell = text_of(row.get("site_web"))
        look = Look(normal_site(cell), text_of(row.get("nom")))
        try:
            await self._look(look, cell, run)
        finally:
            for url in {look.site, look.final_url} - {""}:
                await run.fetcher.done_with(url)
        run.report(
            {
                "site_alive": look.verdict,
                "reason": look.reason,
                "signs": [_shown(sign) for sign in look.signs],
                "final_url": look.final_url[:EVIDENCE_MAX],
                "status": look.status,
            }
        )
        return {"site_alive": look.verdict}

    async def _look(self, look: Look, cell: str, run: Run) -> None:
        if not look.site:
            look.add("bad_url", "doubt", cell)
            return
        if is_aggregator(look.site):
            look.add("directory", "doubt", look.site)
            return
        site = await _existing_site(look, run)
        if site and (page := await self._home(look, site, run)):
            await self._judge(look, page, run)
        if look.verdict != "closed":
            await _judge_nameservers(look, run)
        if look.verdict == "uncertain" or (look.verdict == "open" and look.nobodys):
            await self._judge_registration(look, run)

    async def _home(self, look: Look, site: str, run: Run) -> Page | None:
        """The home page, with a second look past a certificate that nobody should trust."""
        try:
            return await fetch_home(run.fetcher, site, fresh=True)
        except Unreachable as failure:
            if failure.reason not in UNTRUSTED:
                look.add(failure.reason, "doubt", site)
                return None
            reason = failure.reason
        try:
            page = await run.fetcher.get(site, fresh=True, verify_tls=False)
        except Unreachable:
            look.add(reason, "doubt", site)
            return None
        look.signs.append(self._certificate_sign(reason, page))
        return page

    def _certificate_sign(self, reason: str, page: Page) -> Sign:
        if reason != "tls_expired" or page.tls is None:
            return Sign(reason, "doubt", page.tls.subject if page.tls else page.url)
        days = (self._clock.now().timestamp() - page.tls.expires_at) / DAY_SECONDS
        weight: Weight = "doubt" if days > CERTIFICATE_GRACE_DAYS else "note"
        return Sign(reason, weight, f"{days:.0f} days ago")

    async def _judge(self, look: Look, page: Page, run: Run) -> None:
        """Add the signs of the page that the site leads to in the end."""
        root = urljoin(page.final_url, "/")
        if page.status in (404, 410) and page.final_url != root:
            page = await _again(look, root, run) or page
        document = read_html(page.parse())
        if target := redirect_target(page, document):
            parked = [
                sign for sign in page_signs(page, document, signatures(), name=look.name) if sign.weight == "proof"
            ]
            page = page if parked else await _again(look, target, run) or page
            document = read_html(page.parse())
        look.final_url, look.status = page.final_url, page.status
        look.nobodys = is_nobodys(look.name, registrable_domain(look.site), document)
        if is_aggregator(page.final_url):
            look.add("directory", "doubt", page.final_url)
            return
        _judge_domain(look, page, document)
        look.signs.extend(page_signs(page, document, signatures(), name=look.name))

    async def _judge_registration(self, look: Look, run: Run) -> None:
        """Ask the registry about a site that may be anybody's. Its silence changes nothing."""
        url = registration_url(registrable_domain(look.site))
        if not url:
            return
        try:
            answer = await run.api.request("GET", url, headers=RDAP_HEADERS, timeout_seconds=RDAP_SECONDS)
        except Unreachable:
            return
        found = read_registration(answer.json) if answer.status == HTTPStatus.OK else None
        if found is None:
            return
        until = f"registered until {found.expires_at:%Y-%m-%d}" if found.expires_at else ""
        if found.lost:
            look.add("expired_domain", "proof", found.lost)
        elif found.expires_at is not None and found.expires_at < self._clock.now():
            look.add("expired_domain", "doubt", until)  # registries renew by themselves, holders pay late
        elif until:
            look.add("registered", "note", until)


def _shown(sign: Sign) -> Value:
    return {"sign": sign.name, "weight": sign.weight, "evidence": sign.evidence[:EVIDENCE_MAX]}


@cache
def signatures() -> Signatures:
    """The signatures that come with the product."""
    return read_signatures(SIGNATURES.read_text(encoding="utf-8"))


async def _existing_site(look: Look, run: Run) -> str:
    """The address to ask: the site's, or that without `www.` where only this name exists; '' where there is none."""
    host = host_of(look.site)
    if not await _is_unknown(look, host, run):
        return look.site
    bare = registrable_domain(host)
    if bare == host or await _is_unknown(look, bare, run):
        look.add("nxdomain", "proof", host)
        return ""
    if host != f"www.{bare}":
        look.add("nxdomain", "doubt", host)  # the domain lives on, so nothing is proved
        return ""
    look.add("nxdomain", "note", host)
    return look.site.replace(f"//{host}", f"//{bare}", 1)


async def _is_unknown(look: Look, host: str, run: Run) -> bool:
    """Whether the name does not exist, asked twice, the second time past the cache."""
    for fresh in (False, True):
        answer = await run.dns.addresses(host, fresh=fresh)
        if answer.status != "nxdomain":
            return False
    return True


async def _again(look: Look, url: str, run: Run) -> Page | None:
    """Another page of the same look; a failure is a doubt."""
    try:
        return await run.fetcher.get(url, fresh=True)
    except Unreachable as failure:
        look.add(failure.reason, "doubt", url)
        return None


def _judge_domain(look: Look, page: Page, document: Document) -> None:
    """Add what it means that the site leads to another registrable domain."""
    final = page.final_url
    if is_redirector(look.site, signatures()) or registrable_domain(final) == registrable_domain(look.site):
        return
    if is_market(final, signatures()):
        look.add("for_sale", "proof", final)
    elif is_same_brand(look.site, final, look.name, document):
        look.add("moved", "note", final)
    elif page.ok:
        look.add("resold", "proof", final)
    else:
        look.add("moved", "doubt", final)


async def _judge_nameservers(look: Look, run: Run) -> None:
    answer = await run.dns.ns(registrable_domain(look.site))
    if name := parked_nameserver(answer.records, signatures()):
        look.add("parked", "proof", name)


module = DeadCheck()
