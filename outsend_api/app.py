"""The REST API as one ASGI app: routers, the error table, what surrounds every request."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

from engine.context import Services
from engine.runtime import VERSION
from outsend_api import errors
from outsend_api.bodies import BodyLimits
from outsend_api.requests import Requests
from outsend_api.routers import (
    admin,
    ai,
    ai_drafts,
    assistant,
    auth,
    brand_assets,
    connected_apps,
    delivery_check,
    docs,
    feedback,
    health,
    imports,
    job_helpers,
    job_results,
    job_stream,
    jobs,
    metrics,
    module_jobs,
    pages,
    pipeline_nodes,
    pipelines,
    privacy,
    registry,
    suppressions,
    tokens,
    veille,
    webhooks,
)
from outsend_api.security import CsrfGuard, SecurityHeaders
from outsend_api.timings import Timings

TITLE = "outsend"
SUMMARY = "Lead generation that people and AI agents drive."

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(services: Services, *, lifespan: Lifespan | None = None) -> FastAPI:
    """The app over these services, which the caller opens and closes. `lifespan` surrounds its time as a server."""
    app = _described(lifespan)
    app.state.services = services
    app.state.timings = timings = Timings()
    # From the inside out.
    app.add_middleware(BodyLimits)
    app.add_middleware(CsrfGuard, settings=services.settings)
    app.add_middleware(Requests, settings=services.settings, timings=timings)
    app.add_middleware(SecurityHeaders, settings=services.settings)
    return app


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return _described(None).openapi()


def _described(lifespan: Lifespan | None) -> FastAPI:
    """Routes and errors: all that the OpenAPI document tells of, with nothing behind it yet."""
    app = FastAPI(title=TITLE, summary=SUMMARY, version=VERSION, docs_url=None, redoc_url=None, lifespan=lifespan)
    errors.install(app)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(auth.router)
    app.include_router(tokens.router)
    app.include_router(privacy.router)
    app.include_router(suppressions.router)
    app.include_router(registry.router)
    app.include_router(feedback.router)
    app.include_router(admin.router)
    app.include_router(pages.router)
    app.include_router(connected_apps.router)
    app.include_router(docs.router)
    app.include_router(ai.router)
    app.include_router(assistant.router)
    app.include_router(ai_drafts.router)
    app.include_router(jobs.router)
    app.include_router(jobs.estimates)
    app.include_router(brand_assets.router)
    app.include_router(imports.lists)
    app.include_router(imports.router)
    app.include_router(module_jobs.router)
    app.include_router(pipelines.router)
    app.include_router(pipeline_nodes.router)
    app.include_router(veille.router)
    app.include_router(webhooks.router)
    app.include_router(job_results.router)
    app.include_router(delivery_check.router)
    app.include_router(job_helpers.router)
    app.include_router(job_stream.router)
    return app
