"""What is true in the invented world: the value of every column that a right run finds.

Ranking of addresses (CONTRACT C-437): own domain, then declared group, then free provider; a person before a role; the
contact page before the legal page before home; then the alphabet.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict

from engine.sandbox.apis.maps_reviews import Reviewed, reviews_of
from engine.sandbox.apis.maps_search import known_words, wanted_words
from engine.sandbox.apis.maps_zones import ZONES, places_of_zone
from engine.sandbox.epochs import Changes, Epoch
from engine.sandbox.mailboxes import EmailStatus, verdict
from engine.sandbox.places import Place
from engine.sandbox.service_truth import ServiceTruth, service_truth
from engine.sandbox.site_columns import site_columns
from engine.sandbox.site_looks import look_columns
from engine.sandbox.sites.bad import DIRECTORIES
from engine.sandbox.sites.company_ids import company_ids
from engine.sandbox.sites.paths import page_paths
from engine.sandbox.sites.phones import own_number
from engine.sandbox.sites.prices import pricing
from engine.sandbox.sites.site import COMPANY, BadKind, Family, Owner, Shown, Site
from engine.sandbox.sites.socials import socials
from engine.sandbox.world import World
from engine.sandbox.zone import SPECIAL

Alive = Literal["open", "closed", "uncertain"]
Bounds: TypeAlias = tuple[float, float, float, float]  # south, west, north, east
OWNERS: tuple[Owner, ...] = ("own", "group", "free")
PAGES = ("contact", "legal", "home")
PERSON = re.compile(r"[a-z]+\.[a-z]+@")
# The product behind each layout; hand-made pages and frameworks are none.
_NAMED: tuple[Family, ...] = ("wordpress", "webflow", "squarespace", "prestashop", "joomla", "drupal", "jimdo")
CMS: dict[Family, str] = {
    **{one: str(one) for one in (*_NAMED, "typo3", "spip", "e_monsite")},
    "wordpress_block": "wordpress",
    "builder": "wix",
    "shop": "shopify",
}

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
    # The registry says that nobody renewed the name.
    "expired": ("closed",),
    "expired_busy": ("closed",),
    "expiring_soon": ("open",),
    # What came before the fault is a page like any other.
    "hang_in_body": ("uncertain", "open"),
    "drip": ("uncertain", "open"),
    "length_too_long": ("uncertain", "open"),
    "length_too_short": ("open", "uncertain"),
    "bad_chunks": ("uncertain", "open"),
    "bomb_deflate": ("uncertain", "open"),
    "bomb_brotli": ("uncertain", "open"),
    "wrong_charset": ("open",),
    "rebinding": ("uncertain", "open"),
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
    """`site_web` as the map gives it. `addresses` are all of the company's that may be read, best first.

    `email`, `email_personal` and `addresses` are what a browser shows: what the mode `deep` finds. `email_normal` and
    `addresses_normal` are what a reader without JavaScript finds. The columns `tech_*` are those of techstack, for
    healthy sites; None: nothing installed.
    """

    site_web: str
    host: str
    kind: str  # 'healthy' or the kind of the fault
    site_alive: Alive
    alive_allowed: tuple[Alive, ...]
    email: str | None
    email_personal: str | None
    email_normal: str | None
    addresses: tuple[str, ...]
    addresses_normal: tuple[str, ...]
    foreign: tuple[str, ...]  # addresses of others that stand on the site
    shown: tuple[ShownTruth, ...]
    family: str
    language: str
    charset: str
    js_only: bool
    tech_cms: str | None
    tech_analytics: str | None  # slugs in alphabetical order, joined by ', '
    tech_ads_pixels: str | None
    consent: tuple[str, ...]
    tag_manager: bool
    lure: str  # what looks installed and is not; '' for none
    siren: str | None
    siret: str | None
    tva_intra: str | None
    telephone: str | None  # the map's number in E.164, where the pages show it to a reader without JavaScript
    socials: dict[str, str]  # network -> canonical profile address
    pricing_min: float | None  # of the prices page, in its currency
    pricing_max: float | None
    # What a right run writes into the columns of the other site modules; a column that is left out has no single right
    # answer on this site and isn't scored. Of broken sites: none.
    columns: dict[str, str | float | bool | None] = {}


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
    osm: str | None  # 'node/123' where OpenStreetMap holds it as a named business


class ReviewTruth(_Model):
    """One review as the map's page shows it. `stars` 1 to 5, an aggregator's out of ten; `moment` UTC; `text` is the
    original; `source` 'Google', or the aggregator."""

    id: str
    author: str
    stars: float
    moment: datetime
    text: str | None
    reply: str | None
    source: str


class Area(Protocol):
    """A part of the map."""

    def contains(self, latitude: float, longitude: float) -> bool: ...


class EpochTruth(_Model):
    """What is different from the epoch before. `told` are the places that are new or differ, as they now are."""

    changes: Changes
    told: tuple[PlaceTruth, ...]


class AddressTruth(_Model):
    """What a right verification says. Any of `allowed` isn't wrong; `cause` names the server's temper or mailbox."""

    email_status: EmailStatus
    allowed: tuple[EmailStatus, ...]
    cause: str


class Truth(ServiceTruth):
    """The whole truth. `addresses` by address, lower case; `names` are the misbehaving DNS names by what they do."""

    seed: int
    sites: tuple[SiteTruth, ...]
    special_sites: tuple[SiteTruth, ...]  # one of each SpecialKind, on no map
    places: tuple[PlaceTruth, ...]  # of epoch 0
    epochs: tuple[EpochTruth, ...]  # from epoch 1
    addresses: dict[str, AddressTruth]
    names: dict[str, str]
    directories: tuple[str, ...]

    def site(self, site_web: str) -> SiteTruth:
        """The site behind this address of the map. Raises KeyError when there is none."""
        for one in (*self.sites, *self.special_sites):
            if one.site_web == site_web:
                return one
        raise KeyError(site_web)

    def place(self, place_id: str) -> PlaceTruth:
        """Raises KeyError when there is none."""
        for one in self.places:
            if one.place_id == place_id:
                return one
        raise KeyError(place_id)

    def changes(self, epoch: int) -> Changes:
        """The ids of the places that this epoch changed, against the one before; none in epoch 0.

        Raises IndexError: there is no such epoch.
        """
        return self.epochs[epoch - 1].changes if epoch else Changes()

    def places_at(self, epoch: int) -> dict[str, PlaceTruth]:
        """The places that there are in this epoch, by id. Raises IndexError, as `changes` does: there is none such."""
        found = {one.place_id: one for one in self.places}
        for step in (self.epochs[number] for number in range(epoch)):
            found |= {one.place_id: one for one in step.told}
            for place_id in step.changes.closed:
                del found[place_id]
        return found

    def maps_places(self, epoch: int = 0) -> dict[str, PlaceTruth]:
        """What Google Maps' own page knows, by id: the places of this epoch and those of the page's zones.

        Raises IndexError: there is no such epoch.
        """
        of_zones = (_place(place) for zone in ZONES for place in places_of_zone(zone, self.seed))
        return self.places_at(epoch) | {one.place_id: one for one in of_zones}

    def maps(self, area: str | Area | Bounds, query: str, *, epoch: int = 0) -> set[str]:
        """The ids of the places in an area that a search without a town's name finds on Google Maps' own page.

        `area` is one of the page's zones by name, anything that contains points (the product's circles and zones do),
        or the bounds of a tile. Raises KeyError: no such zone; IndexError: no such epoch.
        """
        inside = {zone.name: zone.circle for zone in ZONES}[area] if isinstance(area, str) else area
        wanted = wanted_words(query)
        return {
            one.place_id
            for one in self.maps_places(epoch).values()
            if wanted <= known_words(one.words, one.nom) and _is_inside(inside, one)
        }

    def reviews(self, place_id: str, epoch: int = 0) -> tuple[ReviewTruth, ...]:
        """The reviews that Google Maps' own page shows of a place in this epoch, newest first; 60 at most, and an
        aggregator's. Raises KeyError, IndexError: there is no such place, epoch.
        """
        place = self.maps_places(epoch)[place_id]
        facts = Reviewed(place_id, place.note, place.nb_avis or 0, place.categorie)
        return tuple(ReviewTruth.model_validate(one, from_attributes=True) for one in reviews_of(facts))

    def of_kind(self, kind: str) -> tuple[SiteTruth, ...]:
        """The sites of one kind: 'healthy', or the name of a fault."""
        return tuple(one for one in (*self.sites, *self.special_sites) if one.kind == kind)


def read_truth(path: Path) -> Truth:
    """The truth that a running sandbox wrote."""
    return Truth.model_validate_json(path.read_bytes())


def truth_of(world: World) -> Truth:
    """The truth of a world."""
    return Truth(
        **dict(service_truth(world)),
        seed=world.seed,
        sites=tuple(_site(site) for site in world.sites),
        special_sites=tuple(_site(site) for site in world.special),
        places=tuple(_place(place) for place in world.places),
        epochs=tuple(_epoch(epoch) for epoch in world.epochs[1:]),
        addresses=_addresses(world),
        names=SPECIAL,
        directories=DIRECTORIES,
    )


def _is_inside(area: Area | Bounds, place: PlaceTruth) -> bool:
    if not isinstance(area, tuple):
        return area.contains(place.lat, place.lon)
    south, west, north, east = area
    return south <= place.lat <= north and west <= place.lon <= east


def _site(site: Site) -> SiteTruth:
    company = [one for one in site.shown if one.owner in COMPANY]
    ranked = sorted((one for one in company if not one.hidden), key=lambda one: _rank(one, site))
    addresses = tuple(dict.fromkeys(one.address for one in ranked))
    best = addresses[0] if addresses else None
    numbers = company_ids(site)
    prices = pricing(site)
    allowed: tuple[Alive, ...] = ("open",) if site.bad is None else ALIVE.get(site.bad, ("uncertain",))
    return SiteTruth(
        site_web=site.url,
        host=site.host,
        kind=site.bad or "healthy",
        site_alive=allowed[0],
        alive_allowed=allowed,
        email=best,
        email_personal=best if best and PERSON.match(best) else None,
        email_normal=None if site.js_only else best,
        addresses=addresses,
        addresses_normal=() if site.js_only else addresses,
        foreign=tuple(one.address for one in site.shown if one.owner not in COMPANY),
        shown=tuple(_shown(one, site) for one in site.shown),
        family=site.family,
        language=site.language,
        charset=site.charset,
        js_only=site.js_only,
        tech_cms=CMS.get(site.family) if site.bad is None else None,
        tech_analytics=_joined(site.stack.analytics),
        tech_ads_pixels=_joined(site.stack.pixels),
        consent=(site.stack.consent,) if site.stack.consent else (),
        tag_manager=site.stack.tag_manager,
        lure=site.stack.lure,
        siren=numbers.siren,
        siret=numbers.siret,
        tva_intra=numbers.tva_intra,
        telephone=None if site.bad or site.js_only else own_number(site.business),
        socials=socials(site),
        pricing_min=prices.low,
        pricing_max=prices.high,
        columns={**look_columns(site), **site_columns(site)},
    )


def _joined(slugs: tuple[str, ...]) -> str | None:
    return ", ".join(sorted(slugs)) or None


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
        osm=place.osm_ref,
    )


def _epoch(epoch: Epoch) -> EpochTruth:
    changes = epoch.changes
    told = {*changes.opened, *changes.lost_stars, *changes.gained_reviews, *changes.changed_phone}
    return EpochTruth(changes=changes, told=tuple(_place(place) for place in epoch.places if place.id in told))


def _addresses(world: World) -> dict[str, AddressTruth]:
    found: dict[str, AddressTruth] = {}
    for domain in world.mail_domains.values():
        for local in domain.mailboxes:
            right = verdict(domain, local)
            found[f"{local}@{domain.name}"] = AddressTruth(
                email_status=right.status, allowed=right.allowed, cause=right.cause
            )
    return found
