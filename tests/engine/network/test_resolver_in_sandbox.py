"""DNS look-ups against a name server that has its moods."""

import pytest

from engine.clock import Clock
from engine.network.resolver import Resolver
from engine.network.types import Answer
from engine.sandbox.process import RunningSandbox
from tests.engine.network.outside import name_server


@pytest.mark.slow(20)
async def test_a_slow_answer_is_waited_for_even_where_others_came_fast(running_sandbox: RunningSandbox) -> None:
    truth = running_sandbox.truth()
    resolver = Resolver([running_sandbox.dns], Clock())
    for site in truth.sites[:20]:
        await resolver.addresses(site.host)

    answer = await resolver.addresses(truth.names["slow"])
    await resolver.close()

    assert answer.status == "ok"


@pytest.mark.slow(20)
async def test_a_silent_server_is_a_failure_in_bounded_time() -> None:
    async with name_server(lambda name, kind: None) as (server, _):
        resolver = Resolver([server], Clock())
        answer = await resolver.addresses("shop.fr")
        await resolver.close()

    assert answer == Answer("failure")
