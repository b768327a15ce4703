"""Votes for what is to come. Source: docs page api/registry."""

from collections.abc import Mapping

from pydantic import BaseModel
from sqlmodel import col, delete, func, select

from engine.context import Context, read, write
from engine.db.insert import is_new
from engine.errors import OutsendError
from engine.features.models import FeatureVote
from engine.registry.announced import FEATURE_IDS


class FeatureMissing(OutsendError):
    code = "feature_missing"
    kind = "missing"
    message = "Fonctionnalité inconnue"
    hint = "GET /api/features lists in counts the ids that may be voted for."


class FeatureVotes(BaseModel):
    """The ids that the caller voted for, oldest vote first, and the votes of all accounts for every id there is."""

    voted: list[str]
    counts: dict[str, int]


@read
def votes(context: Context) -> FeatureVotes:
    """The caller's votes, and everybody's numbers."""
    mine = select(FeatureVote.feature_id).where(FeatureVote.account_id == context.account_id)
    voted = context.session.exec(mine.order_by(col(FeatureVote.created_at), col(FeatureVote.feature_id)))
    found = _counts(context)
    return FeatureVotes(
        voted=[feature_id for feature_id in voted if feature_id in FEATURE_IDS],
        counts={feature_id: found.get(feature_id, 0) for feature_id in sorted(FEATURE_IDS)},
    )


@write
def vote(context: Context, feature_id: str) -> None:
    """Vote for a feature; a second vote changes nothing. Raises FeatureMissing."""
    row = {"account_id": context.account_id, "feature_id": _known(feature_id), "created_at": context.now()}
    is_new(context.session, FeatureVote, row)


@write
def retract(context: Context, feature_id: str) -> None:
    """Take the caller's vote back, if there is one. Raises FeatureMissing."""
    mine = (col(FeatureVote.account_id) == context.account_id, col(FeatureVote.feature_id) == _known(feature_id))
    context.session.exec(delete(FeatureVote).where(*mine))


def _known(feature_id: str) -> str:
    if feature_id not in FEATURE_IDS:
        raise FeatureMissing()
    return feature_id


def _counts(context: Context) -> Mapping[str, int]:
    counted = select(FeatureVote.feature_id, func.count()).group_by(col(FeatureVote.feature_id))
    return dict(context.session.exec(counted).all())
