"""Header values as HTTP means them."""

from starlette.types import ASGIApp, Receive, Scope, Send

PADDING = b" \t"


def without_padding(app: ASGIApp) -> ASGIApp:
    """The app with white space around header values taken off: it is no part of them, and the server's parser leaves
    what follows a value. Source: RFC 9110, 5.5.
    """

    async def trimmed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [(name, value.strip(PADDING)) for name, value in scope["headers"]]}
        await app(scope, receive, send)

    return trimmed
