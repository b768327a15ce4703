"""The real command in a real process, as a person at a terminal runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUTSEND = Path(sys.prefix) / "bin" / "outsend"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """A folder to work in, with its own data directory."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTSEND_")}
        self.environment = {**kept, "OUTSEND_DATA_DIR": str(folder / "data"), "COLUMNS": "160", **(environment or {})}

    def run(self, *words: str, seconds: float = 60.0) -> Said:
        """Run `outsend` with these words to its end."""
        done = subprocess.run(
            [OUTSEND, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=seconds
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start `outsend` and leave it running."""
        return subprocess.Popen(
            [OUTSEND, *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def write(self, name: str, content: str | bytes) -> str:
        """A file in the folder; returns its name."""
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name


def interrupt(process: "subprocess.Popen[str]", *, seconds: float = 20.0) -> Said:
    """Press Ctrl-C, and wait for the end."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=seconds)
    return Said(process.returncode, out, err)


def until(happened: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
