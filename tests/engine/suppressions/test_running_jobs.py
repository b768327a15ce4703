"""No job shows a suppressed contact, nor asks the world about one, from the moment it is suppressed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.jobs.models import Job
from engine.jobs.runner import JobRunner, Outside
from engine.jobs.screen import NOT_ASKED, Screen, ScreenedSmtp
from engine.module import Found, Item, NoConfig, Run
from engine.modules import filter as filter_module
from engine.modules import verify_emails
from engine.modules.import_ import module as import_module
from engine.network.types import SmtpDialogue, World
from engine.rows.types import Row
from engine.suppressions import operations as suppressions
from tests.engine.jobs.modules import Pairs, Tree
from tests.house import Shout, account, ended, job_now, no_places, order, rows_of, worker
from tests.modules.scripted_mail import GREYLISTED, OK, MailServer, ScriptedWorld

PEOPLE: list[Row] = [
    {"word": "a", "email": "jean@exemple.fr", "telephone": "01"},
    {"word": "b", "email": "anne@autre.fr", "telephone": "02"},
    {"word": "c", "email": "luc@mail.noire.fr", "telephone": "03"},
]
LEFT_TWO = "2 contacts laissés de côté : ils sont sur ta liste d'exclusion."


class Finder(Shout):
    """Finds an address: the one that the row tells it, written so that nobody takes it for one."""

    slug = "finder"
    produces = ("email", "email_personal")

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        address = str(row["finds"]).replace(" at ", "@")
        run.log("info", f"{address} trouvée")
        run.report({"candidates": [{"email": address}, {"email": "b@b.fr"}]})
        return {"email": address, "email_personal": address}


class Directory(Tree):
    """A source each of whose places has an address."""

    produces = ("name", "email")

    async def find(self, item: Item, config: NoConfig, run: Run) -> Found:
        found = await super().find(item, config, run)
        rows: list[Row] = [{**row, "email": f"{row['name']}@exemple.fr"} for row in found.rows]
        return Found(rows=rows, more=found.more)


@asynccontextmanager
async def mail_worker(services: Services, world: ScriptedWorld) -> AsyncGenerator[None]:
    """A worker whose outside is scripted mail servers, for verify_emails."""
    nothing = cast("Any", None)

    @asynccontextmanager
    async def outside(pipeline_id: str | None) -> AsyncGenerator[World]:
        yield World(nothing, world, world, nothing)

    runner = JobRunner(
        services, Outside(outside, no_places), name="w1", stopping=asyncio.Event(),
        module_of=lambda slug: verify_emails.module,
    )  # fmt: skip
    serving = asyncio.create_task(services.driver.serve(runner, {"parallel", "serial"}))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture
def caller(services: Services) -> Caller:
    return account(services)


def suppress(caller: Caller, *entries: str) -> None:
    assert caller.run(suppressions.add, entries).invalid == 0


def mails(services: Services, job: Job) -> list[Any]:
    return [row["email"] for row in rows_of(services, job)]


async def test_items_are_blanked_before_they_are_worked(services: Services, caller: Caller) -> None:
    suppress(caller, "jean@exemple.fr", "noire.fr")
    worked: list[Row] = []

    async def see(row: Row) -> None:
        worked.append(row)

    async with worker(services, Shout(see)):
        job = await ended(services, order(caller, Shout(), PEOPLE))

    assert sorted(str(row["email"]) for row in worked) == ["None", "None", "anne@autre.fr"]
    assert mails(services, job) == [None, "anne@autre.fr", None]
    assert [row["telephone"] for row in rows_of(services, job)] == ["01", "02", "03"]
    assert (job.results, job.errors) == (3, 0)
    assert caller.run(jobs.get, job.id).notice == LEFT_TWO


async def test_what_a_module_finds_is_blanked_with_its_evidence_and_log(services: Services, caller: Caller) -> None:
    suppress(caller, "noire.fr")
    found: list[Row] = [{"word": "a", "finds": "x at noire.fr"}, {"word": "b", "finds": "y at autre.fr"}]

    async with worker(services, Finder()):
        job = await ended(services, order(caller, Finder(), found))

    assert mails(services, job) == [None, "y@autre.fr"]
    assert caller.run(results.report, job.id, 0).report["candidates"] == [{"email": "b@b.fr"}]
    assert [line.message for line in caller.run(results.logs, job.id)] == ["trouvée", "y@autre.fr trouvée"]
    assert caller.run(jobs.get, job.id).notice == "1 contact laissé de côté : il est sur ta liste d'exclusion."


async def test_what_a_source_brings_is_blanked(services: Services, caller: Caller) -> None:
    suppress(caller, "al@exemple.fr", "br@exemple.fr")
    roots: list[Row] = [{"name": "a", "depth": 1}, {"name": "b", "depth": 1}]

    async with worker(services, Directory()):
        job = await ended(services, order(caller, Directory(), roots))

    found = {row["name"]: row["email"] for row in rows_of(services, job)}
    assert found == {n: None if n in ("al", "br") else f"{n}@exemple.fr" for n in ("a", "al", "ar", "b", "bl", "br")}
    assert caller.run(jobs.get, job.id).notice == LEFT_TWO


async def test_what_an_import_brings_is_blanked_in_any_column(services: Services, caller: Caller) -> None:
    suppress(caller, "noire.fr")
    table = "Nom;E-mail;Courriel bis\nA;a@noire.fr;b@x.fr\nB;b@x.fr;b@x.fr, c@noire.fr\n" + "C;c@x.fr;\n" * 600
    config = import_module.config(content=table)

    async with worker(services, import_module):
        job = await ended(services, order(caller, import_module, import_module.plan(config), config))

    first, second, *rest = rows_of(services, job)
    assert (first["email"], second["email"], second["Courriel bis"]) == (None, "b@x.fr", "b@x.fr")
    assert len(rest) == 600
    assert LEFT_TWO in (caller.run(jobs.get, job.id).notice or "")


@pytest.mark.parametrize("module", [Shout, Pairs])
async def test_a_suppression_takes_effect_while_a_job_runs(
    services: Services, caller: Caller, module: type[Shout | Pairs]
) -> None:
    held, asked = asyncio.Event(), list[Any]()

    async def hold_the_second(given: Any) -> None:
        for row in given if isinstance(given, Sequence) else [given]:
            asked.append(row["email"])
            if row["word"] == "2":
                await held.wait()

    rows: list[Row] = [{"word": str(n), "team": str(n), "email": f"a{n}@exemple.fr"} for n in range(9)]
    async with worker(services, module(hold_the_second, width=1)):
        job = order(caller, module(), rows)
        while job_now(services, job).processed < 2:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(suppress, caller, "exemple.fr")
        await flushed_anew(services, job)
        held.set()
        over = await ended(services, job)

    # What is saved already leaves on its way out, what is at work when it comes back, the rest before it is worked.
    assert mails(services, over) == ["a0@exemple.fr", "a1@exemple.fr", *[None] * 7]
    assert asked == ["a0@exemple.fr", "a1@exemple.fr", "a2@exemple.fr", *[None] * 6]
    assert [row["email"] for row in caller.run(results.results, over.id).rows] == [None] * 9


async def flushed_anew(services: Services, job: Job) -> None:
    """Return after two more flushes: the first may have begun before now."""
    for _ in range(3):
        lease = job_now(services, job).lease_until
        while job_now(services, job).lease_until == lease:
            await asyncio.sleep(0.02)


async def test_a_removed_entry_shows_again_in_what_is_worked_after_it(services: Services, caller: Caller) -> None:
    suppress(caller, "exemple.fr")
    begun, held = asyncio.Event(), asyncio.Event()

    async def hold(row: Row) -> None:
        begun.set()
        await held.wait()

    rows: list[Row] = [{"word": str(n), "email": f"a{n}@exemple.fr"} for n in range(3)]
    async with worker(services, Shout(hold, width=1)):
        job = order(caller, Shout(), rows)
        await begun.wait()
        entry = caller.run(suppressions.list_page).items[0]
        await asyncio.to_thread(caller.run, suppressions.remove, entry.id)
        await flushed_anew(services, job)
        held.set()
        over = await ended(services, job)

    assert mails(services, over) == [None, "a1@exemple.fr", "a2@exemple.fr"]


async def test_one_accounts_list_leaves_another_account_alone(services: Services, caller: Caller) -> None:
    suppress(caller, "exemple.fr", "autre.fr", "noire.fr")
    other = account(services, "other@example.com")

    async with worker(services, Shout()):
        job = await ended(services, order(other, Shout(), PEOPLE))

    assert mails(services, job) == [row["email"] for row in PEOPLE]
    assert other.run(jobs.get, job.id).notice is None
    assert other.run(results.results, job.id).notice == []


async def test_a_filter_sees_no_suppressed_contact(services: Services, caller: Caller) -> None:
    suppress(caller, "jean@exemple.fr")
    module = filter_module.module
    config = module.config(require_email=True)

    async with worker(services, module):
        job = await ended(services, order(caller, module, PEOPLE, config))

    assert [row["word"] for row in rows_of(services, job)] == ["b", "c"]
    assert caller.run(jobs.get, job.id).notice is None


async def test_a_table_jobs_notice_counts_who_is_left_out_of_its_rows(services: Services, caller: Caller) -> None:
    suppress(caller, "jean@exemple.fr", "noire.fr")
    module = filter_module.module

    async with worker(services, module):
        job = await ended(services, order(caller, module, PEOPLE, module.config(require_phone=True)))

    assert caller.run(jobs.get, job.id).notice == LEFT_TWO
    assert [row["email"] for row in caller.run(results.items, job.id).items] == [None, "anne@autre.fr", None]


async def test_no_mail_server_hears_of_a_suppressed_address(services: Services, caller: Caller) -> None:
    suppress(caller, "jean@exemple.fr", "noire.fr")
    server, black = MailServer({"anne": OK}), MailServer(otherwise=OK)
    world = ScriptedWorld({"mx.exemple.fr": server, "mx.noire.fr": black})
    rows: list[Row] = [{"email": f"{name}@exemple.fr"} for name in ("jean", "anne")] + [{"email": "x@noire.fr"}]

    async with mail_worker(services, world):
        job = await ended(services, order(caller, verify_emails.module, rows))

    heard = [address for one in (server, black) for connection in one.connections for address in connection]
    assert "anne@exemple.fr" in heard
    assert not [address for address in heard if address.startswith("jean@") or address.endswith("@noire.fr")]
    assert [row["email_status"] for row in rows_of(services, job)] == [None, "valid", None]
    assert caller.run(jobs.get, job.id).notice == LEFT_TWO


async def test_who_is_suppressed_during_a_dialogue_is_not_asked_again(services: Services, caller: Caller) -> None:
    screen = Screen(services, caller.principal.account_id)
    screen.refresh()
    server = MailServer({"jean": [GREYLISTED, OK], "anne": [GREYLISTED, OK]})
    smtp = ScreenedSmtp(ScriptedWorld({"mx.exemple.fr": server}), screen)
    both = ["Jean@exemple.fr", "anne@exemple.fr"]

    await smtp.recipients("mx.exemple.fr", ["jean@exemple.fr", "anne@exemple.fr"])
    suppress(caller, "jean@exemple.fr")
    screen.refresh()
    second = await smtp.recipients("mx.exemple.fr", both)
    alone = await smtp.recipients("mx.exemple.fr", both[:1])

    assert server.connections == [["jean@exemple.fr", "anne@exemple.fr"], ["anne@exemple.fr"]]
    assert second.replies == (NOT_ASKED, OK)
    assert alone == SmtpDialogue("mx.exemple.fr", (NOT_ASKED,))
