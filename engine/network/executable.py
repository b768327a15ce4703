"""Which Chromium this machine has: asked by whoever must know without loading what drives it."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright keeps the browsers that it installs.
_CACHES = {"darwin": "Library/Caches", "win32": "AppData/Local"}


def find_chromium() -> Path | None:
    """The first Chromium on PATH; without one Playwright may still have its own."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def has_chromium(executable: Path | None) -> bool:
    """Whether there is one to start: `executable` where it is given, else one on PATH, else Playwright's own."""
    return executable is not None or find_chromium() is not None or any(_playwrights().glob("chromium-*"))


def _playwrights() -> Path:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(named) if named else Path.home() / _CACHES.get(sys.platform, ".cache") / "ms-playwright"
