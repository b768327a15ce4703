"""Everything an account owns, as a ZIP archive that is written while it is sent. Source: docs page api/auth (GDPR)."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from engine.context import Caller
from engine.export import csv as csv_export
from engine.export import json as json_export
from engine.imports.errors import UploadMissing
from engine.imports.operations import open_upload, uploads_of
from engine.jobs import store
from engine.jobs.assets import assets_of
from engine.jobs.errors import OutputGone
from engine.privacy import records, veilles
from engine.privacy.manifest import Told, manifest
from engine.suppressions.blank import blanked
from engine.suppressions.operations import suppressed_of
from engine.suppressions.stored import row_reader

MEDIA_TYPE = "application/zip"
PIECE_BYTES = 64 * 1024
IN_MEMORY_BYTES = 8 * 1024 * 1024  # of one file of results; a larger one waits on the disk

T = TypeVar("T")
Pieces = Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Export:
    """An archive on its way: its file name, and its bytes in pieces of about 64 KB."""

    filename: str
    pieces: Iterator[bytes]


def export(caller: Caller) -> Export:
    """The archive of everything the caller owns. It is read page by page, without one transaction over all.

    Raises:
        NotSignedIn: the account is gone.
    """
    account = caller.run(records.account)
    filename = f"outsend-export-{account['id']}-{caller.run(records.today)}.zip"
    return Export(filename, _Archive(caller, account).pieces())


@dataclass(slots=True)
class _Archive:
    """One archive, entry after entry."""

    caller: Caller
    account: dict[str, Any]
    told: Told = field(init=False)

    def __post_init__(self) -> None:
        self.told = Told(self.account["email"], self.account["id"], self.caller.services.clock.now())

    def pieces(self) -> Iterator[bytes]:
        outlet = _Outlet()
        with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:
            for name, pieces in self._entries():
                yield from _written(archive, outlet, self._info(name), pieces)
        yield outlet.take()

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self.told.at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        return info

    def _entries(self) -> Iterator[tuple[str, Pieces]]:
        """Each file's name and contents. A file is read to its end before the next one is asked for."""
        yield "account.json", [_json(self.account)]
        yield "tokens.json", [_json(self.caller.run(records.tokens))]
        yield "connected_apps.json", [_json(self.caller.run(records.connected_apps))]
        yield "suppressions.json", _array(self._counted("suppressions", self._paged(records.suppressions)))
        yield "feedback_threads.json", _array(self._counted("threads", self._paged(records.feedback_threads)))
        yield "feedback_messages.json", _array(self._paged(records.feedback_messages))
        yield "feature_votes.json", [_json(self.caller.run(records.feature_votes))]
        yield "webhook_secret.json", [_json(self.caller.run(records.webhook_secret))]
        yield "webhook_deliveries.json", _array(self._paged(records.webhook_deliveries))
        yield "ai_settings.json", [_json(self.caller.run(records.ai_settings))]
        yield "ai_usage.json", _array(self._paged(records.ai_usage))
        yield "assistant_conversations.json", _array(self._counted("conversations", self._paged(records.conversations)))
        yield "assistant_messages.json", _array(self._paged(records.conversation_messages))
        yield "assistant_confirmations.json", _array(self._paged(records.confirmations))
        yield "jobs.json", _array(self._counted("jobs", self._paged(records.jobs)))
        for job in self._paged(records.outputs):
            yield from self._job(job)
        yield "places.json", _array(self._counted("places", self._by_place(records.places)))
        yield "last_reviews.json", _array(self._by_place(records.last_reviews))
        yield "brand_lookups.json", [_json(self.caller.run(records.brand_lookups))]
        yield "brand_assets.json", _array(self._images())
        yield "pipelines.json", _array(self._counted("pipelines", self._paged(records.pipelines)))
        yield (
            "veille.json",
            _pair(
                "recurring_scraps",
                self._counted("veilles", self._paged(veilles.veilles)),
                "runs",
                self._paged(veilles.runs),
            ),
        )
        for name, rows in veilles.lists(self.caller):
            yield from _if_any(name, rows)
        services, me = self.caller.services, self.account["id"]
        for upload_id in uploads_of(services, me):
            # Without one whose day ended at this moment.
            with suppress(UploadMissing), open_upload(services, me, upload_id) as file:
                yield f"uploads/{upload_id}", iter(lambda held=file: held.read(PIECE_BYTES), b"")
        yield "manifest.txt", [manifest(self.told).encode()]

    def _job(self, job: records.Stored) -> Iterator[tuple[str, Pieces]]:
        """What one job holds. Rows that are purged at this moment are left out whole, and the manifest says so.

        Rows leave without suppressed contacts, here too: the archive is the account's data, and these refused its mail.
        """
        folder, services = f"jobs/{job.id}", self.caller.services
        suppressed = self.caller.run(suppressed_of, self.account["id"])
        yield from _if_any(f"{folder}/inputs.json", blanked(self._paged(records.inputs, job.seq), suppressed))
        yield from _if_any(f"{folder}/log.json", blanked(self.caller.run(records.log, job.seq), suppressed))
        if not job.has_rows:
            return
        self.told.outputs += 1
        for suffix, write in (("csv", csv_export.write), ("json", json_export.write)):
            with SpooledTemporaryFile[bytes](max_size=IN_MEMORY_BYTES, dir=str(services.settings.data_dir)) as whole:
                try:
                    for piece in write(job.columns, store.stream(services.db, job.seq, read=row_reader(suppressed))):
                        whole.write(piece)
                except OutputGone:
                    self.told.lost.append(job.id)
                    return
                whole.seek(0)
                yield f"{folder}/results.{suffix}", iter(lambda file=whole: file.read(PIECE_BYTES), b"")

    def _images(self) -> Iterator[dict[str, Any]]:
        """The images that are kept, without themselves: there may be gigabytes."""
        me = self.account["id"]
        for file in assets_of(self.caller.services, me):
            yield {"path": f"/api/brand-assets/{me}/{file.name}", "bytes": file.bytes, "kept_at": file.at}

    def _paged(self, page: Callable[..., list[tuple[int, T]]], *of: int) -> Iterator[T]:
        """All records of a kind, a short transaction a page."""
        after = -1
        while found := self.caller.run(page, *of, after=after):
            yield from (record for _, record in found)
            after = found[-1][0]

    def _by_place(self, page: Callable[..., list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while found := self.caller.run(page, after=after):
            yield from found
            after = found[-1]["place_id"]

    def _counted(self, what: str, records: Iterator[T]) -> Iterator[T]:
        for record in records:
            self.told.counts[what] += 1
            yield record


class _Outlet(io.RawIOBase):
    """What the archive is written into; taken away piece by piece, so that nothing piles up."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._held += data
        return len(data)

    @property
    def is_full(self) -> bool:
        return len(self._held) >= PIECE_BYTES

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def _written(archive: ZipFile, outlet: _Outlet, info: ZipInfo, pieces: Pieces) -> Iterator[bytes]:
    # The size is not known before; the wide format allows any.
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            if outlet.is_full:
                yield outlet.take()


def _if_any(name: str, records: Iterator[Any]) -> Iterator[tuple[str, Pieces]]:
    """The file of these records, unless there are none."""
    for first in records:
        yield name, _array(chain([first], records))


def _array(records: Iterator[Any]) -> Iterator[bytes]:
    """A JSON array, one record a line."""
    before = "[\n"
    for record in records:
        yield (before + _text(record)).encode("utf-8", "replace")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def _pair(first: str, its: Iterator[Any], second: str, others: Iterator[Any]) -> Iterator[bytes]:
    """An object of two arrays."""
    yield f'{{"{first}": '.encode()
    yield from _array(its)
    yield f', "{second}": '.encode()
    yield from _array(others)
    yield b"}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain).encode("utf-8", "replace")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)
