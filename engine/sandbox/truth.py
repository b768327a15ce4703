"""What is true in the invented world: the value of every column that a right run finds.

Ranking of addresses (CONTRACT C-437): own domain, then declared group, then free provider; a person before a role; the
contact page before the legal page before home; then the alphabet.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.sandbox.mailboxes import EmailStatus, verdict
from engine.sandbox.places import Place
from engine.sandbox.sites.bad import DIRECTORIES
from engine.sandbox.sites.paths import page_paths
from engine.sandbox.sites.site import COMPANY, BadKind, Owner, Shown, Site
from engine.sandbox.world import World
from engine.sandbox.zone import SPECIAL

Alive = Literal["open", "closed", "uncertain"]
OWNERS: tuple[Owner, ...] = ("own", "group", "free")
PAGES = ("contact", "legal", "home")
PERSON = re.compile(r"[a-z]+\.[a-z]+@")
CMS = {"wordpress": "wordpress", "builder": "wix", "shop": "shopify"}

# `closed` needs hard proof: gone, parked, resold, suspended (FIELD, dead_check).
ALIVE: dict[BadKind, tuple[Alive, ...]] = {
    "parked_nameserver": ("closed",),
    "parked_phrase": ("closed",),
    "resold": ("closed",),
    "suspended": ("closed",),
    "nxdomain": ("closed",),
    "slow": ("open", "uncertain"),
    "huge": ("open",),
    "bomb": ("uncertain", "open"),
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class ShownTruth(_Model):
    """One address as it stands on a site. `url` is the page; a footer's address stands on every page."""

    address: str
    owner: str
    page: str
    url: str
    method: str
    hidden: bool  # robots.txt forbids the page


class SiteTruth(_Model):
    """`site_web` as the map gives it. `addresses` are all of the company's that may be read, best first."""

    site_web: str
    host: str
    kind: str  # 'healthy' or the kind of the fault
    site_alive: Alive
    alive_allowed: tuple[Alive, ...]
    email: str | None
    email_personal: str | None
    addresses: tuple[str, ...]
    foreign: tuple[str, ...]  # addresses of others that stand on the site
    shown: tuple[ShownTruth, ...]
    family: str
    language: str
    charset: str
    tech_cms: str | None


class PlaceTruth(_Model):
    """One place in scrap's columns. `zone` is its commune; `words` are the folded words that find it."""

    place_id: str
    nom: str
    site_web: str | None
    telephone: str
    adresse: str
    rue: str
    ville: str
    code_postal: str
    categorie: str
    note: float | None
    nb_avis: int | None
    lien_google_maps: str
    horaires: tuple[str, ...]
    lat: float
    lon: float
    zone: str
    statut: str
    words: tuple[str, ...]


class AddressTruth(_Model):
    """What a right verification says. Any of `allowed` isn't wrong; `cause` names the server's temper or mailbox."""

    email_status: EmailStatus
    allowed: tuple[EmailStatus, ...]
    cause: str


class Truth(_Model):
    """The whole truth. `addresses` by address, lower case; `names` are the misbehaving DNS names by what they do."""

    seed: int
    sites: tuple[SiteTruth, ...]
    places: tuple[PlaceTruth, ...]
    addresses: dict[str, AddressTruth]
    names: dict[str, str]
    directories: tuple[str, ...]

    def site(self, site_web: str) -> SiteTruth:
        """The site behind this address of the map. Raises KeyError when there is none."""
        for one in self.sites:
            if one.site_web == site_web:
                return one
        raise KeyError(site_web)

    def place(self, place_id: str) -> PlaceTruth:
        """Raises KeyError when there is none."""
        for one in self.places:
            if one.place_id == place_id:
                return one
        raise KeyError(place_id)

    def of_kind(self, kind: str) -> tuple[SiteTruth, ...]:
        """The sites of one kind: 'healthy', or the name of a fault."""
        return tuple(one for one in self.sites if one.kind == kind)


def read_truth(path: Path) -> Truth:
    """The truth that a running sandbox wrote."""
    return Truth.model_validate_json(path.read_bytes())


def truth_of(world: World) -> Truth:
    """The truth of a world."""
    return Truth(
        seed=world.seed,
        sites=tuple(_site(site) for site in world.sites),
        places=tuple(_place(place) for place in world.places),
        addresses=_addresses(world),
        names=SPECIAL,
        directories=DIRECTORIES,
    )


def _site(site: Site) -> SiteTruth:
    company = [one for one in site.shown if one.owner in COMPANY]
    ranked = sorted((one for one in company if not one.hidden), key=lambda one: _rank(one, site))
    addresses = tuple(dict.fromkeys(one.address for one in ranked))
    best = addresses[0] if addresses else None
    allowed: tuple[Alive, ...] = ("open",) if site.bad is None else ALIVE.get(site.bad, ("uncertain",))
    return SiteTruth(
        site_web=site.url,
        host=site.host,
        kind=site.bad or "healthy",
        site_alive=allowed[0],
        alive_allowed=allowed,
        email=best,
        email_personal=best if best and PERSON.match(best) else None,
        addresses=addresses,
        foreign=tuple(one.address for one in site.shown if one.owner not in COMPANY),
        shown=tuple(_shown(one, site) for one in site.shown),
        family=site.family,
        language=site.language,
        charset=site.charset,
        tech_cms=CMS.get(site.family) if site.bad is None else None,
    )


def _rank(one: Shown, site: Site) -> tuple[int, bool, int, str]:
    page = "home" if site.one_page else one.page or "contact"
    place = PAGES.index(page) if page in PAGES else len(PAGES)
    return OWNERS.index(one.owner), PERSON.match(one.address) is None, place, one.address


def _shown(one: Shown, site: Site) -> ShownTruth:
    page = "home" if site.one_page or one.page is None else one.page
    return ShownTruth(
        address=one.address,
        owner=one.owner,
        page=one.page or "footer",
        url=f"{site.root}{page_paths(site)[page]}",
        method=one.method,
        hidden=one.hidden,
    )


def _place(place: Place) -> PlaceTruth:
    business, commune = place.business, place.business.commune
    return PlaceTruth(
        place_id=place.id,
        nom=business.name,
        site_web=place.website,
        telephone=business.phone,
        adresse=business.address,
        rue=business.street,
        ville=commune.name,
        code_postal=commune.postal_code,
        categorie=business.category.label,
        note=place.rating,
        nb_avis=None if place.rating is None else place.reviews,
        lien_google_maps=place.link,
        horaires=place.hours,
        lat=business.latitude,
        lon=business.longitude,
        zone=commune.name,
        statut=place.status,
        words=place.words,
    )


def _addresses(world: World) -> dict[str, AddressTruth]:
    found: dict[str, AddressTruth] = {}
    for domain in world.mail_domains.values():
        for local in domain.mailboxes:
            right = verdict(domain, local)
            found[f"{local}@{domain.name}"] = AddressTruth(
                email_status=right.status, allowed=right.allowed, cause=right.cause
            )
    return found
