"""Texts for models: each value is used, and none is missing."""

import pytest

from prompts import load, render


def test_values_stand_in_the_text() -> None:
    assert "up to 45 s" in render("mcp/instructions", wait_seconds=45)


@pytest.mark.parametrize("values", [{}, {"wait_seconds": 45, "colour": "red"}, {"colour": "red"}])
def test_a_missing_or_spare_value_is_an_error(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"mcp/instructions\.md uses \['wait_seconds'\]"):
        render("mcp/instructions", **values)


def test_the_instructions_are_short() -> None:
    assert len(load("mcp/instructions")) < 1_500
