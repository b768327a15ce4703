"""The sandbox's process: builds the world, opens its ports, says so in one line, lives until told to end."""

import asyncio
import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from engine.sandbox.apis.stubs import STUB_HOSTS
from engine.sandbox.certificates import Certificates
from engine.sandbox.dns import serve_dns
from engine.sandbox.epochs import EPOCH_FILE
from engine.sandbox.http import Reply, Request
from engine.sandbox.imap import serve_imap, write_seeds
from engine.sandbox.proxy import serve_proxy
from engine.sandbox.truth import truth_of
from engine.sandbox.world import World, build_world

CA_FILE = "ca.pem"
TRUTH_FILE = "truth.json"
SEEDS_FILE = "delivery_seeds.toml"
FURTHER_EGRESSES = ("egress-2", "egress-3")


@dataclass(frozen=True, slots=True)
class Ready:
    """The one line that the process prints: ports on 127.0.0.1 and files."""

    proxy_port: int
    dns_port: int
    ca: str
    truth: str
    seeds: str = ""  # the file of the seed mailboxes
    further_proxy_ports: tuple[int, ...] = ()  # other ways out, for whoever is blocked on the first


async def serve(sites: int, seed: int, directory: Path, *, visits: Path | None = None, until_stdin_ends: bool) -> None:
    """Serve a world until cancelled or, when asked, until standard input ends: the parent's death ends it too.

    `visits` gets a line `METHOD address` for each request that reaches a web server.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_silence)
    world = build_world(sites, seed, epoch_file=directory / EPOCH_FILE)
    if visits is not None:
        _note_visits(world, visits)
    certificates = Certificates({name: host.tls for name, host in world.hosts.items()}, on_demand=STUB_HOSTS)
    ready = Ready(
        proxy_port=await serve_proxy(world, certificates),
        dns_port=await serve_dns(world.zone),
        ca=str(directory / CA_FILE),
        truth=str(directory / TRUTH_FILE),
        seeds=str(directory / SEEDS_FILE),
        further_proxy_ports=tuple(
            [await serve_proxy(world, certificates, egress=egress) for egress in FURTHER_EGRESSES]
        ),
    )
    await asyncio.to_thread(_write, world, certificates, ready)
    write_seeds(directory / SEEDS_FILE, await serve_imap(world.seed_desk, certificates.local()))
    # The world lives as long as the process: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    sys.stdout.write(json.dumps(asdict(ready)) + "\n")
    sys.stdout.flush()
    if until_stdin_ends:
        await _end_of_stdin(loop)
    else:
        await asyncio.Event().wait()


def _note_visits(world: World, visits: Path) -> None:
    log = visits.open("a", buffering=1, encoding="utf-8")  # as long as the process
    for name, host in world.hosts.items():
        world.hosts[name] = replace(host, answer=_noted(host.answer, log))


def _noted(answer: Callable[[Request], Reply], log: TextIO) -> Callable[[Request], Reply]:
    def note(request: Request) -> Reply:
        log.write(f"{request.method} {'https' if request.secure else 'http'}://{request.host}{request.target}\n")
        return answer(request)

    return note


def _write(world: World, certificates: Certificates, ready: Ready) -> None:
    Path(ready.ca).parent.mkdir(parents=True, exist_ok=True)
    certificates.write_authority(Path(ready.ca))
    Path(ready.truth).write_text(truth_of(world).model_dump_json(), encoding="utf-8")


async def _end_of_stdin(loop: asyncio.AbstractEventLoop) -> None:
    ended = asyncio.Event()

    def read() -> None:
        while os.read(0, 4_096):
            pass
        loop.call_soon_threadsafe(ended.set)

    # A daemon, so that Ctrl-C needn't wait for it.
    threading.Thread(target=read, daemon=True).start()
    await ended.wait()


def _silence(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Clients hang up, refuse certificates and break off uploads: that is what this world is for, and no news."""
    error = context.get("exception")
    if error is not None and not isinstance(error, OSError):
        sys.stderr.write(f"sandbox: {context.get('message')}: {error!r}\n")
