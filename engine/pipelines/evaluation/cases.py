"""The corpus: descriptions in three languages, and what a right answer to each has or lacks."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

CORPUS = Path(__file__).with_name("corpus.json")
Language = Literal["fr", "en", "de"]
# One of these texts, folded, is a part of one of the values: several ways to write the same trade or place.
Spellings = tuple[str, ...]


class FilterExpected(BaseModel):
    """Some filter keeps rows by `column`, with one of `ops`; `value` where it matters (of a list: at least these)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    ops: tuple[str, ...]
    value: Any = None


class Expected(BaseModel):
    """What is looked at; an empty field asks nothing. Module names are node types.

    A type of `has`, `order` or `options` that this version does not run asks nothing; see `checks.expectations`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    refused: bool = False  # no definition, but an error that says why
    refused_or_lacks: tuple[str, ...] = ()  # an error, or a definition without these: the nearest that can be done
    root: Literal["scrap", "import"] | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()  # the first stands above the second
    nodes_max: int | None = None
    queries: tuple[Spellings, ...] = ()
    queries_max: int | None = None
    zones: tuple[Spellings, ...] = ()
    zones_max: int | None = None
    options: dict[str, Any] = {}  # `sort.top_n`: the value that some node of that type has
    filters: tuple[FilterExpected, ...] = ()
    logic: Literal["OR"] | None = None
    kept: tuple[str, ...] = ()  # ids of nodes of the given definition that stay as they are
    gone: tuple[str, ...] = ()  # ids that stay no longer
    silent_about: tuple[str, ...] = ()  # texts that stand nowhere in the answer


class Case(BaseModel):
    """One description; with `definition`, a change to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: Language
    description: str = Field(min_length=1)
    definition: dict[str, Any] | None = None
    expected: Expected

    @model_validator(mode="after")
    def _asks_something(self) -> "Case":
        if self.expected == Expected():
            raise ValueError(f"case {self.id} expects nothing")
        return self


@cache
def corpus() -> tuple[Case, ...]:
    """Every case, in the file's order."""
    return tuple(Case.model_validate(one) for one in json.loads(CORPUS.read_text(encoding="utf-8")))
