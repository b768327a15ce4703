"""What the user's own model writes: drafts of pipelines, filter rules, summaries of reviews (docs page api/ai).

Nothing is created. A client that hangs up ends the request to the model, and what it used until then is settled.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Request

from engine.jobs.review_summary import ReviewSummary, ReviewSummaryRequest, review_summary
from engine.pipelines.filter_rules import FilterRules, FilterRulesRequest, filter_rules
from engine.pipelines.generate import Generated, GenerateRequest, generate
from outsend_api.access import ActiveUser
from outsend_api.errors import may
from outsend_api.hangup import while_connected
from outsend_api.routers.jobs import JobId

router = APIRouter(prefix="/api", tags=["ai"])

WHOLE_JOB = ReviewSummaryRequest()


@router.post("/pipelines/generate", responses=may(400, 401, 402, 403, 413, 422, 429, 502))
async def generate_pipeline(request: Request, asked: GenerateRequest, user: ActiveUser) -> Generated:
    """A description becomes a definition, by your own model. Nothing is created or run.

    What can't be made valid is answered with `ok: false`.
    """
    return await while_connected(request, generate(user, asked))


@router.post("/ai/filter-rules", responses=may(400, 401, 402, 403, 404, 410, 413, 422, 429, 502))
async def write_filter_rules(request: Request, asked: FilterRulesRequest, user: ActiveUser) -> FilterRules:
    """A description becomes rules for the filter module, by your own model, with a preview of what they keep."""
    return await while_connected(request, filter_rules(user, asked))


@router.post("/jobs/{job_id}/review-summary", responses=may(400, 401, 402, 403, 404, 410, 413, 422, 429, 502))
async def summarize_reviews(
    request: Request, job_id: JobId, user: ActiveUser, asked: Annotated[ReviewSummaryRequest, Body()] = WHOLE_JOB
) -> ReviewSummary:
    """What the reviews of an ended job say, by your own model; figures are counted, not written."""
    return await while_connected(request, review_summary(user, job_id, asked))
