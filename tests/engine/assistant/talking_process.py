"""A process in which the first account of the database says something to the assistant, until it is killed."""

import asyncio
import sys
from pathlib import Path

from engine.assistant.schemas import MessageRequest
from engine.assistant.turn import say
from tests.engine.ai.speaking import trusting
from tests.engine.assistant.talk import heard
from tests.house import account, house


async def main(folder: Path, url: str) -> None:
    with house(folder, url=url, deaf=True) as services:
        await heard(await say(account(trusting(services)), MessageRequest(message="Raconte")))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
