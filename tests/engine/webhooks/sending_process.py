"""A process that sends what is due in the folder it is given, until it is killed."""

import asyncio
import sys
from pathlib import Path

from tests.engine.webhooks.receiving import post


async def main(folder: Path) -> None:
    async with post(folder) as product:
        await product.sender.serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
