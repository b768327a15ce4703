"""`/api/webhooks`: the secret that signs what receivers get, what became of each message, and a ping."""

from typing import Annotated

from fastapi import APIRouter, Query

from engine.limits import WEBHOOK_PAGE_DEFAULT, WEBHOOK_PAGE_MAX
from engine.webhooks import operations as webhooks
from engine.webhooks import secrets
from engine.webhooks.schemas import (
    DeliveriesPage,
    DeliveryPublic,
    DeliveryState,
    NewWebhookSecret,
    WebhookSecretPublic,
    WebhookTest,
)
from outsend_api.access import AccountHolder, ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.routers.parameters import Cursor

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

Limit = Annotated[int, Query(description=f"Deliveries wanted; brought into 1 to {WEBHOOK_PAGE_MAX}.")]
Status = Annotated[DeliveryState | None, Query(description="Those in this state only.")]


@router.get("/secret", responses=may(401, 403))
def get_secret(user: AccountHolder) -> WebhookSecretPublic:
    """The secret that signs your webhooks, masked. It was shown when it was made."""
    return user.run(secrets.look)


@router.post("/secret", status_code=201, responses=may(401, 403))
def rotate_secret(user: AccountHolder) -> NewWebhookSecret:
    """Make a new secret. It stands in this answer alone; the one before it signs beside it for 24 hours."""
    return user.run(secrets.rotate)


@router.get("/deliveries", responses=may(401, 403, 422))
def list_deliveries(
    user: SignedIn, limit: Limit = WEBHOOK_PAGE_DEFAULT, cursor: Cursor = None, status: Status = None
) -> DeliveriesPage:
    """What your receivers were sent, and how it went, newest first; kept for 7 days after its end."""
    return user.run(webhooks.list_deliveries, limit=limit, cursor=cursor, status=status)


@router.post("/test", status_code=202, responses=may(400, 401, 403, 413, 422, 429))
def send_ping(asked: WebhookTest, user: ActiveUser) -> DeliveryPublic:
    """Send a receiver a signed `ping`, once. The list of deliveries tells within seconds how it went."""
    return user.run(webhooks.ping, asked.url)
