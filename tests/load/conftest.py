"""`make bench` ends with one table of all figures, kept in `bench.md`; whatever failed, what was measured is in it."""

import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import cast

import pytest

from engine.sandbox.process import RunningSandbox, start
from tests.load.table import Line, lines_in, markdown
from tests.load.workers import on_core

ROOT = Path(__file__).parents[2]
FILE = ROOT / "bench.md"
SITES = 1_000
LINES = pytest.StashKey[list[tuple[Line, str]]]()
SKIPPED = pytest.StashKey[list[str]]()
OUTCOMES = {"passed": "reached", "failed": "MISSED", "skipped": "short, known"}


@pytest.fixture(scope="session")
def sites(request: pytest.FixtureRequest) -> int:
    """How many sites are read: 1,000 in a real run."""
    return cast("int", request.config.getoption("--sites"))


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a thing is measured; the median counts."""
    return cast("int", request.config.getoption("--rounds"))


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory, sites: int) -> Generator[RunningSandbox]:
    """The sandbox internet of these benchmarks, on the core that ours and the peers don't have."""
    with on_core(1):
        running = start(sites=sites, directory=tmp_path_factory.mktemp("crowd"))
    with running:
        yield running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sites", type=int, default=SITES, help="sites of the sandbox internet (10 to 2,000)")
    parser.addoption("--rounds", type=int, default=3, help="rounds of what is compared by its median")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LINES] = []
    config.stash[SKIPPED] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        item.config.stash[SKIPPED].append(f"{item.name}: {_reason(report)}")
    if report.when == "call":
        found = [(line, OUTCOMES[report.outcome]) for line in lines_in(report.capstdout)]
        item.config.stash[LINES] += found
        for line, outcome in found:
            item.config.get_terminal_writer().line(f"\n{line} | {outcome}")
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.stash[LINES]:
        return
    table = markdown(config.stash[LINES], skipped=config.stash[SKIPPED], commit=_commit())
    FILE.write_text(table, encoding="utf-8")
    terminalreporter.write_line(f"\n{table}\n{FILE.name} holds this table.")


def _reason(report: pytest.TestReport) -> str:
    return str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)


def _commit() -> str:
    """The commit of the sources, and whether they differ from it."""
    command = ("git", "describe", "--always", "--abbrev=12", "--dirty= with changes that are not committed")
    described = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return f"commit {described}" if described else "an unknown commit"
