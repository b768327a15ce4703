"""`/metrics`: the platform in numbers, for the operator's Prometheus. Not there unless `METRICS_TOKEN` is set."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Request, Response

from engine.errors import OutsendError
from engine.jobs import figures as jobs
from engine.webhooks import figures as webhooks
from outsend_api.access import TheServices
from outsend_api.exposition import MEDIA_TYPE, exposition

router = APIRouter()


class MetricsTokenWrong(OutsendError):
    code = "metrics_token_wrong"
    kind = "unauthenticated"
    message = "Jeton de métriques absent ou faux"
    hint = "Send Authorization: Bearer with the value of OUTSEND_METRICS_TOKEN."


@router.get("/metrics", include_in_schema=False)
async def metrics(
    request: Request, services: TheServices, authorization: Annotated[str | None, Header()] = None
) -> Response:
    """The numbers as text, to who bears the token. No account, address or name stands in them."""
    token = services.settings.metrics_token
    if not token:
        raise HTTPException(404)
    if not _bears(authorization, token):
        raise MetricsTokenWrong()
    told = exposition(
        await services.call(None, jobs.figures),
        await services.call(None, webhooks.figures),
        request.app.state.timings,
    )
    return Response(told, media_type=MEDIA_TYPE)


def _bears(authorization: str | None, token: str) -> bool:
    """Whether the header names the token; compared in the same time, wherever they differ."""
    # A server reads headers as Latin-1; so their bytes are those that were sent.
    scheme, _, given = (authorization or "").partition(" ")
    return hmac.compare_digest(given.strip().encode("latin-1"), token.encode()) and scheme.lower() == "bearer"
