"""Files that are kept on disk under names of our own making, never under names that users give."""

import errno
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal

from engine.errors import AccountGone, OutsendError, StorageFull

NAME = re.compile(r"u_[0-9a-f]{32}")
UNFINISHED = ".part"
NOTES = ".json"  # what is known about a file stands beside it
UNFINISHED_LIFE = timedelta(hours=1)  # since its last byte; whoever wrote it is gone


class RoomExceeded(Exception):
    """An owner has no room left: for one more file, or for more bytes."""

    def __init__(self, what: Literal["files", "bytes"]) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Room:
    """What an owner's files may take together."""

    files: int
    bytes: int


BOUNDLESS = Room(2**63, 2**63)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file: its id, its size, since when it is there (UTC)."""

    name: str
    bytes: int
    at: datetime


class Incoming:
    """A file on its way in. It exists for readers once `keep` has returned; else `discard` it.

    Each write counts all of the owner's files, those on their way too, behind its own: of several at once none gets
    past the room, though two that reach the end of it together may both be refused.
    """

    def __init__(self, folder: Path, room: Room) -> None:
        self._folder, self._room = folder, room
        self.name = f"u_{secrets.token_hex(16)}"
        self._path = folder / f"{self.name}{UNFINISHED}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb")
        except OSError as error:
            raise fault_of(error) from error
        try:
            self._check()
        except BaseException:
            self.discard()
            raise

    def write(self, data: bytes) -> None:
        """Add to the file. Raises StorageFull, RoomExceeded, AccountGone."""
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise fault_of(error) from error
        self._check()

    def keep(self) -> str:
        """The file is complete; returns its id. Raises StorageFull, AccountGone."""
        try:
            self._file.close()
            self._path.replace(self._folder / self.name)
        except OSError as error:
            raise fault_of(error) from error
        return self.name

    def discard(self) -> None:
        """Forget what has come, unless it is kept."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

    def _check(self) -> None:
        sizes = [size for path in self._folder.glob("u_*") if (size := _size_of(path)) is not None]
        if len(sizes) > self._room.files:
            raise RoomExceeded("files")
        if sum(sizes) > self._room.bytes:
            raise RoomExceeded("bytes")


class Files:
    """One folder of files, one subfolder an owner. Names are ids that are made up here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def receive(self, owner: int, room: Room) -> Incoming:
        """Begin a file. Raises StorageFull, RoomExceeded."""
        return Incoming(self._folder / str(owner), room)

    def save(self, owner: int, data: bytes, room: Room = BOUNDLESS) -> str:
        """Keep `data`, whole or not at all; returns its id. Raises as `receive` and `Incoming.write`."""
        incoming = self.receive(owner, room)
        try:
            incoming.write(data)
            return incoming.keep()
        finally:
            incoming.discard()

    def open(self, owner: int, name: str) -> BinaryIO | None:
        """An owner's file, open for reading; None when there is none of that id."""
        path = self._folder / str(owner) / name
        try:
            return path.open("rb") if NAME.fullmatch(name) else None
        except FileNotFoundError:
            return None

    def kept(self, owner: int) -> list[Kept]:
        """An owner's files, oldest first."""
        found: list[Kept] = []
        for path in (self._folder / str(owner)).glob("u_*"):
            if NAME.fullmatch(path.name):
                with suppress(FileNotFoundError):  # it went at this moment
                    stat = path.stat()
                    found.append(Kept(path.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)))
        return sorted(found, key=lambda file: (file.at, file.name))

    def note(self, owner: int, name: str, text: str) -> None:
        """Keep what is known about a file, with the file. Raises StorageFull."""
        path = self._folder / str(owner) / f"{name}{NOTES}"
        unfinished = path.with_suffix(f"{NOTES}{UNFINISHED}")
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(path)
            if not (self._folder / str(owner) / name).exists():
                path.unlink()
        except FileNotFoundError:
            return  # the file went meanwhile, and perhaps its folder
        except OSError as error:
            raise fault_of(error) from error

    def noted(self, owner: int, name: str) -> str | None:
        """What was noted about a file; None for nothing."""
        try:
            path = self._folder / str(owner) / f"{name}{NOTES}"
            return path.read_text(encoding="utf-8") if NAME.fullmatch(name) else None
        except FileNotFoundError:
            return None

    def remove(self, owner: int, name: str) -> bool:
        """Delete one of an owner's files; False when there was none of that id."""
        if not NAME.fullmatch(name):
            return False
        path = self._folder / str(owner) / name
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        path.with_name(f"{name}{NOTES}").unlink(missing_ok=True)
        return True

    def remove_all(self, owner: int) -> None:
        """Delete all of an owner's files, unfinished ones too."""
        shutil.rmtree(self._folder / str(owner), ignore_errors=True)

    def purge(self, older_than: timedelta) -> None:
        """Delete what was saved longer ago, and what nobody finishes any more."""
        now = time.time()  # noqa: TID251 (compared with the file system's own times)
        for path in self._folder.glob("*/u_*"):
            life = min(UNFINISHED_LIFE, older_than) if path.suffix == UNFINISHED else older_than
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < now - life.total_seconds():
                    path.unlink()


def _size_of(path: Path) -> int | None:
    """How much a file takes; None for notes, and for one that went at this moment."""
    if path.suffix == NOTES or path.name.endswith(f"{NOTES}{UNFINISHED}"):
        return None
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def fault_of(error: OSError) -> OutsendError:
    """What a failed write tells people: the account's folder went, or there is no room."""
    return AccountGone() if error.errno == errno.ENOENT else StorageFull()
