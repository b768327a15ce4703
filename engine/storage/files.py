"""Files that are kept on disk under names of our own making, never under names that users give."""

import os
import re
import secrets
import shutil
import time
from datetime import timedelta
from pathlib import Path

from engine.errors import StorageFull

NAME = re.compile(r"u_[0-9a-f]{32}")


class Files:
    """One folder of files, one subfolder an owner. Names are ids that `save` makes up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, owner: int, data: bytes) -> str:
        """Keep `data`; returns its id. Whole or not at all.

        Raises:
            StorageFull: no room left.
        """
        name = f"u_{secrets.token_hex(16)}"
        path = self._folder / str(owner) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except OSError as error:
            raise StorageFull() from error
        return name

    def read(self, owner: int, name: str) -> bytes | None:
        """The bytes of an owner's file; None when there is none of that id."""
        path = self._folder / str(owner) / name
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        return path.read_bytes()

    def names(self, owner: int) -> list[str]:
        """The ids of an owner's files."""
        return sorted(path.name for path in (self._folder / str(owner)).glob("u_*") if NAME.fullmatch(path.name))

    def remove_all(self, owner: int) -> None:
        """Delete all of an owner's files, unfinished ones too."""
        shutil.rmtree(self._folder / str(owner), ignore_errors=True)

    def purge(self, older_than: timedelta) -> int:
        """Delete what was saved longer ago; returns how many."""
        limit = time.time() - older_than.total_seconds()  # noqa: TID251 (compared with the file system's own times)
        old = [path for path in self._folder.glob("*/*") if path.stat().st_mtime < limit]
        for path in old:
            os.unlink(path)  # noqa: PTH108
        return len(old)
