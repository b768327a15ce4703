"""`/api/admin`: for administrators, by session alone: everybody's feedback, accounts, invitations."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from engine.accounts import admin
from engine.accounts.admin import InvitationPublic, InvitationRequest, UserChange, UsersPage
from engine.accounts.schemas import AccountPublic
from engine.feedback import inbox
from engine.feedback.schemas import MessageRequest, OnDemandInbox, StatusRequest, ThreadPublic, ThreadsPage
from engine.limits import ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX, FEEDBACK_TOPIC_MAX
from outsend_api.access import Admin
from outsend_api.errors import may
from outsend_api.routers.parameters import ID_MAX, Cursor

router = APIRouter(prefix="/api/admin", tags=["admin"])

Id = Annotated[int, Path(ge=1, le=ID_MAX)]
Limit = Annotated[int, Query(description=f"Entries wanted; brought into 1 to {ADMIN_PAGE_MAX}.")]
Search = Annotated[str | None, Query(max_length=254, description="A part of the e-mail address.")]
Status = Annotated[Literal["open", "closed"] | None, Query(description="Threads of this status only.")]
Topic = Annotated[str | None, Query(max_length=FEEDBACK_TOPIC_MAX, description="Threads of this topic only.")]


@router.get("/feedback/on-demand", responses=may(401, 403))
def list_on_demand(user: Admin) -> OnDemandInbox:
    """The threads that ask for an on-demand module, by topic, with the newest of each."""
    return user.run(inbox.on_demand)


@router.get("/feedback/threads", responses=may(401, 403, 422))
def list_everybodys_threads(
    user: Admin,
    status: Status = None,
    topic: Topic = None,
    limit: Limit = ADMIN_PAGE_DEFAULT,
    cursor: Cursor = None,
) -> ThreadsPage:
    """Everybody's threads, newest first. `unread_for_me` counts what no administrator has read."""
    return user.run(inbox.list_page, status=status, topic=topic, limit=limit, cursor=cursor)


@router.post("/feedback/threads/{thread_id}/messages", status_code=201, responses=may(400, 401, 403, 404, 413, 422))
def answer(thread_id: Id, asked: MessageRequest, user: Admin) -> ThreadPublic:
    """Reply as an administrator in an open thread; it then counts as read by the administrators."""
    return user.run(inbox.answer, thread_id, asked.message)


@router.post("/feedback/threads/{thread_id}/read", status_code=204, responses=may(400, 401, 403, 404, 422))
def mark_thread_read(thread_id: Id, user: Admin) -> None:
    """Mark a thread as read by the administrators."""
    user.run(inbox.mark_read, thread_id)


@router.patch("/feedback/threads/{thread_id}", responses=may(400, 401, 403, 404, 413, 422))
def change_thread(thread_id: Id, asked: StatusRequest, user: Admin) -> ThreadPublic:
    """Close a thread, or open it again."""
    return user.run(inbox.set_status, thread_id, asked.status)


@router.get("/users", responses=may(401, 403, 422))
def list_users(
    user: Admin, limit: Limit = ADMIN_PAGE_DEFAULT, cursor: Cursor = None, search: Search = None
) -> UsersPage:
    """All accounts, newest first."""
    return user.run(admin.list_page, limit=limit, cursor=cursor, search=search)


@router.patch("/users/{user_id}", responses=may(400, 401, 403, 404, 413, 422))
def change_user(user_id: Id, asked: UserChange, user: Admin) -> AccountPublic:
    """Deactivate an account, or activate it again. Its sessions and tokens are refused from the next request on."""
    return user.run(admin.set_active, user_id, active=asked.is_active)


@router.post("/invitations", status_code=201, responses=may(400, 401, 403, 413, 422))
def invite(user: Admin, asked: InvitationRequest | None = None) -> InvitationPublic:
    """Make an invitation code, for one account unless the body says for how many."""
    return user.run(admin.invite, uses=(asked or InvitationRequest()).uses)
