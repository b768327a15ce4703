"""Imports of more rows than a worker holds: saved as a whole, in order, once, and without suppressed contacts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Caller, Context, Services, write
from engine.imports.operations import save_upload
from engine.jobs import gate, store
from engine.jobs.intake import Order, place
from engine.jobs.models import Job
from engine.jobs.progress import UNSAVED_ROWS_MAX
from engine.jobs.store import Ack, Batch
from engine.modules.import_ import ImportConfig, module
from engine.rows.spool import Spool
from engine.rows.types import Row
from engine.suppressions import operations as suppressions
from engine.worker.driver import Claim
from tests.house import account, ended, house, rows_of, worker

ROWS: list[Row] = [{"nom": f"Cabinet {n}", "email": f"a{n}@b{n}.example"} for n in range(UNSAVED_ROWS_MAX + 500)]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with house(tmp_path) as services:
        yield services


def imported(caller: Caller, rows: list[Row]) -> Job:
    text = "nom;email\n" + "".join(f"{row['nom']};{row['email']}\n" for row in rows)
    upload = save_upload(caller.services, caller.principal.account_id, text.encode())

    @write
    def make(context: Context) -> Job:
        config = ImportConfig(upload_id=upload)
        items = module.plan(config)
        return place(context, Order(module, config, context.account_id, items=items, planned=len(items)))

    return caller.run(make)


@write
def flush(context: Context, claim: Claim, batch: Batch) -> Ack | None:
    return store.flush(context.session, claim, batch)


async def test_every_row_is_there_in_order(services: Services) -> None:
    async with worker(services, module):
        job = await ended(services, imported(account(services), ROWS))

    assert (job.status, job.results, job.planned) == ("done", len(ROWS), 1)
    assert job.columns == ["nom", "email"]
    assert rows_of(services, job) == ROWS


async def test_suppressed_contacts_are_left_out_and_counted(services: Services) -> None:
    caller = account(services)
    caller.run(suppressions.add, ["a7@b7.example", f"b{len(ROWS) - 1}.example"])

    async with worker(services, module):
        job = await ended(services, imported(caller, ROWS))

    found = rows_of(services, job)
    assert len(found) == len(ROWS)
    assert [at for at, row in enumerate(found) if not row["email"]] == [7, len(ROWS) - 1]
    assert job.stats["suppressed"] == 2


async def test_a_table_that_turns_out_broken_saves_no_row(services: Services) -> None:
    caller = account(services)
    broken: list[Row] = [*ROWS, {"nom": "x\x00", "email": None}]

    async with worker(services, module):
        job = await ended(services, imported(caller, broken))

    assert (job.status, job.results) == ("failed", 0)
    assert "octets nuls" in str(job.error_message)
    assert rows_of(services, job) == []


def test_saving_twice_changes_nothing(services: Services) -> None:
    job = imported(account(services), ROWS)
    claim = services.run(None, gate.claim, "w1", job.id)
    assert isinstance(claim, Claim)
    held = Spool[Row]()
    for row in ROWS:
        held.append(row)
    batch = Batch(b"\x01", 1, len(ROWS), 0, 1, ["nom", "email"], {}, [], many=[(0, held)])

    for _ in range(2):
        assert services.run(None, flush, claim, batch) is not None

    assert rows_of(services, job) == ROWS
