"""Webhooks as their owner sees them."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from engine.limits import WEBHOOK_URL_MAX


def _text_of(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Moment = Annotated[datetime, PlainSerializer(_text_of, return_type=str, when_used="json")]

DeliveryState = Literal["pending", "delivered", "failed"]

# Whether it is a good one is for `receivers.checked_url` to say, in words of its own.
WebhookUrl = Annotated[
    str | None,
    Field(
        max_length=WEBHOOK_URL_MAX,
        description="A public http(s) address that hears of the end, by a signed POST (docs page api/webhooks)",
    ),
]


class WebhookSecretPublic(BaseModel):
    """The secret, masked but for its end; all null where there is none yet. Times are UTC."""

    secret: str | None
    created_at: Moment | None
    former_signs_until: Moment | None = Field(description="Until then the secret before it signs, too.")


class NewWebhookSecret(BaseModel):
    """A secret, shown this once."""

    secret: str
    created_at: Moment
    former_signs_until: Moment | None = Field(description="Until then the secret before it signs, too.")


class WebhookTest(BaseModel):
    """Where a ping shall go."""

    url: str = Field(max_length=WEBHOOK_URL_MAX, examples=["https://example.com/hooks/outsend"])


class DeliveryPublic(BaseModel):
    """One message to one receiver. `id` is what the receiver gets as `Outsend-Delivery`; times are UTC.

    `response_status` and `error` tell of the last try; `next_try_at` is there while it is pending.
    """

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(validation_alias="delivery_id")
    event: str
    subject_id: str = Field(description="The job, pipeline or veille; empty for a ping.")
    url: str
    status: DeliveryState
    tries: int
    created_at: Moment
    next_try_at: Moment | None = None
    ended_at: Moment | None
    response_status: int | None
    error: str | None


class DeliveriesPage(BaseModel):
    """Deliveries, newest first; `next_cursor` asks for the page behind, null at the end."""

    items: list[DeliveryPublic]
    next_cursor: int | None
