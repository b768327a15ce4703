"""An account's stored records, as its owner may have them: no secret, nobody else's. Pages are (key, record) pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel, col, or_, select

from engine.accounts.errors import NotSignedIn
from engine.accounts.models import Account, ApiToken, Invitation, MailToken, OutgoingMail, SignInSession
from engine.ai.models import AiAlert, AiCall, AiCaps, AiSettings
from engine.assistant.models import Confirmation, Conversation, ConversationMessage
from engine.context import Context, read
from engine.features.models import FeatureVote
from engine.feedback.models import FeedbackMessage, FeedbackThread
from engine.jobs import places_seen, reviews_seen, store
from engine.jobs.models import BrandLookup, Job
from engine.jobs.queries import downloadable, public
from engine.oauth.models import OAuthGrant
from engine.pipelines.models import Pipeline
from engine.suppressions.models import Suppression
from engine.webhooks.models import WebhookDelivery, WebhookSecret

PAGE = 50  # a job's settings may hold a whole imported table
SHORT_PAGE = 2_000  # of what is a line each

Record = dict[str, Any]
Page = list[tuple[int, Record]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A job that may hold something. `columns` in the order of its output."""

    seq: int
    id: str
    columns: list[str]
    has_rows: bool


@read
def account(context: Context) -> Record:
    """The account, its open sessions and mailed links, mails on their way, invitations it made. Raises NotSignedIn."""
    me = context.session.get(Account, context.account_id)
    if me is None:
        raise NotSignedIn()
    facts = ("id", "email", "is_admin", "is_active", "email_verified", "created_at", "tokens_valid_after")
    return {
        **_told(me, facts),
        "sessions": _mine(context, SignInSession, ("created_at", "renewed_at", "expires_at")),
        "mailed_links": _mine(context, MailToken, ("kind", "expires_at")),
        "mails_on_their_way": _mine(context, OutgoingMail, ("recipient", "subject", "due_at")),
        "invitations": _mine(context, Invitation, ("uses_left", "created_at"), owner="created_by"),
    }


@read
def today(context: Context) -> str:
    """The date of the archive, UTC."""
    return f"{context.now():%Y-%m-%d}"


@read
def tokens(context: Context) -> list[Record]:
    """The personal access tokens, without what they are."""
    return _mine(context, ApiToken, ("id", "name", "scope", "hint", "created_at", "last_used_at"))


@read
def connected_apps(context: Context) -> list[Record]:
    """The applications that were let in, and what they may do."""
    return _mine(context, OAuthGrant, ("client_id", "client_name", "host", "scopes", "created_at", "last_used_at"))


@read
def jobs(context: Context, *, after: int) -> Page:
    """Jobs as the API shows them, with what they were asked to do."""
    now = context.now()
    return [
        (job.seq or 0, public(job, now).model_dump() | {"config": job.config, "webhook_url": job.webhook_url})
        for job in _jobs(context, after)
    ]


@read
def outputs(context: Context, *, after: int) -> list[tuple[int, Stored]]:
    """The jobs whose inputs, log and rows may be read."""
    return [
        (job.seq, Stored(job.seq, job.id, job.columns, downloadable(job)))
        for job in _jobs(context, after)
        if job.seq is not None
    ]


@read
def inputs(context: Context, seq: int, *, after: int) -> Page:
    """The items of a job of the caller's, as they were given."""
    return store.inputs(context.session, seq, after)


@read
def log(context: Context, seq: int) -> list[Record]:
    """The log of a job of the caller's."""
    return [_told(line, ("at", "level", "message")) for line in store.logs(context.session, seq, 0)]


@read
def pipelines(context: Context, *, after: int) -> Page:
    """Pipelines with their graphs."""
    mine = select(Pipeline).where(Pipeline.account_id == context.account_id, col(Pipeline.seq) > after)
    facts = ("id", "name", "definition", "status", "created_at", "completed_at", "error_message", "webhook_url")
    found = context.session.exec(mine.order_by(col(Pipeline.seq)).limit(PAGE))
    return [(pipeline.seq or 0, _told(pipeline, facts)) for pipeline in found]


@read
def webhook_secret(context: Context) -> list[Record]:
    """What deliveries are signed with, without what it is."""
    return _mine(context, WebhookSecret, ("hint", "created_at"))


@read
def webhook_deliveries(context: Context, *, after: int) -> Page:
    """What receivers were told, and how it went."""
    mine = select(WebhookDelivery).where(WebhookDelivery.account_id == context.account_id)
    found = context.session.exec(
        mine.where(col(WebhookDelivery.id) > after).order_by(col(WebhookDelivery.id)).limit(SHORT_PAGE)
    )
    facts = ("delivery_id", "event", "subject_id", "url", "receiver", "body", "status", "tries", "due_at", "created_at")
    more = ("ended_at", "response_status", "error")
    return [(row.id or 0, _told(row, (*facts, *more))) for row in found]


@read
def ai_settings(context: Context) -> Record:
    """What AI provider is connected, without the key; the spending caps, and the mails about them."""
    connected = ("provider", "hint", "base_url", "model", "verified", "created_at")
    return {
        "connected": _mine(context, AiSettings, connected),
        "caps_in_billionths_of_a_dollar": _mine(context, AiCaps, ("per_request", "per_day", "per_month", "changed_at")),
        "mails_about_caps": _mine(context, AiAlert, ("period", "level", "at")),
    }


@read
def ai_usage(context: Context, *, after: int) -> Page:
    """What was asked of models, and what it cost, in billionths of a dollar."""
    mine = select(AiCall).where(AiCall.account_id == context.account_id, col(AiCall.id) > after)
    facts = ("id", "feature", "provider", "model", "state", "at", "ended_at", "input_tokens", "output_tokens")
    found = context.session.exec(mine.order_by(col(AiCall.id)).limit(SHORT_PAGE))
    return [(row.id or 0, _told(row, (*facts, "reserved", "cost"))) for row in found]


@read
def conversations(context: Context, *, after: int) -> Page:
    """The conversations with the assistant; what was said in them comes apart."""
    mine = select(Conversation).where(Conversation.account_id == context.account_id, col(Conversation.seq) > after)
    facts = ("seq", "id", "title", "created_at", "updated_at", "steps", "input_tokens", "output_tokens", "cost")
    found = context.session.exec(mine.order_by(col(Conversation.seq)).limit(SHORT_PAGE))
    return [(row.seq or 0, _told(row, facts)) for row in found]


@read
def conversation_messages(context: Context, *, after: int) -> Page:
    """All that was said, and what the assistant's tools gave."""
    table = ConversationMessage
    mine = select(table).where(table.account_id == context.account_id, col(table.id) > after)
    found = context.session.exec(mine.order_by(col(table.id)).limit(PAGE))
    return [(row.id or 0, _told(row, ("conversation_seq", "role", "content", "at"))) for row in found]


@read
def confirmations(context: Context, *, after: int) -> Page:
    """The actions that the assistant asked for, and what was decided, without the tokens."""
    mine = select(Confirmation).where(Confirmation.account_id == context.account_id, col(Confirmation.id) > after)
    facts = ("conversation_seq", "call_id", "tool", "arguments", "shown", "decision")
    times = ("created_at", "expires_at", "decided_at")
    found = context.session.exec(mine.order_by(col(Confirmation.id)).limit(PAGE))
    return [(row.id or 0, _told(row, (*facts, *times))) for row in found]


@read
def suppressions(context: Context, *, after: int) -> Page:
    """The opt-out list."""
    mine = select(Suppression).where(Suppression.account_id == context.account_id, col(Suppression.id) > after)
    facts = ("id", "kind", "value", "reason", "created_at")
    found = context.session.exec(mine.order_by(col(Suppression.id)).limit(SHORT_PAGE))
    return [(entry.id or 0, _told(entry, facts)) for entry in found]


@read
def feature_votes(context: Context) -> list[Record]:
    """The features voted for."""
    return _mine(context, FeatureVote, ("feature_id", "created_at"))


@read
def feedback_threads(context: Context, *, after: int) -> Page:
    """The conversations with the operator; what is said in them comes apart."""
    mine = select(FeedbackThread).where(FeedbackThread.account_id == context.account_id, col(FeedbackThread.id) > after)
    facts = ("id", "type", "topic", "status", "created_at", "last_read_user")
    found = context.session.exec(mine.order_by(col(FeedbackThread.id)).limit(SHORT_PAGE))
    return [(thread.id or 0, _told(thread, facts)) for thread in found]


@read
def feedback_messages(context: Context, *, after: int) -> Page:
    """All that was said in the account's conversations, and what it said in others' as an administrator."""
    threads = select(FeedbackThread.id).where(FeedbackThread.account_id == context.account_id)
    said = or_(col(FeedbackMessage.thread_id).in_(threads), col(FeedbackMessage.author_id) == context.account_id)
    mine = select(FeedbackMessage).where(said, col(FeedbackMessage.id) > after).order_by(col(FeedbackMessage.id))
    facts = ("id", "thread_id", "author_role", "message", "created_at")
    return [(one.id or 0, _told(one, facts)) for one in context.session.exec(mine.limit(PAGE))]


@read
def places(context: Context, *, after: str | None) -> list[Record]:
    """The places that searches have brought, by id, beyond `after`; `first_job` is the number of the first of them."""
    found = places_seen.page(context.session, context.account_id, after, SHORT_PAGE)
    return [_told(place, ("place_id", "first_job", "at")) for place in found]


@read
def last_reviews(context: Context, *, after: str | None) -> list[Record]:
    """The newest review that reviews jobs have brought of each place, by place, beyond `after`."""
    found = reviews_seen.page(context.session, context.account_id, after, SHORT_PAGE)
    return [_told(review, ("place_id", "review_id", "published")) for review in found]


@read
def brand_lookups(context: Context) -> list[Record]:
    """The brands of the domains that were looked up within the last week."""
    return _mine(context, BrandLookup, ("domain", "profile", "at"))


def _jobs(context: Context, after: int) -> Sequence[Job]:
    mine = select(Job).where(Job.account_id == context.account_id, col(Job.deleted_at).is_(None))
    return context.session.exec(mine.where(col(Job.seq) > after).order_by(col(Job.seq)).limit(PAGE)).all()


def _mine(context: Context, table: type[SQLModel], facts: Sequence[str], *, owner: str = "account_id") -> list[Record]:
    rows = context.session.exec(select(table).where(getattr(table, owner) == context.account_id))
    return [_told(row, facts) for row in rows]


def _told(row: SQLModel, facts: Sequence[str]) -> Record:
    return {fact: getattr(row, fact) for fact in facts}
