"""`/api/suppressions`: the opt-out list. No row shows a contact of it, whether found, imported or exported."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from engine.limits import SUPPRESSIONS_PAGE_DEFAULT, SUPPRESSIONS_PAGE_MAX
from engine.suppressions import operations as suppressions
from engine.suppressions.schemas import SuppressionsAdded, SuppressionsPage, SuppressionsRequest
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.routers.parameters import ID_MAX, Cursor

router = APIRouter(prefix="/api/suppressions", tags=["suppressions"])

Limit = Annotated[int, Query(description=f"Entries wanted; brought into 1 to {SUPPRESSIONS_PAGE_MAX}.")]
Search = Annotated[str | None, Query(max_length=254, description="A part of an address or domain.")]
Kind = Annotated[Literal["email", "domain"] | None, Query(description="Of this kind only.")]


@router.get("", responses=may(401, 403, 422))
def list_suppressions(
    user: SignedIn,
    limit: Limit = SUPPRESSIONS_PAGE_DEFAULT,
    cursor: Cursor = None,
    search: Search = None,
    kind: Kind = None,
) -> SuppressionsPage:
    """Your opt-out list, newest first."""
    return user.run(suppressions.list_page, limit=limit, cursor=cursor, search=search, kind=kind)


@router.post("", responses=may(400, 401, 403, 413, 422))
def add_suppressions(asked: SuppressionsRequest, user: ActiveUser) -> SuppressionsAdded:
    """Put addresses and domains on your opt-out list, up to 10,000 a call; a repeated call changes nothing.

    Running jobs leave them out within seconds. Entries that can't be read are told, and stop no other.
    """
    return user.run(suppressions.add, asked.entries, reason=asked.reason)


@router.delete("/{suppression_id}", status_code=204, responses=may(400, 401, 403, 404, 422))
def remove_suppression(suppression_id: Annotated[int, Path(ge=1, le=ID_MAX)], user: ActiveUser) -> None:
    """Take an entry off your opt-out list."""
    user.run(suppressions.remove, suppression_id)
