"""Inbox placement: the mailboxes to send to, and the report of a test. Source: docs page modules/delivery_check."""

from fastapi import APIRouter

from engine.jobs import delivery
from engine.jobs.delivery import DeliveryResult, SeedsPublic
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may

router = APIRouter(prefix="/api", tags=["jobs"])


@router.get("/delivery-check/seeds", responses=may(401, 403, 503))
def list_seeds(user: ActiveUser) -> SeedsPublic:
    """The seed mailboxes: send your test message to all of them once the job of `delivery-check` is created."""
    return user.run(delivery.seeds)


@router.get("/jobs/{job_id}/delivery-result", responses=may(400, 401, 403, 404, 410, 422))
def get_delivery_result(job_id: str, user: SignedIn) -> DeliveryResult:
    """Where the message landed: counts, a verdict, and each seed. Also while the job is at it."""
    return user.run(delivery.delivery_result, job_id)
