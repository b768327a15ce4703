"""Which marketing vendors a site uses, and as what: advertising, retargeting, CRM, chat, consent. Pure.

Vendors are read from TOML. A table is one vendor; its key is the slug that columns hold. `name` is required; a role may
follow for each thing that the vendor does on a site, with the slugs of the technologies that show it. An address on one
of its `domains` that a published filter list names shows it, too: in all its roles, or in those of `listed`. The roles:

    pixel        advertising is bought there, and the site tells it who came
    retargeting  likewise, to show advertisements again to those who came
    network      fills the site's own advertising space
    crm          knows contacts: CRM, e-mail marketing, marketing automation
    chat, consent, analytics, cdp (customer data), affiliate
    container    loads what the page does not show
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, cast, get_args

from engine.extract.technologies.evidence import Evidence
from engine.extract.technologies.matcher import Matcher, Proof
from engine.extract.technologies.table import CERTAIN, BadSignature, Place, Technology, read_technologies
from engine.network.types import Page
from engine.rows.sites import registrable_domain

Role = Literal[
    "pixel", "retargeting", "network", "crm", "chat", "consent", "analytics", "cdp", "affiliate", "container"
]
Loaded = Literal["script", "image", "sub_frame", "other"]

ROLES: tuple[Role, ...] = get_args(Role)
VENDORS_FILE = "vendors.toml"
SIGNATURES_FOLDER = "signatures"
LOADED: Mapping[Place, Loaded] = {"script": "script", "image": "image", "frame": "sub_frame"}
ADDRESSES_MAX = 200  # of a page that are held against the lists
ADDRESS_MAX = 500  # characters; a longer one costs the lists' own reader milliseconds
SHOWN_MAX = 120  # characters of an address that is kept as evidence
PROOFS_MAX = 3
_FACTS = frozenset(("name", "domains", "listed"))


class Lists(Protocol):
    """What is used of `engine.reach.FilterLists`."""

    @property
    def installed(self) -> bool: ...

    def is_blocked(self, url: str, *, page: str, kind: Loaded) -> bool: ...


@dataclass(frozen=True, slots=True)
class Vendor:
    """`roles`: what it does, and the technologies that show it. `listed`: what a listed address on `domains` shows."""

    slug: str
    name: str
    roles: Mapping[Role, tuple[str, ...]]
    domains: tuple[str, ...]
    listed: tuple[Role, ...]


@dataclass(slots=True)
class Sighting:
    """One vendor in one role. `weight` adds up its signs without a limit."""

    vendor: Vendor
    role: Role
    weight: int = 0
    proofs: list[Proof] = field(default_factory=list[Proof])

    @property
    def confidence(self) -> int:
        """In percent."""
        return min(CERTAIN, self.weight)

    def add(self, weight: int, proofs: Sequence[Proof]) -> None:
        self.weight += weight
        self.proofs += [proof for proof in proofs if proof not in self.proofs][: PROOFS_MAX - len(self.proofs)]


@dataclass(frozen=True, slots=True)
class Marketing:
    """What a site shows, by vendor, then role. `unnamed`: domains that a list names and no table of ours does."""

    sightings: tuple[Sighting, ...] = ()
    listed: int = 0  # addresses of others that a list names
    unnamed: tuple[str, ...] = ()

    def vendors(self, *roles: Role) -> list[str]:
        """The slugs of those in any of these roles, in alphabetical order."""
        return sorted({sighting.vendor.slug for sighting in self.sightings if sighting.role in roles})

    def surest(self, role: Role) -> str | None:
        """The slug of the one with the most signs in this role, the first by the alphabet among equals."""
        found = [sighting for sighting in self.sightings if sighting.role == role]
        best = min(found, key=lambda sighting: (-sighting.weight, sighting.vendor.slug), default=None)
        return best.vendor.slug if best else None


class Vendors:
    """All vendors with their signatures, compiled. Shared freely: it keeps no state of a page.

    `shown_by`: slug of a technology -> the vendors and roles that it shows.
    """

    def __init__(self, vendors: Mapping[str, Vendor], technologies: Mapping[str, Technology]) -> None:
        self.vendors = vendors
        self.shown_by: dict[str, list[tuple[Vendor, Role]]] = {}
        for vendor in vendors.values():
            for role, slugs in vendor.roles.items():
                for slug in slugs:
                    self.shown_by.setdefault(slug, []).append((vendor, role))
        if unknown := sorted(self.shown_by.keys() - technologies.keys()):
            raise BadSignature(f"vendors are shown by {', '.join(unknown)}, which no table of signatures declares")
        self._matcher = Matcher({slug: _alone(technologies[slug], self.shown_by) for slug in self.shown_by})
        self._domains = {domain: vendor for vendor in vendors.values() for domain in vendor.domains}
        self._known = frozenset(domain for technology in technologies.values() for domain in _domains_of(technology))

    def find(self, pages: Sequence[Page], lists: Lists) -> Marketing:
        """What the pages of one site show. Never raises, whatever the pages."""
        evidence = [Evidence(page) for page in pages]
        found: dict[tuple[str, Role], Sighting] = {}
        for finding in self._matcher.detect(evidence):
            for vendor, role in self.shown_by[finding.technology.slug]:
                _sighting(found, vendor, role).add(finding.weight, finding.proofs)
        listed = list(dict.fromkeys(url for one in evidence for url in _listed(one, lists)))
        unnamed: dict[str, None] = {}
        for url in listed:
            domain = registrable_domain(url)
            if vendor := self._domains.get(domain):
                for role in vendor.listed:
                    _sighting(found, vendor, role).add(CERTAIN, [Proof("filter_list", url[:SHOWN_MAX])])
            elif domain not in self._known:
                unnamed[domain] = None
        return Marketing(tuple(found[key] for key in sorted(found)), len(listed), tuple(unnamed))


def read_vendors(file: Path) -> dict[str, Vendor]:
    """The vendors of a file, by slug.

    Raises:
        BadSignature, tomllib.TOMLDecodeError: the first fault found.
    """
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {slug: _vendor(slug, table) for slug, table in tables.items()}


@cache
def vendors_of(marketing: Path, technologies: Path) -> Vendors:
    """The vendors of a folder, with its own signatures and those of the technologies; compiled on the first use."""
    signatures = read_technologies(marketing / SIGNATURES_FOLDER)
    known = read_technologies(technologies)
    if twice := sorted(signatures.keys() & known.keys()):
        raise BadSignature(f"{', '.join(twice)} stands in both tables of signatures; keep one of the two")
    return Vendors(read_vendors(marketing / VENDORS_FILE), {**known, **signatures})


def _vendor(slug: str, table: Mapping[str, Any]) -> Vendor:
    named = [key for key in table if key not in _FACTS]
    listed = table.get("listed", named)
    if unknown := [key for key in (*named, *listed) if key not in ROLES]:
        raise BadSignature(f"{slug} has the role {unknown[0]}; expected one of {', '.join(ROLES)}")
    if not listed:
        raise BadSignature(f"{slug} has no role; add one of {', '.join(ROLES)}")
    roles: dict[Role, tuple[str, ...]] = {cast("Role", key): tuple(table[key]) for key in named}
    return Vendor(slug, table["name"], roles, tuple(table.get("domains", ())), tuple(listed))


def _alone(technology: Technology, kept: Mapping[str, object]) -> Technology:
    """A technology that implies only what is looked for, too."""
    return replace(technology, implies=tuple(slug for slug in technology.implies if slug in kept))


def _domains_of(technology: Technology) -> Iterator[str]:
    """The registrable domains in the addresses that show a technology."""
    for pattern in technology.patterns:
        if pattern.literal and pattern.place != "dom":
            yield registrable_domain(pattern.literal.strip("./").partition("/")[0])


def _sighting(found: dict[tuple[str, Role], Sighting], vendor: Vendor, role: Role) -> Sighting:
    return found.setdefault((vendor.slug, role), Sighting(vendor, role))


def _listed(evidence: Evidence, lists: Lists) -> Iterator[str]:
    """The addresses of others that a page loads and a list names, at most so many looked at."""
    if not lists.installed:
        return
    left = ADDRESSES_MAX
    for place, kind in LOADED.items():
        text = evidence.texts.get(place)
        for written in text.whole.split("\n") if text else ():
            url = f"https:{written}" if written.startswith("//") else written
            if left and _is_asked(url) and not evidence.is_own(url):
                left -= 1
                if lists.is_blocked(url, page=evidence.page.final_url, kind=kind):
                    yield url


def _is_asked(url: str) -> bool:
    """Whether an address names a file on a host, in a form that the lists are written for."""
    scheme, _, rest = url.partition("//")
    return scheme in ("https:", "http:") and bool(rest.partition("/")[2]) and len(url) <= ADDRESS_MAX and url.isascii()
