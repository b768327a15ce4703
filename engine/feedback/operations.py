"""The user's side of feedback: open a thread, reply, list, read. Source: docs page api/feedback."""

from sqlmodel import col, func, or_, select

from engine.accounts.rate_limits import Limit, count_attempt
from engine.context import Context, read, write
from engine.feedback.errors import FeedbackTypeInvalid, ThreadForbidden
from engine.feedback.models import FeedbackMessage, FeedbackThread
from engine.feedback.notice import tell_operator
from engine.feedback.schemas import DEFAULT_TOPIC, TYPES, ThreadPublic, Unread
from engine.feedback.threads import append, held_author, held_thread, read_until, shown
from engine.limits import FEEDBACK_LIST_MAX, FEEDBACK_THREADS, FEEDBACK_WINDOW

THREADS_BY_ACCOUNT = Limit("feedback.account", FEEDBACK_THREADS, FEEDBACK_WINDOW)


@write
def open_thread(context: Context, *, type: str, message: str, topic: str | None = None) -> ThreadPublic:
    """Begin a conversation with its first message (cleaned, 3 to 5000 characters).

    Raises:
        FeedbackTypeInvalid.
        TooManyAttempts: the account opened 20 within the hour.
        NotSignedIn: the account is gone.
    """
    if type not in TYPES:
        raise FeedbackTypeInvalid()
    count_attempt(context, (THREADS_BY_ACCOUNT, str(context.account_id)))
    held_author(context)
    now = context.now()
    thread = FeedbackThread(
        account_id=context.account_id, type=type, topic=topic or DEFAULT_TOPIC, status="open", created_at=now
    )
    context.session.add(thread)
    context.session.flush()
    append(context, thread, message, role="user", at=now)
    told = shown(context, [thread], to="user")[0]
    tell_operator(context, told)
    return told


@write
def reply(context: Context, thread_id: int, message: str) -> ThreadPublic:
    """Add a message (cleaned, 1 to 5000 characters) to a thread of the caller's, and mark it read.

    Raises:
        ThreadMissing, ThreadForbidden, ThreadClosed, ThreadFull; NotSignedIn: the account is gone.
    """
    held_author(context)
    thread = _own(context, thread_id)
    append(context, thread, message, role="user", at=context.now())
    return shown(context, [thread], to="user")[0]


@write
def mark_read(context: Context, thread_id: int) -> None:
    """The caller has seen all of a thread. Raises ThreadMissing, ThreadForbidden."""
    thread = _own(context, thread_id)
    read_until(context, thread, context.now(), role="user")


@read
def list_threads(context: Context) -> list[ThreadPublic]:
    """The caller's threads, newest first, 100 at most. Listing marks nothing as read."""
    mine = select(FeedbackThread).where(FeedbackThread.account_id == context.account_id)
    newest = mine.order_by(col(FeedbackThread.id).desc()).limit(FEEDBACK_LIST_MAX)
    return shown(context, context.session.exec(newest).all(), to="user")


@read
def unread(context: Context) -> Unread:
    """The admin's replies that the caller has not seen, over all threads of the caller's."""
    seen = col(FeedbackThread.last_read_user)
    query = (
        select(func.count())
        .select_from(FeedbackThread)
        .join(FeedbackMessage, col(FeedbackMessage.thread_id) == FeedbackThread.id)
        .where(
            FeedbackThread.account_id == context.account_id,
            FeedbackMessage.author_role == "admin",
            or_(seen.is_(None), col(FeedbackMessage.created_at) > seen),
        )
    )
    return Unread(unread=context.session.exec(query).one())


def _own(context: Context, thread_id: int) -> FeedbackThread:
    thread = held_thread(context, thread_id)
    if thread.account_id != context.account_id:
        raise ThreadForbidden()
    return thread
