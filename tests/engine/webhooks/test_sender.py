"""Messages on real sockets: what a receiver gets, what counts as delivered, the next try, who waits for whom."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from engine.limits import WEBHOOK_ANSWER_BYTES, WEBHOOK_TRIES, WEBHOOK_WAITS
from engine.privacy.erasure import erase
from engine.webhooks import operations as webhooks
from engine.webhooks import secrets, sender
from engine.webhooks.signature import signature_of
from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.network.outside import authority, hosts, listening, name_server, redirect, response
from tests.engine.webhooks.receiving import DOWN, OK, Answer, Post, Receiver, at, close, hang, post
from tests.house import Postbox
from tests.visitors import settle


@pytest.mark.slow(20)
async def test_a_receiver_gets_a_signed_message_once(tmp_path: Path, database_url: str | None) -> None:
    receiver = Receiver()
    async with at(receiver) as url, post(tmp_path, url=database_url) as product:
        made = await product.me.call(secrets.rotate)
        await product.announce(url, status="done", counts={"results": 3})
        await product.send()
        await product.send()

        (message,) = receiver.messages
        (told,) = await product.deliveries()
    signed_at = int(message.headers["outsend-signature"].partition(",")[0].removeprefix("t="))
    assert message.target == "/hooks/outsend?key=1"
    assert message.headers["content-type"] == "application/json"
    assert message.headers["outsend-event"] == "job.finished"
    assert message.headers["outsend-signature"] == signature_of(message.body.decode(), [made.secret], at=signed_at)
    assert message.json == {
        "event": "job.finished", "delivery": told.id, "created_at": f"{told.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "id": "j_1", "status": "done", "counts": {"results": 3},
    }  # fmt: skip
    assert message.delivery == told.id
    assert (told.status, told.tries, told.response_status, told.error, told.next_try_at) == (
        "delivered",
        1,
        200,
        None,
        None,
    )


async def test_after_a_rotation_a_message_bears_both_signatures(tmp_path: Path) -> None:
    receiver = Receiver()
    async with at(receiver) as url, post(tmp_path) as product:
        for _ in range(2):
            await product.me.call(secrets.rotate)
        await product.announce(url)
        await product.send()

    assert receiver.messages[0].headers["outsend-signature"].count("v1=") == 2


async def _drip(writer: asyncio.StreamWriter) -> None:
    """A 200 at once, then a body without an end, until the line is cut."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 8_192)
        await writer.drain()


@pytest.mark.parametrize(
    "answer",
    [
        response(status="204 No Content"),
        response(b"x" * (WEBHOOK_ANSWER_BYTES * 4)),
        _drip,
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut off",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nnonsense",
    ],
    ids=["204", "long", "endless", "cut off", "undecodable", "nonsense"],
)
async def test_a_success_is_one_whatever_its_body(tmp_path: Path, answer: Answer) -> None:
    receiver = Receiver([answer])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()

        assert (await product.delivery()).status == "delivered"


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        (DOWN, "http_503", 503), (response(status="404 Not Found"), "http_404", 404), (close, "bad_answer", None),
        (b"SSH-2.0-OpenSSH\r\n", "bad_answer", None), (redirect("http://example.com/"), "redirect", 302),
        (redirect("/elsewhere", "308 Permanent Redirect"), "redirect", 308),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, "bad_answer", None),
    ],
    ids=["503", "404", "closed", "no HTTP", "302", "308", "endless head"],
)  # fmt: skip
async def test_anything_else_is_a_failure_that_is_told_and_tried_again(
    tmp_path: Path, answer: Answer, error: str, status: int | None
) -> None:
    receiver = Receiver([answer, OK])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()
        failed = await product.delivery()
        product.clock.offset += WEBHOOK_WAITS[0]
        await product.send()
        after = await product.delivery()

    assert (failed.status, failed.tries, failed.error, failed.response_status) == ("pending", 1, error, status)
    assert (after.status, after.tries) == ("delivered", 2)
    first, second = receiver.messages
    assert first.delivery == second.delivery and first.body == second.body
    assert first.headers["outsend-signature"] != second.headers["outsend-signature"]  # signed anew, at its own time


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "//[::1]/"]
)
async def test_a_redirect_leads_nowhere(tmp_path: Path, target: str) -> None:
    inside = Receiver()
    async with listening(inside) as port:
        receiver = Receiver([redirect(target.format(port=port), "307 Temporary Redirect")])
        async with at(receiver) as url, post(tmp_path) as product:
            await product.announce(url)
            await product.send()

            assert (await product.delivery()).error == "redirect"
    assert inside.messages == [] and len(receiver.messages) == 1


@pytest.mark.parametrize("address", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"])
async def test_a_name_that_leads_inside_gets_nothing_whatever_it_led_to_before(tmp_path: Path, address: str) -> None:
    receiver, led = Receiver(), ["127.0.0.1"]

    def zone(name: str, kind: str) -> Sequence[str]:
        return [f"0 A {led[-1]}"] if kind == "A" else []

    async with (
        listening(receiver) as port,
        name_server(zone) as (server, _),
        post(tmp_path, dns_servers=(server,)) as product,
    ):
        url = f"http://hooks.example:{port}/"
        await product.announce(url)
        await product.send()
        led.append(address)
        product.gateway.dns._cache.clear()  # as if its time were over
        await product.announce(url)
        await product.send()
        now, before = await product.deliveries()

    assert (before.status, now.status, now.error) == ("delivered", "pending", "forbidden_address")
    assert len(receiver.messages) == 1


async def test_eight_tries_end_within_a_day_and_the_owner_is_told_once(tmp_path: Path) -> None:
    receiver = Receiver([DOWN])
    async with at(receiver) as url, post(tmp_path) as product:
        postbox = product.services.mailer = Postbox()
        for _ in range(2):
            await product.announce(url)
        began, waits = product.clock.now(), list[timedelta]()
        for _ in range(WEBHOOK_TRIES):
            await product.send()
            one = (await product.deliveries())[-1]
            if one.next_try_at:
                waits.append(one.next_try_at - product.clock.now())
                product.clock.offset += waits[-1] + timedelta(seconds=1)
        settle(product.services)
        ended = await product.deliveries()

    assert [round(wait.total_seconds()) for wait in waits] == [wait.total_seconds() for wait in WEBHOOK_WAITS]
    assert {(one.status, one.tries, one.error) for one in ended} == {("failed", WEBHOOK_TRIES, "http_503")}
    assert all(one.ended_at and one.ended_at - began < timedelta(hours=24) for one in ended)
    assert len(receiver.messages) == 2 * WEBHOOK_TRIES
    (mail,) = postbox.mails
    assert mail.to == "owner@example.com" and "il répond 503" in mail.text and "key=1" not in mail.text + mail.html


@pytest.mark.parametrize(("asked", "waited"), [("3600", 3_600), ("2", 10), ("999999999", 86_400)])
async def test_a_receiver_may_ask_for_a_longer_wait_within_the_day(tmp_path: Path, asked: str, waited: int) -> None:
    receiver = Receiver([response(status="429 Too Many Requests", Retry_After=asked)])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()
        told = await product.delivery()

    assert told.next_try_at
    assert round((told.next_try_at - told.created_at).total_seconds()) == waited


async def test_after_the_day_no_try_is_left(tmp_path: Path) -> None:
    receiver = Receiver([response(status="503 Busy", Retry_After="86400")])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()
        product.clock.offset += timedelta(hours=24)
        await product.send()

        told = await product.delivery()
    assert (told.status, told.tries) == ("failed", 2)


async def test_a_receiver_that_is_gone_is_left_alone_at_once(tmp_path: Path) -> None:
    receiver = Receiver([response(status="410 Gone")])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()

        told = await product.delivery()
    assert (told.status, told.tries, told.error) == ("failed", 1, "http_410")


async def test_a_slow_receiver_is_given_its_seconds_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "WEBHOOK_ANSWER_SECONDS", 0.3)
    receiver = Receiver([hang])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()

        assert (await product.delivery()).error == "timeout"


async def test_nothing_is_carried_from_one_message_to_the_next(tmp_path: Path) -> None:
    receiver = Receiver([response(b"ok", Set_Cookie="session=theirs; Path=/")])
    async with at(receiver) as url, post(tmp_path) as product:
        for _ in range(2):
            await product.announce(url)
            await product.send()

    assert len(receiver.messages) == 2
    assert not any("cookie" in message.headers for message in receiver.messages)


async def test_what_ended_a_week_ago_is_forgotten(tmp_path: Path) -> None:
    receiver = Receiver([OK, DOWN])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        await product.send()
        product.clock.offset += timedelta(days=8)
        await product.announce(url)
        await product.send()
        await _forget(product)

        assert (await product.delivery()).status == "pending"


async def _forget(product: Post) -> None:
    await asyncio.to_thread(webhooks.forget_old, product.services)


@pytest.mark.parametrize(("known", "error"), [(True, None), (False, "tls_untrusted")])
async def test_a_certificate_is_checked(tmp_path: Path, known: bool, error: str | None) -> None:
    receiver, theirs = Receiver(), authority(tmp_path)
    bundle = {"ca_bundle": theirs.path} if known else {}
    async with (
        listening(receiver, tls=theirs.server("hooks.example")) as port,
        name_server(hosts("hooks.example")) as (server, _),
        post(tmp_path, dns_servers=(server,), **bundle) as product,
    ):
        await product.announce(f"https://hooks.example:{port}/")
        await product.send()

        assert (await product.delivery()).error == error
    assert len(receiver.messages) == known


async def test_an_account_that_leaves_takes_its_messages_along(tmp_path: Path, database_url: str | None) -> None:
    over = asyncio.Event()

    async def fail_late(writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.write(response(status="410 Gone"))

    receiver = Receiver([fail_late])
    async with at(receiver) as url, post(tmp_path, url=database_url) as product:
        postbox = product.services.mailer = Postbox()
        await product.announce(url)
        await product.sender.start_due()
        await receiver.arrived.wait()
        await asyncio.to_thread(erase, product.me, "owner@example.com")
        over.set()
        await product.sender.idle()
        settle(product.services)

        assert await product.deliveries() == []
    assert postbox.mails == []
