"""Sites that each state the truth of one subject, their pages written out whole by one of the shells."""

from collections.abc import Mapping
from typing import TypeAlias

from tests.holdout.kinds import Allowed, Column, File, Study, Truth
from tests.holdout.templates.shells import Frame, Shell, site_of

Told: TypeAlias = "str | float | bool | frozenset[str | None] | None"  # a frozenset: any of these is right
Inner: TypeAlias = Mapping[str, tuple[str, str]]  # path -> (label, content)


def truth_of(told: Mapping[Column, Told]) -> Truth:
    """Column -> allowed cells, spelled as the scorer does."""
    return {
        column: value if isinstance(value, frozenset) else frozenset({spelled(value)}) for column, value in told.items()
    }


def either(*readings: "str | float | None") -> Allowed:
    """Several readings are right."""
    return frozenset(map(spelled, readings))


def spelled(value: object) -> str | None:
    """A cell as text. Nothing, an empty text and a plain no are None; a zero is a number like others."""
    if value is None or value is False or value == "":
        return None
    if value is True:
        return "true"
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def study(
    domain: str,
    shell: Shell,
    frame: Frame,
    home: str,
    truth: Mapping[Column, Told],
    *,
    pages: Inner | None = None,
    files: Mapping[str, File] | None = None,
    unlinked: bool = False,
    telephone: str = "",
) -> Study:
    """A site of a home page and the further `pages`; `unlinked`: nothing leads to those."""
    written = site_of(shell, frame, home, pages or {}, unlinked=unlinked)
    return Study(domain, frame.name, written, truth_of(truth), files or {}, telephone)
