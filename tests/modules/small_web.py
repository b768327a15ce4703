"""A web of a few pages and names, in memory: the outside world of the modules that read sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from engine.module import Run
from engine.network.types import Answer, ApiAnswer, Download, Page, Reason, TlsFacts, Unreachable
from engine.rows.types import Value


@dataclass(frozen=True)
class Site:
    """What one address answers: `leads_to` is where it redirects, `fails` why there is no answer."""

    html: str = ""
    status: int = 200
    leads_to: str = ""
    fails: Reason | None = None
    expires_at: float | None = None  # of a certificate; a failing one shows its page to those who do not check


@dataclass
class SmallWeb:
    """Pages by address; an address that is not there answers 404. It is the `Fetcher`, `Dns` and `Api` of a run."""

    pages: Mapping[str, str | Site]
    names: Mapping[str, Answer] = field(default_factory=dict)  # host -> addresses; else it exists
    nameservers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registered: Mapping[str, object] = field(default_factory=dict)  # address -> what a registry answers, or its status
    asked: list[str] = field(default_factory=list)
    asked_registries: list[str] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    reports: list[Mapping[str, Value]] = field(default_factory=list)

    async def get(self, url: str, *, fresh: bool = False, verify_tls: bool = True) -> Page:
        self.asked.append(url)
        self.fresh.append(fresh)
        site = self._site(url)
        if site.fails and (verify_tls or site.expires_at is None):
            raise Unreachable(url=url, reason=site.fails)
        if site.leads_to:
            there = self._site(site.leads_to)
            return Page(url, site.leads_to, there.status, {}, there.html, "text/html", redirects=(url,))
        tls = TlsFacts("other.example", "test", site.expires_at) if site.expires_at is not None else None
        return Page(url, url, site.status, {}, site.html, "text/html", tls=tls)

    async def download(self, url: str, *, max_bytes: int, timeout_seconds: float = 20.0) -> Download:
        raise Unreachable(url=url, reason="refused")

    async def done_with(self, url: str) -> None:
        self.closed.append(url)

    async def addresses(self, host: str, *, fresh: bool = False) -> Answer:
        return self.names.get(host, Answer("ok", ("198.18.0.1",)))

    async def ns(self, domain: str) -> Answer:
        return Answer("ok", self.nameservers.get(domain, ("ns1.hoster.example",)))

    async def request(self, method: str, url: str, **options: Any) -> ApiAnswer:
        self.asked_registries.append(url)
        found = self.registered.get(url)
        if found is None:
            raise Unreachable(url=url, reason="timeout")
        return ApiAnswer(found, {}, b"") if isinstance(found, int) else ApiAnswer(200, {}, b"", found)

    def run(self) -> Run:
        """A run that reaches this web and nothing else; reports land in `reports`."""
        nothing = cast("Any", None)
        return Run(
            job_id="job",
            fetcher=self,
            dns=cast("Any", self),
            smtp=nothing,
            api=cast("Any", self),
            places=nothing,
            seen=nothing,
            upload=nothing,
            log=lambda level, text: None,
            note=lambda text: None,
            report=self.reports.append,
        )

    def _site(self, url: str) -> Site:
        found = self.pages.get(url)
        if found is None and urlsplit(url).path == "/":
            found = self.pages.get(url.rstrip("/"))
        if found is None:
            found = Site(status=404, html="<title>404</title>")
        return Site(found) if isinstance(found, str) else found
