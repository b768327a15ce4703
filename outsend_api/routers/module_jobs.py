"""`POST /api/jobs/{module}`: one endpoint a module, made from the registry. Source: docs page api/jobs.

Paths bear hyphens; the spelling with underscores, which is the slug, works too.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from engine.accounts.repeats import once
from engine.jobs import operations as jobs
from engine.jobs.requests import JobRequest, module_request
from engine.jobs.schemas import JobPublic
from engine.registry.load import startable, summary_of
from outsend_api.access import ActiveUser
from outsend_api.errors import may
from outsend_api.idempotency import ByKey
from outsend_api.routers.bodies import with_body

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

OWN_ENDPOINT = "scrap"  # stands with POST /api/jobs
RESPONSES = may(400, 401, 403, 404, 410, 413, 422, 503)


def _endpoint(slug: str) -> Callable[..., Any]:
    module = startable()[slug]

    @with_body(module_request(module))
    def create_job(body: JobRequest, user: ActiveUser, asked: ByKey) -> JobPublic:
        return user.run(once, asked, JobPublic, jobs.create, slug, body.options(), **body.arguments())

    create_job.__doc__ = summary_of(module)
    return create_job


for _slug in startable():
    if _slug != OWN_ENDPOINT:
        _create, _path = _endpoint(_slug), f"/{_slug.replace('_', '-')}"
        router.post(_path, name=f"create_{_slug}", responses=RESPONSES)(_create)
        if _path != f"/{_slug}":
            router.post(f"/{_slug}", include_in_schema=False, responses=RESPONSES)(_create)


@router.post("/{module}", include_in_schema=False, responses=may(401, 403, 404))
def create_unknown(module: str, user: ActiveUser) -> JobPublic:
    """No module of that name: the engine says which ones there are."""
    return user.run(jobs.create, module, {})
