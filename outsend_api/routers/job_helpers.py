"""What a user interface asks of a job beside its rows. May change without notice (docs page api/jobs)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from engine.jobs import maps
from engine.jobs import operations as jobs
from engine.jobs.output_columns import output_columns
from engine.jobs.schemas import Breakdown, OutputColumns
from engine.limits import MAP_FEATURES_DEFAULT, MAP_FEATURES_MAX
from outsend_api.access import SignedIn
from outsend_api.errors import may
from outsend_api.routers.jobs import JobId

router = APIRouter(prefix="/api/jobs/{job_id}", tags=["jobs"])

GEO_JSON: Mapping[int | str, dict[str, Any]] = {
    200: {"description": "A GeoJSON FeatureCollection", "content": {"application/json": {"schema": {"type": "object"}}}}
}
Bbox = Annotated[
    str | None,
    Query(description="west,south,east,north in degrees: only what lies there.", examples=["2.2,48.8,2.5,49"]),
]
Limit = Annotated[int, Query(description=f"At most so many features; brought into 1 to {MAP_FEATURES_MAX}.")]


@router.get("/breakdown", responses=may(401, 403, 404, 422))
def get_breakdown(job_id: JobId, user: SignedIn) -> Breakdown:
    """How many rows each query and each zone brought: `breakdown` of the job alone."""
    return Breakdown.model_validate(user.run(jobs.get, job_id).breakdown)


@router.get("/output-columns", responses=may(400, 401, 403, 404, 410, 422))
def get_output_columns(job_id: JobId, user: SignedIn) -> OutputColumns:
    """The columns of an ended job, each profiled on the first 5,000 rows."""
    return user.run(output_columns, job_id)


@router.get("/map", response_class=StreamingResponse, responses={**may(401, 403, 404, 410, 422), **GEO_JSON})
def get_map(job_id: JobId, user: SignedIn, bbox: Bbox = None, limit: Limit = MAP_FEATURES_DEFAULT) -> StreamingResponse:
    """The job on a map, running or ended: its rows that have coordinates; else, for a search, its tiles."""
    opened = user.run(maps.open_map, job_id, bbox=bbox, limit=limit)
    return StreamingResponse(maps.pieces(user.services, opened), media_type="application/json")
