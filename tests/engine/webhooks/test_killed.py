"""A sender that is killed between sending and noting: the message comes again, under the same id."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.webhooks.receiving import OK, Receiver, at, hang, post

ROOT = Path(__file__).parents[3]


@pytest.mark.slow(30)
async def test_a_message_survives_kill_9_and_bears_the_same_id(tmp_path: Path) -> None:
    receiver = Receiver([hang, OK])
    async with at(receiver) as url, post(tmp_path) as product:
        await product.announce(url)
        command = (sys.executable, "-m", "tests.engine.webhooks.sending_process", str(tmp_path))
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        try:
            async with asyncio.timeout(25):
                await receiver.arrived.wait()
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        product.clock.offset += timedelta(minutes=2)  # beyond what it held the message for
        await product.send()

        told = await product.delivery()
    assert [message.delivery for message in receiver.messages] == [told.id] * 2
    assert (told.status, told.tries) == ("delivered", 2)
