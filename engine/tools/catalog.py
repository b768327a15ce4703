"""The tools, in the order in which agents see them."""

from engine.tools import (
    cancel_job,
    create_enrich_job,
    create_pipeline,
    create_scrap_job,
    create_veille,
    estimate_job,
    get_job,
    get_job_results,
    get_pipeline,
    get_signals,
    get_usage,
    list_jobs,
    list_modules,
    list_pipelines,
    list_veilles,
    resume_job,
    run_pipeline,
)
from engine.tools.tool import AnyTool

TOOLS: tuple[AnyTool, ...] = (
    list_jobs.tool,
    get_job.tool,
    create_scrap_job.tool,
    create_enrich_job.tool,
    list_pipelines.tool,
    create_pipeline.tool,
    run_pipeline.tool,
    list_veilles.tool,
    create_veille.tool,
    get_signals.tool,
    get_job_results.tool,
    cancel_job.tool,
    resume_job.tool,
    estimate_job.tool,
    list_modules.tool,
    get_pipeline.tool,
    get_usage.tool,
)


def tool_named(name: str) -> AnyTool | None:
    """The tool of that name."""
    return next((tool for tool in TOOLS if tool.name == name), None)
