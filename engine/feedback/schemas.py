"""Feedback as both sides see it. Source: docs page api/feedback; times are UTC."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer

from engine.feedback.text import cleaned, in_one_line
from engine.limits import FEEDBACK_MESSAGE_MAX, FEEDBACK_MESSAGE_MIN, FEEDBACK_TOPIC_MAX

TYPES = ("bug", "feature", "other")
DEFAULT_TOPIC = "general"

Role = Literal["user", "admin"]
Status = Literal["open", "closed"]


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _with_words(text: str, at_least: int) -> str:
    clean = cleaned(text)
    if len(clean) < at_least:
        raise ValueError(f"au moins {at_least} caractère(s) attendu(s)")
    return clean


def _topic(text: str) -> str:
    return in_one_line(cleaned(text), limit=FEEDBACK_TOPIC_MAX) or DEFAULT_TOPIC


Stamp = Annotated[datetime, PlainSerializer(_stamp, return_type=str, when_used="json")]
FirstMessage = Annotated[
    str,
    Field(min_length=FEEDBACK_MESSAGE_MIN, max_length=FEEDBACK_MESSAGE_MAX),
    AfterValidator(lambda text: _with_words(text, FEEDBACK_MESSAGE_MIN)),
]
Reply = Annotated[
    str, Field(min_length=1, max_length=FEEDBACK_MESSAGE_MAX), AfterValidator(lambda text: _with_words(text, 1))
]
Topic = Annotated[
    str,
    Field(max_length=FEEDBACK_TOPIC_MAX, examples=[DEFAULT_TOPIC, "bug", "on_demand_sms_campaign"]),
    AfterValidator(_topic),
]


class ThreadRequest(BaseModel):
    """A new conversation. `on_demand_` and a slug as `topic` ask for that on-demand module."""

    type: str = Field("other", json_schema_extra={"enum": list(TYPES)})
    message: FirstMessage
    topic: Topic | None = None


class MessageRequest(BaseModel):
    """A reply."""

    message: Reply


class StatusRequest(BaseModel):
    """Whether the thread takes replies."""

    status: Status


class MessagePublic(BaseModel):
    """One message. `author_user_id` is null for a deleted account."""

    id: int
    author_role: Role
    author_user_id: int | None
    message: str
    created_at: Stamp


class ThreadPublic(BaseModel):
    """A conversation with its messages, oldest first. `user_id` and `user_email` are null for a deleted account.

    `preview` is the beginning of the last message. `unread_for_me` counts the other side's messages since the reader's
    side last read.
    """

    id: int
    user_id: int | None
    user_email: str | None
    type: str
    topic: str
    status: Status
    created_at: Stamp
    last_read_user: Stamp | None
    last_read_admin: Stamp | None
    messages: list[MessagePublic]
    preview: str
    last_message_at: Stamp
    unread_for_me: int


class Unread(BaseModel):
    """Replies not yet seen, over all threads."""

    unread: int


class ThreadsPage(BaseModel):
    """Threads, newest first. `total` are all that match; `next_cursor` asks for the page behind, null at the end."""

    items: list[ThreadPublic]
    total: int
    next_cursor: int | None


class OnDemandTopic(BaseModel):
    """The threads of one topic: how many there are and are open, and the newest of them.

    `slug` is the registry's entry that the topic asks for, null when it is none.
    """

    topic: str
    slug: str | None
    open_count: int
    thread_count: int
    threads: list[ThreadPublic]


class OnDemandInbox(BaseModel):
    """Requests for on-demand modules, by topic; the topics with the most open threads first."""

    items: list[OnDemandTopic]
