"""Looking at what feeds a node of a pipeline, and trying filter rules on it (docs page api/pipelines)."""

from typing import Annotated

from fastapi import APIRouter, Path

from engine.pipelines import operations as pipelines
from engine.pipelines.schemas import FilterPreview, InputColumns, PreviewRequest
from outsend_api.access import SignedIn
from outsend_api.errors import may
from outsend_api.routers.pipelines import PipelineId

router = APIRouter(prefix="/api/pipelines/{pipeline_id}/nodes/{node_id}", tags=["pipelines"])

NodeId = Annotated[str, Path(description="A node's `id` in the definition.")]


@router.get("/input-columns", responses=may(401, 403, 404, 422))
def get_input_columns(pipeline_id: PipelineId, node_id: NodeId, user: SignedIn) -> InputColumns:
    """The columns that will feed a node, each profiled on the first 5,000 rows; or the `reason` why there are none."""
    return user.run(pipelines.input_columns, pipeline_id, node_id)


@router.post("/filter-preview", responses=may(400, 401, 403, 404, 413, 422, 500))
def preview_filter(pipeline_id: PipelineId, node_id: NodeId, body: PreviewRequest, user: SignedIn) -> FilterPreview:
    """How many of the first 5,000 rows a filter node would keep with these rules. Nothing is created or changed."""
    return user.run(pipelines.filter_preview, pipeline_id, node_id, body.rules)
