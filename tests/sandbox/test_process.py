"""The process: settings, start, end."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.sandbox.process import RunningSandbox, SandboxNotStarted, start
from engine.settings import read_settings

PARENT = """
import sys, time
from pathlib import Path
from engine.sandbox.process import start
sandbox = start(sites=10, directory=Path(sys.argv[1]))
print(sandbox._process.pid, flush=True)
time.sleep(60)
"""


def test_the_settings_are_accepted_by_the_product(running_sandbox: RunningSandbox) -> None:
    settings = read_settings(running_sandbox.environment)

    assert settings == read_settings({}, **running_sandbox.overrides)
    assert settings.egress_proxies == (running_sandbox.proxy,)
    assert settings.greylist_delays == (1.0, 3.0)
    assert settings.maps_source == "places"


@pytest.mark.slow(30)
def test_a_world_of_400_sites_is_ready_after_three_seconds_of_processor_time(tmp_path: Path) -> None:
    begun = children_seconds()

    with start(sites=400, directory=tmp_path):
        pass

    assert children_seconds() - begun < 3


def children_seconds() -> float:
    """What the ended child processes have had of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow(30)
def test_two_processes_of_one_seed_tell_the_same_truth(tmp_path: Path) -> None:
    with start(sites=10, directory=tmp_path / "one") as one, start(sites=10, directory=tmp_path / "two") as two:
        assert one.truth() == two.truth()
        assert one.proxy != two.proxy


@pytest.mark.slow(30)
@pytest.mark.parametrize("sites", [9, 2_001])
def test_too_few_or_too_many_sites_do_not_start(tmp_path: Path, sites: int) -> None:
    with pytest.raises(SandboxNotStarted) as caught:
        start(sites=sites, directory=tmp_path)

    assert caught.value.code == "sandbox_not_started"


@pytest.mark.slow(30)
def test_the_sandbox_dies_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 5
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(child)


def runs(pid: int) -> bool:
    """Whether the process lives; one that is only waiting to be buried doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
