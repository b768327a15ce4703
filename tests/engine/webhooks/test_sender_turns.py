"""Whose turn it is: receivers and accounts that share a sender, senders that share a table."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from engine.network.types import Posted, Unreachable
from engine.webhooks import operations as webhooks
from engine.webhooks import sender
from engine.webhooks.sender import PER_ACCOUNT, PER_RECEIVER, Sender
from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.webhooks.receiving import DOWN, OK, Receiver, at, close, hang, post
from tests.house import account


async def test_a_receiver_that_hangs_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "STOP_SECONDS", 0.1)
    hanging, quick = Receiver([hang]), Receiver()
    async with at(hanging) as slow_url, at(quick) as quick_url, post(tmp_path) as product:
        for _ in range(10):
            await product.announce(slow_url)
        await product.announce(quick_url)
        serving = asyncio.create_task(product.sender.serve())
        async with asyncio.timeout(4):
            await quick.arrived.wait()
            await hanging.arrived.wait()

        assert hanging.most <= PER_RECEIVER
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_no_account_takes_all_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "AT_ONCE", PER_ACCOUNT + 1)
    under_way = list[str]()
    over = asyncio.Event()

    class Slow:
        async def post(self, url: str, body: bytes, headers: dict[str, str], *, timeout_seconds: float) -> Posted:
            under_way.append(url)
            await over.wait()
            return Posted(200)

    async with post(tmp_path) as product:
        for n in range(30):
            await product.announce(f"https://greedy{n}.example/")
        await product.announce("https://modest.example/", by=account(product.services, "other@example.com"))
        sending = Sender(product.services, Slow())
        await sending.start_due()
        await asyncio.sleep(0)  # each begins

        assert len(under_way) == PER_ACCOUNT + 1
        assert "https://modest.example/" in under_way
        over.set()
        await sending.idle()


async def test_what_waits_for_a_silent_receiver_is_put_off_with_it(tmp_path: Path) -> None:
    class Silent:
        tries = 0

        async def post(self, url: str, body: bytes, headers: dict[str, str], *, timeout_seconds: float) -> Posted:
            self.tries += 1
            raise Unreachable(url=url, reason="timeout")

    silent = Silent()
    async with post(tmp_path) as product:
        for _ in range(50):
            await product.announce("https://silent.example/")
        sending = Sender(product.services, silent)
        await sending.start_due()
        await sending.idle()
        await sending.start_due()
        await sending.idle()

        assert silent.tries <= PER_RECEIVER
        assert {one.status for one in await product.deliveries()} == {"pending"}


@pytest.mark.slow(30)
async def test_two_senders_never_make_the_same_try(tmp_path: Path, database_url: str | None) -> None:
    receivers = [Receiver() for _ in range(3)]
    async with (
        at(receivers[0]) as a,
        at(receivers[1]) as b,
        at(receivers[2]) as c,
        post(tmp_path, url=database_url) as product,
    ):
        for _ in range(12):
            for url in (a, b, c):
                await product.announce(url)
        senders = [Sender(product.services, product.gateway.post) for _ in range(3)]
        while any(await asyncio.gather(*(one.start_due() for one in senders))):
            await asyncio.gather(*(one.idle() for one in senders))

        ended = await product.deliveries()
    got = [message.delivery for receiver in receivers for message in receiver.messages]
    assert sorted(got) == sorted(one.id for one in ended) and len(set(got)) == 36
    assert {(one.status, one.tries) for one in ended} == {("delivered", 1)}


@pytest.mark.slow(30)
async def test_tries_that_fail_at_once_are_all_noted(tmp_path: Path, database_url: str | None) -> None:
    receiver = Receiver([close])
    async with at(receiver) as url, post(tmp_path, url=database_url) as product:
        others = [account(product.services, f"{n}@example.com") for n in range(4)]
        for _ in range(4):
            for by in others:
                await product.announce(url, by=by)
        await product.send()

        for _ in range(12):
            product.clock.offset += timedelta(minutes=2)
            await product.send()
        told = [one for by in others for one in (await by.call(webhooks.list_deliveries)).items]
    assert len(told) == 16 and min(one.tries for one in told) >= 3
    assert len(receiver.messages) == sum(one.tries for one in told)
    assert {one.error for one in told} == {"bad_answer"}


async def test_a_try_whose_process_died_is_made_again_under_the_same_id(tmp_path: Path) -> None:
    receiver = Receiver([hang, OK])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        dying = Sender(product.services, product.gateway.post)
        await dying.start_due()
        await receiver.arrived.wait()
        assert await product.sender.start_due() == 0  # it is in somebody's hands
        product.clock.offset += timedelta(minutes=1)
        await product.send()
        told = await product.delivery()
        for task in list(dying._under_way):
            task.cancel()
        await dying.idle()

    assert [message.delivery for message in receiver.messages] == [told.id] * 2
    assert (told.status, told.tries) == ("delivered", 2)


async def test_who_comes_late_changes_nothing(tmp_path: Path) -> None:
    """The first try hung so long that a second one was made; what becomes of the first is of no interest."""
    late, receiver = asyncio.Event(), Receiver()

    async def answer_late(writer: asyncio.StreamWriter) -> None:
        await late.wait()
        writer.write(DOWN)

    receiver.answers = [answer_late, OK]
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        slow = Sender(product.services, product.gateway.post)
        await slow.start_due()
        await receiver.arrived.wait()
        product.clock.offset += timedelta(minutes=1)
        await product.send()
        late.set()
        await slow.idle()

        told = await product.delivery()
    assert (told.status, told.tries, told.error) == ("delivered", 2, None)
