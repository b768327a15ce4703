"""delivery_check against the fifteen seed mailboxes of the sandbox internet, over IMAP, and against its truth."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.jobs.seed_mailboxes import SeedMailboxes
from engine.mail.seeds import seed_boxes
from engine.modules.delivery_check import DeliveryCheckConfig, module
from engine.rows.types import Row
from engine.sandbox.apis.seed_desk import SeedRules
from engine.sandbox.process import RunningSandbox
from engine.sandbox.seed_rules import SENDERS, placements
from engine.settings import read_settings
from tests.modules.small_web import SmallWeb

pytestmark = pytest.mark.slow(30)


@pytest.fixture
def sandbox(running_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    running_sandbox.seeds.empty()
    yield running_sandbox
    running_sandbox.seeds.empty()


async def rows_of(sandbox: RunningSandbox, domain: str, subject: str = "Test") -> list[Row]:
    seeds = mailboxes(sandbox)
    run = replace(SmallWeb({}).run(), seeds=seeds, started_at=datetime.now(UTC))
    config = DeliveryCheckConfig(domain=domain, subject_filter=subject)
    try:
        found = await asyncio.gather(*(module.find(item, config, run) for item in module.plan(config)))
    finally:
        seeds.close()
    return [row for one in found for row in one.rows]


def mailboxes(sandbox: RunningSandbox) -> SeedMailboxes:
    settings = read_settings(sandbox.environment)
    return SeedMailboxes(seed_boxes(settings), settings.ca_bundle)


@pytest.mark.parametrize("domain", SENDERS)
async def test_each_seed_tells_where_the_message_landed(
    sandbox: RunningSandbox, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C-457."""
    late = domain == "toujours-en-retard.fr"
    monkeypatch.setattr("engine.modules.delivery_check.POLL_SECONDS", 0.25)
    monkeypatch.setattr("engine.modules.delivery_check.WAIT_SECONDS", 20.0 if late else 0.0)
    sandbox.seeds.send(f"Ada <ada@{domain}>", "Test de novembre")

    rows = await rows_of(sandbox, domain)

    assert {row["seed_email"]: row["placement"] for row in rows} == placements(domain)
    assert {row["subject"] for row in rows if row["status"] == "received"} <= {"Test de novembre"}
    assert {row["status"] == "received" for row in rows if row["placement"]} <= {True}


async def test_a_message_of_another_subject_is_not_theirs(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.modules.delivery_check.WAIT_SECONDS", 0.0)
    sandbox.seeds.send("ada@tout-principal.fr", "Autre chose")

    assert {row["status"] for row in await rows_of(sandbox, "tout-principal.fr")} == {"pending"}


async def test_who_lets_nobody_in_is_known_by_signing_in_to_all(sandbox: RunningSandbox) -> None:
    seeds = mailboxes(sandbox)
    try:
        good = await seeds.refused()
        with sandbox.seeds.misbehaving(SeedRules(refused_logins=("temoin1@gmail.com",))):
            bad = await seeds.refused()
    finally:
        seeds.close()

    assert not good
    assert [error.text for error in bad] == ["La boîte témoin temoin1@gmail.com refuse la connexion"]
    assert "OUTSEND_DELIVERY_SEEDS" in bad[0].next_step
