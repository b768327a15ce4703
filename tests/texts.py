"""Texts that are committed, so that a change of one is seen and reviewed like code."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "snapshots"


def unchanged(name: str, text: str) -> None:
    """Hold a text against `tests/snapshots/{name}`; one that is not there is written, and the test fails once."""
    path = FOLDER / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
        pytest.fail(f"{name} was written anew: look at it and commit it")

    assert f"{text}\n" == path.read_text(encoding="utf-8"), f"wanted? delete tests/snapshots/{name} and run again"
