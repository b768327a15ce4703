"""Images that accounts keep: one folder each, named by what is in them, so that the same picture is there once."""

import re
import secrets
import shutil
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from engine.storage.files import UNFINISHED, UNFINISHED_LIFE, Kept, RoomExceeded, fault_of

EXTENSIONS = ("svg", "png", "jpg", "jpeg", "webp", "gif", "ico", "avif")
NAME = re.compile(rf"[0-9a-f]{{32}}\.(?:{'|'.join(EXTENSIONS)})")


class BrandAssetFiles:
    """The images below one folder. Short-lived: it counts what an owner has once, then adds what it saves itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: dict[int, int] = {}  # bytes by owner, those on their way included
        self._counting = threading.Lock()

    def save(self, owner: int, body: bytes, extension: str, *, room_bytes: int) -> tuple[str, bool]:
        """Keep an image, whole or not at all; its name, and whether it was not there before.

        Raises:
            RoomExceeded: the owner's images would take more than `room_bytes`. StorageFull, AccountGone.
        """
        name = f"{sha256(body).hexdigest()[:32]}.{extension}"
        path = self._folder / str(owner) / name
        with suppress(OSError):
            if path.stat().st_size == len(body):  # else a machine went down before it was written out
                return name, False
        self._reserve(owner, len(body), room_bytes)
        try:
            _write(path, body)
        except BaseException:
            with self._counting:
                self._taken[owner] -= len(body)
            raise
        return name, True

    def read(self, owner: int, name: str) -> bytes | None:
        """An owner's image; None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        try:
            return (self._folder / str(owner) / name).read_bytes()
        except FileNotFoundError:
            return None

    def kept(self, owner: int) -> list[Kept]:
        """An owner's images, by name."""
        found: list[Kept] = []
        for path in sorted((self._folder / str(owner)).glob("*")):
            if NAME.fullmatch(path.name):
                with suppress(FileNotFoundError):  # it went at this moment
                    stat = path.stat()
                    found.append(Kept(path.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)))
        return found

    def remove_all(self, owner: int) -> None:
        """Delete all of an owner's images."""
        shutil.rmtree(self._folder / str(owner), ignore_errors=True)

    def _reserve(self, owner: int, size_bytes: int, room_bytes: int) -> None:
        """Count an image before it is written, so that of several at once none gets past the room."""
        with self._counting:
            if owner not in self._taken:
                self._taken[owner] = self._count(owner)
            if self._taken[owner] + size_bytes > room_bytes:
                raise RoomExceeded("bytes")
            self._taken[owner] += size_bytes

    def _count(self, owner: int) -> int:
        """The bytes that an owner's images take. What nobody finishes any more goes."""
        for path in (self._folder / str(owner)).glob(f"*{UNFINISHED}"):
            with suppress(FileNotFoundError):
                age = time.time() - path.stat().st_mtime  # noqa: TID251 (compared with the file system's own times)
                if age > UNFINISHED_LIFE.total_seconds():
                    path.unlink()
        return sum(file.bytes for file in self.kept(owner))


def _write(path: Path, body: bytes) -> None:
    unfinished = path.with_name(f"{path.stem}-{secrets.token_hex(8)}{UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(body)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise fault_of(error) from error
