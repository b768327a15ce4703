"""Deals the sites of a world: each gets a business, a look, addresses, and one of five something broken."""

import random
from dataclasses import dataclass, replace
from typing import get_args

from engine.sandbox.business import Business, invent
from engine.sandbox.certificates import TlsState
from engine.sandbox.communes import STRASBOURG
from engine.sandbox.draw import Deck, slug
from engine.sandbox.sites.bad import DIRECTORIES
from engine.sandbox.sites.companies import AGENCIES, BY_DOMAIN, GROUPS, HOSTS, MEDIATOR
from engine.sandbox.sites.encodings import METHODS
from engine.sandbox.sites.facts import PLAIN, FactDealer
from engine.sandbox.sites.mail_plans import FREE_PROVIDERS, PLAN_CARDS, shown_by
from engine.sandbox.sites.site import (
    COMPANY,
    BadKind,
    Charset,
    DealtKind,
    Family,
    Language,
    Legal,
    PageKind,
    PriceForm,
    ScriptedMail,
    Shown,
    Site,
    Unknown,
)
from engine.sandbox.sites.technologies.stack import NOTHING, StackDealer

BAD_EVERY = 5
LANGUAGES: tuple[Language, ...] = ("fr",) * 10 + ("de", "en")
ENDINGS: dict[Language, tuple[str, ...]] = {
    "fr": ("fr", "fr", "fr", "com", "com", "net", "eu"),
    "de": ("de", "fr", "eu"),
    "en": ("com", "fr", "co.uk"),
}
# Every layout, the most used product twice.
FAMILIES: tuple[Family, ...] = ("wordpress", *get_args(Family))
# Layouts whose pages are whole documents at the root: a broken site has one of these.
PLAIN_FAMILIES: tuple[Family, ...] = ("wordpress", "builder", "shop", "table", "landing")
# Made by hand or on old hosts; the others write UTF-8.
ANY_CHARSET: frozenset[Family] = frozenset(
    {"shop", "table", "landing", "agency", "frameset", "spip", "joomla", "e_monsite"}
)
LEGAL_CARDS: tuple[Legal, ...] = ("plain", "plain", "plain", *get_args(Legal))
CHARSETS: tuple[Charset, ...] = ("utf-8", "utf-8", *get_args(Charset))
# One peculiarity a site, so that a failure points at its cause.
FEATURES = (
    *("plain",) * 4,
    *("insecure", "huge_nav", "meta_refresh", "soft_404", "unknown_home", "no_sitemap", "moved"),
)
AGENCY_CARDS = ("none", "none", "link", "mail")
TLS: dict[BadKind, TlsState] = {
    "tls_expired": "expired",
    "tls_wrong_name": "wrong_name",
    "tls_untrusted": "untrusted",
}
# A broken site that still shows its pages in full gives its address at home.
BAD_PLANS: dict[BadKind, str] = {"slow": "home_role", "huge": "home_role"}


@dataclass(frozen=True, slots=True)
class _Decks:
    plans: Deck[str]
    families: Deck[Family]
    charsets: Deck[Charset]
    languages: Deck[Language]
    features: Deck[str]
    methods: Deck[str]
    agencies: Deck[str]
    providers: Deck[str]
    bad: Deck[DealtKind]
    stacks: StackDealer
    legal: Deck[Legal]
    prices: Deck[PriceForm]
    shy: Deck[bool]
    scripted: Deck[ScriptedMail]
    facts: FactDealer


def deal(count: int, seed: int) -> list[Site]:
    """`count` sites. A larger count keeps the smaller one's sites and adds to them."""
    rng = random.Random(f"{seed} decks")
    kinds: tuple[DealtKind, ...] = get_args(DealtKind)
    decks = _Decks(
        plans=Deck(PLAN_CARDS, rng),
        families=Deck(FAMILIES, rng),
        charsets=Deck(CHARSETS, rng),
        languages=Deck(LANGUAGES, rng),
        features=Deck(FEATURES, rng),
        methods=Deck(METHODS, rng),
        agencies=Deck(AGENCY_CARDS, rng),
        providers=Deck(FREE_PROVIDERS, rng),
        bad=Deck(kinds, rng),
        stacks=StackDealer(rng, random.Random(f"{seed} marketing")),
        legal=Deck(LEGAL_CARDS, rng),
        prices=Deck(get_args(PriceForm), rng),
        shy=Deck((True, False, False), rng),
        scripted=Deck(get_args(ScriptedMail), rng),
        facts=FactDealer(random.Random(f"{seed} facts")),
    )
    taken = set(BY_DOMAIN)
    sites: list[Site] = []
    for index in range(count):
        bad = decks.bad.draw() if index % BAD_EVERY == BAD_EVERY - 1 else None
        sites.append(_deal_one(f"{seed}/{index}", bad, decks, taken))
    return sites


def _deal_one(seed: str, bad: BadKind | None, decks: _Decks, taken: set[str]) -> Site:
    rng = random.Random(seed)
    language = decks.languages.draw()
    business = invent(rng, commune=STRASBOURG if language == "de" else None)
    if bad == "directory":
        return _listing(seed, business, rng)
    plan = decks.plans.draw() if bad is None else BAD_PLANS.get(bad, "none")
    feature = decks.features.draw() if bad is None else "plain"
    if plan == "one_page" and feature in ("huge_nav", "meta_refresh"):
        feature = "plain"
    domain = _domain(business, language, rng, taken)
    family, secure = _family(plan, feature, bad, decks, rng), feature != "insecure"
    host = domain if rng.random() < 0.4 else f"www.{domain}"
    group = rng.choice(GROUPS).domain if plan.startswith("group") else None
    agency = decks.agencies.draw()
    maker = None if agency == "none" else rng.choice(AGENCIES)
    shown = _company_addresses(plan, business, domain, group, language, decks, rng)
    if family == "app":
        shown = tuple(replace(one, method=decks.scripted.draw()) for one in shown)
    pages = _pages(plan, shown, rng)
    moved_from = _older_domain(domain, taken) if feature == "moved" else None
    site = Site(
        domain=domain,
        host=host,
        url=_map_url(host, domain, moved_from, rng, secure=secure),
        business=business,
        seed=seed,
        language=language,
        family=family,
        charset=decks.charsets.draw() if family in ANY_CHARSET else "utf-8",
        shown=(*shown, *_strangers(maker.mail if maker and agency == "mail" else None, pages, rng)),
        pages=pages,
        bad=bad,
        secure=secure,
        tls=TLS.get(bad, "good") if bad else "good",
        unknown=_unknown(feature),
        agency=maker.domain if maker else None,
        group=group,
        moved_from=moved_from,
        one_page=plan == "one_page",
        meta_refresh=feature == "meta_refresh",
        huge_nav=feature == "huge_nav",
        traps=rng.random() < 0.35,
        sitemap=feature != "no_sitemap" or plan == "sitemap_only",
        contact_unlinked=plan == "sitemap_only",
        contact_disallowed=plan == "robots_disallowed",
    )
    return _furnished(site, decks)


def _furnished(site: Site, decks: _Decks) -> Site:
    """The site with its technologies, its kind of legal page, its prices, its numbers."""
    # What nobody can read is not dealt, so that the readable sites hold every case.
    unread = site.bad is not None or site.js_only
    dealt = PLAIN if unread else decks.facts.deal(site.pages)
    # Readers of addresses need not come to a page of conditions.
    if dealt.notice == "terms" and any(one.page == "legal" and one.owner in COMPANY for one in site.shown):
        dealt = replace(dealt, notice="labels")
    return replace(
        site,
        stack=NOTHING if site.bad else decks.stacks.deal(site.family),
        legal="plain" if site.bad else decks.legal.draw(),
        prices=decks.prices.draw(),
        shy=decks.shy.draw(),
        facts=dealt,
    )


def _company_addresses(
    plan: str,
    business: Business,
    domain: str,
    group: str | None,
    language: Language,
    decks: _Decks,
    rng: random.Random,
) -> tuple[Shown, ...]:
    return shown_by(
        plan,
        business,
        domain=domain,
        group=group or "",
        provider=decks.providers.draw(),
        language=language,
        methods=decks.methods,
        rng=rng,
    )


def _listing(seed: str, business: Business, rng: random.Random) -> Site:
    """A business whose website on the map is its page in a directory."""
    host = rng.choice(DIRECTORIES)
    city, trade = slug(business.commune.name), slug(business.category.label)
    return Site(
        domain=host.removeprefix("www."),
        host=host,
        url=f"https://{host}/{trade}/{city}/{slug(business.name)}",
        business=business,
        seed=seed,
        language="fr",
        family="landing",
        charset="utf-8",
        shown=(),
        pages=("home",),
        bad="directory",
    )


def _family(plan: str, feature: str, bad: BadKind | None, decks: _Decks, rng: random.Random) -> Family:
    if bad is not None:
        return "wordpress" if bad == "huge" else rng.choice(PLAIN_FAMILIES)
    # An entrance page and anchors belong to sites made by hand.
    if feature == "meta_refresh":
        return "table"
    return "agency" if plan == "one_page" else decks.families.draw()


def _domain(business: Business, language: Language, rng: random.Random, taken: set[str]) -> str:
    ending = rng.choice(ENDINGS[language])
    name = slug(business.name)
    city = slug(business.commune.name)
    candidates = [name, name.replace("-", ""), f"{name}-{city}"]
    rng.shuffle(candidates)
    candidates += [f"{name}-{city}-{number}" for number in range(2, 200)]
    domain = next(one for one in (f"{label}.{ending}" for label in candidates) if one not in taken)
    taken.add(domain)
    return domain


def _older_domain(domain: str, taken: set[str]) -> str:
    label = domain.partition(".")[0]
    older = next(one for one in (f"{label}.{ending}" for ending in ("org", "info", "biz")) if one not in taken)
    taken.add(older)
    return older


def _pages(plan: str, shown: tuple[Shown, ...], rng: random.Random) -> tuple[PageKind, ...]:
    if plan == "one_page":
        return ("home",)
    needed = {one.page for one in shown}
    pages: list[PageKind] = ["home", "services"]
    if rng.random() < 0.4:
        pages.append("prices")
    if "team" in needed or rng.random() < 0.3:
        pages.append("team")
    if rng.random() < 0.3:
        pages.append("news")
    pages.append("contact")
    if "legal" in needed or rng.random() < 0.8:
        pages.append("legal")
    return tuple(pages)


def _strangers(agency_mail: str | None, pages: tuple[PageKind, ...], rng: random.Random) -> list[Shown]:
    """Addresses on the site that belong to others."""
    found: list[Shown] = []
    if agency_mail:
        found.append(Shown(agency_mail, "agency", None, rng.choice(("mailto", "text"))))
    if "legal" in pages and rng.random() < 0.7:
        found.append(Shown(rng.choice(HOSTS).mail, "host", "legal", rng.choice(("mailto", "text", "brackets"))))
    if "legal" in pages and rng.random() < 0.2:
        found.append(Shown(MEDIATOR.mail, "mediator", "legal", "mailto"))
    return found


def _map_url(host: str, domain: str, moved_from: str | None, rng: random.Random, *, secure: bool) -> str:
    """What the map says: often the canonical address, sometimes one that leads there."""
    scheme = "https" if secure else "http"
    if moved_from:
        return f"{scheme}://{moved_from}/"
    other = domain if host != domain else f"www.{domain}"
    return rng.choice((f"{scheme}://{host}/", f"{scheme}://{host}/", f"http://{host}", f"{scheme}://{other}/"))


def _unknown(feature: str) -> Unknown:
    answers: dict[str, Unknown] = {"soft_404": "soft_404", "unknown_home": "home"}
    return answers.get(feature, "404")
