"""The opt-out list as its owner sees it."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer

from engine.limits import SUPPRESSION_REASON_MAX, SUPPRESSIONS_CALL_MAX


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("caractères de contrôle non admis")
    return text


class SuppressionPublic(BaseModel):
    """One entry. `value` is the folded spelling: lower case, an international domain in ASCII. The time is UTC."""

    id: int
    kind: Literal["email", "domain"]
    value: str
    reason: str | None
    created_at: Annotated[datetime, PlainSerializer(_stamp, return_type=str, when_used="json")]


class SuppressionsPage(BaseModel):
    """Entries, newest first. `total` are all that match; `next_cursor` asks for the page behind, null at the end."""

    items: list[SuppressionPublic]
    total: int
    next_cursor: int | None


class SuppressionsRequest(BaseModel):
    """Addresses (`a@b.fr`) and domains (`exemple.fr` or `@exemple.fr`, subdomains included) to leave out."""

    entries: list[str] = Field(
        min_length=1, max_length=SUPPRESSIONS_CALL_MAX, examples=[["a@b.fr", "exemple.fr", "@exemple.fr"]]
    )
    reason: Annotated[str, Field(max_length=SUPPRESSION_REASON_MAX), AfterValidator(_printable)] | None = None


class RefusedEntry(BaseModel):
    """An entry that was not understood. `index` counts from 0; `entry` is its beginning; `reason` is French."""

    index: int
    entry: str
    reason: str


class SuppressionsAdded(BaseModel):
    """What became of the entries of a call: `added` are new, `known` were there already, or twice in the call.

    `problems` are the first 100 of the invalid ones.
    """

    added: int
    known: int
    invalid: int
    problems: list[RefusedEntry]
