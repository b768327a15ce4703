"""Pipelines: listing, checking, starting, running again."""

from itertools import pairwise
from typing import Any

import pytest

from engine.accounts.errors import EmailUnverified
from engine.context import Caller, Services
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.pipelines.errors import UnknownNodeType
from engine.pipelines.schema import pipeline_schema
from engine.tools import shape, wait
from engine.tools.create_pipeline import DefinitionNeeded
from tests.engine.tools.toolshed import Ear, agent, call, working

LIST = "nom;note;site_web\nDupont;4;https://a.example\nDurand;5;https://b.example\nMartin;1;"


def graph(*more: dict[str, Any], content: str = LIST) -> dict[str, Any]:
    """An import, and nodes one behind the other."""
    nodes = [{"id": "list", "type": "import", "config": {"content": content}}, *more]
    edges = [{"from": a["id"], "to": b["id"]} for a, b in pairwise(nodes)]
    return {"nodes": nodes, "edges": edges}


GOOD = {"id": "good", "type": "filter", "config": {"rating_min": 4}}
BEST = {"id": "best", "type": "sort", "config": {"sort_by": "note"}}


async def test_an_envelope_starts_a_pipeline_at_once(me: Caller) -> None:
    """C-427."""
    envelope = {"schema_version": 1, "name": "Mes clients", "definition": graph(GOOD, BEST)}

    created = await call(me, "create_pipeline", **envelope)

    assert (created.pipeline.name, created.pipeline.status) == ("Mes clients", "running")
    assert created.initial_jobs == [me.run(jobs.list_jobs)[0].id]
    assert [node["id"] for node in created.definition["nodes"]] == ["list", "good", "best"]
    assert (created.validation.ok, created.validation.summary.types) == (True, ["import", "filter", "sort"])
    assert created.next.args == {"job_id": created.initial_jobs[0], "wait_s": 45}
    assert "0 of 3 steps done" in created.summary


async def test_a_wait_follows_the_pipeline_to_its_end(
    services: Services, me: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "TELL_SECONDS", 0.01)
    ear = Ear()

    async with working(services):
        created = await call(me, "create_pipeline", ear, definition=graph(GOOD, BEST), wait_s=30)

    assert created.pipeline.status == "done"
    assert "ended as done: 3 of 3 steps done, 2 rows in its furthest job." in created.summary
    rows = await call(me, created.next.tool, **created.next.args)
    assert [row["nom"] for row in rows.rows] == ["Durand", "Dupont"]
    done = [told for told, _, _ in ear.heard]
    assert ear.heard
    assert done == sorted(set(done))
    assert all(created.pipeline.id in message for *_, message in ear.heard)


async def test_at_the_deadline_a_pipeline_is_told_as_it_stands(me: Caller) -> None:
    created = await call(me, "create_pipeline", definition=graph(GOOD), wait_s=1)

    assert created.pipeline.status == "running"
    assert "list_jobs finds it again" in created.summary


async def test_a_dry_run_checks_and_starts_nothing(me: Caller) -> None:
    checked = await call(me, "create_pipeline", definition=graph(GOOD), dry_run=True)

    assert checked.validation.ok
    assert checked.pipeline is None
    assert me.run(pipelines.list_pipelines) == []
    started = await call(me, checked.next.tool, **checked.next.args)
    assert started.pipeline.status == "running"


async def test_a_dry_run_says_what_is_wrong(me: Caller) -> None:
    wrong = graph({"id": "x", "type": "telepathy", "config": {}})

    checked = await call(me, "create_pipeline", definition=wrong, dry_run=True)

    assert (checked.validation.ok, checked.validation.error) == (False, "Type de node inconnu : telepathy")
    assert checked.next is None
    assert "telepathy" not in checked.summary


async def test_a_dry_run_tells_what_would_stand_in_the_way(me: Caller) -> None:
    wide = {"queries": list("abcdefghijklmnopqrst"), "zones": ["Bretagne"]}
    definition = {"nodes": [{"id": "s", "type": "scrap", "config": wide}], "edges": []}

    checked = await call(me, "create_pipeline", definition=definition, dry_run=True)

    assert checked.validation.ok
    assert any("Quota" in warning for warning in checked.warnings)


async def test_an_invalid_definition_is_refused_in_the_validators_words(me: Caller) -> None:
    with pytest.raises(UnknownNodeType) as refused:
        await call(me, "create_pipeline", definition=graph({"id": "x", "type": "telepathy", "config": {}}))

    assert refused.value.text == "Type de node inconnu : telepathy"
    assert me.run(pipelines.list_pipelines) == []


async def test_a_root_that_can_not_start_is_refused_again_for_the_same_key(me: Caller) -> None:
    zone = {"queries": ["dentiste"], "zones": ["Nowhereville"]}
    definition = {"nodes": [{"id": "s", "type": "scrap", "config": zone}], "edges": []}

    for _ in range(2):
        with pytest.raises(OutsendError, match="Zone introuvable"):
            await call(me, "create_pipeline", definition=definition, idempotency_key="k")

    assert [one.status for one in me.run(pipelines.list_pipelines)] == ["failed"]


async def test_an_unverified_address_can_not_start_a_search_by_pipeline(services: Services) -> None:
    """C-429."""
    definition = {
        "nodes": [{"id": "s", "type": "scrap", "config": {"queries": ["a"], "zones": ["37000"]}}],
        "edges": [],
    }

    with pytest.raises(EmailUnverified):
        await call(agent(services, verified=False), "create_pipeline", definition=definition)


async def test_a_description_is_answered_with_the_schema_at_no_cost(me: Caller) -> None:
    """C-427."""
    answer = await call(me, "create_pipeline", description="All bakeries of Tours with a verified address")

    assert set(answer.pipeline_schema["nodes"]) == set(pipeline_schema().nodes)
    assert "no AI key is connected" in answer.summary
    assert (answer.next.tool, answer.next.args["dry_run"]) == ("create_pipeline", True)
    assert answer.cost_usd is None
    assert me.run(pipelines.list_pipelines) == []


async def test_neither_definition_nor_description_is_refused(me: Caller) -> None:
    with pytest.raises(DefinitionNeeded):
        await call(me, "create_pipeline", name="Empty")


async def test_a_long_definition_is_told_shortened_and_stored_whole(me: Caller) -> None:
    content = "nom\n" + "\n".join(f"Commerce {at}" for at in range(3_000))

    created = await call(me, "create_pipeline", definition=graph(content=content))

    assert len(created.definition["nodes"][0]["config"]["content"]) == 120
    assert "told shortened" in created.summary
    assert me.run(pipelines.get, created.pipeline.id).definition.nodes[0].config["content"] == content


async def test_a_stored_pipeline_runs_again_as_a_new_one(services: Services, me: Caller) -> None:
    """C-428."""
    former = await call(me, "create_pipeline", definition=graph(GOOD), name="Twice")
    async with working(services):
        again = await call(me, "run_pipeline", pipeline_id=former.pipeline.id, wait_s=30)

    assert again.pipeline.id != former.pipeline.id
    assert (again.pipeline.name, again.pipeline.status) == ("Twice", "done")
    assert [(job.job_type, job.status) for job in again.jobs] == [("import", "done"), ("filter", "done")]
    assert again.next.tool == "get_job_results"


async def test_pipelines_come_newest_first_page_by_page(me: Caller) -> None:
    """C-425."""
    made = [me.run(pipelines.create, graph(), name=f"Nr {at}").id for at in range(5)]

    first = await call(me, "list_pipelines", limit=3)
    second = await call(me, "list_pipelines", limit=3, cursor=first.next_cursor)

    assert [one.id for one in first.pipelines + second.pipelines] == made[::-1]
    assert first.summary == "3 pipelines, newest first, 3 of them running. next_cursor gives the older ones."
    assert second.next_cursor is None
    assert first.next.args == {"status": "running"}


async def test_a_name_is_told_as_plain_text(me: Caller) -> None:
    me.run(pipelines.create, graph(), name="<b>Mes</b> ![x](https://evil.example/p.png)")

    listed = await call(me, "list_pipelines")

    assert listed.pipelines[0].name == "Mes [x] (evil.example/p.png)"
    assert "evil" not in listed.summary


async def test_an_account_without_pipelines_hears_how_to_begin(me: Caller) -> None:
    listed = await call(me, "list_pipelines")

    assert "create_pipeline" in listed.summary
    assert "pipelines" in shape.structured(listed)
