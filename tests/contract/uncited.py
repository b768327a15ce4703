"""Lists the demands of the contract that no test cites: `python -m tests.contract.uncited`.

A test cites a demand by its number in a docstring, such as `C-047`. What is not built yet stands in `LATER`, with what
it waits for; a demand that is cited and still stands there is reported, too.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
NUMBER = re.compile(r"C-(\d{3})")

# area of the contract -> its first and last number
AREAS = {
    "conventions, errors, content types": (1, 25),
    "session cookie": (26, 35),
    "authentication endpoints": (36, 86),
    "feedback": (87, 107),
    "jobs: object and creation": (108, 135),
    "jobs: reading and control": (136, 165),
    "downloads": (166, 176),
    "lifecycle, lanes, retention": (177, 191),
    "SSE": (192, 207),
    "registry and votes": (208, 239),
    "pipelines: schema, normalisation, validation": (240, 281),
    "pipelines: running": (282, 325),
    "flexible input matching": (344, 348),
    "veille": (349, 380),
    "scrape modes and EF": (381, 389),
    "AI spending caps": (390, 402),
    "BYOK and assistant": (403, 411),
    "documentation served": (412, 421),
    "MCP": (422, 429),
}

LATER: dict[int, str] = {
    324: "the editor, which is no part of a backend",
}


def demands() -> Iterator[int]:
    """Every number of the areas above."""
    for first, last in AREAS.values():
        yield from range(first, last + 1)


def cited() -> set[int]:
    """The numbers that stand in a docstring of a test, or of a file of tests."""
    return {int(number) for told in docstrings() for number in NUMBER.findall(told)}


def docstrings() -> Iterator[str]:
    """What tests and files of tests say of themselves."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield ast.get_docstring(node) or ""


def problems() -> list[str]:
    """One sentence per demand that is neither cited nor explained, or both."""
    by_tests, known = cited(), set(demands())
    missing = [f"C-{n:03} is cited by no test" for n in sorted(known - by_tests - LATER.keys())]
    stale = [f"C-{n:03} is cited, and still waits for: {LATER[n]}" for n in sorted(by_tests & LATER.keys())]
    return missing + stale


def main() -> None:
    """Print the list; leave with 1 when it is not empty."""
    found = problems()
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{len(found)} open, {len(LATER)} later, of {len(list(demands()))}\n")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
