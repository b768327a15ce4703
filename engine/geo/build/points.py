"""Where each commune lies: GeoNames' place of that name, else the middle of its postal code."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from engine.geo.build.commune import Commune, Point, distance_km
from engine.geo.build.geonames import City
from engine.geo.names import fold

# GeoNames gives each overseas territory a country code of its own.
OVERSEAS = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976",
    "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
SCATTERED = ("975", "977", "978", "986", "987", "988")  # islands: the middle of two of them is the sea
FAR_KM = 30.0  # a namesake this far from its postal code's other communes is another village
SAME_KM = 2.0
FAR_IN_DEPARTEMENT_KM = 130.0
PARIS_QUARTERS = (
    "louvre", "bourse", "temple", "hotel de ville", "pantheon", "luxembourg", "palais bourbon", "elysee", "opera",
    "entrepot", "popincourt", "reuilly", "gobelins", "observatoire", "vaugirard", "passy", "batignolles monceau",
    "buttes montmartre", "buttes chaumont", "menilmontant",
)  # fmt: skip

Key = tuple[str, str]  # region or overseas departement, folded name


@dataclass(slots=True)
class Gazetteer:
    """GeoNames' places in France, the largest first under each name."""

    official: dict[Key, list[City]] = field(default_factory=lambda: defaultdict(list))
    other: dict[Key, list[City]] = field(default_factory=lambda: defaultdict(list))


def place(
    communes: Sequence[Commune], cities: Sequence[City], *, known: Mapping[str, Point], former: Mapping[str, list[str]]
) -> None:
    """Give each commune its point: GeoNames' of that code or name, else (approximate) the middle of its postal code.

    By code of commune: `known` are GeoNames' points, `former` the folded names of the communes it has absorbed.
    """
    for commune in communes:
        if commune.code in known:
            latitude, longitude = known[commune.code]
            commune.point = latitude, longitude
    gazetteer = _gazetteer(cities)
    _by_official_name(communes, gazetteer)
    _by_other_name(communes, gazetteer, former)
    middles = _middles(communes)
    for commune in communes:
        if commune.point is None:
            commune.approximate = True
            commune.point = _middle_of(commune, middles)
        if commune.point is None and commune.departement in SCATTERED:
            commune.point = _only_town(commune, communes, cities)


def _gazetteer(cities: Sequence[City]) -> Gazetteer:
    found = Gazetteer()
    for city in cities:
        area = OVERSEAS.get(city["countrycode"]) or (city["admin1code"] if city["countrycode"] == "FR" else None)
        if area:
            found.official[area, fold(city["name"])].append(city)
            for name in {fold(name) for name in city["alternatenames"]}:
                found.other[area, name].append(city)
    return found


def _by_official_name(communes: Sequence[Commune], gazetteer: Gazetteer) -> None:
    namesakes: dict[Key, list[Commune]] = defaultdict(list)
    for commune in communes:
        key = next((key for key in _own_keys(commune) if key in gazetteer.official), None)
        if key:
            namesakes[key].append(commune)
    for key, group in namesakes.items():
        if len(group) == 1:
            group[0].point = group[0].point or _point(gazetteer.official[key][0])
    _drop_misplaced(communes)
    middles = _middles(communes)
    for key, group in namesakes.items():
        placed = [commune.point for commune in group if commune.point]
        free = [city for city in gazetteer.official[key] if all(distance_km(_point(city), p) > SAME_KM for p in placed)]
        _share_out([commune for commune in group if commune.point is None], free, middles)


def _area(commune: Commune) -> str:
    return commune.departement if commune.departement in OVERSEAS.values() else commune.region


def _own_keys(commune: Commune) -> list[Key]:
    names = [fold(commune.name)]
    if commune.parent:
        city, number = names[0].split()[0], int("".join(filter(str.isdigit, names[0])))
        names += [f"{city} {number:02}"]
        names += [f"{city} {number:02} {quarter}" for quarter in PARIS_QUARTERS[number - 1 : number]]
    return [(_area(commune), name) for name in names]


def _point(city: City) -> Point:
    return city["latitude"], city["longitude"]


def _drop_misplaced(communes: Sequence[Commune]) -> None:
    """Take back points that lie in another corner of the region than the commune's departement and postal code."""
    middles = _middles(communes)
    for commune in communes:
        if commune.point is None or len(commune.departement) > 2:
            continue
        near = [middles[code] for code in commune.postal_codes if code in middles]
        too_far = distance_km(commune.point, middles[commune.departement]) > FAR_IN_DEPARTEMENT_KM
        if too_far or (near and min(distance_km(commune.point, middle) for middle in near) > FAR_KM):
            commune.point = None


def _share_out(group: Sequence[Commune], cities: Sequence[City], middles: Mapping[str, Point]) -> None:
    """Give namesakes of one region the nearest of the points with their name, each point once."""
    pairs = sorted(
        (distance_km(_point(city), middle), commune.code, number)
        for commune in group
        for number, city in enumerate(cities)
        if (middle := _middle_of(commune, middles))
    )
    open_communes, taken = {commune.code: commune for commune in group}, set[int]()
    for distance, code, number in pairs:
        if distance < FAR_KM and code in open_communes and number not in taken:
            open_communes.pop(code).point = _point(cities[number])
            taken.add(number)


def _by_other_name(communes: Sequence[Commune], gazetteer: Gazetteer, former: Mapping[str, list[str]]) -> None:
    """Other spellings, the names of absorbed communes, the beginning of a compound name: if near enough and free."""
    middles = _middles(communes)
    taken = {commune.point for commune in communes}
    for commune in communes:
        middle = _middle_of(commune, middles) if commune.point is None else None
        for key in _other_keys(commune, former.get(commune.code, [])) if middle else ():
            found = (_point(city) for city in gazetteer.official.get(key, []) + gazetteer.other.get(key, []))
            commune.point = next((p for p in found if p not in taken and distance_km(p, middle or p) < FAR_KM), None)
            if commune.point:
                taken.add(commune.point)
                break


def _other_keys(commune: Commune, former: Sequence[str]) -> Iterator[Key]:
    area, name = _area(commune), fold(commune.name)
    yield area, name
    for other in (name.removeprefix("le ").removeprefix("la ").removeprefix("les "), *former):
        yield area, other
    words = name.split()
    for count in range(len(words) - 1, 1 if words[0] in ("saint", "sainte", "le", "la") else 0, -1):
        yield area, " ".join(words[:count])


def _middle_of(commune: Commune, middles: Mapping[str, Point]) -> Point | None:
    keys = list(commune.postal_codes)
    if commune.departement not in SCATTERED:
        keys += [*(code[:4] for code in commune.postal_codes), commune.departement]
    return next((middles[key] for key in keys if key in middles), None)


def _middles(communes: Sequence[Commune]) -> dict[str, Point]:
    """The median point of each postal code, of its first four digits, and of each departement."""
    points: dict[str, list[Point]] = defaultdict(list)
    for commune in communes:
        if commune.point:
            for key in {*commune.postal_codes, *(code[:4] for code in commune.postal_codes), commune.departement}:
                points[key].append(commune.point)
    return {key: (median(p[0] for p in found), median(p[1] for p in found)) for key, found in points.items()}


def _only_town(commune: Commune, communes: Sequence[Commune], cities: Sequence[City]) -> Point | None:
    """The main town of a territory that is one commune."""
    if sum(other.departement == commune.departement for other in communes) > 1:
        return None
    return next((_point(city) for city in cities if OVERSEAS.get(city["countrycode"]) == commune.departement), None)
