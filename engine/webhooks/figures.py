"""The platform's deliveries in numbers, for the operator."""

from dataclasses import dataclass

from sqlmodel import col, func, select

from engine.context import Context, read
from engine.webhooks.models import DeliveryStatus, WebhookDelivery


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """Deliveries of the last 7 days by status; `late_seconds` is how long the first that is due has waited."""

    by_status: dict[str, int]
    late_seconds: float


@read
def figures(context: Context) -> DeliveryFigures:
    """All of them, at one moment."""
    counted = select(WebhookDelivery.status, func.count()).group_by(WebhookDelivery.status)
    first = select(func.min(WebhookDelivery.due_at)).where(
        WebhookDelivery.status == DeliveryStatus.pending, col(WebhookDelivery.due_at) <= context.now()
    )
    due_at = context.session.exec(first).first()
    late = 0.0 if due_at is None else (context.now() - due_at).total_seconds()
    found = dict.fromkeys(DeliveryStatus, 0) | dict(context.session.exec(counted).all())
    return DeliveryFigures({str(status): count for status, count in found.items()}, late)
