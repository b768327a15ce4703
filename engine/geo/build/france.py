"""Communes, arrondissements, postal codes, departements and regions of France, placed and measured."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from engine.geo.build.commune import Commune, Point
from engine.geo.build.geonames import City
from engine.geo.build.points import place
from engine.geo.build.radii import measure
from engine.geo.names import fold
from engine.geo.table import Names

PACKAGE = "node_modules/@etalab/decoupage-administratif/data"


class Entry(TypedDict):
    """One entry of communes.json, departements.json or regions.json."""

    code: str
    nom: str
    type: NotRequired[str]
    departement: NotRequired[str]
    region: NotRequired[str]
    population: NotRequired[int]
    codesPostaux: NotRequired[list[str]]
    chefLieu: NotRequired[str]  # of a former commune: the one it belongs to
    commune: NotRequired[str]  # of an arrondissement: its city


def france(sources: Path, cities: Sequence[City]) -> tuple[list[str], dict[str, Names]]:
    """Records of regions, departements, communes and arrondissements (by code), and their names and postal codes."""
    entries = _read(sources, "communes")
    communes = [_commune(entry) for entry in entries if "codesPostaux" in entry and "population" in entry]
    communes.sort(key=lambda commune: (commune.departement, commune.code))
    known: dict[str, Point] = json.loads((sources / "commune_points.json").read_text("utf-8"))
    place(communes, cities, known=known, former=_former(entries))
    communes = [commune for commune in communes if commune.point]  # without: an island that GeoNames has no town of
    measure(communes)
    divisions = _divisions(sources, communes)
    records = [*(record for record, _ in divisions), *(commune.record for commune in communes)]
    names: dict[str, Names] = {}
    for number, (_, keys) in enumerate(divisions):
        for key in keys:
            names.setdefault(key, Names()).official.append(number)
    _name_communes(names, communes, entries, first=len(divisions))
    return records, names


def _read(sources: Path, name: str) -> list[Entry]:
    return json.loads((sources / PACKAGE / f"{name}.json").read_text("utf-8"))


def _commune(entry: Entry) -> Commune:
    departement = entry.get("departement", entry["code"][:3])
    region, population = entry.get("region", ""), entry.get("population", 0)
    codes = entry.get("codesPostaux", [])
    return Commune(entry["code"], entry["nom"], departement, region, population, codes, entry.get("commune", ""))


def _former(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """Folded names of the former communes of each commune, that of its seat first."""
    former: dict[str, list[str]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry["code"] != entry.get("chefLieu")):
        if "chefLieu" in entry:
            former[entry["chefLieu"]].append(fold(entry["nom"]))
    return former


def _divisions(sources: Path, communes: Sequence[Commune]) -> list[tuple[str, list[str]]]:
    """Records and keys of regions and departements that have communes: `kind code name region population first last`.

    `first` and `last` are the record numbers of a departement's communes; a region has its departements' codes there.
    """
    regions, departements = _read(sources, "regions"), _read(sources, "departements")
    members: dict[str, list[int]] = defaultdict(list)
    for number, commune in enumerate(communes):
        members[commune.departement].append(number)
    departements = [entry for entry in departements if entry["code"] in members]
    of_region: dict[str, list[str]] = defaultdict(list)
    for entry in departements:
        of_region[entry.get("region", "")].append(entry["code"])
    regions = [entry for entry in regions if entry["code"] in of_region]
    first = len(regions) + len(departements)

    def people(codes: Iterable[str]) -> int:
        inside = (communes[number] for code in codes for number in members[code])
        return sum(commune.population for commune in inside if not commune.parent)

    found: list[tuple[str, list[str]]] = []
    for entry in regions:
        codes = of_region[entry["code"]]
        keys = {fold(entry["nom"]), fold(entry["nom"]).removeprefix("la ")}
        record = f"R\t{entry['code']}\t{entry['nom']}\t\t{people(codes)}\t{','.join(codes)}\t"
        found.append((record, sorted(keys)))
    for entry in departements:
        numbers = members[entry["code"]]
        span = f"{first + numbers[0]}\t{first + numbers[-1]}"
        record = f"D\t{entry['code']}\t{entry['nom']}\t{entry.get('region', '')}\t{people([entry['code']])}\t{span}"
        found.append((record, sorted({fold(entry["nom"]), entry["code"].lower()})))
    return found


def _name_communes(
    names: dict[str, Names], communes: Sequence[Commune], entries: Sequence[Entry], *, first: int
) -> None:
    """Names and postal codes of communes; a former commune's name leads to the one it is part of."""
    number_of = {commune.code: first + number for number, commune in enumerate(communes)}
    for commune in communes:
        number = number_of[commune.code]
        for key in {fold(commune.name), *commune.postal_codes}:
            names.setdefault(key, Names()).official.append(number)
    for entry in entries:
        parent = number_of.get(entry.get("chefLieu", ""))
        if (
            parent is not None
            and parent not in (found := names.setdefault(fold(entry["nom"]), Names())).official + found.other
        ):
            found.other.append(parent)
