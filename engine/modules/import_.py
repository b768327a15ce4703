"""Bring a table of one's own: pasted text, a file's address, an upload.

Any encoding, delimiter and header; columns get their canonical names, nothing is dropped, and the notice says what was
mapped, guessed, ignored. A Google Sheets link is read through its csv export. Source: CONTRACT, module table, area 14.
"""

import asyncio
import io
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, urljoin, urlsplit

from pydantic import ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, to_json

from engine.module import Found, Item, ModuleConfig, OutsendError, Past, Run, SourceModule, Upload, option
from engine.rows.errors import ImportUnreadable
from engine.rows.mapping import map_table
from engine.rows.readers import Delimiter, HasHeader, read_table
from engine.rows.sites import normal_site
from engine.rows.table import Table
from engine.rows.types import Row

SOURCES = ("content", "url", "upload_id")
REDIRECTS_MAX = 5
REDIRECTS = (301, 302, 303, 307, 308)
CHECKED_CHARS_MAX = 1_000_000  # a longer text takes too long to read while somebody waits for the answer
DOWNLOAD_SECONDS = 60.0

_SHEET = re.compile(r"https://docs\.google\.com/spreadsheets/(?:u/\d+/)?d/(?P<id>(?:e/)?[\w-]+)(?P<rest>.*)")
_GID = re.compile(r"[?&#]gid=(\d+)")


class AddressUnreadable(OutsendError):
    code = "import_address_unreadable"
    message = "Import illisible : {url} répond {problem}"
    hint = "Give the address of a csv, tsv, json or xlsx file that opens without signing in."


class SheetNotShared(OutsendError):
    code = "import_sheet_not_shared"
    message = "Import illisible : la feuille Google n'est pas partagée"
    hint = "Share the sheet with anyone who has the link, or upload the file."


class ImportConfig(ModuleConfig):
    """Exactly one of `content`, `url`, `upload_id`; blank ones count as not given."""

    content: str | None = option(
        None,
        fr="Contenu (CSV, TSV ou JSON)",
        en="The table as text: CSV, TSV or JSON",
        examples=["nom;site_web\nCabinet Dupont;https://dupont-dentiste.fr"],
    )
    url: str | None = option(None, fr="Adresse du fichier", en="Address of a file, or a Google Sheets link")
    upload_id: str | None = option(None, fr="Fichier envoyé", en="Id of a file sent to POST /api/imports")
    filename: str = option("", fr="Nom du fichier", en="Name of the file, where it helps to know its format")
    delimiter: Delimiter = option("auto", fr="Séparateur", en="Delimiter of the cells")
    has_header: HasHeader = option("auto", fr="Ligne d'en-tête", en="Whether the first line names the columns")

    @model_validator(mode="before")
    @classmethod
    def _one_source(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        values = cast("Mapping[str, object]", given)
        named = [name for name in SOURCES if str(values.get(name) or "").strip()]
        if not named and isinstance(values.get("content"), str):
            named = ["content"]  # given, though empty: for `check` to refuse
        if len(named) == 1:
            return {name: value for name, value in values.items() if name not in SOURCES or name in named}
        raise ValidationError.from_exception_data(cls.__name__, [_refusal(named, values)])


class Import(SourceModule[ImportConfig]):
    slug = "import"
    label = {"fr": "Import", "en": "Import"}
    category, node_category, entry_category = "pipeline", "source", "sources"
    lane = "parallel"
    output = "pois"
    reads = "csv_rows"
    unit, result_unit = "file", "rows"
    ef_per_item = 0.0
    usual_seconds = 1.0
    weight = 0.05
    resumable = False
    config = ImportConfig

    def width(self, config: ImportConfig) -> int:
        return 1

    def item_timeout_seconds(self, config: ImportConfig) -> float:
        return 600.0  # the largest workbook allowed

    def check(self, config: ImportConfig, past: Past) -> None:
        """Refuse a text that is no table, and an address that is none, before a job is made of it.

        Raises:
            ImportEmpty, ImportUnreadable.
        """
        if config.url:
            csv_export(config.url.strip())
        if config.content is not None and len(config.content) <= CHECKED_CHARS_MAX:
            _read(_held(config), config)

    def of_items(self, values: Mapping[str, Any], items: Sequence[Row]) -> Mapping[str, Any]:
        """The items as JSON text; a file name would only mislead."""
        return {**values, "content": to_json(items, inf_nan_mode="null").decode(), "filename": ""}

    def plan(self, config: ImportConfig) -> list[Item]:
        """One item: the file."""
        return [{"source": next(name for name in SOURCES if getattr(config, name) is not None)}]

    def rows_at_most(self, config: ImportConfig, rows: int | None, upload: Upload) -> int | None:
        """The rows of the text or the upload; None for an address, and for what is too large to read at once.

        Raises:
            ImportEmpty, ImportUnreadable, UploadMissing.
        """
        if config.url:
            return None
        with _held(config) if config.upload_id is None else upload(config.upload_id) as file:
            too_large = file.seek(0, io.SEEK_END) > CHECKED_CHARS_MAX
            return None if too_large else len(_read(file, config).rows)

    async def find(self, item: Item, config: ImportConfig, run: Run) -> Found:
        """The rows of the file, under canonical names where these were recognised. Many are read while they are saved.

        Raises:
            ImportEmpty, ImportUnreadable, AddressUnreadable, SheetNotShared: what is wrong with the file.
            UploadMissing: there is no such upload. Unreachable: the address gave no answer.
        """
        with await _given(config, run) as file:
            # Reading a large file takes seconds of CPU.
            rows, columns, notice = await asyncio.to_thread(lambda: map_table(_read(file, config)))
        if notice.text:
            run.note(notice.text)
        return Found(rows=rows, columns=columns)


async def _given(config: ImportConfig, run: Run) -> BinaryIO:
    if config.url:
        return io.BytesIO(await _download(config.url.strip(), run))
    if config.upload_id:
        return await asyncio.to_thread(run.upload, config.upload_id)
    return _held(config)


def _held(config: ImportConfig) -> BinaryIO:
    return io.BytesIO((config.content or "").encode("utf-8", "replace"))


def _read(file: BinaryIO, config: ImportConfig) -> Table:
    return read_table(file, filename=config.filename, delimiter=config.delimiter, has_header=config.has_header)


def _refusal(named: list[str], values: Mapping[str, object]) -> InitErrorDetails:
    if not named:
        return InitErrorDetails(type="missing", loc=("content",), input=dict(values))
    problem = PydanticCustomError("several_sources", "une seule source est attendue : content, url ou upload_id")
    return InitErrorDetails(type=problem, loc=(named[1],), input=values[named[1]])


async def _download(url: str, run: Run) -> bytes:
    address = csv_export(url)
    answer = await run.api.request("GET", address, timeout_seconds=DOWNLOAD_SECONDS)
    for _ in range(REDIRECTS_MAX):
        location = answer.headers.get("location")
        if not location or answer.status not in REDIRECTS:
            break
        # Each step is checked by the guard like the first.
        address = urljoin(address, location)
        answer = await run.api.request("GET", address, timeout_seconds=DOWNLOAD_SECONDS)
    _check_answer(url, address, answer.status, answer.headers.get("content-type") or "")
    return answer.body


def _check_answer(url: str, address: str, status: int, content_type: str) -> None:
    """Refuse an answer that holds no file. `url` is the address as asked, `address` the last one."""
    refused = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or "html" in content_type.lower()
    if _SHEET.match(url) and (refused or urlsplit(address).hostname == "accounts.google.com"):
        raise SheetNotShared
    if status != HTTPStatus.OK:
        raise AddressUnreadable(url=url[:200], problem=f"HTTP {status}")


def csv_export(url: str) -> str:
    """The address of a Google sheet's csv export; any other address as it is, with a scheme.

    Raises:
        ImportUnreadable: `url` is no web address.
    """
    address = normal_site(url) and (url if "://" in url else normal_site(url))
    if not address:
        raise ImportUnreadable(problem=f"« {url[:100]} » n'est pas une adresse web")
    match = _SHEET.fullmatch(address)
    if not match:
        return address
    gid = _GID.search(match["rest"])
    sheet = f"gid={gid[1]}" if gid else ""
    base = f"https://docs.google.com/spreadsheets/d/{match['id']}"
    if match["id"].startswith("e/"):  # published to the web
        single = "&single=true" if sheet else ""
        return f"{base}/pub?output=csv{'&' if sheet else ''}{sheet}{single}"
    if "csv" in parse_qs(urlsplit(address).query).get("format", ()):
        return address
    return f"{base}/export?format=csv{'&' if sheet else ''}{sheet}"


module = Import()
