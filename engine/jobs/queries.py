"""Looking jobs up, always as their owner, and showing them."""

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, bindparam
from sqlalchemy import select as core_select
from sqlmodel import col, select

from engine.accounts.errors import EmailUnverified
from engine.context import Context
from engine.db.tables import table_of
from engine.jobs.empty_search import empty_notice
from engine.jobs.errors import JobForbidden, JobMissing, NotReusable
from engine.jobs.eta import seconds_left
from engine.jobs.models import Job, Status
from engine.jobs.places_seen import COUNTER, known_notice
from engine.jobs.reviews_seen import notice as review_notice
from engine.jobs.schemas import JobPublic
from engine.modules.scrap import LEVELS
from engine.registry.load import modules
from engine.suppressions.blank import left_out_notice

DEAD_QUERY_TILES = 20  # a query without a result in this many tiles is called dead

# What a list reads of a job: columns of the table, as an entity costs more than all the rest, and without the bitmap of
# finished items. Built once; a caller adds its conditions.
_JOB = table_of(Job).c
LISTED: Select[*tuple[Any, ...]] = (
    core_select(*(column for column in _JOB if column is not _JOB.done))
    .where(_JOB.account_id == bindparam("account_id"), _JOB.deleted_at.is_(None))
    .order_by(_JOB.seq.desc())
    .limit(bindparam("size"))
    .offset(bindparam("skipped", 0))
)

Read: TypeAlias = Job | Row[*tuple[Any, ...]]  # a job as the object layer or as a list reads it


def owned_job(context: Context, job_id: str) -> Job:
    """The caller's job.

    Raises:
        JobMissing: no such job, or deleted; for an agent also somebody else's.
        JobForbidden: somebody else's.
    """
    job = job_of_id(context, job_id)
    if job.account_id != context.account_id:
        by_agent = context.principal is not None and context.principal.by_agent
        raise JobMissing(job_id=job_id) if by_agent else JobForbidden()
    return job


def job_of_id(context: Context, job_id: str) -> Job:
    """The job of that id, whoever owns it: for callers whose right was proved otherwise. Raises JobMissing."""
    query = select(Job).where(Job.id == job_id, col(Job.deleted_at).is_(None))
    # No database takes what can't be printed (NUL, half characters) as a text to look for.
    job = context.session.exec(query).first() if job_id.isprintable() else None
    if job is None:
        raise JobMissing(job_id=job_id)
    return job


def ensure_verified(context: Context) -> None:
    """Searching the world and resuming need a confirmed address (CONTRACT C-115). Raises EmailUnverified."""
    if context.principal is not None and not context.principal.verified:
        raise EmailUnverified()


def public(job: Read, now: datetime) -> JobPublic:
    """A job as callers see it."""
    config, stats = job.config, job.stats
    query_stats = _query_stats(stats)
    return JobPublic(
        id=job.id,
        job_type=job.job_type,
        queries=config.get("queries", []),
        zones=config.get("zones", []),
        include_reviews=bool(config.get("include_reviews", False)),
        status=job.status,
        grid_points_count=job.planned,
        processed_points=job.processed,
        results_count=job.results,
        error_count=job.errors,
        ef_cost=job.ef_cost,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        expires_at=job.expires_at,
        error_message=job.error_message,
        output_filename=job.output_filename,
        download_available=downloadable(job),
        source_job_id=job.source_job_id,
        pipeline_id=job.pipeline_id,
        node_id=job.node_id,
        email_mode=config.get("mode") if job.job_type == "emails" else None,
        breakdown={"by_query": stats.get("by_query", {}), "by_zone": stats.get("by_zone", {})},
        dead_queries=[q for q, s in query_stats.items() if s["tiles"] >= DEAD_QUERY_TILES and not s["with_results"]],
        flagged_tiles_count=stats.get("flagged_tiles", 0),
        total_attempts_count=stats.get("attempts", job.processed),
        query_stats=query_stats,
        notice=" ".join(_notice(job)) or None,
        eta_seconds=_eta(job, now),
        columns=job.columns,
    )


def _notice(job: Read) -> list[str]:
    known, left_out = job.stats.get(COUNTER, 0), left_out_notice(job.stats.get("suppressed", 0))
    notice = [*job.notice, *known_notice(known), *review_notice(job.stats), *left_out]
    if job.status == Status.done and not job.errors:
        notice += empty_notice(job.stats, job.config.get("zones", []), results=job.results, known=known)
    return notice


def ensure_reusable(job: Job) -> None:
    """Whether the rows of such a job may feed another one (CONTRACT C-142, C-466). Raises NotReusable."""
    module = modules().get(job.job_type)
    if module is not None and not module.reusable:
        raise NotReusable(job_type=job.job_type)


def downloadable(job: Read) -> bool:
    """Whether rows, final or partial, are still there: an ended job that has a file."""
    return Status(job.status).terminal and job.status != Status.expired and job.output_filename is not None


def _query_stats(stats: dict[str, Any]) -> dict[str, Any]:
    """Per query: tiles asked, tiles with a result, and their share in percent."""
    return {
        query: {**counts, "found_pct": round(100 * counts["with_results"] / counts["tiles"]) if counts["tiles"] else 0}
        for query, counts in stats.get("query_stats", {}).items()
    }


def _eta(job: Read, now: datetime) -> int | None:
    """Seconds to go, the children of tiles that are still to be divided included."""
    if job.status != Status.running or job.started_at is None or not job.processed:
        return None
    elapsed = (now - job.started_at).total_seconds()
    levels = job.stats.get(LEVELS, {})
    return seconds_left(elapsed=elapsed, processed=job.processed, planned=job.planned, levels=levels)
