"""Reading a page from a world of our own on it: what the page's scripts have changed is not what we call."""

from typing import Any, cast

from playwright.async_api import CDPSession
from pydantic import JsonValue

# What nobody looks at.
NOT_LOADED = frozenset({"image", "media", "font", "texttrack", "ping", "manifest"})


async def evaluate(session: CDPSession, expression: str) -> JsonValue:
    """The value of a JavaScript expression, a promise's too; None where it can't be told as JSON."""
    tree = await _send(session, "Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    world = await _send(session, "Page.createIsolatedWorld", frameId=frame, worldName="outsend")
    context = world["executionContextId"]
    answer = await _send(
        session, "Runtime.evaluate", expression=expression, contextId=context, awaitPromise=True, returnByValue=True
    )
    return answer["result"].get("value")


async def _send(session: CDPSession, command: str, **params: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", await session.send(command, params))
