"""A pipeline's definition as it is told: whole where it is short, else shortened."""

from typing import Any

from engine.pipelines.schemas import Definition
from engine.tools.shape import within
from engine.tools.untrusted import clean_parts

DEFINITION_CHARS = 6_000  # of a definition that is told back as it came
SHORT_CHARS = 120  # of its texts, where it is longer
DEPTH = 10
SHORTENED = "definition is told shortened, and stored whole."


def told_definition(definition: Definition) -> dict[str, Any]:
    """The definition as it is stored; a long one with its texts cut, a very long one without options."""
    told = definition.model_dump(mode="json")
    if is_told_whole(definition):
        return told
    without = [{name: value for name, value in node.items() if name != "config"} for node in told["nodes"]]
    bare: dict[str, Any] = {**told, "nodes": without}
    shortened: list[Any] = [clean_parts(form, SHORT_CHARS, DEPTH) for form in (told, bare)]
    return next((form for form in shortened if within(DEFINITION_CHARS, form)), shortened[-1])


def is_told_whole(definition: Definition) -> bool:
    """Whether `told_definition` leaves nothing out."""
    return within(DEFINITION_CHARS, definition.model_dump(mode="json"))
