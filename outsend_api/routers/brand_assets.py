"""`/api/brand-lookup` and `/api/brand-assets`: the brand of one domain, and the images that are kept. Source: docs page
modules/brand_assets."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response

from engine.jobs import assets
from engine.jobs.brand_lookup import BrandLookupPublic, BrandLookups
from outsend_api.access import SignedIn
from outsend_api.errors import may

# Named by what is in them, and for one account: they never change, and no shared cache keeps them.
KEPT = "private, max-age=31536000, immutable"
# A picture loads nothing and runs nothing, opened by itself too.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncGenerator[None]:
    yield
    if hasattr(app.state, "brand_lookups"):
        await app.state.brand_lookups.close()


router = APIRouter(prefix="/api", tags=["brand assets"], lifespan=_closing)

IMAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The image", "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/brand-lookup", responses=may(400, 401, 403, 422, 502, 507))
async def look_brand_up(
    request: Request,
    user: SignedIn,
    domain: Annotated[str, Query(description="A domain, such as stripe.com.")],
    refresh: Annotated[bool, Query(description="Read it now, whatever is kept.")] = False,
) -> BrandLookupPublic:
    """The logo, favicon and colours of a domain: read now, then kept for seven days."""
    return await _lookups(request).look_up(user, domain, refresh=refresh)


# The rest of the path is taken whole: what tries to leave the folder is told so.
@router.get(
    "/brand-assets/{owner}/{filename:path}", response_class=Response, responses={**may(400, 401, 403, 404), **IMAGE}
)
def get_brand_asset(
    owner: Annotated[str, Path(description="The account that the image is kept for.")],
    filename: Annotated[str, Path(description="As a row's `*_local_url` names it.")],
    user: SignedIn,
) -> Response:
    """An image that `brand_assets` or a look-up kept, to its owner or an administrator."""
    found = assets.open_asset(user, owner, filename)
    headers = {"Cache-Control": KEPT, "Content-Security-Policy": CONTENT_POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(found.body, media_type=found.media_type, headers=headers)


def _lookups(request: Request) -> BrandLookups:
    """The app's look-ups, made on first use: they belong to the event loop."""
    state = request.app.state
    if not hasattr(state, "brand_lookups"):
        state.brand_lookups = BrandLookups()
    lookups: BrandLookups = state.brand_lookups
    return lookups
