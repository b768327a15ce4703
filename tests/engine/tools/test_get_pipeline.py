"""One pipeline, step by step."""

import asyncio
from typing import Any

from engine.context import Caller, Services
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.tools import shape
from tests.engine.tools.test_pipelines import BEST, GOOD, graph
from tests.engine.tools.toolshed import call, working


async def finished(services: Services, me: Caller, definition: dict[str, Any]) -> str:
    """The id of a pipeline that has come to its end."""
    async with working(services):
        created = await call(me, "create_pipeline", definition=definition, wait_s=30)
    return created.pipeline.id


async def test_each_step_tells_its_job_and_rows(services: Services, me: Caller) -> None:
    pipeline_id = await finished(services, me, graph(GOOD, BEST))

    seen = await call(me, "get_pipeline", pipeline_id=pipeline_id)

    assert [(step.id, step.type, step.status, step.results_count) for step in seen.nodes] == [
        ("list", "import", "done", 3),
        ("good", "filter", "done", 2),
        ("best", "sort", "done", 2),
    ]
    assert seen.output_job.id == seen.nodes[-1].job_id
    assert (seen.pipeline.status, seen.pipeline.headline_count, seen.definition) == ("done", 2, None)
    rows = await call(me, seen.next.tool, **seen.next.args)
    assert [row["nom"] for row in rows.rows] == ["Durand", "Dupont"]


async def test_steps_ahead_wait_and_next_waits_for_the_job_at_work(me: Caller) -> None:
    created = me.run(pipelines.create, graph(GOOD))

    seen = await call(me, "get_pipeline", pipeline_id=created.id)

    assert [(step.status, step.job_id) for step in seen.nodes] == [
        ("pending", created.initial_jobs[0]),
        ("waiting", None),
    ]
    assert (seen.next.tool, seen.next.args["job_id"]) == ("get_job", created.initial_jobs[0])
    assert "list_jobs finds it again" in seen.summary


async def test_detailed_adds_the_definition(me: Caller) -> None:
    created = me.run(pipelines.create, graph(GOOD))

    seen = await call(me, "get_pipeline", pipeline_id=created.id, response_format="detailed")

    assert seen.definition["nodes"][1]["config"] == {**GOOD["config"], **seen.definition["nodes"][1]["config"]}
    assert "definition" not in shape.structured(seen, lockdown=True)


async def test_steps_behind_an_end_are_skipped_and_a_step_that_can_go_on_is_named(me: Caller) -> None:
    definition = {
        "nodes": [
            {"id": "s", "type": "scrap", "config": {"queries": ["dentiste"], "zones": ["37000"]}},
            {"id": "e", "type": "emails", "config": {}},
        ],
        "edges": [{"from": "s", "to": "e"}],
    }
    created = me.run(pipelines.create, definition)
    me.run(jobs.cancel, created.initial_jobs[0])

    seen = await call(me, "get_pipeline", pipeline_id=created.id)

    assert [step.status for step in seen.nodes] == ["cancelled", "skipped"]
    assert f"resume_job with job {created.initial_jobs[0]} goes on from there. No step left rows." in seen.summary
    resumed = await call(me, "resume_job", job_id=created.initial_jobs[0])
    after = await call(me, "get_pipeline", pipeline_id=created.id)
    assert (after.pipeline.status, after.nodes[0].job_id) == ("running", resumed.job.id)


async def test_an_import_that_was_stopped_can_not_go_on(me: Caller) -> None:
    created = me.run(pipelines.create, graph(GOOD))
    me.run(jobs.cancel, created.initial_jobs[0])

    assert "resume_job" not in (await call(me, "get_pipeline", pipeline_id=created.id)).summary


async def test_twenty_steps_with_long_names_fit(me: Caller) -> None:
    nodes = [{"id": "list", "type": "import", "config": {"content": "nom\n" + "x" * 9_000}}]
    nodes += [{"id": f"{at} " + "n" * 60, "type": "filter", "config": {"require_site": True}} for at in range(19)]
    edges = [{"from": "list", "to": node["id"]} for node in nodes[1:]]
    created = me.run(pipelines.create, {"nodes": nodes, "edges": edges})

    both = await asyncio.gather(
        *(call(me, "get_pipeline", pipeline_id=created.id, response_format=rf) for rf in ("concise", "detailed"))
    )
    priced = await call(me, "estimate_job", pipeline_id=created.id)

    assert [len(seen.nodes) for seen in both] == [20, 20]
    assert "told shortened" in both[1].summary
    assert len(priced.estimate.model_dump()["nodes"]) == 20
