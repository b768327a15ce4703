"""Uploaded files: kept for 24 hours, each readable by its owner alone."""

from datetime import UTC, datetime
from typing import BinaryIO

from pydantic import ValidationError

from engine.accounts.queries import by_id
from engine.context import Caller, Context, Services, read
from engine.errors import OutsendError
from engine.imports.errors import TooManyUploads, UploadMissing, UploadsTooLarge, UploadTooLarge
from engine.imports.found import check_content, check_name, first_rows, found_in
from engine.imports.schemas import UploadBrief, UploadPublic, UploadsPublic
from engine.limits import (
    IMPORT_BYTES_MAX,
    UPLOAD_NAME_MAX,
    UPLOAD_RETENTION,
    UPLOAD_ROWS_SHOWN,
    UPLOADS_BYTES_MAX,
    UPLOADS_MAX,
)
from engine.rows.readers import read_table
from engine.storage.files import Files, Incoming, Kept, Room, RoomExceeded

FOLDER = "uploads"
ROOM = Room(UPLOADS_MAX, UPLOADS_BYTES_MAX)
UNNAMED = "import"


class Arrival:
    """A file that comes in piece by piece. `discard` it unless `finish` has returned."""

    def __init__(self, caller: Caller, filename: str) -> None:
        self.filename = _clean(filename)
        check_name(self.filename)
        self._files, self._owner = _files(caller.services), caller.principal.account_id
        self._bytes = 0
        try:
            self._incoming: Incoming = self._files.receive(self._owner, ROOM)
        except RoomExceeded as full:
            raise self._refusal(full) from None

    def write(self, data: bytes) -> None:
        """Add a piece. Raises UploadTooLarge, TooManyUploads, UploadsTooLarge, StorageFull."""
        self._bytes += len(data)
        if self._bytes > IMPORT_BYTES_MAX:
            raise UploadTooLarge(limit_mb=IMPORT_BYTES_MAX >> 20)
        try:
            self._incoming.write(data)
        except RoomExceeded as full:
            raise self._refusal(full) from None

    def keep(self) -> str:
        """The file is complete; its upload id. Raises StorageFull, AccountGone."""
        return self._incoming.keep()

    def discard(self) -> None:
        """Forget what has come, unless it is kept."""
        self._incoming.discard()

    def _refusal(self, full: RoomExceeded) -> OutsendError:
        kept = self._files.kept(self._owner)
        wait = _seconds_left(kept[0]) if kept else 0
        if full.what == "files":
            return TooManyUploads(limit=UPLOADS_MAX, retry_after=wait)
        return UploadsTooLarge(limit_mb=UPLOADS_BYTES_MAX >> 20, retry_after=wait)


def begin(caller: Caller, filename: str) -> Arrival:
    """Take a file of that name in. Raises FileKindRefused, TooManyUploads, UploadsTooLarge, StorageFull."""
    return Arrival(caller, filename)


def finish(caller: Caller, arrival: Arrival) -> UploadPublic:
    """Keep a complete file, and tell what is in it. Takes seconds where it is large; one that is no table is not kept.

    Raises:
        ImportEmpty, ImportUnreadable, FileKindRefused: no table. NotSignedIn: the account is gone.
    """
    upload_id = arrival.keep()
    try:
        caller.run(_still_there)  # whoever deletes the account from now on deletes the file with it
        return _described(caller, upload_id, arrival.filename)
    except BaseException:
        _files(caller.services).remove(caller.principal.account_id, upload_id)
        raise


def get(caller: Caller, upload_id: str) -> UploadPublic:
    """What is in an upload of the caller's. Raises UploadMissing."""
    noted = _files(caller.services).noted(caller.principal.account_id, upload_id)
    try:
        known = UploadPublic.model_validate_json(noted or "")
    except ValidationError:  # sent by another way, or noted by another version
        return _described(caller, upload_id, UNNAMED)
    _kept(caller, upload_id)
    return known


def list_uploads(caller: Caller) -> UploadsPublic:
    """The uploads that the caller has now."""
    files, me = _files(caller.services), caller.principal.account_id
    kept = files.kept(me)
    items = [
        UploadBrief(
            upload_id=file.name,
            filename=_noted_name(files.noted(me, file.name)),
            bytes=file.bytes,
            expires_at=file.at + UPLOAD_RETENTION,
        )
        for file in kept
    ]
    taken = sum(file.bytes for file in kept)
    return UploadsPublic(items=items, bytes=taken, bytes_max=UPLOADS_BYTES_MAX, files_max=UPLOADS_MAX)


def remove(caller: Caller, upload_id: str) -> None:
    """Delete an upload of the caller's. Raises UploadMissing."""
    if not _files(caller.services).remove(caller.principal.account_id, upload_id):
        raise UploadMissing(upload_id=upload_id[:64])


def save_upload(services: Services, account_id: int, data: bytes) -> str:
    """Keep a file that whoever runs this machine names; returns its upload id. Raises UploadTooLarge, StorageFull."""
    if len(data) > IMPORT_BYTES_MAX:
        raise UploadTooLarge(limit_mb=IMPORT_BYTES_MAX >> 20)
    return _files(services).save(account_id, data)


def open_upload(services: Services, account_id: int, upload_id: str) -> BinaryIO:
    """The owner's upload, open for reading; it stays readable though it may be deleted meanwhile.

    Raises:
        UploadMissing.
    """
    file = _files(services).open(account_id, upload_id)
    if file is None:
        raise UploadMissing(upload_id=upload_id[:64])
    return file


def uploads_of(services: Services, account_id: int) -> list[str]:
    """The ids of the uploads that an account has now."""
    return [file.name for file in _files(services).kept(account_id)]


def remove_uploads(services: Services, account_id: int) -> None:
    """Delete all uploads of an account."""
    _files(services).remove_all(account_id)


def purge_uploads(services: Services) -> None:
    """Delete the uploads whose day is over."""
    _files(services).purge(UPLOAD_RETENTION)


@read
def _still_there(context: Context) -> None:
    by_id(context, context.account_id)


def _described(caller: Caller, upload_id: str, filename: str) -> UploadPublic:
    """Read the file, note what is in it, and tell."""
    with open_upload(caller.services, caller.principal.account_id, upload_id) as file:
        table = read_table(file, filename=filename)
    check_content(filename, table)
    found, rows = found_in(table)
    kept = _kept(caller, upload_id)
    told = UploadPublic(
        **found.model_dump(),
        upload_id=upload_id,
        filename=filename,
        bytes=kept.bytes,
        expires_at=kept.at + UPLOAD_RETENTION,
        rows=first_rows(rows, UPLOAD_ROWS_SHOWN),
    )
    _files(caller.services).note(caller.principal.account_id, upload_id, told.model_dump_json())
    return told


def _kept(caller: Caller, upload_id: str) -> Kept:
    kept = _files(caller.services).kept(caller.principal.account_id)
    found = next((file for file in kept if file.name == upload_id), None)
    if found is None:
        raise UploadMissing(upload_id=upload_id[:64])
    return found


def _noted_name(noted: str | None) -> str | None:
    try:
        return UploadPublic.model_validate_json(noted or "").filename
    except ValidationError:
        return None


def _seconds_left(file: Kept) -> int:
    """Until the oldest file goes, by the file system's time."""
    now = datetime.now(UTC)  # noqa: TID251 (compared with the file system's own times)
    return max(1, int((file.at + UPLOAD_RETENTION - now).total_seconds()))


def _clean(filename: str) -> str:
    """The last part of a name, printable; browsers once sent whole paths."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    if len(shown) > UPLOAD_NAME_MAX:
        stem, dot, ending = shown.rpartition(".")
        shown = f"{stem[: UPLOAD_NAME_MAX - len(ending) - 1]}{dot}{ending}"[-UPLOAD_NAME_MAX:]
    return shown or UNNAMED


def _files(services: Services) -> Files:
    return Files(services.settings.data_dir / FOLDER)
