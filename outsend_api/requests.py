"""What surrounds every request: its id, one line in the log, a calm answer where we failed, the renewed cookie."""

import logging
import re
import secrets
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.errors import OutsendError
from engine.logs import request_id
from engine.settings import Settings
from outsend_api.cookies import SESSION_COOKIE, session_header
from outsend_api.timings import Timings

HEADER = "X-Request-Id"
GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CLIENT_LEFT = 499  # in the log alone: nobody is there to be told

access = logging.getLogger("outsend.access")
log = logging.getLogger(__name__)


class Requests:
    """The outermost layer that knows a request from its first byte to its last. Streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, settings: Settings, timings: Timings) -> None:
        self._app = app
        self._settings, self._timings = settings, timings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self._settings)
        bound = request_id.set(exchange.reference)
        try:
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = exchange.status or CLIENT_LEFT
        except Exception as error:
            await exchange.fail(error)
        finally:
            exchange.note(self._timings)
            request_id.reset(bound)


class _Exchange:
    """One request and its answer. `status` is 0 until the answer begins."""

    def __init__(self, scope: Scope, send: Send, settings: Settings) -> None:
        self._scope, self._send, self._settings = scope, send, settings
        self._started = time.perf_counter()
        # Made here, so that it is the same object for whoever copies the scope further in.
        self._state: MutableMapping[str, Any] = scope.setdefault("state", {})
        given = Headers(scope=scope).get(HEADER, "")
        self.reference = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        self.status = 0

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on; its beginning gets our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[HEADER] = self.reference
            self._renew(headers)
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """Answer a failure of ours without a word of what is inside. An answer that has begun breaks off instead."""
        if not self.status:
            log.error("A request failed", exc_info=error)
            await _internal_error(self.reference)(self._scope, _nothing_more, self.send)
        elif isinstance(error.__cause__, OutsendError):
            log.warning("An answer broke off: %s", error.__cause__.text)
        else:
            log.error("An answer broke off", exc_info=error)

    def note(self, timings: Timings) -> None:
        """The line in the log, and one more in the count. The query may hold a token, so it stays out."""
        seconds = time.perf_counter() - self._started
        timings.note(self._scope, status=self.status or CLIENT_LEFT, seconds=seconds)
        fields = {
            "method": self._scope["method"],
            "path": self._scope["path"],
            "status": self.status or CLIENT_LEFT,
            "ms": round(1000 * seconds, 1),
            "account_id": self._state.get("account_id"),
        }
        access.info("%s %s %s", fields["method"], fields["path"], fields["status"], extra={"fields": fields})

    def _renew(self, headers: MutableHeaders) -> None:
        value = self._state.get("renewed_session")
        # An endpoint that set or cleared the session has the last word.
        decided = any(cookie.startswith(f"{SESSION_COOKIE}=") for cookie in headers.getlist("set-cookie"))
        if value and not decided:
            headers.append("set-cookie", session_header(self._settings, value))


def _internal_error(reference: str) -> JSONResponse:
    hint = f"Repeat the request later; tell the operator this reference if it stays: {reference}"
    detail = f"Erreur interne (référence {reference})"
    return JSONResponse({"detail": detail, "code": "internal_error", "hint": hint}, 500)


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}
