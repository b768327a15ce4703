"""A full disk: one clear sentence, a non-zero exit code, nothing lost that was there. The disk is a limit on files."""

import resource
import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import OUTSEND, Said, Terminal

pytestmark = pytest.mark.slow(120)

LEADS = "nom;ville\nAlpha;Tours\nGamma;Lyon\n"
SENTENCE = "Espace disque insuffisant"


def run_with_room(terminal: Terminal, kilobytes: int, *words: str) -> Said:
    """Run `outsend` where no file can grow beyond this size."""
    size = kilobytes * 1024
    done = subprocess.run(
        [OUTSEND, *words],
        cwd=terminal.folder,
        # Python itself would leave half of a compiled file behind, and not be able to read it any more.
        env={**terminal.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    return Said(done.returncode, done.stdout, done.stderr)


def largest_file(folder: Path) -> int:
    return max(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1024


def test_a_disk_without_room_for_the_database_is_told(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS)

    said = run_with_room(terminal, 8, "run", "filter", "--input", "leads.csv")

    assert said.code == 1
    assert SENTENCE in said.err and "Traceback" not in said.err


def test_a_disk_that_fills_on_the_way_ends_the_run_and_keeps_what_was_there(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS)
    terminal.write("long.csv", "nom\n" + "".join(f"n{i}\n" for i in range(100_000)))
    terminal.write("second.csv", "mine")
    first = terminal.run("run", "filter", "--input", "leads.csv", "--output", "first.csv", "--json")
    room = max(largest_file(terminal.folder / "data"), 700)

    said = run_with_room(terminal, room + 100, "run", "import,filter", "--input", "long.csv", "--output", "second.csv")
    again = terminal.run("run", "filter", "--input", "leads.csv", "--output", "third.csv")

    assert said.code == 1
    assert SENTENCE in said.err and "Traceback" not in said.err
    assert (terminal.folder / "second.csv").read_text() == "mine"
    assert first.code == again.code == 0, again.err
    assert (terminal.folder / "first.csv").read_bytes() == (terminal.folder / "third.csv").read_bytes()
