"""kill -9 of the real worker command in mid-pipeline: nothing lost, nothing doubled. Real modules, real sockets.

Kills between nodes, without any network, are in `test_pipeline_nodes.py`.
"""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from engine.context import Caller
from engine.jobs import operations as jobs
from engine.jobs import results
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from engine.runtime import local_owner, open_services
from engine.sandbox.process import RunningSandbox
from engine.settings import Settings, read_settings

SEED = 20_261
KILLS = 6
CHAIN = ("import", "dead_check", "emails", "verify", "sort")
OWN = ["site_alive", "email", "email_personal", "email_status"]


@pytest.mark.chaos
@pytest.mark.slow(150)
def test_a_pipeline_survives_kill_9_in_its_middle(running_sandbox: RunningSandbox, tmp_path: Path) -> None:
    sites = [site.site_web for site in running_sandbox.truth().sites if site.addresses][:40]
    undisturbed, kills = _run(running_sandbox, tmp_path / "calm", sites, kills=0)
    disturbed, survived = _run(running_sandbox, tmp_path / "killed", sites, kills=KILLS)

    assert kills == 0
    assert survived >= KILLS // 2  # a fast machine may be through before the last kill
    assert [row["site_web"] for row in disturbed] == [row["site_web"] for row in undisturbed]
    assert len({row["number"] for row in disturbed}) == len(disturbed)
    for calm, killed in zip(undisturbed, disturbed, strict=True):
        assert [killed.get(column) for column in OWN] == [calm.get(column) for column in OWN]


def _run(sandbox: RunningSandbox, folder: Path, sites: list[str], *, kills: int) -> tuple[list[Row], int]:
    """The rows of the whole pipeline, and how often its worker was killed on the way."""
    settings = read_settings(sandbox.environment, data_dir=folder)
    with open_services(settings) as services:
        caller = local_owner(services)
        made = caller.run(pipelines.create, _graph(sites))
        survived = _kill_often(sandbox, settings, caller, made.id, kills)
        pipeline = caller.run(pipelines.get, made.id)
        assert pipeline.status == "done"
        assert [job.pipeline_node_id for job in pipeline.jobs] == list(CHAIN)  # each node's job once
        assert pipeline.output_job is not None
        rows = list(results.output_rows(services, caller.run(results.open_download, pipeline.output_job.id)))
        for job in pipeline.jobs:
            stored = caller.run(jobs.get, job.id)
            assert stored.processed_points == stored.grid_points_count
        return rows, survived


def _kill_often(sandbox: RunningSandbox, settings: Settings, caller: Caller, pipeline_id: str, kills: int) -> int:
    """Start a worker, kill it, start the next one, until it was killed often enough; the last one may finish."""
    chance, survived = random.Random(SEED), 0
    while True:
        worker = _worker(sandbox, settings)
        try:
            if survived < kills:
                _wait_for_progress(caller, pipeline_id)
                time.sleep(chance.uniform(0, 0.8))
                if caller.run(pipelines.get, pipeline_id).status == "running":
                    survived += 1
                    continue
            while caller.run(pipelines.get, pipeline_id).status == "running":
                time.sleep(0.1)
            return survived
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()


def _wait_for_progress(caller: Caller, pipeline_id: str) -> None:
    """Until this worker has claimed something."""
    before = _claims(caller, pipeline_id)
    while _claims(caller, pipeline_id) == before and caller.run(pipelines.get, pipeline_id).status == "running":
        time.sleep(0.02)


def _claims(caller: Caller, pipeline_id: str) -> list[tuple[str, str, int]]:
    found = caller.run(pipelines.get, pipeline_id).jobs
    return [(job.id, job.status, caller.run(jobs.get, job.id).processed_points) for job in found]


def _worker(sandbox: RunningSandbox, settings: Settings) -> "subprocess.Popen[bytes]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OUTSEND_")}
    environment = {**kept, **sandbox.environment, "OUTSEND_DATA_DIR": str(settings.data_dir)}
    return subprocess.Popen(
        [Path(sys.prefix) / "bin" / "outsend", "worker"], env=environment, stderr=subprocess.DEVNULL
    )


def _graph(sites: list[str]) -> dict[str, object]:
    content = "number;site_web\n" + "".join(f"{i};{site}\n" for i, site in enumerate(sites))
    configs: dict[str, dict[str, object]] = {"import": {"content": content}, "sort": {"sort_by": "number"}}
    nodes = [{"id": name, "type": name, "config": configs.get(name, {})} for name in CHAIN]
    edges = [{"from": before, "to": after} for before, after in pairwise(CHAIN)]
    return {"nodes": nodes, "edges": edges}
