"""Guards every request against other sites, and every answer against what browsers may do with it.

Source of the rule: PRODUCT, section 5. The session cookie is SameSite=Lax; this holds where that does not.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.settings import Settings
from outsend_api.bodies import UPLOADS
from outsend_api.cookies import SESSION_COOKIE

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PORTS = {"http": 80, "https": 443}
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HSTS = "max-age=31536000"


def own_origins(settings: Settings) -> frozenset[str]:
    """The origins of our own pages: the public URL's, and each loopback name when that is loopback. `null` is none."""
    url = urlsplit(settings.public_url)
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    hosts = {host, *LOOPBACK_HOSTS} if is_loopback(url.hostname or "") else {host}
    return frozenset(_origin(url.scheme, host, url.port) for host in hosts)


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class CsrfGuard:
    """Turns away what another site made a browser send."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._own = own_origins(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        if self._is_foreign(scope):
            await _foreign()(scope, receive, send)
            return
        if scope["path"].startswith("/api/") and not _may_bear(scope):
            empty, receive = await _peeked(scope, receive)
            if not empty:
                await _wrong_type()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        """Whether the browser sent the session along for somebody else's page."""
        request = HTTPConnection(scope)
        origins = request.headers.getlist("origin")
        return SESSION_COOKIE in request.cookies and any(origin.lower() not in self._own for origin in origins)


class SecurityHeaders:
    """Tells browsers what an answer may do. What an endpoint says itself stands."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._https = settings.is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _add(self, headers: MutableHeaders) -> None:
        page = headers.get("content-type", "").startswith("text/html")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        # A form that is served with `no-referrer` is sent with `Origin: null`, which would be foreign.
        headers.setdefault("Referrer-Policy", "same-origin" if page else "no-referrer")
        headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        headers.setdefault("Cache-Control", "no-store")
        if self._https:
            headers.setdefault("Strict-Transport-Security", HSTS)


def _origin(scheme: str, host: str, port: int | None) -> str:
    shown = "" if port in (None, PORTS.get(scheme)) else f":{port}"
    return f"{scheme}://{host}{shown}".lower()


def _may_bear(scope: Scope) -> bool:
    """Whether a body of this content type may come to this path."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return scope["path"] == UPLOADS
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def _peeked(scope: Scope, receive: Receive) -> tuple[bool, Receive]:
    """Whether there is no body, and how to receive from the start again."""
    headers = Headers(scope=scope)
    if "transfer-encoding" not in headers:
        return headers.get("content-length", "0") == "0", receive
    first = await receive()  # a body of unknown length: the first piece tells
    unread = [first]

    async def again() -> Message:
        return unread.pop() if unread else await receive()

    return not first.get("body") and not first.get("more_body"), again


def _foreign() -> JSONResponse:
    return _told(
        403,
        "Requête refusée : elle vient d'un autre site",
        "foreign_origin",
        "Send it from a page of this server's public URL, or without the session cookie, with a token.",
    )


def _wrong_type() -> JSONResponse:
    return _told(
        400,
        "Type de contenu non accepté : envoie du JSON",
        "content_type",
        "Send Content-Type: application/json; files go to POST /api/imports as multipart/form-data.",
    )


def _told(status: int, detail: str, code: str, hint: str) -> JSONResponse:
    """A new one each time: the layers around it write into its headers."""
    return JSONResponse({"detail": detail, "code": code, "hint": hint}, status)
