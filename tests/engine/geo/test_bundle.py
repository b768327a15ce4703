"""The bundled geography: small, complete, quick."""

import subprocess
import sys
import time

import pytest

from engine.geo.gazetteer import communes, departement, regions
from engine.geo.table import DATA
from engine.geo.zones import ZoneUnknown, resolve


def test_the_bundle_stays_under_six_megabytes() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 6_000_000


def test_every_region_departement_and_commune_of_france_is_there() -> None:
    inside = communes(regions())

    assert len([region for region in regions() if len(region.code) == 2]) == 18
    assert departement("75").population == 2_103_778
    assert len(inside) > 34_900
    assert len({commune.area for commune in inside}) == 101 + 6  # departements, and territories overseas


def test_points_of_communes_are_near_the_truth() -> None:
    known = {"Castellane": (43.8467, 6.5136), "Aurillac": (44.9260, 2.4440), "Bayonne": (43.4929, -1.4748)}

    assert all(resolve(name).contains(*place) for name, place in known.items())


@pytest.mark.slow(20)
def test_the_first_zone_of_a_process_takes_less_than_300_ms_and_the_next_50() -> None:
    program = (
        "import time; from engine.geo.zones import resolve\n"
        "for text in ('Lyon', 'Helsinki', '37', 'Bretagne', 'Paris 15'):\n"
        "    start = time.perf_counter(); resolve(text); print(time.perf_counter() - start)"
    )

    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    first, *others = map(float, out.split())

    assert first < 0.3
    assert max(others) < 0.05


def test_an_unknown_name_is_refused_in_less_than_100_ms() -> None:
    resolve("Lyon")
    start = time.perf_counter()

    with pytest.raises(ZoneUnknown):
        resolve("Sant-Etiene-du-Rouvrey")

    assert time.perf_counter() - start < 0.1
