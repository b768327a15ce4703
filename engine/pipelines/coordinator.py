"""What runs next: a pipeline's root jobs, then one job per successor of each job that is done, then its end.

`advance` is called inside the transaction that finishes a job, so that a crash leaves either both or neither. Stopping
a job calls it again for that job, in the same transaction; this ends because a job ends once.
"""

from collections.abc import Callable, Iterator, Mapping

from engine.context import Context, FinishedJob, write
from engine.errors import OutsendError
from engine.jobs import gate, store
from engine.jobs.errors import OutputGone
from engine.jobs.intake import CallersPast, Order, left_out, place, planned_items
from engine.jobs.models import Job, Status
from engine.jobs.queries import downloadable
from engine.jobs.resume import resume
from engine.limits import MAX_EF_PER_JOB
from engine.module import QuotaExceeded
from engine.pipelines.models import Pipeline, PipelineStatus
from engine.pipelines.progress import finished
from engine.pipelines.queries import definition_of, latest_jobs, lock_free, locked_pipeline
from engine.pipelines.schemas import Node
from engine.pipelines.validate import config_of, module_of
from engine.rows.types import Row


def start(context: Context, pipeline: Pipeline) -> list[Job]:
    """One job per root.

    Raises:
        What a root's module refuses (a zone that is unknown, a quota); the jobs made so far are the caller's to undo.
    """
    return [place(context, _root_order(context, pipeline, node)) for node in definition_of(pipeline).roots]


def advance(context: Context, ended: FinishedJob) -> None:
    """Go on after a job of a pipeline ended: its successors, or the end of its branch, or of the whole pipeline.

    Only a job that is done has successors, and only when it left rows. One that failed or was cancelled stops what is
    open. When nothing is open any more the pipeline ends.
    """
    if ended.pipeline_id is None:
        return
    pipeline = locked_pipeline(context.session, ended.pipeline_id)
    if pipeline is None or pipeline.status != PipelineStatus.running:
        return
    latest = latest_jobs(context.session, pipeline.id)
    if ended.status != Status.done:
        stop(context, latest)
    elif _waits(pipeline, ended.node_id) and not _is_stopped(pipeline, latest):
        return
    elif not _is_stopped(pipeline, latest):
        try:
            _continue(context, pipeline, [job for job in latest.values() if job.seq == ended.seq], latest)
        except OutsendError as error:  # a module has changed or gone since the definition was accepted
            note_failure(pipeline, error)
            stop(context, latest)
    settle(context, pipeline)


def go_on_with(context: Context, pipeline: Pipeline, root: Job, pages: Callable[[], Iterator[list[Row]]]) -> None:
    """Go on behind a root with these of its rows alone; without any, the branch ends as if it had brought none.

    `pages` gives the rows anew each time it is called. `pipeline` is locked by the caller.
    """
    latest = latest_jobs(context.session, pipeline.id)
    if pipeline.status != PipelineStatus.running or _is_stopped(pipeline, latest) or root.node_id is None:
        return
    try:
        orders = [_order(context, pipeline, node, root) for node in definition_of(pipeline).successors(root.node_id)]
        _place_all(context, _fed(context, orders, pages))
    except OutsendError as error:  # as in `advance`
        note_failure(pipeline, error)
        stop(context, latest)
    settle(context, pipeline)


def stop(context: Context, jobs: Mapping[str, Job]) -> None:
    """Cancel the pending ones of these jobs, and ask the running ones to stop.

    A job that another transaction holds is stopped after the commit: it may be ending, and then waits for the pipeline,
    which is ours until then.
    """
    still_open = [job for job in jobs.values() if not Status(job.status).terminal]
    free = lock_free(context.session, still_open)
    for job in still_open:
        if job.seq in free:
            gate.cancel(context, job)
        else:
            _stop_after_commit(context, job.seq)


def _stop_after_commit(context: Context, seq: int | None) -> None:
    context.after_commit.append(lambda: context.services.run(None, _stop_one, seq))


@write
def _stop_one(context: Context, seq: int | None) -> None:
    gate.cancel(context, context.session.get_one(Job, seq))


def settle(context: Context, pipeline: Pipeline) -> None:
    """End the pipeline if nothing of it is open any more, and tell who follows it.

    `failed` if anything failed; `cancelled` if nothing did and a user stopped it; else `done` (CONTRACT X-48).
    """
    latest = latest_jobs(context.session, pipeline.id)
    if pipeline.status != PipelineStatus.running or any(not Status(job.status).terminal for job in latest.values()):
        return
    pipeline.status = _outcome(pipeline, latest)
    pipeline.completed_at = context.now()
    context.session.add(pipeline)
    context.session.flush()
    for hook in context.services.on_pipeline_finished:
        hook(context, pipeline.id, pipeline.status)


def reopen(context: Context, pipeline: Pipeline) -> None:
    """Let an ended pipeline run on after one of its jobs was resumed.

    What the stop had cancelled gets a new attempt, and jobs that were done get the successors that they miss.

    Raises:
        OutputGone: rows that a new job needs have expired or were deleted.
    """
    pipeline.status = PipelineStatus.running
    pipeline.completed_at = pipeline.cancel_requested_at = None
    pipeline.error_code = pipeline.error_message = None
    context.session.add(pipeline)
    for node_id, job in latest_jobs(context.session, pipeline.id).items():
        if job.status == Status.cancelled:
            _try_again(context, pipeline, definition_of(pipeline).by_id[node_id], job)
    latest = latest_jobs(context.session, pipeline.id)
    if not _is_stopped(pipeline, latest):
        done = [job for job in latest.values() if finished(job) and not _waits(pipeline, job.node_id)]
        _continue(context, pipeline, done, latest)


def _continue(context: Context, pipeline: Pipeline, done: list[Job], latest: Mapping[str, Job]) -> None:
    """Make the jobs that follow these ones. A node that has a job already is left alone."""
    definition = definition_of(pipeline)
    orders = [
        _order(context, pipeline, node, job)
        for job in done
        if job.results and job.node_id is not None
        for node in definition.successors(job.node_id)
        if node.id not in latest
    ]
    _place_all(context, [place(context, order, refuse_over_quota=False) for order in orders])


def _place_all(context: Context, placed: list[Job]) -> None:
    """Refuse those that cost too much; all are there before the first is refused, so that its end stops the others."""
    for job in placed:
        if job.ef_cost > MAX_EF_PER_JOB:
            refusal = QuotaExceeded(cost=job.ef_cost)
            gate.insert_failed(context, job, code=refusal.code, message=refusal.text)


def note_failure(pipeline: Pipeline, error: OutsendError) -> None:
    """Write down why a job of the pipeline could not be made."""
    pipeline.error_code, pipeline.error_message = error.code, error.text


def _is_stopped(pipeline: Pipeline, latest: Mapping[str, Job]) -> bool:
    broken = any(job.status in (Status.failed, Status.cancelled) for job in latest.values())
    return broken or pipeline.cancel_requested_at is not None


def _outcome(pipeline: Pipeline, latest: Mapping[str, Job]) -> PipelineStatus:
    if pipeline.error_code is not None or any(job.status == Status.failed for job in latest.values()):
        return PipelineStatus.failed
    return PipelineStatus.cancelled if _is_stopped(pipeline, latest) else PipelineStatus.done


def _root_order(context: Context, pipeline: Pipeline, node: Node) -> Order:
    module, config = module_of(node), config_of(node)
    module.check(config, CallersPast(context))
    items = planned_items(module, config)
    return Order(
        module,
        config,
        pipeline.account_id,
        items=items,
        planned=len(items),
        pipeline_id=pipeline.id,
        node_id=node.id,
    )


def _order(context: Context, pipeline: Pipeline, node: Node, source: Job) -> Order:
    """The job of a node on the rows of `source`.

    Where no row has a needed column the job is made all the same, with nothing planned: it ends as done without rows,
    which ends the branch, and its notice says why.

    Raises:
        OutputGone: the rows have expired or were deleted.
    """
    assert source.seq is not None
    if source.deleted_at is not None or not downloadable(source):
        raise OutputGone()
    module = module_of(node)
    usable = store.count_usable(context.session, source.seq, module.needs)
    return Order(
        module,
        config_of(node),
        pipeline.account_id,
        input_job_seq=source.seq,
        planned=usable,
        columns=source.columns,
        notice=left_out(source.results - usable, module),
        source_job_id=source.id,
        pipeline_id=pipeline.id,
        node_id=node.id,
    )


def _fed(context: Context, orders: list[Order], pages: Callable[[], Iterator[list[Row]]]) -> list[Job]:
    """The jobs of these orders, fed by the usable ones of some rows; none where there is no row."""
    counts, total = [0] * len(orders), 0
    for rows in pages():
        total += len(rows)
        for at, order in enumerate(orders):
            counts[at] += len(_usable(rows, order))
    if not total:
        return []
    for order, count in zip(orders, counts, strict=True):
        order.input_job_seq, order.planned, order.notice = None, count, left_out(total - count, order.module)
    jobs = [place(context, order, refuse_over_quota=False) for order in orders]
    filled = [0] * len(jobs)
    for rows in pages():
        for at, (order, job) in enumerate(zip(orders, jobs, strict=True)):
            assert job.seq is not None
            usable = _usable(rows, order)
            store.add_inputs(context.session, job.seq, usable, start=filled[at])
            filled[at] += len(usable)
    return jobs


def _usable(rows: list[Row], order: Order) -> list[Row]:
    return [row for row in rows if store.is_usable(row, order.module.needs)]


def _waits(pipeline: Pipeline, node_id: str | None) -> bool:
    """Whether a veille decides what follows this node: a root whose new rows alone go on."""
    return pipeline.compared_first and node_id is not None and definition_of(pipeline).predecessor(node_id) is None


def _try_again(context: Context, pipeline: Pipeline, node: Node, job: Job) -> None:
    """A new attempt at a cancelled job: where it stopped, or from its start where nothing is lost by that."""
    if module_of(node).resumable and 0 < job.processed < job.planned:
        resume(context, job.id)
        return
    source = definition_of(pipeline).predecessor(node.id)
    if source is None:
        order = _root_order(context, pipeline, node)
    else:
        order = _order(context, pipeline, node, latest_jobs(context.session, pipeline.id)[source.id])
    order.attempt = job.attempt + 1
    if source is None or not _waits(pipeline, source.id):
        place(context, order)
        return
    # Chosen rows were its items; they are so again.
    order.input_job_seq, order.planned, order.notice = None, job.planned, job.notice
    again = place(context, order)
    assert job.seq is not None and again.seq is not None
    store.copy_inputs(context.session, source=job.seq, target=again.seq)
