"""Whether this process lives, and whether it can be of use. For load balancers and supervisors; tells no secret."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from engine.jobs.workers import Readiness, readiness
from outsend_api.access import TheServices

router = APIRouter(tags=["health"])
UNREADY = 503


class Alive(BaseModel):
    """This process answers."""

    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def healthz() -> Alive:
    """Say that this process lives. Asks nobody, so that a slow database is no reason to restart it."""
    return Alive()


@router.get("/readyz", responses={UNREADY: {"model": Readiness, "description": "Something is missing."}})
def readyz(services: TheServices, response: Response) -> Readiness:
    """Say whether jobs can be taken and worked: the database answers, and a worker gave a sign of life."""
    found = readiness(services)
    if found.status != "ready":
        response.status_code = UNREADY
    return found
