"""Every text we send to a model, one file each; no code but this loader."""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@cache
def load(name: str) -> str:
    """The text of `prompts/{name}.md`, as written."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


def render(name: str, **values: object) -> str:
    """The text with each `{{name}}` replaced by its value.

    Raises:
        ValueError: a value is missing, or one is given that the text does not use.
    """
    text = load(name)
    wanted = set(PLACEHOLDER.findall(text))
    if wanted != values.keys():
        raise ValueError(f"{name}.md uses {sorted(wanted)}, but was given {sorted(values)}")
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)
