"""The composition root: settings become services, and the parts learn of each other."""

import asyncio
import logging
import os
import platform
import secrets
import sys
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache, partial
from importlib.metadata import version
from typing import Any

import uvloop

from engine.accounts import operations as accounts
from engine.accounts import outgoing, repeats, start
from engine.ai.models import AiCall as AiCall  # tables that only front ends use
from engine.clock import Clock
from engine.context import Caller, Services
from engine.db.engine import DATABASE_FAULTS, Database
from engine.db.migrate import migrate
from engine.extract.filter_lists import FOLDER, ListFolder
from engine.features.models import FeatureVote as FeatureVote
from engine.feedback.models import FeedbackThread as FeedbackThread
from engine.imports.operations import purge_uploads
from engine.jobs import brand_lookup, gate, kept
from engine.jobs.announce import announce_job
from engine.jobs.events import EventHub
from engine.jobs.expiry import expire_due
from engine.jobs.loop import patiently
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.seed_mailboxes import SeedMailboxes
from engine.jobs.sweep import sweep
from engine.jobs.workers import beat
from engine.lazy import load
from engine.mail.delivery import mailer_of
from engine.mail.seeds import seed_boxes
from engine.oauth import clients as oauth_clients
from engine.pipelines.announce import announce_pipeline
from engine.pipelines.coordinator import advance
from engine.settings import Settings
from engine.signing import signer_of
from engine.sources.choice import place_source
from engine.sources.google_maps import GoogleMaps
from engine.veille.compare import compare_due
from engine.veille.schedule import mark_job, mark_pipeline, tick
from engine.webhooks import operations as webhooks
from engine.webhooks.sender import Sender
from engine.worker.driver import LANES
from engine.worker.embedded import EmbeddedDriver, watchdog, worker_role
from engine.worker.timetable import Duty, keep

VERSION = version("outsend")
ROLE_RETRY_SECONDS = 1.0
DATABASE_RETRY_SECONDS = 1.0
SWEEP_SECONDS = 1.0
MAIL_SECONDS = 5.0
HEARTBEAT_SECONDS = 5.0
CLEAN_UP_SECONDS = 600.0
VEILLE_TICK_SECONDS = 30.0
VEILLE_COMPARE_SECONDS = 2.0

log = logging.getLogger(__name__)


@contextmanager
def open_services(settings: Settings, clock: Clock | None = None) -> Generator[Services]:
    """The services of one process, its database at the current schema.

    Raises:
        BadSetting, SchemaTooNew, DatabaseUnavailable, StorageFull.
    """
    with _assembled(settings, clock) as services:
        migrate(services.db)
        yield services


@asynccontextmanager
async def open_patiently(settings: Settings, stopping: asyncio.Event) -> AsyncGenerator[Services | None]:
    """`open_services` for a process that stays: a database that is away is waited for, which the log tells.

    None when it was asked to stop before the database was there.

    Raises:
        BadSetting, SchemaTooNew.
    """
    with _assembled(settings) as services:
        await _unless(stopping, _migrated(services.db))
        yield None if stopping.is_set() else services


@contextmanager
def _assembled(settings: Settings, clock: Clock | None = None) -> Generator[Services]:
    """The services, before anything was asked of the database."""
    clock = clock or Clock()
    boxes = seed_boxes(settings)  # read once: a bad file stops the start, and nothing later
    db = Database(settings.database, clock)
    driver = EmbeddedDriver(settings.data_dir)
    try:
        signer, mailer = signer_of(settings), mailer_of(settings, clock)
        services = Services(settings, clock, db, driver, EventHub(), signer, mailer, boxes)
        services.on_job_finished = (advance, mark_job, announce_job)
        services.on_pipeline_finished = (mark_pipeline, announce_pipeline)
        try:
            yield services
        finally:
            services.errands.close()
    finally:
        driver.close()
        db.close()


def upgrade(settings: Settings) -> str:
    """Bring the database to the current schema; returns the revision. Raises as `open_services`."""
    db = Database(settings.database, Clock())
    try:
        return migrate(db)
    finally:
        db.close()


def event_loop() -> asyncio.AbstractEventLoop:
    """The loop of a process that works: uvloop where it exists."""
    return asyncio.new_event_loop() if sys.platform == "win32" else uvloop.new_event_loop()


def local_owner(services: Services) -> Caller:
    """The caller that commands on this machine act as. Raises as `accounts.start.prepare_start`."""
    start.make_admin(services)
    return Caller(services, services.run(None, start.local_owner))


async def work(services: Services, stopping: asyncio.Event, *, has_role: asyncio.Event | None = None) -> None:
    """Be the worker of the data directory, as soon as nobody else is, until `stopping`.

    Whoever held the role before is dead, so every job that still counts as running is taken over at once. When asked
    to stop, items in flight get 8 seconds, then the jobs are released for the next worker.
    """
    while not stopping.is_set():
        with worker_role(services.settings.data_dir) as got:
            if got:
                if has_role is not None:
                    has_role.set()
                await _serve(services, stopping)
                return
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), ROLE_RETRY_SECONDS)


async def _serve(services: Services, stopping: asyncio.Event) -> None:
    name = f"{platform.node()}-{os.getpid()}-{secrets.token_hex(4)}"
    await _take_over(services, stopping)
    network = load("engine.network.world")  # aiohttp, httpx and DNS: only a process that works needs them
    async with network.open_gateway(services.settings, services.clock) as gateway, watchdog():
        maps = GoogleMaps(gateway.live, services.clock)
        places = cache(partial(place_source, services.settings, gateway.api, gateway.operator_api, maps))
        lists = ListFolder(services.settings.data_dir / FOLDER)
        seeds = SeedMailboxes(services.seed_boxes, services.settings.ca_bundle)
        outside = Outside(
            world=gateway.world,
            places=places,
            reviews=lambda: maps,
            seeds=lambda: seeds,
            filter_lists=lists.current,
            pagespeed_key=services.settings.pagespeed_key,
        )
        runner = JobRunner(services, outside, name=name, stopping=stopping)
        serving = asyncio.create_task(services.driver.serve(runner, LANES))
        sending = asyncio.create_task(Sender(services, gateway.post).serve())
        duties = asyncio.create_task(
            keep([*_duties(services, name), Duty("pages", CLEAN_UP_SECONDS, gateway.pages.sweep)])
        )
        try:
            await stopping.wait()
        finally:
            duties.cancel()
            sending.cancel()
            serving.cancel()  # it waits for its jobs
            await asyncio.gather(serving, sending, duties, return_exceptions=True)
            seeds.close()


async def _take_over(services: Services, stopping: asyncio.Event) -> None:
    """Let all that ran be claimed anew. A database that is away is waited for, until asked to stop."""
    await _unless(stopping, patiently(lambda: services.call(None, gate.reclaim_all), DATABASE_FAULTS))


async def _migrated(db: Database) -> None:
    """Bring the database to the current schema, as soon as it answers."""
    while True:
        try:
            await asyncio.to_thread(migrate, db)
            return
        except DATABASE_FAULTS as error:
            log.warning("Waiting for the database: %s", error.__cause__ or error)
        await asyncio.sleep(DATABASE_RETRY_SECONDS)


async def _unless(stopping: asyncio.Event, act: Coroutine[Any, Any, object]) -> None:
    """Do it, unless asked to stop before it is done."""
    acting, told = asyncio.ensure_future(act), asyncio.ensure_future(stopping.wait())
    await asyncio.wait((acting, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not acting.cancel():
        acting.result()


def _duties(services: Services, name: str) -> list[Duty]:
    return [
        Duty("sweep", SWEEP_SECONDS, lambda: sweep(services)),
        Duty("heartbeat", HEARTBEAT_SECONDS, lambda: services.run(None, beat, name, VERSION)),
        Duty("expiry", CLEAN_UP_SECONDS, lambda: expire_due(services)),
        Duty("uploads", CLEAN_UP_SECONDS, lambda: purge_uploads(services)),
        Duty("mail", MAIL_SECONDS, lambda: outgoing.deliver_due(services)),
        Duty("sign-in", CLEAN_UP_SECONDS, lambda: accounts.forget_expired(services)),
        Duty("connected clients", CLEAN_UP_SECONDS, lambda: oauth_clients.forget_old(services)),
        Duty("veille tick", VEILLE_TICK_SECONDS, lambda: tick(services)),
        Duty("veille compare", VEILLE_COMPARE_SECONDS, lambda: compare_due(services)),
        Duty("webhooks", CLEAN_UP_SECONDS, lambda: webhooks.forget_old(services)),
        Duty("repeats", CLEAN_UP_SECONDS, lambda: repeats.forget_old(services)),
        Duty("kept answers", CLEAN_UP_SECONDS, lambda: kept.forget_expired(services)),
        Duty("brand look-ups", CLEAN_UP_SECONDS, lambda: brand_lookup.forget_expired(services)),
    ]
