"""The seed mailboxes of an installation, looked into from several sides."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.jobs.seed_mailboxes import SeedMailboxes
from engine.mail.seeds import SeedBox
from engine.reach import Arrival, SeedSilent
from tests.engine.mail.imap_server import PASSWORD, Mailboxes, imap_server, mail


@pytest.fixture
def boxes() -> Iterator[Mailboxes]:
    with imap_server(Mailboxes()) as serving:
        yield serving


@pytest.fixture
def seeds(boxes: Mailboxes) -> Iterator[SeedMailboxes]:
    known = {"address": "s1@seeds.test", "kind": "test", "host": "127.0.0.1", "port": boxes.port, "tls": False}
    seeds = SeedMailboxes([SeedBox.model_validate({**known, "password": PASSWORD})], None)
    yield seeds
    seeds.close()


async def find(seeds: SeedMailboxes) -> Arrival | None:
    (seed,) = seeds.all()
    return await seeds.find(seed, domain="acme.fr", subject="", since=datetime.now(UTC) - timedelta(minutes=5))


def sessions(boxes: Mailboxes) -> int:
    return sum(line.startswith("LOGIN") for line in boxes.said)


async def test_a_box_is_not_asked_again_while_a_look_that_was_given_up_goes_on(
    boxes: Mailboxes, seeds: SeedMailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes.put("INBOX", mail())
    boxes.gate = threading.Event()
    monkeypatch.setattr("engine.jobs.seed_mailboxes.FIND_SECONDS", 0.2)
    for _ in range(3):
        with pytest.raises(SeedSilent):
            await find(seeds)
    asked = len(boxes.said)

    boxes.gate.set()
    monkeypatch.setattr("engine.jobs.seed_mailboxes.FIND_SECONDS", 60.0)
    found = None
    while found is None:
        try:
            found = await find(seeds)
        except SeedSilent:
            await asyncio.sleep(0.01)  # the thread is on its way out

    assert asked <= 1
    assert (found.subject, sessions(boxes)) == ("Bonjour", 2)


async def test_looks_at_one_box_take_turns_and_all_are_answered(boxes: Mailboxes, seeds: SeedMailboxes) -> None:
    boxes.put("INBOX", mail())

    found = await asyncio.gather(*(find(seeds) for _ in range(3)))

    assert [one and one.subject for one in found] == ["Bonjour"] * 3
    ends = [line.split()[0] for line in boxes.said if line.startswith(("LOGIN", "LOGOUT"))]
    assert ends == ["LOGIN", "LOGOUT"] * 3
