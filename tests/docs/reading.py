"""The pages as the checks read them: sections, tables, code, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from llms import bundle
from llms.bundle import Page
from outsend_api.app import document

PAGES = bundle.pages()
MODULE_PAGES = tuple(page for page in PAGES if page.section == "Modules")

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the heading it stands under; cells as written."""

    page: str
    heading: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> int | None:
        """Where the column of that name is; None: there is none."""
        return self.header.index(name) if name in self.header else None


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document, made once: that takes seconds."""
    return document()


def without_fences(text: str) -> str:
    """The text without its blocks of code."""
    return _FENCE.sub("", text)


def sections(page: Page) -> dict[str, str]:
    """The text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", page.body, flags=re.MULTILINE)
    return {heading.strip(): text for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def tables(page: Page) -> Iterator[Table]:
    """Every table of a page."""
    heading, lines = "", list[str]()
    for line in [*without_fences(page.body).splitlines(), ""]:
        if line.startswith("|"):
            lines.append(line)
            continue
        if lines:
            header, _, *rows = map(_cells, lines)
            yield Table(page.name, heading, header, tuple(rows))
            lines = []
        if line.startswith("#"):
            heading = line.lstrip("# ")


def codes(cell: str) -> list[str]:
    """What stands between backticks."""
    return [code.replace("\\|", "|") for code in re.findall(r"`([^`]+)`", cell)]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _CELL.split(line.strip())[1:-1])
