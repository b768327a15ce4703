"""Published filter lists in a folder, read by the package `adblock`: does a browser that follows them load an address?

The lists may not be bundled (GPL, CC BY-SA); `outsend lists update` fetches them. Without them nothing is blocked.
Compiling takes a third of a second, in which Python does nothing else, and 90 MB once a process: it waits for the first
question.
"""

import threading
from pathlib import Path
from typing import Literal, Protocol, cast

from engine.lazy import load

FOLDER = "lists"  # in the data directory
ENDING = ".txt"

Stamp = tuple[tuple[str, int, int], ...]


class _Verdict(Protocol):
    matched: bool


class _Engine(Protocol):
    """What we use of adblock's engine."""

    def check_network_urls(self, url: str, source_url: str, request_type: str) -> _Verdict: ...


class InstalledLists:
    """The lists of a folder as they stand now; any thread may ask."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._engine: _Engine | None = None

    @property
    def installed(self) -> bool:
        """Whether there is anything to go by."""
        return bool(self._files)

    def is_blocked(self, url: str, *, page: str, kind: Literal["script", "image", "sub_frame", "other"]) -> bool:
        """Whether a list names what `page` loads from `url`, an absolute address. The first call compiles the lists."""
        return self.installed and self._compiled().check_network_urls(url, page, kind).matched

    def _compiled(self) -> _Engine:
        with self._lock:
            if self._engine is None:
                self._engine = _compile(self._files)
            return self._engine


class ListFolder:
    """A folder of lists that may be renewed while the process runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: Stamp = ()
        self._lists = InstalledLists(())

    def current(self) -> InstalledLists:
        """The lists as they stand now; the same ones as before where no file has changed since."""
        files = list_files(self._folder)
        stamp = tuple((file.name, (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files)
        if stamp != self._stamp:
            self._stamp, self._lists = stamp, InstalledLists(files)
        return self._lists


def list_files(folder: Path) -> tuple[Path, ...]:
    """The lists in a folder, by name; none where there is no folder."""
    return tuple(sorted(folder.glob(f"*{ENDING}")))


def _compile(files: tuple[Path, ...]) -> _Engine:
    adblock = load("adblock")
    rules = adblock.FilterSet(debug=False)
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        rules.add_filter_list(text, format="standard", include_redirect_urls=False, rule_types="networkonly")
    return cast("_Engine", adblock.Engine(filter_set=rules, optimize=True))
