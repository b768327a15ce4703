"""The shape of the code: no god file, no god function, every package in the layers, every import at the top."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("outsend_api", "outsend_mcp", "engine", "prompts", "llms")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name_of)
def test_no_file_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES_MAX


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_function_is_longer_than_fifty_lines(path: Path) -> None:
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > FUNCTION_LINES_MAX]

    # A migration states a table, one line a column.
    assert "migrations" in path.parts or long == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_file_says_what_it_is_about(path: Path) -> None:
    if "migrations" not in path.parts:
        assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_import_hides_in_a_function(path: Path) -> None:
    hidden = [f.name for f in functions(path) for node in ast.walk(f) if isinstance(node, ast.Import | ast.ImportFrom)]

    assert hidden == []


def test_every_package_of_the_engine_stands_in_the_layers() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(contract for contract in linter["contracts"] if contract["name"] == "Layers")["layers"]
    known = {name.strip() for layer in layers for name in layer.split("|")}
    parts = {
        path.stem for path in (ROOT / "engine").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }

    assert {f"engine.{part}" for part in parts - {"__init__"}} <= known
