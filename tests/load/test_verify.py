"""verify_emails through a real worker process, beside two packages in a network namespace. By `make bench`."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.score import wrong_verdicts
from engine.sandbox.truth import Truth
from tests.load.namespace import SECONDS, mixed
from tests.load.table import tell
from tests.load.workers import working

RATE = 50.0
PEER_SITES, PEER_ADDRESSES = 60, 48
PEER_NAMES = ("py3-validate-email", "verify-email")
MUTE = ("tarpit", "silent", "dns_failure")
STATUSES = {True: "valid", False: "invalid", None: "unknown"}
NAMESPACE = ("unshare", "-rnm")


def false_certainties(truth: Truth, statuses: Mapping[str, str]) -> int:
    """Live mailboxes called invalid, and the reverse."""
    opposite = {"valid": "invalid", "invalid": "valid"}
    return sum(
        status in opposite and opposite[status] in truth.addresses[address].allowed
        for address, status in statuses.items()
    )


def verified(folder: Path, world: RunningSandbox, addresses: Sequence[str]) -> tuple[float, float, list[Row]]:
    """Seconds, CPU seconds and rows of one job in a new worker."""
    with working(folder, world.environment) as worker:
        before = worker.process.cpu_seconds()
        job = worker.ended(worker.job("verify_emails", [{"email": one} for one in addresses]), seconds=SECONDS)
        cpu = worker.process.cpu_seconds() - before
        assert job.completed_at is not None
        return (job.completed_at - job.created_at).total_seconds(), cpu, worker.rows(job.id)


def asked_of(package: str, folder: Path) -> Any:
    """The peer's figures, from a namespace with the same world inside."""
    words = (sys.executable, "-m", "tests.load.namespace", str(folder), str(PEER_SITES), package, str(PEER_ADDRESSES))
    ran = subprocess.run([*NAMESPACE, *words], capture_output=True, text=True, timeout=SECONDS + 30)
    assert ran.returncode == 0, ran.stderr[-2_000:]
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.slow(300)
def test_fifty_addresses_a_second_are_verified_and_none_wrongly(tmp_path: Path, crowd: RunningSandbox) -> None:
    truth = crowd.truth()
    # Waiting is what a greylist asks for: those are judged, not timed.
    put_off = [address for address, right in truth.addresses.items() if right.cause.startswith("greylist")]
    others = [address for address in truth.addresses if address not in put_off]

    # A server that never answers takes its whole timeout, however many others are asked meanwhile.
    mute = [address for address in others if truth.addresses[address].cause in MUTE]

    seconds, cpu, rows = verified(tmp_path / "others", crowd, others)
    tail, _, _ = verified(tmp_path / "mute", crowd, mute)
    _, _, late = verified(tmp_path / "put_off", crowd, put_off)

    rate, judged = len(others) / seconds, [*rows, *late]
    wrong = wrong_verdicts(truth, judged)
    tell(
        f"verify_emails: {len(others):,} addresses at mixed servers",
        f"{rate:.0f} addresses/s, {1_000 * cpu / len(others):.1f} ms CPU each, {wrong} of {len(judged):,} wrong;"
        f" {seconds:.1f} s in all, of which {len(mute)} at servers that never answer take {tail:.1f} s by themselves",
        aim=f"{RATE:.0f}/s, none wrong",
    )
    assert len(judged) == len(truth.addresses)
    assert wrong == 0
    assert rate >= RATE


@pytest.mark.slow(300)
@pytest.mark.parametrize("package", PEER_NAMES)
def test_verify_emails_is_faster_and_righter_than_packages(tmp_path: Path, package: str) -> None:
    if subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode:
        pytest.skip("this machine allows no network namespace: packages that know no proxy can't be run")
    said = asked_of(package, tmp_path)
    with start(sites=PEER_SITES, directory=tmp_path / "world") as world:
        truth = world.truth()
        seconds, _, rows = verified(tmp_path / "data", world, mixed(truth, PEER_ADDRESSES))

    ours = false_certainties(truth, {str(row["email"]): str(row["email_status"]) for row in rows})
    statuses = {address: STATUSES[verdict] for address, verdict in said["verdicts"].items()}
    theirs = false_certainties(truth, statuses)
    rate, other = len(rows) / seconds, len(statuses) / said["seconds"]
    tell(
        f"verify_emails: {len(rows)} addresses of every kind, beside {package}",
        f"{rate:.1f} addresses/s, {ours} wrong",
        beside=f"{other:.1f} addresses/s, {theirs} wrong",
        ratio=rate / other,
    )
    assert ours == 0
    assert rate > other
