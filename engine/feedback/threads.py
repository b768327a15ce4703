"""What both sides of a conversation do: hold it, write into it, read it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlmodel import col, func, select

from engine.accounts.errors import NotSignedIn
from engine.accounts.models import Account
from engine.accounts.queries import stays
from engine.context import Context
from engine.feedback.errors import ThreadClosed, ThreadFull, ThreadMissing
from engine.feedback.models import FeedbackMessage, FeedbackThread
from engine.feedback.schemas import MessagePublic, Role, Status, ThreadPublic
from engine.feedback.text import in_one_line
from engine.limits import FEEDBACK_MESSAGES_MAX, FEEDBACK_PREVIEW

OTHER_SIDE: Mapping[Role, Role] = {"user": "admin", "admin": "user"}


def held_author(context: Context) -> None:
    """Keep the caller's account from being deleted until we are done. Before any thread: an erasure locks so, too.

    Raises:
        NotSignedIn: it is gone already.
    """
    if not stays(context.session, context.account_id):
        raise NotSignedIn()


def held_thread(context: Context, thread_id: int) -> FeedbackThread:
    """A thread, anybody's; nobody else writes into it until the transaction ends. Raises ThreadMissing."""
    found = context.session.exec(select(FeedbackThread).where(FeedbackThread.id == thread_id).with_for_update()).first()
    if found is None:
        raise ThreadMissing()
    return found


def append(context: Context, thread: FeedbackThread, message: str, *, role: Role, at: datetime) -> None:
    """Add the caller's message to a held thread; its side has read it. `at` is a time since the thread is held.

    Raises:
        ThreadClosed, ThreadFull.
    """
    if thread.status != "open":
        raise ThreadClosed()
    counted = select(func.count()).select_from(FeedbackMessage).where(FeedbackMessage.thread_id == thread.id)
    if context.session.exec(counted).one() >= FEEDBACK_MESSAGES_MAX:
        raise ThreadFull(limit=FEEDBACK_MESSAGES_MAX)
    assert thread.id is not None
    context.session.add(
        FeedbackMessage(
            thread_id=thread.id, author_role=role, author_id=context.account_id, message=message, created_at=at
        )
    )
    read_until(context, thread, at, role=role)
    context.session.flush()


def read_until(context: Context, thread: FeedbackThread, time: datetime, *, role: Role) -> None:
    """That side has read all of a held thread."""
    if role == "user":
        thread.last_read_user = time
    else:
        thread.last_read_admin = time
    context.session.add(thread)


def shown(context: Context, threads: Sequence[FeedbackThread], *, to: Role) -> list[ThreadPublic]:
    """Threads as that side sees them, in their order. Each must have its messages readable by the caller."""
    messages = _messages_of(context, [thread.id for thread in threads])
    addresses = _addresses(context, {thread.account_id for thread in threads})
    return [_public(thread, messages[thread.id or 0], addresses.get(thread.account_id), to=to) for thread in threads]


def _public(
    thread: FeedbackThread, messages: Sequence[FeedbackMessage], address: str | None, *, to: Role
) -> ThreadPublic:
    assert thread.id is not None
    read = thread.last_read_user if to == "user" else thread.last_read_admin
    new = [one for one in messages if one.author_role == OTHER_SIDE[to] and (read is None or one.created_at > read)]
    return ThreadPublic(
        id=thread.id,
        user_id=thread.account_id,
        user_email=address,
        type=thread.type,
        topic=thread.topic,
        status=cast("Status", thread.status),
        created_at=thread.created_at,
        last_read_user=thread.last_read_user,
        last_read_admin=thread.last_read_admin,
        messages=[_message(one) for one in messages],
        preview=in_one_line(messages[-1].message, limit=FEEDBACK_PREVIEW),
        last_message_at=messages[-1].created_at,
        unread_for_me=len(new),
    )


def _message(message: FeedbackMessage) -> MessagePublic:
    assert message.id is not None
    return MessagePublic(
        id=message.id,
        author_role=cast("Role", message.author_role),
        author_user_id=message.author_id,
        message=message.message,
        created_at=message.created_at,
    )


def _messages_of(context: Context, thread_ids: Sequence[int | None]) -> Mapping[int, list[FeedbackMessage]]:
    found: dict[int, list[FeedbackMessage]] = defaultdict(list)
    query = select(FeedbackMessage).where(col(FeedbackMessage.thread_id).in_(thread_ids))
    for message in context.session.exec(query.order_by(col(FeedbackMessage.id))):
        found[message.thread_id].append(message)
    return found


def _addresses(context: Context, account_ids: Iterable[int | None]) -> Mapping[int | None, str]:
    query = select(Account.id, Account.email).where(col(Account.id).in_([one for one in account_ids if one]))
    return dict(context.session.exec(query).all())
