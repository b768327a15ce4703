"""The walk that the README shows, word by word, by the shell of a reader."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.serving import serving
from tests.cli.terminal import Terminal

README = (Path(__file__).parents[2] / "README.md").read_text()
[WALK] = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.slow(150)
def test_the_shown_walk_leads_from_signing_up_to_a_spreadsheet(terminal: Terminal) -> None:
    """C-042, C-118, C-129, C-170: signup, verification, four jobs followed over their streams, the file."""
    terminal.environment["OUTSEND_INVITATION_CODES"] = "ALPHA-7K2"
    with serving(terminal, "--sandbox", "--sites", "200") as server:
        script = "set -euo pipefail\n" + WALK.replace("http://127.0.0.1:8000", server.url)
        walked = subprocess.run(
            ["bash", "-c", script],
            cwd=terminal.folder,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert walked.returncode == 0, walked.stderr + walked.stdout
    assert walked.stdout.count('"status":"done"') == 4
    header, *rows = load_workbook(terminal.folder / "leads.xlsx").active.iter_rows(values_only=True)
    assert rows
    assert {row[header.index("email_status")] for row in rows} == {"valid"}
