"""What stands before the app for a client that can send no header of its own: it signs each request in."""

from starlette.types import ASGIApp, Receive, Scope, Send


class SignedIn:
    """The app behind it sees the token; Host, Origin and all else come through as they were sent."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._header = b"authorization", f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], self._header]}
        await self._app(scope, receive, send)
