"""The table of scenarios names tests that exist."""

import re
from pathlib import Path

from tests.engine.faults import conftest

TESTS = Path(__file__).parents[2]


def test_every_test_that_the_table_names_exists() -> None:
    named = set(re.findall(r"\btest_\w+", conftest.__doc__ or ""))
    written = {
        name
        for file in TESTS.rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    }

    assert named and named <= written, named - written
