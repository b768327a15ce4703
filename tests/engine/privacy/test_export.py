"""The archive: whole, in bounded pieces, and valid whatever goes on the way."""

import io
import json
import random
from pathlib import Path
from zipfile import ZipFile

import pytest

from engine.context import Caller, Context, Services, write
from engine.jobs import gate, store
from engine.jobs.models import Job, Status
from engine.privacy.export import export
from engine.privacy.manifest import LEFT_OUT
from engine.rows.types import Row
from tests.engine.privacy.every_table import plant_everywhere
from tests.house import Shout, account, order

ROWS = 6_000


@write
def _done(context: Context, seq: int, rows: list[Row]) -> None:
    """The job as a worker leaves it."""
    data = [(n, 0, row) for n, row in enumerate(rows)]
    context.session.get_one(Job, seq).columns = list(rows[0])
    context.session.flush()
    claim = gate.claim(context, "w1")
    assert not isinstance(claim, gate.Refusal)
    batch = store.Batch(b"", len(rows), len(rows), 0, len(rows), list(rows[0]), {}, [], rows=data)
    store.flush(context.session, claim, batch)
    gate.finish(context, claim, "done")


@write
def _expired(context: Context, seq: int) -> None:
    gate.expire(context, seq)
    while store.purge(context.session, seq):
        pass


def finished(caller: Caller, count: int) -> Job:
    """A done job with rows that hardly compress."""
    noise = random.Random(count)
    rows: list[Row] = [{"word": f"{noise.getrandbits(800):x}"} for _ in range(count)]
    job = order(caller, Shout(), [{"word": "x"}])
    caller.services.run(None, _done, job.seq or 0, rows)
    return job


def read(pieces: list[bytes]) -> ZipFile:
    archive = ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    return archive


@pytest.mark.slow(30)
def test_every_table_of_an_account_is_in_the_archive_or_left_out_for_a_reason(services: Services) -> None:
    """C-080, C-081, C-083, C-086."""
    caller = account(services)
    planted = caller.run(plant_everywhere)

    archive = read(list(export(caller).pieces))
    everything = "\n".join(archive.read(name).decode() for name in archive.namelist())

    found = {table for table, what in planted.items() if any(mark in everything for mark in what.marks)}
    assert found == set(planted) - set(LEFT_OUT)
    assert [secret for what in planted.values() for secret in what.secrets if secret in everything] == []
    assert all(reason in everything for reason in LEFT_OUT.values())


@pytest.mark.slow(30)
def test_the_archive_comes_in_small_pieces_however_much_there_is(services: Services) -> None:
    """C-079, C-082."""
    caller = account(services)
    job = finished(caller, ROWS)

    pieces = list(export(caller).pieces)

    assert len(pieces) > 10
    assert max(map(len, pieces)) < 256 * 1024
    assert len(json.loads(read(pieces).read(f"jobs/{job.id}/results.json"))) == ROWS


@pytest.mark.slow(30)
def test_a_job_that_is_purged_on_the_way_is_left_out_and_named(services: Services) -> None:
    """C-082, C-085."""
    caller = account(services)
    first, second = finished(caller, ROWS), finished(caller, 10)
    archive = export(caller).pieces
    beginning = next(archive)

    services.run(None, _expired, second.seq or 0)
    whole = read([beginning, *archive])

    assert f"jobs/{first.id}/results.json" in whole.namelist()
    assert not [name for name in whole.namelist() if name.startswith(f"jobs/{second.id}/results")]
    assert f"les résultats du job {second.id} : ils ont expiré pendant l'export" in whole.read("manifest.txt").decode()


@pytest.mark.slow(30)
def test_partial_rows_of_a_cancelled_job_come_along(services: Services) -> None:
    caller = account(services)
    job = order(caller, Shout(), [{"word": "x"}])
    services.run(None, _stopped, job.seq or 0)

    whole = read(list(export(caller).pieces))

    assert json.loads(whole.read(f"jobs/{job.id}/results.json")) == [{"word": "half"}]


@write
def _stopped(context: Context, seq: int) -> None:
    claim = gate.claim(context, "w1")
    assert not isinstance(claim, gate.Refusal)
    batch = store.Batch(b"", 1, 1, 0, 2, ["word"], {}, [], rows=[(0, 0, {"word": "half"})])
    store.flush(context.session, claim, batch)
    gate.finish_cancelled(context, claim)
    assert context.session.get_one(Job, seq).status == Status.cancelled


def test_nothing_is_left_on_the_disk_by_an_export_that_is_given_up(services: Services, tmp_path: Path) -> None:
    caller = account(services)
    finished(caller, 100)
    before = sorted(path.name for path in services.settings.data_dir.iterdir())
    archive = export(caller).pieces
    next(archive)
    archive.close()  # type: ignore[attr-defined]

    assert sorted(path.name for path in services.settings.data_dir.iterdir()) == before
