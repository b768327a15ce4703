"""A process that dies in the middle of a turn leaves a conversation that goes on."""

from datetime import timedelta

import pytest

from engine.assistant import conversations, turn
from engine.assistant.errors import ConversationBusy
from engine.assistant.schemas import MessageRequest
from engine.context import Services
from tests.engine.ai.speaking import chunk, connected, die_in_mid_call, events, hang, ledger, speaking, trusting
from tests.engine.assistant.talk import heard, words

USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}


@pytest.mark.slow(60)
async def test_a_conversation_goes_on_after_its_process_was_killed(stored: Services) -> None:
    answer = events(chunk({"content": "Me revoilà."}), chunk({}, finish="stop"), chunk(usage=USAGE))
    async with speaking(hang, answer) as provider:
        me = connected(trusting(stored), url=provider.url)
        place = (str(stored.settings.data_dir), str(stored.db.url))
        await die_in_mid_call("tests.engine.assistant.talking_process", provider, *place)
        (left,) = me.run(conversations.list_conversations).items
        again = MessageRequest(message="Tu es là ?", conversation_id=left.id)

        with pytest.raises(ConversationBusy):
            await turn.say(me, again)
        stored.clock.offset += timedelta(minutes=5)  # beyond the other process's clock, too
        heard_now = await heard(await turn.say(me, again))

    assert words(heard_now) == "Me revoilà."
    assert provider.heard[-1].body["messages"][-1]["content"] == "Raconte\n\nTu es là ?"
    assert [entry.state for entry in ledger(me)] == ["open", "settled"]
