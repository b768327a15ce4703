"""The hold-out family as hosts of a sandbox world: a child process, `python -m tests.holdout.serving DIRECTORY`.

Prints the ports in one line, and ends with standard input, so that it never outlives the tests.
"""

import asyncio
import json
import select
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from engine.sandbox.certificates import Certificates, TlsState
from engine.sandbox.dns import serve_dns
from engine.sandbox.process import RunningSandbox
from engine.sandbox.proxy import serve_proxy
from engine.sandbox.server import CA_FILE, TRUTH_FILE, Ready
from engine.sandbox.world import WEB_PORTS, Host, World, build_world
from engine.sandbox.zone import NAMESERVERS, Records
from tests.holdout.cases_fates import DESTINATIONS, FATES
from tests.holdout.family import (
    SITES,
    STUDIES,
    Answer,
    answer_of_destination,
    answer_of_fate,
    answer_of_site,
    answer_of_study,
)
from tests.holdout.kinds import Fate

try:
    from uvloop import run
except ImportError:  # not made for Windows
    from asyncio import run

REPOSITORY = Path(__file__).parents[2]
SITES_OF_THE_WORLD = 10  # the smallest world; the family is added to it
START_SECONDS = 60.0
STOP_SECONDS = 5.0


def holdout_world() -> World:
    """A small sandbox world with the family's hosts and names in it."""
    world = build_world(SITES_OF_THE_WORLD)
    for site in SITES:
        _settle(world, site.domain, answer_of_site(site), WEB_PORTS if site.secure else frozenset({80}))
    for study in STUDIES:
        _settle(world, study.domain, answer_of_study(study))
    for domain, page in DESTINATIONS.items():
        _settle(world, domain, answer_of_destination(page))
    for fate in FATES:
        _settle_fate(world, fate)
    return world


def _settle_fate(world: World, fate: Fate) -> None:
    if not fate.settled:
        return
    ports = WEB_PORTS if fate.body is not None else frozenset[int]()
    _settle(world, fate.domain, answer_of_fate(fate), ports, tls=fate.tls)
    for name in (fate.domain, f"www.{fate.domain}"):
        world.zone[name] = Records(
            a=(world.address_of(fate.domain),),
            ns=fate.nameservers or NAMESERVERS,
            temper="failure" if fate.dns_fails else "ok",
        )


def _settle(
    world: World, domain: str, answer: Answer, ports: frozenset[int] = WEB_PORTS, *, tls: TlsState = "good"
) -> None:
    """A domain with its www, answered by the same server."""
    address = world.address_of(domain)
    for name in (domain, f"www.{domain}"):
        world.hosts[name] = Host(name, address, answer, tls, ports)
        world.zone[name] = Records(a=(address,), ns=NAMESERVERS)
    world.open_ports[address] = ports


@contextmanager
def serving(directory: Path) -> Generator[RunningSandbox]:
    """The served family, ready for use; its authority lies in `directory`."""
    command = [sys.executable, "-m", "tests.holdout.serving", str(directory.resolve())]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, start_new_session=True
    )
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else ""
    if not line:
        process.kill()
        process.communicate()
        raise RuntimeError(f"the hold-out sites were not served: exit status {process.returncode}")
    ready = Ready(**json.loads(line))
    with RunningSandbox(
        process,
        proxy_port=ready.proxy_port,
        dns_port=ready.dns_port,
        ca=Path(ready.ca),
        truth=Path(ready.truth),
    ) as sandbox:
        yield sandbox


async def _serve(directory: Path) -> None:
    world = holdout_world()
    certificates = Certificates({name: host.tls for name, host in world.hosts.items()})
    certificates.write_authority(directory / CA_FILE)
    ready = Ready(
        proxy_port=await serve_proxy(world, certificates),
        dns_port=await serve_dns(world.zone),
        ca=str(directory / CA_FILE),
        truth=str(directory / TRUTH_FILE),  # not written: the family's truth lies in its cases
    )
    sys.stdout.write(json.dumps(asdict(ready)) + "\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    await reader.read()


if __name__ == "__main__":
    run(_serve(Path(sys.argv[1])))
