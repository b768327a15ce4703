"""What one invented site is, before it is drawn."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.sandbox.business import Business
from engine.sandbox.certificates import TlsState
from engine.sandbox.sites.facts import PLAIN, Facts
from engine.sandbox.sites.technologies.stack import NOTHING, Stack

PageKind = Literal["home", "services", "prices", "team", "contact", "legal", "news"]
Owner = Literal["own", "group", "free", "host", "agency", "mediator"]
Language = Literal["fr", "de", "en"]
Charset = Literal["utf-8", "latin-1-header", "latin-1-meta", "latin-1-mislabelled", "utf-16"]
Family = Literal[
    "wordpress",
    "wordpress_block",
    "builder",
    "shop",
    "table",
    "landing",
    "webflow",
    "squarespace",
    "prestashop",
    "joomla",
    "drupal",
    "jimdo",
    "typo3",
    "spip",
    "e_monsite",
    "next_js",
    "agency",
    "frameset",
    "app",
]
# The legal page: in order, or with two companies, or with a SIREN whose check digit is wrong.
Legal = Literal["plain", "two_companies", "wrong_luhn"]
PriceForm = Literal["table", "cards", "list"]
# How an address comes onto a page that a script draws: from the bundle, or from the site's API.
ScriptedMail = Literal["script_built", "script_fetched"]
# Dealt among the businesses of the map.
DealtKind = Literal[
    "parked_nameserver",
    "parked_phrase",
    "resold",
    "suspended",
    "default_page",
    "soft_404",
    "redirect_loop",
    "slow",
    "bomb",
    "huge",
    "tls_expired",
    "tls_wrong_name",
    "tls_untrusted",
    "redirect_to_metadata",
    "nxdomain",
    "dns_failure",
    "server_error",
    "refused",
    "challenge",
    "directory",
]
# One site each in every world, on no map: they are visited by who asks for them, so that they delay nobody else.
SpecialKind = Literal[
    "expired",
    "expired_busy",
    "expiring_soon",
    "hang_before_headers",
    "hang_after_headers",
    "hang_in_body",
    "drip",
    "reset",
    "length_too_long",
    "length_too_short",
    "bad_chunks",
    "bad_gzip",
    "endless_headers",
    "bomb_deflate",
    "bomb_brotli",
    "wrong_charset",
    "redirect_chain",
    "redirect_to_private",
    "rebinding",
    "http_403",
    "http_404",
    "http_410",
    "http_429",
]
BadKind: TypeAlias = DealtKind | SpecialKind
Unknown = Literal["404", "soft_404", "home"]
COMPANY: frozenset[Owner] = frozenset({"own", "group", "free"})


@dataclass(frozen=True, slots=True)
class Shown:
    """An address as it stands on a page. `page` None: in the footer of every page. `hidden`: robots.txt forbids it."""

    address: str
    owner: Owner
    page: PageKind | None
    method: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """`domain` is the registrable domain, `host` the canonical host; `url` is what the map says."""

    domain: str
    host: str
    url: str
    business: Business
    seed: str
    language: Language
    family: Family
    charset: Charset
    shown: tuple[Shown, ...]
    pages: tuple[PageKind, ...]
    bad: BadKind | None = None
    secure: bool = True
    tls: TlsState = "good"
    unknown: Unknown = "404"
    agency: str | None = None  # domain of who made the site
    group: str | None = None  # domain of the declared group
    moved_from: str | None = None  # the same brand's older domain, which redirects here
    one_page: bool = False
    meta_refresh: bool = False
    huge_nav: bool = False
    traps: bool = False
    sitemap: bool = True
    contact_unlinked: bool = False  # only the sitemap knows the contact page
    contact_disallowed: bool = False  # robots.txt forbids the contact page
    stack: Stack = NOTHING
    legal: Legal = "plain"
    prices: PriceForm = "table"
    shy: bool = False  # no generator tag
    facts: Facts = PLAIN

    @property
    def root(self) -> str:
        """Scheme and canonical host."""
        return f"{'https' if self.secure else 'http'}://{self.host}"

    @property
    def js_only(self) -> bool:
        """Nothing but a script shows the pages."""
        return self.family == "app"

    def on(self, page: PageKind) -> tuple[Shown, ...]:
        """Addresses in the body of this page; a one-page site shows all of them at home."""
        return tuple(one for one in self.shown if one.page == page or (self.one_page and one.page is not None))
