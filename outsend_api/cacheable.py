"""Answers that are the same for everybody and change only with a release: kept by caches, and asked for in short."""

from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request, Response

FRESH_SECONDS = 300


def cacheable(
    request: Request, body: bytes, *, media_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    """The body with its validator; 304 without one where the client has that very version (RFC 9110, If-None-Match)."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={FRESH_SECONDS}", **(headers or {})}
    known = ",".join(request.headers.getlist("if-none-match"))
    if tag in (one.strip().removeprefix("W/") for one in known.split(",")) or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
