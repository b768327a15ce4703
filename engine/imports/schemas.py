"""Uploaded files and pasted lists, as whoever sends them sees them."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, PlainSerializer

from engine.rows.types import Row


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Stamp = Annotated[datetime, PlainSerializer(_stamp, return_type=str, when_used="json")]


class FoundColumn(BaseModel):
    """One column of a table. `column` is its name in the rows: the canonical one where it was recognised.

    `canonical` is null for a column that stays as it is; `found_by` says whether its name or its content told.
    """

    header: str
    column: str
    canonical: str | None
    found_by: Literal["name", "content"] | None


class FoundTable(BaseModel):
    """What a table looks like. `mapping` leads from header to canonical name, null where there is none.

    `encoding` and `delimiter` are null for formats that have none. `notice` is what people should know, in French.
    """

    format: Literal["csv", "tsv", "xlsx", "json"]
    encoding: str | None
    delimiter: str | None
    has_header: bool
    row_count: int
    columns: list[FoundColumn]
    mapping: dict[str, str | None]
    notice: str | None


class UploadPublic(FoundTable):
    """An uploaded file. `rows` are the first ten, under the names that an import gives. Times are UTC."""

    upload_id: str
    filename: str
    bytes: int
    expires_at: Stamp
    rows: list[Row]


class UploadBrief(BaseModel):
    """An uploaded file in a list. `filename` is null for one that was not sent here."""

    upload_id: str
    filename: str | None
    bytes: int
    expires_at: Stamp


class UploadsPublic(BaseModel):
    """The files that are there now, oldest first, and what they may take together."""

    items: list[UploadBrief]
    bytes: int
    bytes_max: int
    files_max: int


class ListRequest(BaseModel):
    """Pasted text: one site, address or number a line, or a table with any delimiter, or JSON."""

    text: str = Field(examples=["dupont-dentiste.fr\ngarage-martin.fr", "nom;email\nDupont;contact@dupont.fr"])


class ParsedList(FoundTable):
    """A pasted list. `items` can be sent as the `items` of any job."""

    items: list[Row]
