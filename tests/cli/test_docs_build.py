"""`outsend docs build`: the documentation as files, without a server."""

from pathlib import Path

import pytest

from llms import bundle
from tests.cli.terminal import Terminal

pytestmark = pytest.mark.slow(20)


def test_the_built_folder_holds_what_a_server_has_under_docs(tmp_path: Path) -> None:
    """C-412, C-413, C-416."""
    terminal = Terminal(tmp_path, {"OUTSEND_PUBLIC_URL": "https://leads.example/"})
    (tmp_path / "site/docs").mkdir(parents=True)
    terminal.write("site/docs/llms.txt", "of an earlier version")

    said = terminal.run("docs", "build", "--out", "site/docs")

    assert (said.code, said.out) == (0, "")
    written = {str(path.relative_to(tmp_path / "site/docs")): path for path in (tmp_path / "site").rglob("*.*")}
    assert {name: path.read_text() for name, path in written.items()} == bundle.files("https://leads.example")
    assert "https://leads.example/docs/quickstart.md" in written["llms.txt"].read_text()
    assert not (tmp_path / "data").exists()


def test_a_folder_that_can_not_be_written_is_named(terminal: Terminal) -> None:
    terminal.write("taken", "a file")

    said = terminal.run("docs", "build", "--out", "taken/docs")

    assert said.code == 1 and "taken/docs" in said.err and "Traceback" not in said.err


def test_a_bad_setting_is_told(tmp_path: Path) -> None:
    said = Terminal(tmp_path, {"OUTSEND_NOTHING": "1"}).run("docs", "build", "--out", "x")

    assert said.code == 1 and "OUTSEND_NOTHING" in said.err
