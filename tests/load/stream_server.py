"""A server of streams in a process of its own: the product's (`ours FOLDER`), or a bare one (`bare SECONDS`)."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from engine.runtime import open_services
from engine.settings import Settings
from outsend_api.app import create_app

DATA = {"id": "j_" + "0" * 26, "processed_points": 1, "grid_points_count": 1000, "results_count": 1, "error_count": 0}


def bare(pause_seconds: float) -> Starlette:
    """Sends an event to each reader every `pause_seconds`, and does nothing else."""

    async def events() -> AsyncIterator[bytes]:
        while True:
            yield f"event: progress\ndata: {json.dumps(DATA)}\n\n".encode()
            await asyncio.sleep(pause_seconds)

    async def stream(request: Request) -> StreamingResponse:
        return StreamingResponse(events(), media_type="text/event-stream")

    return Starlette(routes=[Route("/{path:path}", stream)])


def serve(app: object) -> None:
    """Serve on a free port, which goes to standard output, until the process is killed."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, loop="uvloop")  # type: ignore[arg-type]
    listener = config.bind_socket()
    listener.listen(1_024)  # before anybody hears of the port
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    kind, argument = sys.argv[1:]
    if kind == "bare":
        serve(bare(float(argument)))
    else:
        with open_services(Settings(data_dir=Path(argument))) as services:
            serve(create_app(services))
