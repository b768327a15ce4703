"""Pipelines: their schema, checks and price, creation, list, look and stop (docs page api/pipelines)."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from engine.accounts.repeats import once
from engine.pipelines import operations as pipelines
from engine.pipelines.estimate import estimate
from engine.pipelines.schema import PipelineSchema, pipeline_schema
from engine.pipelines.schemas import (
    Created,
    EstimateRequest,
    PipelineBrief,
    PipelineEstimate,
    PipelinePublic,
    Validation,
)
from outsend_api.access import ActiveUser, SignedIn
from outsend_api.errors import may
from outsend_api.idempotency import ByKey
from outsend_api.routers.pipeline_body import PipelineBody

router = APIRouter(prefix="/api/pipelines", tags=["pipelines"])

PipelineId = Annotated[str, Path(description="The `id` that creating or listing gave.")]


@router.get("/schema")
def get_schema() -> PipelineSchema:
    """What a pipeline may be made of: node types, their options, and which connect. Public, the same for everybody."""
    return pipeline_schema()


@router.post("/validate", responses=may(400, 401, 403, 413, 422))
def validate_pipeline(body: PipelineBody, user: SignedIn) -> Validation:
    """Complete and check a definition. Nothing is created or run; an invalid one is answered with `ok: false`."""
    return user.run(pipelines.validate, body)


@router.post("/estimate", responses=may(400, 401, 403, 404, 413, 422))
def estimate_pipeline(body: EstimateRequest, user: SignedIn) -> PipelineEstimate:
    """What a pipeline would cost, per node and in all, before it is started. Nothing is created or charged."""
    return user.run(estimate, definition=body.definition, pipeline_id=body.pipeline_id)


@router.post("", status_code=201, responses=may(400, 401, 403, 413, 422))
def create_pipeline(body: PipelineBody, user: ActiveUser, asked: ByKey) -> Created:
    """Store a pipeline and start its root jobs; each further node starts when the one before it is done.

    Where a root can't start (an unknown zone, the quota), the answer is 400 and the pipeline is kept as `failed`.
    """
    return user.run(once, asked, Created, pipelines.create, body)


@router.get("", responses=may(401, 403))
def list_pipelines(user: SignedIn) -> list[PipelineBrief]:
    """The caller's pipelines, most recent first, at most 50."""
    return user.run(pipelines.list_pipelines)


@router.get("/{pipeline_id}", responses=may(401, 403, 404, 422))
def get_pipeline(pipeline_id: PipelineId, user: SignedIn) -> PipelinePublic:
    """One pipeline with its definition, its jobs so far and its output, which downloads by `output_job.id`."""
    return user.run(pipelines.get, pipeline_id)


@router.post("/{pipeline_id}/cancel", responses=may(400, 401, 403, 404, 422))
def cancel_pipeline(pipeline_id: PipelineId, user: ActiveUser) -> PipelinePublic:
    """Stop a running pipeline with all its jobs. Rows already written stay downloadable."""
    return user.run(pipelines.cancel, pipeline_id)


@router.api_route("/{pipeline_id}/run", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
def no_run(pipeline_id: PipelineId) -> JSONResponse:
    """A pipeline starts when it is created: there is nothing to call here (CONTRACT C-299, X-19)."""
    hint = "A pipeline starts when it is created. To run a graph again, send its definition to POST /api/pipelines."
    body = {"detail": "Méthode non autorisée", "code": "method_not_allowed", "hint": hint}
    # RFC 9110 asks for the header, and lets it be empty for a resource without any method.
    return JSONResponse(body, 405, {"Allow": ""})
