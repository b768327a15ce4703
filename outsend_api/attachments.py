"""Files that a browser saves: streamed, with their name. Source: RFC 6266 (Content-Disposition), RFC 8187."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

_UNFIT = re.compile(r"[^ !#$&+\-.^_`|~0-9A-Za-z]")  # for a quoted name that every client understands


def attachment(pieces: Iterator[bytes], filename: str, media_type: str) -> StreamingResponse:
    """The pieces as a file, each sent as it is made. An error on the way cuts the connection: no file looks whole."""
    return StreamingResponse(pieces, headers=_headers(filename, media_type))


def announced(filename: str, media_type: str) -> Response:
    """The headers of `attachment`, for HEAD. The length is unknown before the last piece."""
    response = Response(headers=_headers(filename, media_type))
    del response.headers["content-length"]
    return response


def disposition(filename: str) -> str:
    """`attachment` with the name twice: plain for old clients, exact for the others."""
    plain = _UNFIT.sub("_", filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _headers(filename: str, media_type: str) -> dict[str, str]:
    return {"Content-Type": media_type, "Content-Disposition": disposition(filename)}
