"""The ledger and the caps, on both databases: what is let through, what counts, and who hears of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread

import pytest

from engine.accounts import outgoing
from engine.ai import spend
from engine.ai.completion import complete
from engine.ai.errors import CapExceeded, NoKey
from engine.ai.prices import Used
from engine.context import Caller, Services
from engine.errors import AccountGone
from engine.mail.mailer import Mail
from engine.privacy.erasure import erase
from tests.engine.ai.speaking import (
    ASK,
    capped,
    caps,
    chat,
    connected,
    ledger,
    speaking,
)
from tests.house import Postbox

pytestmark = pytest.mark.slow(30)

ONE = Decimal("0.004")  # what a request of SIZE costs at most
SIZE = {"input_tokens": 2_000, "output_tokens": 2_000}
ALL = Used(2_000, 2_000)


@pytest.fixture(autouse=True)
def a_day_in_march(services: Services) -> None:
    """Time stands near noon; mails are handed over when a test asks, not beside it."""
    services.clock.offset = datetime(2027, 3, 14, 12, tzinfo=UTC) - datetime.now(UTC)
    services.errands.close()


def reserved(caller: Caller) -> spend.Reservation:
    return caller.run(spend.reserve, caller.run(spend.quote, **SIZE), "assistant")


def spent(caller: Caller, used: Used = ALL) -> None:
    caller.run(spend.settle, reserved(caller), used)


def mails(services: Services) -> list[Mail]:
    outgoing.deliver_due(services)
    assert isinstance(services.mailer, Postbox)
    return services.mailer.mails


def test_the_caps_begin_at_their_defaults(services: Services) -> None:
    """C-390, C-391, C-392."""
    now = caps(connected(services))

    assert (now.per_request_usd, now.per_day_usd, now.per_month_usd) == (10, 10, 100)
    assert (now.max.per_request_usd, now.max.per_day_usd, now.max.per_month_usd) == (100, 100, 1_000)
    assert (now.spent_today_usd, now.remaining_today_usd, now.remaining_month_usd, now.paused) == (0, 10, 100, False)


def test_a_request_is_held_with_all_that_it_may_cost_until_it_is_settled(services: Services) -> None:
    """C-395, C-397."""
    me = connected(services)
    quote = me.run(spend.quote, **SIZE)
    made = me.run(spend.reserve, quote, "assistant")
    on_the_way = caps(me)
    me.run(spend.settle, made, Used(1_000, 100))

    assert quote.worst_usd == ONE
    assert (on_the_way.spent_today_usd, on_the_way.remaining_today_usd) == (0, 10 - ONE)
    cost = 1_000 * Decimal("4e-7") + 100 * Decimal("16e-7")
    assert (caps(me).spent_today_usd, caps(me).remaining_month_usd) == (cost, 100 - cost)


@pytest.mark.parametrize("cap", ["per_request_usd", "per_day_usd", "per_month_usd"])
def test_each_cap_lets_through_what_just_fits_and_nothing_more(services: Services, cap: str) -> None:
    """C-394, C-396."""
    me = connected(services)
    capped(me, **{cap: float(ONE)})
    reserved(me)
    capped(me, **{cap: float(ONE) * 0.999})

    with pytest.raises(CapExceeded) as error:
        reserved(me)

    assert error.value.values["cap"] == cap and "0,004 $" in error.value.text
    assert len(ledger(me)) == 1


def test_a_cap_of_nothing_blocks_every_model_with_a_price(services: Services) -> None:
    me = connected(services)
    assert capped(me, per_day_usd=0).paused

    with pytest.raises(CapExceeded):
        me.run(spend.reserve, me.run(spend.quote, input_tokens=0, output_tokens=0), "assistant")


def test_a_raised_cap_counts_at_once(services: Services) -> None:
    """C-402."""
    me = connected(services)
    capped(me, per_day_usd=float(ONE))
    spent(me)
    assert caps(me).paused
    with pytest.raises(CapExceeded):
        reserved(me)

    assert not capped(me, per_day_usd=float(ONE) * 2).paused
    reserved(me)


def test_day_and_month_begin_anew_at_midnight_utc(services: Services) -> None:
    """C-401."""
    me = connected(services)
    services.clock.offset += datetime(2027, 3, 30, 23, 59, 50, tzinfo=UTC) - services.clock.now()
    spent(me)

    services.clock.offset += timedelta(seconds=11)
    assert (caps(me).spent_today_usd, caps(me).spent_month_usd) == (0, ONE)
    spent(me)
    assert (caps(me).spent_today_usd, caps(me).spent_month_usd) == (ONE, 2 * ONE)

    services.clock.offset += timedelta(days=1)
    assert services.clock.now().month == 4
    assert (caps(me).spent_today_usd, caps(me).spent_month_usd) == (0, 0)


def test_a_call_counts_on_the_day_that_let_it_through(services: Services) -> None:
    me = connected(services)
    services.clock.offset += datetime(2027, 3, 14, 23, 59, 50, tzinfo=UTC) - services.clock.now()
    made = reserved(me)
    services.clock.offset += timedelta(seconds=20)
    me.run(spend.settle, made, ALL)

    assert (caps(me).spent_today_usd, caps(me).spent_month_usd) == (0, ONE)


def test_mails_go_out_once_a_period_when_a_cap_is_near_and_when_it_is_reached(services: Services) -> None:
    """C-398, C-399."""
    me = connected(services)
    capped(me, per_day_usd=float(ONE * 5), per_month_usd=100)
    told = list[int]()
    for _ in range(5):
        spent(me)
        told.append(len(mails(services)))

    assert told == [0, 0, 0, 1, 2]
    near, reached = mails(services)
    assert {near.to, reached.to} == {"owner@example.com"}
    assert near.subject.startswith("80 %") and "0,016 $ sur 0,02 $" in near.text and "journalier" in near.text
    assert "atteint" in reached.subject and "en pause" in reached.html and caps(me).paused

    capped(me, per_day_usd=float(ONE * 6))
    spent(me)
    assert len(mails(services)) == 2  # the same day

    services.clock.offset += timedelta(days=1)
    spent(me)
    assert len(mails(services)) == 2
    for _ in range(5):
        spent(me)
    assert len(mails(services)) == 4


def test_a_monthly_cap_tells_too_and_who_hears_that_it_is_reached_need_not_hear_that_it_is_near(
    services: Services,
) -> None:
    me = connected(services)
    capped(me, per_month_usd=float(ONE))
    spent(me)

    (only,) = mails(services)
    assert "mensuel" in only.text and "atteint" in only.subject


def test_settlements_at_once_send_each_mail_once(services: Services) -> None:
    me = connected(services)
    capped(me, per_day_usd=float(ONE * 8))
    made = [reserved(me) for _ in range(8)]

    _all([Thread(target=lambda one=one: me.run(spend.settle, one, ALL)) for one in made])

    assert sorted(mail.subject[:4] for mail in mails(services)) == ["80 %", "Ton "]
    assert caps(me).spent_today_usd == ONE * 8


def test_of_fifty_at_once_no_more_are_let_through_than_a_cap_holds(services: Services) -> None:
    """C-396: together, too."""
    me = connected(services)
    capped(me, per_day_usd=float(ONE * 7))
    let_through, refused = list[spend.Reservation](), list[CapExceeded]()

    def ask() -> None:
        try:
            let_through.append(reserved(me))
        except CapExceeded as error:
            refused.append(error)

    _all([Thread(target=ask) for _ in range(50)])

    assert (len(let_through), len(refused)) == (7, 43)
    assert caps(me).remaining_today_usd == 0


async def test_of_fifty_requests_at_once_a_provider_hears_those_that_fit(services: Services) -> None:
    """C-396."""
    async with speaking(chat(prompt=100, completion=1)) as provider:
        me = connected(services, url=provider.url)
        worst = me.run(spend.quote, input_tokens=0, output_tokens=500).worst_usd or Decimal(0)
        capped(me, per_day_usd=float(worst) * 5)
        ends = await asyncio.gather(*(complete(me, ASK) for _ in range(50)), return_exceptions=True)

    refused = [end for end in ends if isinstance(end, CapExceeded)]
    assert len(refused) + len(provider.heard) == 50 and refused
    assert all(isinstance(end, CapExceeded) or not isinstance(end, BaseException) for end in ends)
    assert caps(me).spent_today_usd <= caps(me).per_day_usd


def test_a_settlement_counts_once(services: Services) -> None:
    me = connected(services)
    made = reserved(me)

    for _ in range(2):
        me.run(spend.settle, made, ALL)

    assert caps(me).spent_today_usd == ONE and len(ledger(me)) == 1


def test_a_model_without_a_known_price_is_tracked_and_not_capped(services: Services) -> None:
    """C-400."""
    me = connected(services, "openai_compatible", "https://llm.example/v1", "our-own-model")
    capped(me, per_request_usd=0, per_day_usd=0, per_month_usd=0)
    spent(me)

    (entry,) = ledger(me)
    assert (entry.price_known, entry.cost_usd, entry.input_tokens, entry.state) == (False, None, 2_000, "settled")
    assert caps(me).spent_today_usd == 0 and mails(services) == []


def test_one_accounts_spending_is_nobody_elses(services: Services) -> None:
    me, other = connected(services), connected(services, email="other@example.com")
    capped(me, per_day_usd=float(ONE))
    spent(me)

    assert not caps(other).paused and ledger(other) == []
    reserved(other)


def test_nobody_settles_what_another_has_reserved(services: Services) -> None:
    me, other = connected(services), connected(services, email="other@example.com")
    made = reserved(me)

    other.run(spend.settle, made, Used(0, 0))

    assert caps(me).remaining_today_usd == 10 - ONE and ledger(me)[0].state == "open"


def test_an_answer_is_bounded_by_what_the_model_can_say(services: Services) -> None:
    me = connected(services, "deepseek", model="deepseek-chat")

    assert me.run(spend.quote, input_tokens=1, output_tokens=100_000).output_tokens == 8_192


def _all(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_an_account_that_is_deleted_in_mid_call_leaves_nothing_behind(services: Services) -> None:
    me = connected(services)
    made = reserved(me)
    erase(me, "owner@example.com")

    me.run(spend.settle, made, ALL)

    with pytest.raises(NoKey):
        me.run(spend.quote, **SIZE)
    with pytest.raises(AccountGone):
        me.run(spend.reserve, made.quote, "assistant")
    assert ledger(me) == []


def test_what_is_assumed_costs_no_less_than_what_was_reserved(services: Services) -> None:
    """Of a model, too, whose input costs more where the provider puts it in store."""
    me = connected(services, model="gpt-5.6")
    made = reserved(me)
    before = caps(me).remaining_today_usd

    me.run(spend.settle, made, made.quote.bound)

    assert caps(me).remaining_today_usd == before
    assert ledger(me)[0].cost_usd == made.quote.worst_usd
