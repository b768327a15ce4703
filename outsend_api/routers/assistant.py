"""`/api/assistant`: turns of the in-app assistant as server-sent events, conversations, and confirmed actions."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from engine.assistant import conversations, turn
from engine.assistant.listening import Events
from engine.assistant.schemas import (
    ConfirmRequest,
    ConversationList,
    ConversationPublic,
    EventName,
    MessageRequest,
)
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.event_stream import KEEP_ALIVE, EventStream, encoded

router = APIRouter(prefix="/api/assistant", tags=["assistant"])

_EVENT = {
    "type": "object",
    "description": "One event; `data` is JSON (docs page api/assistant).",
    "properties": {
        "event": {"enum": list(get_args(EventName))},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_TURN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The turn as it goes on", "content": {"text/event-stream": {"schema": _EVENT}}}
}


@router.post(
    "/messages", response_class=StreamingResponse, responses={**_TURN, **may(400, 401, 402, 403, 404, 409, 422)}
)
async def say(asked: MessageRequest, user: ActiveUser) -> EventStream:
    """Say something to the assistant; the answer streams. Without `conversation_id` a new conversation begins.

    Actions that spend, or that take something away, wait for `POST /api/assistant/confirm`. Whoever closes the stream
    ends the turn; what was said is kept.
    """
    return _stream(await turn.say(user, asked))


@router.post(
    "/confirm", response_class=StreamingResponse, responses={**_TURN, **may(400, 401, 403, 404, 409, 410, 422)}
)
async def confirm(asked: ConfirmRequest, user: ActiveUser) -> EventStream:
    """Approve an action of the assistant's, or refuse it; the turn goes on as a stream. A token works once."""
    return _stream(await turn.decide(user, asked))


@router.get("/conversations", responses=may(401, 403))
def list_conversations(user: SignedIn) -> ConversationList:
    """Your conversations, the one that was used last first."""
    return user.run(conversations.list_conversations)


@router.get("/conversations/{conversation_id}", responses=may(401, 403, 404))
def get_conversation(conversation_id: str, user: SignedIn) -> ConversationPublic:
    """One conversation with all its messages, and the actions that wait for you."""
    return user.run(conversations.look, conversation_id)


@router.delete("/conversations/{conversation_id}", status_code=204, responses=may(401, 403, 404))
def delete_conversation(conversation_id: str, user: ActiveUser) -> None:
    """Forget a conversation. A turn that is under way ends."""
    user.run(conversations.delete_conversation, conversation_id)


def _stream(events: Events) -> EventStream:
    async def written() -> AsyncGenerator[bytes]:
        async with aclosing(events):
            async for event in events:
                yield KEEP_ALIVE if event is None else encoded(event.name, event.data)

    return EventStream(written())
