"""The places of the invented map: each business with its site, some without, some that share one."""

import base64
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.sandbox.business import Business, invent
from engine.sandbox.categories import RESTAURANT
from engine.sandbox.communes import LYON
from engine.sandbox.sites.site import Site

BusinessStatus = Literal["OPERATIONAL", "CLOSED_TEMPORARILY", "CLOSED_PERMANENTLY"]
OsmKind = Literal["node", "way", "relation"]
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
OPENINGS = ("09:00 – 12:00, 14:00 – 18:30", "08:30 – 19:00", "10:00 – 18:00", "12:00 – 14:00, 19:00 – 22:30")
# Around the middle of a zoom-13 tile of Lyon: more restaurants than one search lists, whatever the number of sites.
DENSE_QUARTER = replace(LYON, latitude=45.7522, longitude=4.8560)
DENSE_METRES = 700.0
DENSE_RESTAURANTS = 75
WITHOUT_SITE = 0.15  # of the number of sites
SHARED_SITES = 0.04
OSM_SHARE, OSM_NAMELESS = 216, 10  # of 256: places that OpenStreetMap has, and those of them without a name


@dataclass(frozen=True, slots=True)
class OsmMark:
    """Under which element OpenStreetMap holds a place; mappers leave some without a name."""

    kind: OsmKind
    number: int
    named: bool


@dataclass(frozen=True, slots=True)
class Place:
    """`words` are the folded words that find it; `hours` one line a day from Monday, empty when unknown."""

    id: str
    cid: int
    business: Business
    website: str | None
    rating: float | None
    reviews: int
    status: BusinessStatus
    hours: tuple[str, ...]
    words: tuple[str, ...]
    osm: OsmMark | None

    @property
    def osm_ref(self) -> str | None:
        """'node/123' of a business that OpenStreetMap knows by name; one closed for ever is none there any more."""
        if self.osm is None or not self.osm.named or self.status == "CLOSED_PERMANENTLY":
            return None
        return f"{self.osm.kind}/{self.osm.number}"

    @property
    def link(self) -> str:
        return f"https://maps.google.com/?cid={self.cid}"


def place_all(sites: Sequence[Site], seed: int) -> list[Place]:
    """Every place of the world, in the map's own order (by id)."""
    count = len(sites)
    places = [place_of(f"{site.seed} place", site.business, site.url) for site in sites]
    for index in range(round(count * WITHOUT_SITE)):
        rng = random.Random(f"{seed}/no-site/{index}")
        places.append(place_of(f"{seed}/no-site/{index} place", invent(rng), None))
    for index in range(DENSE_RESTAURANTS):
        rng = random.Random(f"{seed}/dense/{index}")
        business = invent(rng, category=RESTAURANT, commune=DENSE_QUARTER, spread_metres=DENSE_METRES)
        places.append(place_of(f"{seed}/dense/{index} place", business, None))
    branches = max(1, round(count * SHARED_SITES))
    places.extend(_branch(f"{seed}/branch/{index}", sites[index * 7 % count]) for index in range(branches))
    return sorted(places, key=lambda place: place.id)


def _branch(seed: str, site: Site) -> Place:
    """A second shop of the same house: another street and number, the same website."""
    first = site.business
    second = invent(random.Random(seed), category=first.category, commune=first.commune)
    name = f"{first.name} – {second.street.partition(' ')[2].capitalize()}"
    return place_of(f"{seed} place", replace(second, name=name, siren=first.siren), site.url)


def place_of(seed: str, business: Business, website: str | None) -> Place:
    """The place of a business: what the map knows of it is drawn from `seed`."""
    rng = random.Random(seed)
    digest = hashlib.sha256(seed.encode()).digest()
    second_trade = business.category.also if rng.random() < 0.34 else ()
    rated = rng.random() < 0.93
    return Place(
        id="ChIJ" + base64.urlsafe_b64encode(digest[:17]).decode().rstrip("="),
        cid=int.from_bytes(digest[20:28], "big"),
        business=business,
        website=website,
        rating=round(rng.triangular(2.4, 5.0, 4.5), 1) if rated else None,
        reviews=int(rng.paretovariate(0.8) * 4) % 2_400 if rated else 0,
        status=rng.choices(("OPERATIONAL", "CLOSED_TEMPORARILY", "CLOSED_PERMANENTLY"), (94, 3, 3))[0],
        hours=_hours(rng),
        words=(*business.category.words, *second_trade),
        osm=_osm(digest),
    )


def _osm(digest: bytes) -> OsmMark | None:
    """From the digest, not from chance: OpenStreetMap came into this world after its places."""
    share, shape, name = digest[28], digest[29], digest[30]
    if share >= OSM_SHARE:
        return None
    kind: OsmKind = "node" if shape < 190 else "way" if shape < 245 else "relation"
    number = int.from_bytes(digest[16:20], "big") % 3_000_000_000 + 7_000_000_000
    return OsmMark(kind, number if kind == "node" else number // 1_000, named=name >= OSM_NAMELESS)


def _hours(rng: random.Random) -> tuple[str, ...]:
    if rng.random() < 0.1:
        return ()
    opening, closed = rng.choice(OPENINGS), {rng.randrange(7), 6}
    return tuple(f"{day}: {'Fermé' if index in closed else opening}" for index, day in enumerate(DAYS))
