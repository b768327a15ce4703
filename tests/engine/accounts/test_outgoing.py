"""Mail on its way: written with what it tells, handed over afterwards, kept until it went."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from engine.accounts.models import OutgoingMail
from engine.accounts.outgoing import FIRST_PAUSE, LONGEST_PAUSE, TRIES_MAX, deliver_due, pause_after, queue
from engine.clock import Clock
from engine.context import Context, Services, read, write
from engine.mail.delivery import mailer_of
from engine.mail.mailer import Mail
from engine.settings import Settings
from tests.house import Postbox, account, house
from tests.relay import free_port, relay
from tests.visitors import StandingClock, settle


@write
def send(context: Context, to: str, *, fail: bool = False) -> None:
    queue(context, Mail(to, "s", "the text", "the html"), account_id=context.account_id)
    if fail:
        raise RuntimeError


@read
def waiting(context: Context) -> list[OutgoingMail]:
    return list(context.session.exec(select(OutgoingMail).order_by(col(OutgoingMail.id))))


def to_relay(services: Services, port: int) -> None:
    settings = Settings(data_dir=services.settings.data_dir, smtp_url=f"smtp://127.0.0.1:{port}")
    services.mailer = mailer_of(settings, Clock())


def test_it_leaves_after_the_commit_and_nothing_of_it_stays(tmp_path: Path) -> None:
    """C-042."""
    with house(tmp_path, deaf=True) as services:
        postbox = services.mailer = Postbox()
        account(services).run(send, "ada@example.com")
        settle(services)

        assert [mail.to for mail in postbox.mails] == ["ada@example.com"]
        assert services.run(None, waiting) == []


def test_what_is_rolled_back_sends_nothing(tmp_path: Path) -> None:
    with house(tmp_path, deaf=True) as services:
        postbox = services.mailer = Postbox()
        with pytest.raises(RuntimeError):
            account(services).run(send, "ada@example.com", fail=True)
        settle(services)
        deliver_due(services)

        assert postbox.mails == []


def test_a_relay_that_is_down_loses_nothing(tmp_path: Path) -> None:
    """C-042."""
    clock, port = StandingClock(), free_port()
    with house(tmp_path, deaf=True, clock=clock) as services:
        to_relay(services, port)
        for n in range(3):
            account(services).run(send, f"{n}@example.com")
        settle(services)
        assert len(services.run(None, waiting)) == 3

        with relay(port) as kept:
            clock.offset += timedelta(hours=1)
            deliver_due(services)

        assert [envelope.rcpt_tos for envelope in kept.envelopes] == [[f"{n}@example.com"] for n in range(3)]
        assert services.run(None, waiting) == []


def test_a_mail_that_failed_waits_longer_each_time_and_is_given_up_at_last(tmp_path: Path) -> None:
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        to_relay(services, free_port())
        account(services).run(send, "ada@example.com")
        settle(services)
        for tries in range(1, TRIES_MAX):
            (mail,) = services.run(None, waiting)
            assert mail.tries == tries
            assert abs(mail.due_at - clock.now() - pause_after(tries)) < timedelta(seconds=1)
            clock.offset += pause_after(tries)
            deliver_due(services)

        assert services.run(None, waiting) == []


def test_pauses_grow_to_an_hour_and_cover_the_life_of_a_link() -> None:
    pauses = [pause_after(tries) for tries in range(1, TRIES_MAX)]

    assert pauses[0] == FIRST_PAUSE and pauses[-1] == LONGEST_PAUSE and pauses == sorted(pauses)
    assert sum(pauses, timedelta()) > timedelta(hours=48)


def test_a_mail_that_a_relay_refuses_does_not_hold_up_the_others(tmp_path: Path) -> None:
    clock, port = StandingClock(), free_port()
    with house(tmp_path, deaf=True, clock=clock) as services, relay(port) as kept:
        to_relay(services, port)
        kept.refuse = "554 no such person"
        account(services).run(send, "refused@example.com")
        settle(services)
        kept.refuse = None
        account(services).run(send, "ada@example.com")
        settle(services)

        assert [envelope.rcpt_tos for envelope in kept.envelopes] == [["ada@example.com"]]
        assert [mail.recipient for mail in services.run(None, waiting)] == ["refused@example.com"]


def test_a_mail_whose_deliverer_died_is_handed_over_by_another(tmp_path: Path) -> None:
    clock = StandingClock()

    class Dying(Postbox):
        def send(self, mail: Mail) -> None:
            raise SystemExit

    with house(tmp_path, deaf=True, clock=clock) as services:
        services.mailer = Dying()
        caller = account(services)

        @write
        def quietly(context: Context) -> None:
            send(context, "ada@example.com")
            context.after_commit.clear()

        caller.run(quietly)
        with pytest.raises(SystemExit):
            deliver_due(services)
        postbox = services.mailer = Postbox()
        deliver_due(services)
        assert postbox.mails == []  # it may still be on its way
        clock.offset += timedelta(minutes=10)
        deliver_due(services)

        assert len(postbox.mails) == 1
