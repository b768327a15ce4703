"""A process that dies in the middle of a call: what it may have spent stays counted."""

import pytest

from engine.ai import spend
from engine.ai.errors import CapExceeded
from engine.ai.prices import input_bound
from engine.context import Services
from tests.engine.ai.speaking import ASK, BOUND, capped, caps, connected, cost, die_in_mid_call, hang, ledger, speaking


@pytest.mark.slow(60)
async def test_what_a_killed_process_may_have_spent_stays_counted(services: Services) -> None:
    worst = cost(BOUND)
    async with speaking(hang) as provider:
        me = connected(services, url=provider.url)
        capped(me, per_day_usd=float(worst) * 1.5)
        place = (str(services.settings.data_dir), services.settings.database)
        await die_in_mid_call("tests.engine.ai.asking_process", provider, *place)

    assert [entry.state for entry in ledger(me)] == ["open"]
    assert caps(me).remaining_today_usd < worst
    quote = me.run(spend.quote, input_tokens=input_bound(ASK), output_tokens=ASK.output_tokens_max)
    with pytest.raises(CapExceeded):
        me.run(spend.reserve, quote, "assistant")
