"""The registry of modules, and votes for what is to come. Source: docs page api/registry."""

from functools import cache

from fastapi import APIRouter, Request, Response

from engine.features import operations as features
from engine.features.operations import FeatureVotes
from engine.registry.snapshot import ModulesRegistry, modules_registry
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.cacheable import cacheable
from outsend_api.errors import may

router = APIRouter(prefix="/api", tags=["registry"])


@cache
def _registry_body() -> bytes:
    return modules_registry().model_dump_json().encode()


@router.get(
    "/modules-registry",
    response_model=ModulesRegistry,
    responses={304: {"description": "Unchanged since the ETag that If-None-Match names"}},
)
def get_registry(request: Request) -> Response:
    """Every module, active or announced. Public, the same for everybody; has an ETag."""
    return cacheable(request, _registry_body())


@router.get("/features", responses=may(401, 403))
def list_features(user: SignedIn) -> FeatureVotes:
    """What you voted for, and the votes for everything that may come; those without any, too."""
    return user.run(features.votes)


@router.post("/features/{feature_id}/interest", status_code=204, responses=may(400, 401, 403, 404))
def vote_for_feature(feature_id: str, user: ActiveUser) -> None:
    """Vote for a feature that is to come. A second vote changes nothing."""
    user.run(features.vote, feature_id)


@router.delete("/features/{feature_id}/interest", status_code=204, responses=may(400, 401, 403, 404))
def retract_vote(feature_id: str, user: ActiveUser) -> None:
    """Take your vote back."""
    user.run(features.retract, feature_id)
