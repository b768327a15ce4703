"""Takes a claimed job from its claim to its end: builds what its module may touch, works it, finishes it."""

import asyncio
import logging
from collections.abc import Callable, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from engine import logs
from engine.context import Context, Services, read, write
from engine.db.engine import DATABASE_FAULTS
from engine.errors import OutsendError
from engine.imports.operations import open_upload
from engine.jobs import gate, places_seen, reviews_seen, store
from engine.jobs.assets import AccountAssets
from engine.jobs.bitmap import Bitmap
from engine.jobs.errors import SlowJob
from engine.jobs.gate import LEASE
from engine.jobs.intake import module_named
from engine.jobs.kept import KeptAnswers
from engine.jobs.kinds import ExpandWork, Items, SourceWork, kind_of
from engine.jobs.loop import STOP_FLUSH_SECONDS, Ending, Loop, patiently
from engine.jobs.models import Job
from engine.jobs.places_seen import Memory, memory_of
from engine.jobs.progress import Progress
from engine.jobs.screen import COUNTER, Screen, ScreenedSmtp, screened
from engine.jobs.store import Ack, Batch
from engine.module import AnyModule, ExpandModule, ModuleConfig, Run, SourceModule, TableModule
from engine.network.types import World
from engine.reach import FilterLists, NoLists, NoSeeds, Seeds
from engine.rows.types import Row
from engine.sources.types import PlaceSource, ReviewSource, WithoutReviews
from engine.suppressions.operations import suppressed_of, version_of
from engine.worker.driver import Claim, Lane, Refusal

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

RENEW_SECONDS = 1.0  # between two signs of life of a job that has no items to save
INTERNAL = ("internal_error", "Erreur interne : le job a été arrêté, les lignes déjà écrites sont conservées")


@dataclass(frozen=True, slots=True)
class Outside:
    """How jobs reach the world: opened once a worker process."""

    world: Callable[[str | None], AbstractAsyncContextManager[World]]  # a job's view, closed at its end, by pipeline
    places: Callable[[], PlaceSource]  # the configured one, shared by all jobs
    reviews: Callable[[], ReviewSource] = WithoutReviews  # likewise
    seeds: Callable[[], Seeds] = NoSeeds  # likewise
    filter_lists: Callable[[], FilterLists] = NoLists  # as they stand when a job begins
    pagespeed_key: str | None = field(default=None, repr=False)


class JobRunner:
    """What jobs lend to a driver (see `engine.worker.driver.Work`)."""

    def __init__(
        self,
        services: Services,
        outside: Outside,
        *,
        name: str,
        stopping: asyncio.Event,
        module_of: Callable[[str], AnyModule] = module_named,
    ) -> None:
        self._services, self._outside, self._name, self._stopping = services, outside, name, stopping
        self._module_of = module_of
        self._alone = asyncio.Lock()  # for work that may kill this process

    async def claim(self, job_id: str | None, lanes: Set[Lane]) -> Claim | Refusal:
        """The next job that may start, or the asked one; none once this process is asked to stop."""
        if self._stopping.is_set():
            return Refusal.none_open
        return await self._services.call(None, gate.claim, self._name, job_id, lanes)

    async def run(self, claim: Claim) -> None:
        """Work a claimed job to its end. Never raises: what goes wrong becomes the job's end, or a lost claim."""
        logs.job_id.set(claim.job_id)  # a claim is worked in a task of its own
        log.info("Work on job %s begins", claim.job_id)
        try:
            await self._work(claim)
            log.info("Work on job %s is over", claim.job_id)
        except (*DATABASE_FAULTS, TimeoutError):
            log.exception("Job %s is left to its next claim: the database can't be used", claim.job_id)
        except OutsendError as error:
            await self._fail(claim, error.code, error.text)
        except Exception:
            log.exception("Job %s failed unexpectedly", claim.job_id)
            await self._fail(claim, *INTERNAL)

    async def _work(self, claim: Claim) -> None:
        job, logs_written = await self._services.call(None, _facts, claim)
        module = self._module_of(job.job_type)
        config = module.config.model_validate(job.config)
        if isinstance(module, TableModule):
            await self._select(claim, job, module, config)
        else:
            await self._loop(claim, job, module, config, logs_written)

    async def _select(self, claim: Claim, job: Job, module: TableModule[ModuleConfig], config: ModuleConfig) -> None:
        """A table module: all rows at once, positions out, one transaction for everything that follows."""
        choosing = asyncio.create_task(self._choose(job, module, config))
        if await self._held(claim, choosing):
            await self._settle(_settle_table, claim, job, *choosing.result())
        else:
            await self._settle(gate.finish_cancelled, claim)

    async def _choose(
        self, job: Job, module: TableModule[ModuleConfig], config: ModuleConfig
    ) -> tuple[list[store.Position], list[str]]:
        """The positions that the module chooses, and the job's notes. What is suppressed is counted in `job.stats`."""
        positions, stored = await asyncio.to_thread(_all_rows, self._services, job)
        suppressed = await self._services.call(None, suppressed_of, job.account_id)
        rows, left = await asyncio.to_thread(screened, stored, suppressed)
        notes = list(job.notice)
        chosen = await asyncio.to_thread(module.select, rows, config, notes.append)
        if count := sum(left[at] for at in chosen):
            job.stats = {**job.stats, COUNTER: count}
        return [positions[at] for at in chosen], notes

    async def _held(self, claim: Claim, work: "asyncio.Task[Any]") -> bool:
        """Keep the lease until `work` is over, however many rows there are. False: lost, or asked to stop."""
        while not (await asyncio.wait([work], timeout=RENEW_SECONDS))[0]:
            # While the database is away the fence alone decides whose job it is, when it is back.
            with suppress(*DATABASE_FAULTS):
                if not await self._services.call(None, gate.renew, claim):
                    work.cancel()
                    return False
        return True

    async def _loop(self, claim: Claim, job: Job, module: AnyModule, config: ModuleConfig, logs_written: int) -> None:
        services = self._services
        progress = Progress(job, logs_written=logs_written)
        screen = Screen(services, job.account_id)
        await asyncio.to_thread(screen.refresh)
        async with self._outside.world(job.pipeline_id) as world:
            run = await self._run_of(job, module, world, screen)
            labour = kind_of(module)(module, config, Items(services.db, job, module.needs), run, services.clock)
            # A thread of its own, so that API traffic and page reads can't starve the lease.
            thread = ThreadPoolExecutor(1, thread_name_prefix="flush")
            try:
                saver = _Saver(services, claim, screen, thread, memory_of(job, module, config))
                loop = Loop(
                    claim,
                    labour,
                    progress,
                    screen,
                    saver.save,
                    clock=services.clock,
                    stopping=self._stopping,
                    alone=self._alone,
                    on_full=services.on_full,
                )
                ending = await loop.run()
            finally:
                thread.shutdown(wait=False, cancel_futures=True)  # a hanging database must not hang all jobs
        await self._end(claim, ending, progress, _source_error(labour, progress))

    async def _end(self, claim: Claim, ending: Ending, progress: Progress, error: tuple[str, str] | None) -> None:
        match ending:
            case Ending.complete if error is not None:
                await self._fail(claim, *error)
            case Ending.complete:
                await self._settle(gate.finish, claim, "done")
            case Ending.cancelled:
                await self._settle(gate.finish_cancelled, claim)
            case Ending.too_long:
                await self._fail(claim, SlowJob.code, SlowJob.message)
            case Ending.released:
                await self._settle(gate.release, claim)
            case Ending.lost:
                log.warning("Job %s is somebody else's now", claim.job_id)

    async def _fail(self, claim: Claim, code: str, message: str) -> None:
        try:
            await self._settle(gate.finish, claim, "failed", code=code, message=message)
        except Exception:
            # The lease runs out, and the next claim finds the same end.
            log.exception("Job %s could not be marked as failed", claim.job_id)

    async def _settle(self, operation: Callable[Concatenate[Context, P], R], *args: P.args, **kwargs: P.kwargs) -> None:
        """Repeat until the database takes it. The fence refuses it should somebody else hold the job by then."""
        seconds = STOP_FLUSH_SECONDS if self._stopping.is_set() else LEASE.total_seconds()
        async with asyncio.timeout(seconds):
            await patiently(lambda: self._services.call(None, operation, *args, **kwargs), DATABASE_FAULTS)

    async def _run_of(self, job: Job, module: AnyModule, world: World, screen: Screen) -> Run:
        """What the module may touch. The item at hand binds `log`, `note` and `report`."""
        return Run(
            job_id=job.id,
            fetcher=world.fetcher,
            dns=world.dns,
            smtp=ScreenedSmtp(world.smtp, screen),
            api=world.api,
            places=self._outside.places(),
            seen=await asyncio.to_thread(_seen, self._services, job, module),
            upload=lambda upload_id: open_upload(self._services, job.account_id, upload_id),
            log=lambda level, message: None,
            note=lambda sentence: None,
            report=lambda report, row=0: None,
            browser=world.browser,
            reviews=self._outside.reviews(),
            last_review=lambda place: self._services.call(None, reviews_seen.last, job.account_id, place),
            assets=AccountAssets(self._services, job.account_id),
            kept=KeptAnswers(self._services),
            started_at=job.created_at,
            seeds=self._outside.seeds(),
            filter_lists=self._outside.filter_lists(),
            pagespeed_key=self._outside.pagespeed_key,
        )


class SeenKeys:
    """See `engine.module.Seen`."""

    def __init__(self, known: set[str]) -> None:
        self._known = known

    def add(self, key: str) -> bool:
        if key in self._known:
            return False
        self._known.add(key)
        return True


class _Saver:
    """Commits batches, one at a time, in the thread that is kept for it, and hears what is suppressed since."""

    def __init__(
        self, services: Services, claim: Claim, screen: Screen, thread: ThreadPoolExecutor, memory: Memory | None
    ) -> None:
        self._services, self._claim, self._screen, self._thread = services, claim, screen, thread
        self._memory = memory

    async def save(self, batch: Batch) -> Ack | None:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, batch)

    def _commit(self, batch: Batch) -> Ack | None:
        ack, version = self._services.run(None, _flush, self._claim, self._screen.account_id, batch, self._memory)
        self._services.hub.poke()
        self._screen.refresh(version)
        return ack


@write
def _flush(
    context: Context, claim: Claim, account_id: int, batch: Batch, memory: Memory | None
) -> tuple[Ack | None, int]:
    if batch.last_reviews:
        ack = reviews_seen.flush(context.session, claim, batch, account_id)
    elif memory is None:
        ack = store.flush(context.session, claim, batch)
    else:
        ack = places_seen.flush(context.session, claim, batch, memory)
    return ack, version_of(context, account_id)


@read
def _facts(context: Context, claim: Claim) -> tuple[Job, int]:
    return context.session.get_one(Job, claim.seq), store.count_logs(context.session, claim.seq)


@write
def _settle_table(context: Context, claim: Claim, job: Job, chosen: list[store.Position], notes: list[str]) -> None:
    """Copy the chosen rows, count, and finish: all of it or nothing."""
    done = Bitmap()
    done.add(range(job.planned))
    batch = Batch(bytes(done), job.planned, len(chosen), 0, job.planned, job.columns, job.stats, notes)
    ack = store.flush(context.session, claim, batch)
    if ack is None:
        return
    if ack.cancel_requested:
        gate.finish_cancelled(context, claim)
        return
    source = job.input_job_seq or claim.seq
    store.copy_selected(
        context.session, source=source, target=claim.seq, positions=chosen, from_inputs=job.input_job_seq is None
    )
    gate.finish(context, claim, "done")


def _all_rows(services: Services, job: Job) -> tuple[list[store.Position], list[Row]]:
    """Every input row of a table job with its position."""
    assert job.seq is not None
    found: list[tuple[store.Position, Row]] = []
    with services.db.transaction("read") as session:
        if job.input_job_seq is None:
            while page := store.inputs(session, job.seq, found[-1][0][0] if found else -1):
                found.extend(((idx, 0), row) for idx, row in page)
        else:
            while rows := store.rows(session, job.input_job_seq, found[-1][0] if found else store.FIRST):
                found.extend(rows)
    return [position for position, _ in found], [row for _, row in found]


def _seen(services: Services, job: Job, module: AnyModule) -> SeenKeys:
    """The keys of the rows that earlier attempts and claims have kept, or left out for good."""
    assert job.seq is not None
    if isinstance(module, ExpandModule):
        with services.db.transaction("read") as session:
            return SeenKeys({key for row in store.each(session, job.seq) if (key := module.key(row)) is not None})
    if not isinstance(module, SourceModule) or module.unique_by is None:
        return SeenKeys(set())
    with services.db.transaction("read") as session:
        kept = store.values_of(session, job.seq, module.unique_by)
        return SeenKeys({*kept, *store.known_places(session, job.seq)})


def _source_error(labour: object, progress: Progress) -> tuple[str, str] | None:
    """Code and message, where none of the items brought a row or anything but errors: the job's own failure.

    Of modules whose failed items leave no row.
    """
    if isinstance(labour, SourceWork | ExpandWork) and not progress.results and progress.errors >= progress.planned:
        return labour.last_error
    return None
