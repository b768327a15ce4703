"""What no endpoint should have to read: bodies beyond their limit, and JSON nested without an end."""

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.limits import IMPORT_BYTES_MAX

MB = 1024 * 1024
JSON_BYTES_MAX = 25 * MB  # 10,000 items fit
MCP_BYTES_MAX = 4 * MB
FORM_BYTES_MAX = 64 * 1024  # sign-in, consent
UPLOAD_BYTES_MAX = IMPORT_BYTES_MAX + MB  # the file, and what multipart puts around it
UPLOADS = "/api/imports"
DEPTH_MAX = 64

# An escaped pair counts as one, so that an escaped quote ends no string.
_TOKEN = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)


class BodyLimits:
    """Counts a body while it comes in, whatever length it was said to have: 413 when too large, 400 when too deep."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        meter = _Meter(scope, receive, send)
        try:
            meter.check_declared()
            await self._app(scope, meter.receive, meter.send)
        except _Refused:
            pass
        except Exception:
            if meter.refusal is None:
                raise  # else: what the app made of a body that was cut off
        if meter.refusal is not None and not meter.answering:
            await meter.refusal(scope, receive, send)


class _Refused(HTTPException):
    """Ends the reading of a body. The answer is the meter's, whatever the app would say."""


class _Meter:
    """One body on its way in, and the answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        headers = Headers(scope=scope)
        self._declared = headers.get("content-length", "")
        self._limit = limit_of(scope["path"])
        self._left = self._limit
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_form = kind.startswith("multipart/") or kind == "application/x-www-form-urlencoded"
        self._json = None if is_form else _Json()
        self.refusal: JSONResponse | None = None
        self.answering = False

    def check_declared(self) -> None:
        """Refuse at once what says itself that it is too large."""
        if self._declared.isascii() and self._declared.isdigit() and int(self._declared) > self._limit:
            raise self._refuse(_too_large(self._limit))

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            body = message.get("body", b"")
            self._left -= len(body)
            if self._left < 0:
                raise self._refuse(_too_large(self._limit))
            if self._json is not None and (problem := self._json.problem(body)):
                raise self._refuse(problem)
        return message

    async def send(self, message: Message) -> None:
        if self.refusal is not None and not self.answering:
            return  # the refusal is the answer
        self.answering = True
        await self._send(message)

    def _refuse(self, answer: JSONResponse) -> _Refused:
        self.refusal = answer
        return _Refused(answer.status_code)


class _Json:
    """Follows how deep JSON text is nested, piece by piece. Measured: 25 MB of ordinary items in 0.1 s."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._half = b""  # a backslash at the end of a piece belongs to what comes next

    def problem(self, piece: bytes) -> JSONResponse | None:
        """Why the text can't be read on; None while it is fine."""
        if b"\0" in piece:  # UTF-16, which JSON readers guess and this one would misread
            return _told(400, "JSON illisible", "bad_json", "Send one JSON document, UTF-8.")
        piece, end = self._half + piece, 0
        for token in _TOKEN.finditer(piece):
            end = token.end()
            self._step(token[0])
            if self._depth > DEPTH_MAX:
                hint = f"Nest objects and lists at most {DEPTH_MAX} deep."
                return _told(400, f"JSON trop imbriqué (max {DEPTH_MAX} niveaux)", "json_too_deep", hint)
        self._half = b"\\" if piece.endswith(b"\\") and end < len(piece) else b""
        return None

    def _step(self, token: bytes) -> None:
        if token == b'"':
            self._in_string = not self._in_string
        elif not self._in_string:
            self._depth += (token in b"[{") - (token in b"]}")


def limit_of(path: str) -> int:
    """How many bytes a request to this path may bring."""
    if path == UPLOADS:
        return UPLOAD_BYTES_MAX
    if path.startswith("/api/"):
        return JSON_BYTES_MAX
    return MCP_BYTES_MAX if path == "/mcp" else FORM_BYTES_MAX


def _too_large(limit: int) -> JSONResponse:
    most = f"{limit // MB} Mo" if limit >= MB else f"{limit // 1024} Ko"
    hint = "Split the list into several requests, or send a file to POST /api/imports."
    return _told(413, f"Requête trop volumineuse (max {most})", "body_too_large", hint)


def _told(status: int, detail: str, code: str, hint: str) -> JSONResponse:
    return JSONResponse({"detail": detail, "code": code, "hint": hint}, status)
