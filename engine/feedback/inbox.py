"""The administrator's side of feedback. Its callers are administrators; front ends see to that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlmodel import case, col, func, select

from engine.context import Context, read, write
from engine.db import pages
from engine.feedback.models import FeedbackThread
from engine.feedback.schemas import OnDemandInbox, OnDemandTopic, Status, ThreadPublic, ThreadsPage
from engine.feedback.text import cleaned
from engine.feedback.threads import append, held_author, held_thread, read_until, shown
from engine.limits import ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX, ON_DEMAND_THREADS_MAX, ON_DEMAND_TOPICS_MAX
from engine.registry.announced import ON_DEMAND_TOPIC, on_demand_slug


@read
def list_page(
    context: Context,
    *,
    status: Status | None = None,
    topic: str | None = None,
    limit: int = ADMIN_PAGE_DEFAULT,
    cursor: int | None = None,
) -> ThreadsPage:
    """A page of everybody's threads, newest first. `cursor` is the `next_cursor` of the page before."""
    where: list[Any] = []
    if status is not None:
        where.append(col(FeedbackThread.status) == status)
    if topic is not None:
        where.append(col(FeedbackThread.topic) == cleaned(topic))
    total = pages.count(context.session, FeedbackThread, where)
    found, behind = pages.newest(
        context.session, FeedbackThread, where, before=cursor, limit=limit, most=ADMIN_PAGE_MAX
    )
    return ThreadsPage(items=shown(context, found, to="admin"), total=total, next_cursor=behind)


@read
def on_demand(context: Context) -> OnDemandInbox:
    """The threads whose topic asks for an on-demand module, by topic: those with the most open ones first."""
    is_open = func.sum(case((col(FeedbackThread.status) == "open", 1), else_=0))
    topic = col(FeedbackThread.topic)
    query: Any = (
        select(topic, is_open, func.count())
        .where(_is_on_demand())
        .group_by(topic)
        .order_by(is_open.desc(), topic)
        .limit(ON_DEMAND_TOPICS_MAX)
    )
    counted = cast("list[tuple[str, int, int]]", context.session.exec(query).all())
    newest = _newest(context, [name for name, _, _ in counted])
    items = [
        OnDemandTopic(
            topic=name, slug=on_demand_slug(name), open_count=opened, thread_count=count, threads=newest[name]
        )
        for name, opened, count in counted
    ]
    return OnDemandInbox(items=items)


@write
def answer(context: Context, thread_id: int, message: str) -> ThreadPublic:
    """Reply as an administrator, and mark the thread read for that side.

    Raises:
        ThreadMissing, ThreadClosed, ThreadFull; NotSignedIn: the account is gone.
    """
    held_author(context)
    thread = held_thread(context, thread_id)
    append(context, thread, message, role="admin", at=context.now())
    return shown(context, [thread], to="admin")[0]


@write
def mark_read(context: Context, thread_id: int) -> None:
    """The administrators have seen all of a thread. Raises ThreadMissing."""
    thread = held_thread(context, thread_id)
    read_until(context, thread, context.now(), role="admin")


@write
def set_status(context: Context, thread_id: int, status: Status) -> ThreadPublic:
    """Close a thread, or open it again. Raises ThreadMissing."""
    thread = held_thread(context, thread_id)
    thread.status = status
    context.session.add(thread)
    return shown(context, [thread], to="admin")[0]


def _is_on_demand() -> Any:
    # Not LIKE: SQLite's does not tell capitals apart.
    return func.substr(FeedbackThread.topic, 1, len(ON_DEMAND_TOPIC)) == ON_DEMAND_TOPIC


def _newest(context: Context, topics: Sequence[str]) -> Mapping[str, list[ThreadPublic]]:
    """The newest threads of each of these topics."""
    newest = col(FeedbackThread.id).desc()
    place = func.row_number().over(partition_by=col(FeedbackThread.topic), order_by=newest)
    placed = select(FeedbackThread.id, place.label("place")).where(col(FeedbackThread.topic).in_(topics)).subquery()
    wanted = select(placed.c.id).where(placed.c.place <= ON_DEMAND_THREADS_MAX)
    threads = context.session.exec(select(FeedbackThread).where(col(FeedbackThread.id).in_(wanted)).order_by(newest))
    found: dict[str, list[ThreadPublic]] = defaultdict(list)
    for thread in shown(context, threads.all(), to="admin"):
        found[thread.topic].append(thread)
    return found
