"""A download of 100,000 rows: seconds and memory of the server, beside Python's csv alone. By `make bench`."""

import csv
import io
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from engine.accounts.api_tokens import create_token
from engine.rows.types import Row
from engine.runtime import open_services
from engine.settings import Settings
from tests.api.by_hand import HandJob, hand_job
from tests.house import account
from tests.load.processes import Server, server
from tests.load.table import tell

pytestmark = pytest.mark.slow(240)

ROWS = 100_000
SECONDS, GROWTH_MB = 3.0, 50.0


def business(n: int) -> Row:
    """A row as a scrap with its enrichments leaves it."""
    return {
        "nom": f"Boulangerie « Le Fournil {n} »", "categorie": "Boulangerie", "adresse": f"{n % 200} rue du Pont",
        "code_postal": f"{n % 95_000:05}", "ville": "Tours", "telephone": f"+33 2 47 {n % 90 + 10} 12 34",
        "site_web": f"https://fournil-{n}.example", "note": 4.5, "nb_avis": n % 900, "lat": 47.39, "lon": 0.69,
        "lien_google_maps": f"https://maps.example/?cid={n}", "email": f"contact@fournil-{n}.example",
        "email_personal": None, "email_status": "valid", "email_reason": "accepted", "email_role": True,
        "site_alive": "open", "horaires": ["lundi 7-19", "mardi 7-19"], "siret": None,
    }  # fmt: skip


def big_job(job: HandJob) -> HandJob:
    job.start()
    for first in range(0, ROWS, 10_000):
        job.save([business(n) for n in range(first, first + 10_000)], processed=1)
    return job.finish()


def bare_seconds() -> float:
    """Python's csv over the same rows in memory: no guard, no database, no HTTP."""
    rows = [business(n) for n in range(ROWS)]
    begun = time.monotonic()
    writer = csv.writer(io.StringIO(), delimiter=";")
    for row in rows:
        writer.writerow(row.values())
    return time.monotonic() - begun


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one download; `growth_mb` is the server's."""

    seconds: float
    cpu_seconds: float
    growth_mb: float
    size: int


def download(running: Server, job_id: str, token: str, name: str) -> Figures:
    """Fetch the file and throw it away."""
    url, headers = f"http://127.0.0.1:{running.port}/api/jobs/{job_id}/download", {"Authorization": f"Bearer {token}"}
    running.forget_highest()
    before, cpu, begun, size = running.resident_mb(), running.cpu_seconds(), time.monotonic(), 0
    with httpx.stream("GET", url, params={"format": name}, headers=headers, timeout=60) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw():
            size += len(piece)
    took, growth = time.monotonic() - begun, running.resident_mb("VmHWM") - before
    return Figures(took, running.cpu_seconds() - cpu, growth, size)


def test_a_hundred_thousand_rows_come_in_three_seconds_and_constant_memory(tmp_path: Path) -> None:
    with open_services(Settings(data_dir=tmp_path)) as services:
        caller = account(services)
        token = caller.run(create_token, name="bench", scope="read").token
        small, big = hand_job(caller).start().save([business(1)], processed=1).finish(), big_job(hand_job(caller))
        with server("tests.load.stream_server", "ours", str(tmp_path)) as running:
            for name in ("csv", "json", "xlsx"):
                download(running, small.id, token, name)  # what is loaded once
            figures = {name: download(running, big.id, token, name) for name in ("csv", "json", "xlsx")}

    bare = bare_seconds()
    for name, told in figures.items():
        tell(
            f"download: {ROWS:,} rows, {name} ({told.size / 1e6:.0f} MB)",
            f"{told.seconds:.2f} s, {told.cpu_seconds:.2f} s CPU, {told.growth_mb:+.0f} MB",
            beside=f"Python's csv alone {bare:.2f} s",
            ratio=told.seconds / bare,
            aim=f"{f'{SECONDS:.0f} s, ' if name == 'csv' else ''}{GROWTH_MB:.0f} MB more at most",
        )
    assert all(told.growth_mb <= GROWTH_MB for told in figures.values())
    assert figures["csv"].seconds <= SECONDS
