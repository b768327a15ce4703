"""Small documents in the layout of Google Maps, and real ones where a folder of them is given."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import strategies as st
from pydantic import JsonValue

FOLDER = Path(os.environ.get("OUTSEND_REAL_DATA") or "missing") / "gmaps"

needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="OUTSEND_REAL_DATA names no folder with gmaps/")

# Anything that may stand in JSON, halves of characters and numbers without end included.
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=30,
)


def real(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def laid_out(values: Mapping[tuple[int, ...], JsonValue]) -> list[JsonValue]:
    """A document that has each value at its path, and nothing else: `laid_out({(4, 7): 4.5})`."""
    document: list[JsonValue] = []
    for path, value in values.items():
        put(document, path, value)
    return document


def put(document: list[JsonValue], path: tuple[int, ...], value: JsonValue) -> None:
    """Write `value` at `path`, with lists made where none stand."""
    index, *rest = path
    document.extend([None] * (index + 1 - len(document)))
    if not rest:
        document[index] = value
        return
    inner = document[index]
    if not isinstance(inner, list):
        document[index] = inner = []
    put(inner, tuple(rest), value)
