"""Checks of the machine: what was found, and what to do about it."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from engine.clock import Clock
from engine.db.clock import db_now
from engine.db.engine import Database
from engine.db.migrate import current_revision, head_revision
from engine.errors import OutsendError
from engine.extract.filter_lists import FOLDER, list_files
from engine.jobs.seed_mailboxes import SeedMailboxes
from engine.limits import DELIVERY_SEEDS
from engine.lists import LISTS
from engine.mail.seeds import seed_boxes
from engine.network.executable import has_chromium
from engine.network.types import BrowserMissing
from engine.network.world import Gateway, open_gateway
from engine.settings import Settings
from engine.sources.choice import source_name

State = Literal["ok", "warning", "failure"]

FREE_DISK_BYTES = 1 << 30
CLOCK_SECONDS = 5.0
# No machine that runs this version lives before it was written.
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
PROBE_DOMAIN = "gmail.com"  # a domain that surely has mail servers
PROXY_SECONDS = 3.0
LISTS_DAYS = 30  # their publishers change them daily, and ask for a look every few days


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked thing. `remedy` is empty when all is well."""

    name: str
    state: State
    told: str
    remedy: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in a fixed order. Never raises: what can't be checked is a finding."""
    async with open_gateway(settings, Clock()) as gateway:
        checks: list[Awaitable[Finding]] = [
            asyncio.to_thread(_python),
            asyncio.to_thread(_data_dir, settings),
            asyncio.to_thread(_database, settings),
            asyncio.to_thread(_clock, settings),
            _dns(settings, gateway),
            *(_proxy(proxy) for proxy in settings.egress_proxies),
            _mail_port(gateway),
            asyncio.to_thread(_mail_identity, settings),
            asyncio.to_thread(_maps, settings),
            _chromium(settings, gateway),
            _seeds(settings),
            asyncio.to_thread(_filter_lists, settings),
        ]
        return list(await asyncio.gather(*(_safely(check) for check in checks)))


async def _safely(check: Awaitable[Finding]) -> Finding:
    try:
        return await check
    except OutsendError as error:
        return Finding(error.code, "failure", error.text, error.next_step)
    except Exception as error:
        return Finding(
            "check", "failure", f"a check broke off: {type(error).__name__}", "Report this with your version."
        )


def _python() -> Finding:
    return Finding("python", "ok", f"{sys.version.split()[0]} on {sys.platform}")


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return Finding("data", "failure", f"{folder}: {error.strerror}", "Point OUTSEND_DATA_DIR at a writable folder.")
    free = shutil.disk_usage(folder).free
    told = f"{folder} is writable, {free / (1 << 30):.1f} GB free"
    if free < FREE_DISK_BYTES:
        return Finding("data", "warning", told, "Free some space: jobs wait while the disk is full.")
    return Finding("data", "ok", told)


def _database(settings: Settings) -> Finding:
    kind = "PostgreSQL" if settings.distributed else "SQLite"
    db = Database(settings.database, Clock())
    try:
        revision, head = current_revision(db), head_revision()
    except OutsendError as error:
        return Finding("database", "failure", f"{kind}: {error.text}", error.next_step)
    except Exception as error:
        return Finding("database", "failure", f"{kind}: {type(error).__name__}", "Check OUTSEND_DATABASE_URL.")
    finally:
        db.close()
    if revision == head:
        return Finding("database", "ok", f"{kind}, schema {head}")
    return Finding(
        "database", "warning", f"{kind}, schema {revision or 'empty'}, {head} expected", "Run outsend migrate."
    )


def _clock(settings: Settings) -> Finding:
    now = Clock().now()
    if now < EARLIEST:
        return Finding("clock", "failure", f"it says {now:%Y-%m-%d %H:%M} UTC", "Set the clock: certificates need it.")
    if not settings.distributed:
        return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")
    db = Database(settings.database, Clock())
    try:
        with db.transaction("read") as session:
            apart = abs((db_now(session) - Clock().now()).total_seconds())
    finally:
        db.close()
    if apart > CLOCK_SECONDS:
        return Finding("clock", "warning", f"{apart:.0f} s from the database's", "Synchronise both with NTP.")
    return Finding("clock", "ok", f"{apart:.1f} s from the database's")


async def _dns(settings: Settings, gateway: Gateway) -> Finding:
    answer = await gateway.dns.mx(PROBE_DOMAIN)
    servers = ", ".join(settings.dns_servers) or "the system's servers"
    if answer.status == "failure":
        return Finding("dns", "failure", f"{servers} did not answer", "Check the network, or set OUTSEND_DNS_SERVERS.")
    return Finding("dns", "ok", f"{servers} answer")


async def _proxy(proxy: str) -> Finding:
    parts = urlsplit(proxy)
    shown = f"{parts.scheme}://{parts.hostname}:{parts.port}"  # never its password
    try:
        async with asyncio.timeout(PROXY_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.close()
    except OSError:  # TimeoutError is one
        return Finding("egress", "failure", f"{shown} is not reached", "Correct OUTSEND_EGRESS_PROXIES, or start it.")
    return Finding("egress", "ok", f"{shown} is reached")


async def _mail_port(gateway: Gateway) -> Finding:
    remedy = "Most clouds close port 25: name a proxy that allows it in OUTSEND_EGRESS_PROXIES; else all is unknown."
    if not await gateway.smtp.port_open():
        return Finding("port 25", "warning", "no mail server is reached", remedy)
    if not gateway.smtp.port_proved:
        return Finding("port 25", "warning", "no well-known mail server could be asked", remedy)
    return Finding("port 25", "ok", "mail servers are reached")


def _mail_identity(settings: Settings) -> Finding:
    if settings.smtp_helo and settings.mail_from:
        return Finding("mail name", "ok", f"{settings.smtp_helo}, {settings.mail_from}")
    remedy = "Set OUTSEND_SMTP_HELO to this machine's public name and OUTSEND_MAIL_FROM to an address of yours."
    return Finding("mail name", "warning", "verification has no name to greet with", remedy)


def _maps(settings: Settings) -> Finding:
    chosen = source_name(settings)
    if chosen == "places" and settings.google_places_key:
        return Finding("maps", "ok", "places, with a key")
    if chosen == "google_maps" and has_chromium(settings.chromium):
        return Finding("maps", "ok", "google_maps, the public page in Chromium")
    if chosen == "osm" and settings.osm_file:
        return Finding("maps", "ok", f"osm, {os.fspath(settings.osm_file)}")
    remedy = "Set OUTSEND_GOOGLE_PLACES_KEY, install Chromium, or set OUTSEND_OSM_FILE to an .osm.pbf extract."
    return Finding("maps", "warning", f"{settings.maps_source}: nothing to search in", remedy)


async def _chromium(settings: Settings, gateway: Gateway) -> Finding:
    """Started, not only looked for: one that lacks a library of the system is there and of no use."""
    try:
        version = await gateway.chromium.tabs.version()
    except BrowserMissing as error:
        found = f"{settings.chromium} does not start" if settings.chromium else "none that starts"
        remedy = f"{error.next_step} Only modules that render pages need it."
        return Finding("chromium", "warning", found, remedy)
    return Finding("chromium", "ok", f"{version} starts")


async def _seeds(settings: Settings) -> Finding:
    """Each is signed in to."""
    seeds = SeedMailboxes(seed_boxes(settings), settings.ca_bundle)
    try:
        refused = await seeds.refused()
    finally:
        seeds.close()
    count = len(seeds.all())
    if refused:
        return Finding("seeds", "failure", "; ".join(error.text for error in refused), refused[0].next_step)
    if count < DELIVERY_SEEDS:
        remedy = "Name fifteen mailboxes in the file of OUTSEND_DELIVERY_SEEDS. Only delivery_check needs them."
        return Finding("seeds", "warning", f"{count} of {DELIVERY_SEEDS} mailboxes are set", remedy)
    return Finding("seeds", "ok", f"all {count} mailboxes let us in")


def _filter_lists(settings: Settings) -> Finding:
    files = list_files(settings.data_dir / FOLDER)
    if missing := LISTS.keys() - {file.stem for file in files}:
        told = "none fetched" if not files else f"{', '.join(sorted(missing))} not fetched"
        remedy = "Run outsend lists update. Without them ads_intelligence goes by its own table alone."
        return Finding("filter lists", "warning", told, remedy)
    days = (Clock().now().timestamp() - min(file.stat().st_mtime for file in files)) / 86_400
    if days > LISTS_DAYS:
        return Finding("filter lists", "warning", f"{days:.0f} days old", "Run outsend lists update.")
    return Finding("filter lists", "ok", f"{len(files)} lists, at most {max(days, 0):.0f} days old")
