"""The file formats of rows, by name."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import OutsendError
from engine.export import csv, json, xlsx
from engine.rows.types import Row


class UnsupportedFormat(OutsendError):
    code = "unsupported_format"
    message = "Format non pris en charge : {format} (formats possibles : {known})"
    hint = "Ask for one of {known}."


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is the file's ending, too. `write` gives a file in pieces: columns, rows -> bytes."""

    name: str
    media_type: str
    write: Callable[[Sequence[str], Iterable[Row]], Iterator[bytes]]


FORMATS: Mapping[str, Format] = {
    "csv": Format("csv", csv.MEDIA_TYPE, csv.write),
    "json": Format("json", json.MEDIA_TYPE, json.write),
    "xlsx": Format("xlsx", xlsx.MEDIA_TYPE, xlsx.write),
}


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UnsupportedFormat.
    """
    if name not in FORMATS:
        raise UnsupportedFormat(format=name[:20], known=", ".join(FORMATS))
    return FORMATS[name]
