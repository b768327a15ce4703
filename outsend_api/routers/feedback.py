"""`/api/feedback`: conversations with the operator of the server. Source: docs page api/feedback."""

from typing import Annotated

from fastapi import APIRouter, Path

from engine.feedback import operations as feedback
from engine.feedback.schemas import MessageRequest, ThreadPublic, ThreadRequest, Unread
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.routers.parameters import ID_MAX

router = APIRouter(prefix="/api/feedback", tags=["feedback"])

ThreadId = Annotated[int, Path(ge=1, le=ID_MAX, description="The thread's `id`.")]


@router.get("/threads", responses=may(401, 403))
def list_threads(user: SignedIn) -> list[ThreadPublic]:
    """Your threads with their messages, newest first, 100 at most. Listing marks nothing as read."""
    return user.run(feedback.list_threads)


@router.post("/threads", status_code=201, responses=may(400, 401, 403, 413, 422, 429))
def open_thread(asked: ThreadRequest, user: ActiveUser) -> ThreadPublic:
    """Begin a thread with its first message. At most 20 an hour."""
    return user.run(feedback.open_thread, type=asked.type, message=asked.message, topic=asked.topic)


@router.get("/unread", responses=may(401, 403))
def count_unread(user: SignedIn) -> Unread:
    """How many replies you have not seen, over all your threads."""
    return user.run(feedback.unread)


@router.post("/threads/{thread_id}/messages", status_code=201, responses=may(400, 401, 403, 404, 413, 422))
def reply(thread_id: ThreadId, asked: MessageRequest, user: ActiveUser) -> ThreadPublic:
    """Reply in a thread of yours that is open; the thread then counts as read."""
    return user.run(feedback.reply, thread_id, asked.message)


@router.post("/threads/{thread_id}/read", status_code=204, responses=may(400, 401, 403, 404, 422))
def mark_read(thread_id: ThreadId, user: ActiveUser) -> None:
    """Mark a thread of yours as read."""
    user.run(feedback.mark_read, thread_id)
