"""A body that was read, once more: for who comes after."""

from starlette.types import Message, Receive


def replay(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever else comes (the client going away)."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
