"""The composition root: settings become services, and the parts learn of each other."""

import asyncio
import os
import platform
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib.metadata import version

import uvloop

from engine.accounts import operations as accounts
from engine.accounts import outgoing, repeats, start
from engine.clock import Clock
from engine.context import Caller, Services
from engine.db.engine import DATABASE_FAULTS, Database
from engine.db.migrate import migrate
from engine.imports.operations import purge_uploads
from engine.jobs import gate
from engine.jobs.events import EventHub
from engine.jobs.expiry import expire_due
from engine.jobs.loop import patiently
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.sweep import sweep
from engine.jobs.workers import beat
from engine.lazy import load
from engine.mail.delivery import mailer_of
from engine.pipelines.coordinator import advance
from engine.settings import Settings
from engine.signing import signer_of
from engine.sources.choice import place_source
from engine.worker.driver import LANES
from engine.worker.embedded import EmbeddedDriver, watchdog, worker_role
from engine.worker.timetable import Duty, keep

VERSION = version("outsend")
ROLE_RETRY_SECONDS = 1.0
SWEEP_SECONDS = 1.0
MAIL_SECONDS = 5.0
HEARTBEAT_SECONDS = 5.0
CLEAN_UP_SECONDS = 600.0


@contextmanager
def open_services(settings: Settings, clock: Clock | None = None) -> Generator[Services]:
    """The services of one process, its database at the current schema.

    Raises:
        BadSetting, SchemaTooNew, DatabaseUnavailable, StorageFull.
    """
    clock = clock or Clock()
    db = Database(settings.database, clock)
    driver = EmbeddedDriver(settings.data_dir)
    try:
        migrate(db)
        signer, mailer = signer_of(settings), mailer_of(settings, clock)
        services = Services(settings, clock, db, driver, EventHub(), signer, mailer, on_job_finished=(advance,))
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
        places = cache(partial(place_source, services.settings, gateway.api, gateway.operator_api))
        outside = Outside(world=gateway.world, places=places)
        runner = JobRunner(services, outside, name=name, stopping=stopping)
        serving = asyncio.create_task(services.driver.serve(runner, LANES))
        duties = asyncio.create_task(
            keep([*_duties(services, name), Duty("pages", CLEAN_UP_SECONDS, gateway.pages.sweep)])
        )
        try:
            await stopping.wait()
        finally:
            duties.cancel()
            serving.cancel()  # it waits for its jobs
            await asyncio.gather(serving, duties, return_exceptions=True)


async def _take_over(services: Services, stopping: asyncio.Event) -> None:
    """Let all that ran be claimed anew. A database that is away is waited for, until asked to stop."""
    taking = asyncio.ensure_future(patiently(lambda: services.call(None, gate.reclaim_all), DATABASE_FAULTS))
    told = asyncio.ensure_future(stopping.wait())
    await asyncio.wait((taking, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not taking.cancel():
        taking.result()


def _duties(services: Services, name: str) -> list[Duty]:
    return [
        Duty("sweep", SWEEP_SECONDS, lambda: sweep(services)),
        Duty("heartbeat", HEARTBEAT_SECONDS, lambda: services.run(None, beat, name, VERSION)),
        Duty("expiry", CLEAN_UP_SECONDS, lambda: expire_due(services)),
        Duty("uploads", CLEAN_UP_SECONDS, lambda: purge_uploads(services)),
        Duty("mail", MAIL_SECONDS, lambda: outgoing.deliver_due(services)),
        Duty("sign-in", CLEAN_UP_SECONDS, lambda: accounts.forget_expired(services)),
        Duty("repeats", CLEAN_UP_SECONDS, lambda: repeats.forget_old(services)),
    ]
