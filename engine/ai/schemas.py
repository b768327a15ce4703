"""AI keys, caps, estimates and the ledger, as their owner sends and sees them. Source: CONTRACT, "AI settings"."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from engine.ai.money import Usd
from engine.ai.providers import ProviderId
from engine.ai.types import Feature
from engine.limits import (
    AI_DAY_USD_MAX,
    AI_KEY_LENGTH_MAX,
    AI_MODEL_LENGTH_MAX,
    AI_MONTH_USD_MAX,
    AI_REQUEST_USD_MAX,
    AI_URL_LENGTH_MAX,
)


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


Moment = Annotated[datetime, PlainSerializer(_stamp, return_type=str, when_used="json")]
# Visible characters of ASCII: it travels in a header.
Key = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=AI_KEY_LENGTH_MAX, pattern=r"^[\x21-\x7e]+$"),
]
Model = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=AI_MODEL_LENGTH_MAX, pattern=r"^[\x21-\x7e]+$"),
]


class AiSettingsRequest(BaseModel):
    """The key to connect. `base_url` is for other addresses than the provider's own, and needed for
    `openai_compatible`. Without `model`, one of the live list is chosen. `api_key` may be left out to change the model
    alone.
    """

    provider: ProviderId
    api_key: Key | None = Field(None, repr=False)
    base_url: str | None = Field(None, max_length=AI_URL_LENGTH_MAX, examples=["https://openrouter.ai/api/v1"])
    model: Model | None = Field(None, examples=["claude-sonnet-4-5"])


class AiSettingsPublic(BaseModel):
    """What is connected; all null where nothing is. `key_hint` is the key's end. `verified`: the provider took it."""

    provider: ProviderId | None = None
    model: str | None = None
    base_url: str | None = None
    key_set: bool = False
    key_hint: str | None = None
    verified: bool = False


class ProviderPublic(BaseModel):
    """A provider to choose. `key_format` is null where its keys have no common form."""

    id: ProviderId
    label: str
    key_format: str | None


class ProviderList(BaseModel):
    items: list[ProviderPublic]


class ModelPublic(BaseModel):
    """A model of the live list. Prices are in dollars for a million tokens, null where they are unknown: requests to
    such a model are tracked, but not capped."""

    id: str
    label: str
    price_known: bool
    input_usd_per_million: Usd | None
    output_usd_per_million: Usd | None


class ModelList(BaseModel):
    items: list[ModelPublic]


class CapsMax(BaseModel):
    """The highest value of each cap, in dollars."""

    per_request_usd: Usd
    per_day_usd: Usd
    per_month_usd: Usd


class Caps(BaseModel):
    """The caps in dollars, and what is left of them in the UTC day and month.

    `spent_*` is settled; `remaining_*` is also net of requests that are on their way. `paused`: nothing is left, and
    nothing that has a price is let through.
    """

    per_request_usd: Usd
    per_day_usd: Usd
    per_month_usd: Usd
    max: CapsMax
    spent_today_usd: Usd
    spent_month_usd: Usd
    remaining_today_usd: Usd
    remaining_month_usd: Usd
    paused: bool


class CapsRequest(BaseModel):
    """The caps to change, in dollars; what is left out stays. 0 blocks every model that has a price."""

    model_config = ConfigDict(strict=True)

    per_request_usd: float | None = Field(None, ge=0, le=float(AI_REQUEST_USD_MAX), allow_inf_nan=False)
    per_day_usd: float | None = Field(None, ge=0, le=float(AI_DAY_USD_MAX), allow_inf_nan=False)
    per_month_usd: float | None = Field(None, ge=0, le=float(AI_MONTH_USD_MAX), allow_inf_nan=False)


class UsageEntry(BaseModel):
    """One request to a model, or one try of it. `cost_usd` is null while it is `open`, and where the price is unknown.

    `assumed`: it ended without the provider's word, so tokens and cost are the most that it can have been.
    """

    id: int
    at: Moment
    feature: Feature
    provider: str
    model: str
    state: Literal["open", "settled", "assumed"]
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Usd | None
    price_known: bool


class UsagePage(BaseModel):
    """The ledger, newest first; `next_cursor` asks for the page behind, null at the end."""

    items: list[UsageEntry]
    next_cursor: int | None


class EstimateRequest(BaseModel):
    """An AI action before it is done. `input`: the text, or whatever JSON, that it would be given."""

    feature: Feature
    input: Any = Field("", description="The description, message or data that the action would be given.")


class AiEstimate(BaseModel):
    """The most that an action can cost. `worst_case_usd` is null where the model has no known price.

    It is indicative: a bound of the tokens of the input, and the longest answer, of as many requests as the action may
    make. `allowed`: no cap refuses it now.
    """

    feature: Feature
    provider: ProviderId
    model: str
    worst_case_usd: Usd | None
    price_known: bool
    remaining_today_usd: Usd
    remaining_month_usd: Usd
    per_request_usd: Usd
    allowed: bool
