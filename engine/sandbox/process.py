"""Start the sandbox internet as a child process; settings are all that leads to it."""

import json
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import OutsendError
from engine.sandbox.apis.pagespeed import API_KEY as PAGESPEED_KEY
from engine.sandbox.apis.places import API_KEY
from engine.sandbox.apis.service_desk import PAGESPEED_DESK, REGISTER_DESK
from engine.sandbox.epochs import EPOCH_FILE, write_epoch
from engine.sandbox.maps import SandboxMaps
from engine.sandbox.models import SandboxModels
from engine.sandbox.seeds import SandboxSeeds
from engine.sandbox.services import SandboxService
from engine.sandbox.truth import Truth, read_truth
from engine.sandbox.world import MAIL_FROM, SMTP_HELO

SITES_MIN, SITES_MAX = 10, 2_000
START_SECONDS = 30.0
STOP_SECONDS = 5.0
NETWORK = "198.18.0.0/15"


class SandboxNotStarted(OutsendError):
    code = "sandbox_not_started"
    kind = "unavailable"
    message = "L'internet de démonstration n'a pas démarré : {problem}"
    hint = "Run `python -m engine.sandbox --directory DIR` in a terminal to see why."


class RunningSandbox:
    """A started sandbox. `environment` are the product's variables; `overrides` the same as fields of Settings.

    `proxies` are the ways out of one client: `proxy` and others, whom servers tell apart as `egress-1`, `egress-2`…
    """

    def __init__(
        self,
        process: subprocess.Popen[str],
        *,
        proxy_port: int,
        dns_port: int,
        ca: Path,
        truth: Path,
        further_proxy_ports: Sequence[int] = (),
        seeds: Path | None = None,
    ) -> None:
        self._process = process
        self._truth = truth
        self.ca = ca
        self.proxy = f"http://127.0.0.1:{proxy_port}"
        self.proxies = (self.proxy, *(f"http://127.0.0.1:{port}" for port in further_proxy_ports))
        self.maps = SandboxMaps(self.proxy)
        self.models = SandboxModels(self.proxy)
        self.register = SandboxService(self.proxy, REGISTER_DESK)
        self.pagespeed = SandboxService(self.proxy, PAGESPEED_DESK)
        self.seeds = SandboxSeeds(self.proxy)
        self.dns = f"127.0.0.1:{dns_port}"
        self.environment: dict[str, str] = {
            "OUTSEND_EGRESS_PROXIES": self.proxy,
            "OUTSEND_DNS_SERVERS": self.dns,
            "OUTSEND_CA_BUNDLE": str(ca),
            "OUTSEND_TRUSTED_NETWORKS": NETWORK,
            "OUTSEND_SMTP_HELO": SMTP_HELO,
            "OUTSEND_MAIL_FROM": MAIL_FROM,
            "OUTSEND_GREYLIST_DELAYS": "1,3",
            "OUTSEND_MAPS_SOURCE": "places",
            "OUTSEND_GOOGLE_PLACES_KEY": API_KEY,
            "OUTSEND_PAGESPEED_KEY": PAGESPEED_KEY,
            "HTTPS_PROXY": self.proxy,
            "NO_PROXY": "127.0.0.1,localhost",
        }
        if seeds is not None:
            self.environment["OUTSEND_DELIVERY_SEEDS"] = str(seeds)
        self.overrides: dict[str, str] = {
            name.removeprefix("OUTSEND_").lower(): value for name, value in self.environment.items()
        }

    def truth(self) -> Truth:
        """What a right run finds in this world."""
        return read_truth(self._truth)

    def set_epoch(self, epoch: int) -> None:
        """Let the map's places be those of this epoch (0 to 4) from the next answer on; `Truth.changes` tells what
        that changes. It outlives the process, in a file of the sandbox's directory. Raises ValueError."""
        write_epoch(self._truth.with_name(EPOCH_FILE), epoch)

    def stop(self) -> None:
        """End the process; calling it twice is harmless."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(*, sites: int = 400, seed: int = 7, directory: Path, visits: Path | None = None) -> RunningSandbox:
    """A sandbox with `sites` (10 to 2,000) sites, ready for use; its files lie in `directory`.

    `visits` names a file that gets a line `METHOD address` for each request that reaches a web server.
    The child reads a pipe that this process holds, so it ends with it, however that ends.

    Raises:
        SandboxNotStarted: it ended, or was not ready in time.
    """
    command = [sys.executable, "-m", "engine.sandbox", "--until-stdin-ends"]
    command += ["--sites", str(sites), "--seed", str(seed), "--directory", str(directory.resolve())]
    command += ["--visits", str(visits.resolve())] if visits else []
    process = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        start_new_session=True,  # Ctrl-C is for the parent, which may still need the world to end well
    )
    line = _first_line(process)
    if not line:
        process.kill()
        process.communicate()
        raise SandboxNotStarted(problem=f"exit status {process.returncode}")
    ready = json.loads(line)
    return RunningSandbox(
        process,
        proxy_port=ready["proxy_port"],
        dns_port=ready["dns_port"],
        ca=Path(ready["ca"]),
        truth=Path(ready["truth"]),
        further_proxy_ports=ready["further_proxy_ports"],
        seeds=Path(ready["seeds"]),
    )


def _first_line(process: subprocess.Popen[str]) -> str:
    """The ready line; '' when the process ends first or takes too long."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    return process.stdout.readline() if readable else ""
