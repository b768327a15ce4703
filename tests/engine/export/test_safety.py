"""The formula guard (CONTRACT C-171)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.export.safety import guarded, guarded_text

FORMULA_LETTERS = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "\u00a0=1",
        "\u200b=1", "\ufeff=1", "＝1+1", "＋1", "－1＋1", "＠SUM(1)", "-2+3+cmd|' /C calc'!A0", "=HYPERLINK(\"x\")",
        "+33 1 23 45 67 89|cmd", "+1", "-", "- fermé", "@dupont", "\t+33 1 23 45 67 89", "+33 1 23 45 67 89=1",
        "\x00=1",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    """MCP security point 18."""
    assert guarded_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "+33 1 23 45 67 89", "+33123456789", "+33 (0)1.23.45.67.89", "+1-415-555-0123", "-4", "-4,5", "-4.5",
        "-1 234,5",
        "-12 %", "-1e-5", "+33123456789, +33612345678", "+33 1 23 45 67 89 / +33 6 12 34 56 78", "01 23 45 67 89",
        "a=b", "jean@dupont.fr", "", "'=1", "Café - bar", "4,5", "(+33) 1 23 45 67 89",
    ],
)  # fmt: skip
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    assert guarded_text(text) == text


@given(st.text(max_size=20))
def test_no_text_begins_like_a_formula_and_twice_is_once(text: str) -> None:
    safe = guarded_text(text)

    assert safe in (text, f"'{text}")
    assert guarded_text(safe) == safe
    first = safe.lstrip()[:1]
    if first and first in FORMULA_LETTERS:
        # A telephone number or a plain negative number, so nothing that runs.
        assert not any(char.isalpha() and char not in "eE" for char in safe)


def test_texts_inside_lists_and_objects_are_guarded_too() -> None:
    assert guarded(["=1", {"=k": "@a", "n": float("nan")}, -4, True]) == ["'=1", {"=k": "'@a", "n": None}, -4, True]
