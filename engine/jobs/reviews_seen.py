"""The newest review that an account got of each place, so that a job brings newer ones alone (`only_new` of reviews).

It is noted in the transaction that saves the rows, never goes back in time, and outlives the rows: what two jobs note
at the same moment ends as the newer of both.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, delete, select

from engine.accounts.queries import stays
from engine.context import Context, read
from engine.db.changes import changed
from engine.db.insert import put
from engine.db.types import plain_text
from engine.jobs import store
from engine.jobs.kinds import REPEATED
from engine.jobs.models import AccountLastReview
from engine.jobs.places_seen import PURGED, stored_key
from engine.jobs.store import Ack, Batch
from engine.module import LastReview
from engine.rows.table import grouped
from engine.worker.driver import Claim

# What a job's stats count, and how its notice says so of one and of several.
COUNTED: Mapping[str, tuple[str, str]] = {
    "without_reviews": ("1 établissement est sans avis.", "{count} établissements sont sans avis."),
    "without_new_reviews": ("1 établissement est sans nouvel avis.", "{count} établissements sont sans nouvel avis."),
    "openstreetmap": (
        "1 établissement d'OpenStreetMap a été laissé de côté : cette source n'a pas d'avis.",
        "{count} établissements d'OpenStreetMap ont été laissés de côté : cette source n'a pas d'avis.",
    ),
    REPEATED: (
        "1 ligne a été laissée de côté : son établissement est déjà dans la liste.",
        "{count} lignes ont été laissées de côté : leur établissement est déjà dans la liste.",
    ),
}


@read
def last(context: Context, account_id: int, place: str) -> LastReview | None:
    """The newest review that an account got of a place."""
    wanted = select(AccountLastReview).where(
        AccountLastReview.account_id == account_id, AccountLastReview.place_id == stored_key(place)
    )
    found = context.session.exec(wanted).first()
    return found and LastReview(place, found.review_id, found.published)


def flush(session: Session, claim: Claim, batch: Batch, account_id: int) -> Ack | None:
    """Save a batch as `store.flush` does, and note its newest reviews."""
    # The account before the job, in the order in which both are erased.
    if not stays(session, account_id) or not store.hold(session, claim):
        return None
    _note(session, account_id, batch.last_reviews)
    return store.flush(session, claim, batch)


def notice(stats: Mapping[str, Any]) -> list[str]:
    """What a notice says of the places and rows that gave no review."""
    counted = ((words, stats.get(name, 0)) for name, words in COUNTED.items())
    return [one if count == 1 else many.format(count=grouped(count)) for (one, many), count in counted if count]


def page(session: Session, account_id: int, after: str | None, limit: int) -> list[AccountLastReview]:
    """A page of what is noted for an account, by place, beyond `after`."""
    mine = select(AccountLastReview).where(AccountLastReview.account_id == account_id)
    if after is not None:
        mine = mine.where(col(AccountLastReview.place_id) > after)
    return list(session.exec(mine.order_by(col(AccountLastReview.place_id)).limit(limit)))


def forget_some(session: Session, account_id: int) -> bool:
    """Delete a part of what is noted for an account that leaves. True: there may be more."""
    mine = col(AccountLastReview.account_id) == account_id
    some = select(AccountLastReview.place_id).where(mine).limit(PURGED)
    part = delete(AccountLastReview).where(mine, col(AccountLastReview.place_id).in_(some))
    return changed(session, part) == PURGED


def _note(session: Session, account_id: int, reviews: Iterable[LastReview]) -> None:
    newest: dict[str, LastReview] = {}
    for review in sorted(reviews, key=lambda one: one.published):
        if key := stored_key(review.place):
            newest[key] = review
    # By place: of two transactions that note the same ones, one waits, and neither has to give up.
    rows = [
        {
            "account_id": account_id,
            "place_id": key,
            "review_id": plain_text(newest[key].id),
            "published": newest[key].published,
        }
        for key in sorted(newest)
    ]
    put(session, AccountLastReview, rows, newer="published")
