"""One file out of a multipart form, handed on while it comes in: nothing of it is held or spooled."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from anyio import to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from engine.imports.errors import FormUnreadable

FIELD = b"file"


class Sink(Protocol):
    """Who takes the file."""

    def write(self, data: bytes) -> None:
        """Add a piece."""
        ...

    def discard(self) -> None:
        """Forget what has come."""
        ...


class _Form:
    """Follows one form. `begin` makes the sink once the file's name is known."""

    def __init__(self, boundary: bytes, begin: Callable[[str], Sink]) -> None:
        self.sink: Sink | None = None
        self.complete = False
        self._begin = begin
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._inside = False  # of the part that holds the file
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._ends,
            },
        )

    def feed(self, piece: bytes) -> None:
        """Read on. Blocks on the disk. Raises FormUnreadable, and what the sink raises."""
        try:
            self._parser.write(piece)
        except FormParserError:
            raise FormUnreadable(problem="le formulaire est mal formé") from None

    def _part_begins(self) -> None:
        self._headers = {}

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if options.get(b"name") != FIELD or b"filename" not in options:
            return  # another field: nobody reads it
        if self.sink is not None:
            raise FormUnreadable(problem="un seul fichier est attendu")
        self._inside = True
        self.sink = self._begin(options[b"filename"].decode("utf-8", "replace"))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._inside and self.sink is not None:
            self.sink.write(data[start:end])

    def _part_ends(self) -> None:
        self._inside = False

    def _ends(self) -> None:
        self.complete = True


async def receive_file(request: Request, begin: Callable[[str], Sink]) -> None:
    """Hand the part `file` of a multipart request to the sink that `begin` makes of its name.

    Whatever goes wrong, a client that hangs up too, the sink is told to discard.

    Raises:
        FormUnreadable: no form, or none with a file. What `begin` and the sink raise.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise FormUnreadable(problem="un formulaire multipart est attendu")
    try:
        form = _Form(options[b"boundary"], begin)
    except FormParserError:
        raise FormUnreadable(problem="le formulaire est mal formé") from None
    try:
        await _fed(form, request.stream())
        if form.sink is None:
            raise FormUnreadable(problem="le fichier manque (champ « file »)")
        if not form.complete:
            raise FormUnreadable(problem="le formulaire est incomplet")
    except BaseException:
        if form.sink is not None:
            form.sink.discard()
        raise


async def _fed(form: _Form, pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        if piece:
            await to_thread.run_sync(form.feed, piece)
