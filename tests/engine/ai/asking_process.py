"""A process that asks the model of the first account in the database it is given, until it is killed."""

import asyncio
import sys
from pathlib import Path

from engine.ai.completion import complete
from tests.engine.ai.speaking import ASK, trusting
from tests.house import account, house


async def main(folder: Path, url: str) -> None:
    with house(folder, url=url, deaf=True) as services:
        await complete(account(trusting(services)), ASK)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
