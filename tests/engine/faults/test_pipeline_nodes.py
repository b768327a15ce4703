"""kill -9 between any two nodes of a pipeline: each node's job once, and what follows an end follows it."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import col, select

from engine.context import Caller, Services
from engine.jobs.models import Job, Status
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from tests.engine.faults.processes import Workers, saved_items
from tests.engine.jobs.invariants import check_consistent
from tests.engine.jobs.loops import progressed
from tests.house import account, rows_of

SIX_HOURS_AND_MORE = 6 * 3_600 + 60.0


def content(count: int) -> str:
    return "word;n\n" + "".join(f"w{n};{n}\n" for n in range(count))


def graph(nodes: dict[str, tuple[str, dict[str, Any]]], *edges: tuple[str, str]) -> dict[str, Any]:
    """Nodes as id: (type, config)."""
    listed = [{"id": node, "type": kind, "config": config} for node, (kind, config) in nodes.items()]
    return {"nodes": listed, "edges": [{"from": before, "to": after} for before, after in edges]}


def jobs_of(services: Services, pipeline_id: str) -> list[Job]:
    with services.db.transaction("read") as session:
        return list(session.exec(select(Job).where(Job.pipeline_id == pipeline_id).order_by(col(Job.seq))))


def is_over(caller: Caller, pipeline_id: str) -> bool:
    return caller.run(pipelines.get, pipeline_id).status != "running"


async def killed_at_every_node(caller: Caller, workers: Workers, pipeline_id: str) -> int:
    """Workers that each die around the COMMIT that ends a node, until the pipeline is over; returns how many died."""
    deaths = 0
    while not is_over(caller, pipeline_id):
        worker = workers.start(dies="before finish" if deaths % 2 == 0 else "behind finish")
        await asyncio.to_thread(workers.gone, worker)
        assert worker.exitcode == 9
        deaths += 1
    return deaths


@pytest.mark.slow(40)
async def test_a_kill_between_any_two_nodes_makes_each_nodes_job_once(services: Services, workers: Workers) -> None:
    """C-284, C-303."""
    caller = account(services)
    nodes = {
        "rows": ("import", {"content": content(12)}),
        "down": ("sort", {"sort_by": "n", "order": "desc"}),
        "top": ("sort", {"sort_by": "n", "order": "asc", "top_n": 3}),
    }
    made = caller.run(pipelines.create, graph(nodes, *pairwise(nodes)))

    deaths = await killed_at_every_node(caller, workers, made.id)

    found = jobs_of(services, made.id)
    assert caller.run(pipelines.get, made.id).status == "done"
    assert [job.node_id for job in found] == list(nodes)
    assert {job.attempt for job in found} == {1}
    assert deaths == 2 * len(nodes)
    assert [row["n"] for row in rows_of(services, found[-1])] == ["0", "1", "2"]
    for job in found:
        check_consistent(services, job)


@pytest.mark.slow(40)
async def test_an_empty_output_ends_its_branch_and_not_the_others_whoever_is_killed(
    services: Services, workers: Workers
) -> None:
    """C-274, C-302."""
    caller = account(services)
    nodes = {
        "rows": ("import", {"content": content(4)}),
        "none": (
            "filter",
            {"rules": {"logic": "AND", "conditions": [{"column": "word", "op": "=", "value": "nobody"}]}},
        ),
        "all": ("sort", {"sort_by": "n"}),
        "below none": ("sort", {"sort_by": "n"}),
        "below all": ("sort", {"sort_by": "n"}),
    }
    edges = [("rows", "none"), ("rows", "all"), ("none", "below none"), ("all", "below all")]
    made = caller.run(pipelines.create, graph(nodes, *edges))

    await killed_at_every_node(caller, workers, made.id)

    found = {job.node_id: job for job in jobs_of(services, made.id)}
    assert caller.run(pipelines.get, made.id).status == "done"
    assert {node: (job.status, job.results) for node, job in found.items()} == {
        "rows": (Status.done, 4),
        "none": (Status.done, 0),
        "all": (Status.done, 4),
        "below all": (Status.done, 4),
    }


@pytest.mark.slow(60)
async def test_the_first_failure_stops_a_pipeline_and_a_resume_goes_on_there_through_kills(
    services: Services, workers: Workers
) -> None:
    """C-303, C-304, C-305."""
    caller = account(services)
    nodes = {
        "rows": ("import", {"content": "site_web;word;n\n" + "".join(f"s{n}.example;w{n};{n}\n" for n in range(60))}),
        "enrich": ("emails", {}),
        "last": ("sort", {"sort_by": "n"}),
    }
    made = caller.run(pipelines.create, graph(nodes, *pairwise(nodes)))
    first = workers.start(dies="behind finish")
    await asyncio.to_thread(workers.gone, first)
    _, enrich = jobs_of(services, made.id)
    second = workers.start(longest_ms=400)
    await progressed(services, enrich, 5)
    await asyncio.to_thread(workers.kill, second)
    third = workers.start(later_seconds=SIX_HOURS_AND_MORE, longest_ms=4_000)
    while not is_over(caller, made.id):
        await asyncio.sleep(0.02)
    await asyncio.to_thread(workers.kill, third)
    failed = {job.node_id: job for job in jobs_of(services, made.id)}
    saved, begun = saved_items(services, failed["enrich"]), workers.begun(failed["enrich"])

    resumed = caller.run(pipelines.resume, failed["enrich"].id)
    fourth = workers.start(dies="behind finish")
    await asyncio.to_thread(workers.gone, fourth)
    workers.start()
    while not is_over(caller, made.id):
        await asyncio.sleep(0.02)

    assert {node: job.status for node, job in failed.items()} == {"rows": "done", "enrich": "failed"}
    assert failed["enrich"].error_code == "job_timeout" and 5 <= len(saved) <= len(begun) < 60
    found = jobs_of(services, made.id)
    assert [(job.node_id, job.attempt, job.status) for job in found] == [
        ("rows", 1, "done"),
        ("enrich", 1, "failed"),
        ("enrich", 2, "done"),
        ("last", 1, "done"),
    ]
    assert found[2].id == resumed.id and not set(workers.begun(found[2])) & saved
    rows: list[Row] = rows_of(services, found[3])
    assert sorted(int(str(row["n"])) for row in rows) == list(range(60))
    for job in found:
        check_consistent(services, job)
