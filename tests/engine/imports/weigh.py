"""Imports a file as a worker does, in a process of its own, and tells what memory it took: for `test_memory.py`."""

import asyncio
import json
import re
import sys
from pathlib import Path

from engine.context import Context, write
from engine.imports.operations import save_upload
from engine.jobs.intake import Order, place
from engine.jobs.models import Job
from engine.modules.import_ import ImportConfig, module
from tests.house import account, ended, house, worker

SMALL = "nom;site_web\n" + "Cabinet Dupont;https://dupont.example\n" * 500


def peak_mb() -> float:
    """The most memory that this process has had since `forget`."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def forget() -> None:
    Path("/proc/self/clear_refs").write_text("5")


async def weigh(folder: Path, data: bytes) -> dict[str, object]:
    """Import a small list, then the file: the rows of the job, and by how many MB the second passed the first."""
    with house(folder) as services:
        caller = account(services)

        async def bring(content: bytes) -> Job:
            upload = save_upload(services, caller.principal.account_id, content)

            @write
            def make(context: Context) -> Job:
                config = ImportConfig(upload_id=upload)
                items = module.plan(config)
                return place(context, Order(module, config, context.account_id, items=items, planned=len(items)))

            return await ended(services, caller.run(make), seconds=100)

        async with worker(services, module):
            await bring(SMALL.encode())
            forget()
            before = peak_mb()
            job = await bring(data)
            return {"status": job.status, "rows": job.results, "grown_mb": round(peak_mb() - before, 1)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(weigh(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()))))
