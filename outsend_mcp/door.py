"""The way in to `/mcp` over HTTP: who calls, with which scope, and whether it speaks the protocol at all.

The session cookie means nothing here. Source: RFC 6750 (challenges), RFC 9728 (where they point to).
"""

import json
from collections.abc import Container
from typing import Any, cast

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser, BearerAuthBackend
from mcp.server.transport_security import DEFAULT_MAX_REQUEST_BODY_SIZE, RequestBodyLimitMiddleware
from mcp_types import INVALID_REQUEST, PARSE_ERROR
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.accounts.errors import NotSignedIn, ScopeMissing
from engine.errors import OutsendError
from outsend_mcp.replay import replay
from outsend_mcp.verifier import SCOPES

NOT_A_MESSAGE = "Body must be a single JSON-RPC request or notification object"


class Door:
    """Lets requests with a good token through to the protocol. Nothing but POST: no stream is open between calls."""

    def __init__(
        self, protocol: ASGIApp, *, backend: BearerAuthBackend, metadata_url: str, spending: Container[str | None]
    ):
        self._backend = backend
        self._metadata_url = metadata_url
        self._spending = spending  # the tools that need the scope to run
        self._inner = RequestBodyLimitMiddleware(self._message, DEFAULT_MAX_REQUEST_BODY_SIZE)
        self._protocol = protocol

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        found = await self._backend.authenticate(connection)
        if found is None:
            await self._challenge(401, NotSignedIn(), "invalid_token" if has_bearer(connection) else None)(
                scope, receive, send
            )
            return
        scope["auth"], scope["user"] = found
        if scope["method"] != "POST":
            await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)
        elif SCOPES["read"] not in found[0].scopes:
            await self._challenge(403, ScopeMissing(scope="read"), "insufficient_scope")(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _message(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is no message, and a call for which the token has no scope; pass the rest on."""
        body = await Request(scope, receive).body()
        refusal = self._refusal(body, cast("AuthenticatedUser", scope["user"]))
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._protocol(scope, replay(body, receive), send)

    def _refusal(self, body: bytes, user: AuthenticatedUser) -> Response | None:
        try:
            message: Any = json.loads(body)
        except (ValueError, RecursionError):
            return _protocol_error(PARSE_ERROR, "Parse error")
        if not _is_message(message):
            return _protocol_error(INVALID_REQUEST, NOT_A_MESSAGE)
        if self._tool_called(message) in self._spending and SCOPES["run"] not in user.scopes:
            return self._challenge(403, ScopeMissing(scope="run"), "insufficient_scope")
        return None

    @staticmethod
    def _tool_called(message: dict[str, Any]) -> str | None:
        params = message.get("params")
        if message.get("method") != "tools/call" or not isinstance(params, dict):
            return None
        name = cast("dict[str, Any]", params).get("name")
        return name if isinstance(name, str) else None

    def _challenge(self, status: int, error: OutsendError, reason: str | None) -> Response:
        """A refusal that tells a client where to learn how to sign in, and which scopes to ask for."""
        parts = [f'resource_metadata="{self._metadata_url}"', f'scope="{" ".join(SCOPES.values())}"']
        if reason is not None:
            parts.insert(0, f'error="{reason}"')
        told = {"detail": error.text, "code": error.code, "hint": error.next_step}
        told |= {"error": reason} if reason else {}
        return JSONResponse(told, status, {"WWW-Authenticate": f"Bearer {', '.join(parts)}"})


def has_bearer(connection: HTTPConnection) -> bool:
    """Whether the request bears a token at all, good or not."""
    return connection.headers.get("authorization", "").lower().startswith("bearer ")


def _is_message(message: Any) -> bool:
    """A request, a notification, or the response to a request of ours."""
    if not isinstance(message, dict):
        return False
    named = cast("dict[str, Any]", message)
    if named.get("jsonrpc") != "2.0" or not isinstance(named.get("params", {}), dict):
        return False
    if isinstance(named.get("id", 0), bool | float | list | dict) or ("id" in named and named["id"] is None):
        return False
    return isinstance(named.get("method"), str) or ("method" not in named and ("result" in named or "error" in named))


def _protocol_error(code: int, told: str) -> Response:
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": told}}, 400)
