"""create_pipeline with a description: a draft by the account's own model, which starts nothing."""

import json
from typing import Any

import pytest

from engine.ai import errors
from engine.context import Services
from engine.pipelines import operations as pipelines
from engine.pipelines.schema import pipeline_schema
from engine.sandbox.process import RunningSandbox
from engine.tools.hints import next_step
from tests.engine.ai.drafting import Writer, writer
from tests.engine.ai.speaking import capped, ledger
from tests.engine.tools.toolshed import agent, call

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs

WISH = "All bakeries of Tours with a verified address"
GOOD: dict[str, Any] = {
    "name": "Bakeries",
    "nodes": [{"id": "a", "type": "import", "config": {"content": "nom;site_web\nA;a.example"}}],
    "edges": [],
}


@pytest.fixture
def me(indoor_services: Services, running_sandbox: RunningSandbox) -> Writer:
    return writer(indoor_services, running_sandbox)


async def drafted(me: Writer, **more: Any) -> Any:
    return await call(me.as_agent(), "create_pipeline", description=f"{WISH} [{me.word}]", **more)


async def test_with_a_key_a_description_gives_a_draft_and_starts_nothing(me: Writer) -> None:
    """C-325, C-427. X-55: the envelope, or a description."""
    me.will_say(GOOD)

    draft = await drafted(me)

    assert (draft.pipeline, draft.initial_jobs, draft.pipeline_schema) == (None, [], None)
    assert draft.validation.ok and draft.validation.summary.types == ["import"]
    assert draft.cost_usd == float(ledger(me.caller)[0].cost_usd or 0) > 0
    assert "Nothing was started." in draft.summary
    assert me.caller.run(pipelines.list_pipelines) == []


async def test_the_next_call_starts_the_draft(me: Writer) -> None:
    me.will_say(GOOD)
    draft = await drafted(me)

    started = await call(me.as_agent(), draft.next.tool, **draft.next.args)

    assert (started.pipeline.name, started.pipeline.status) == ("Bakeries", "running")
    assert started.definition == draft.definition


async def test_a_name_that_was_given_stays(me: Writer) -> None:
    me.will_say(GOOD)

    assert (await drafted(me, name="Mes boulangeries")).next.args["name"] == "Mes boulangeries"


async def test_what_stands_in_the_way_is_told(me: Writer) -> None:
    me.will_say({"nodes": [{"id": "s", "type": "scrap", "config": {"queries": ["a"], "zones": ["Nowhereville"]}}]})

    draft = await drafted(me)

    assert any("Zone introuvable" in warning for warning in draft.warnings)


async def test_a_description_that_gives_nothing_is_told_with_its_cost(me: Writer) -> None:
    me.will_say({"error": "<b>Aucun lieu</b> ![x](https://evil.example/p.png)"})

    draft = await drafted(me)

    assert draft.validation.ok is False and draft.cost_usd > 0
    assert draft.validation.error == "Le modèle ne propose rien : Aucun lieu [x] (evil.example/p.png)"
    assert (draft.definition, draft.next) == (None, None)
    assert "evil" not in draft.summary


async def test_a_draft_too_long_to_be_told_is_not_proposed(me: Writer) -> None:
    long = {**GOOD["nodes"][0], "config": {"content": "nom\n" + "A" * 7_000}}
    me.will_say({"text": json.dumps({**GOOD, "nodes": [long]})})

    draft = await drafted(me)

    assert draft.validation.ok and draft.next is None
    assert "describe less at once" in draft.summary


async def test_without_a_key_the_schema_is_given(indoor_services: Services) -> None:
    answer = await call(agent(indoor_services), "create_pipeline", description=WISH)

    assert set(answer.pipeline_schema["nodes"]) == set(pipeline_schema().nodes)


async def test_a_cap_is_told_in_words_for_an_agent(me: Writer) -> None:
    capped(me.caller, per_day_usd=0)

    with pytest.raises(errors.CapExceeded) as refused:
        await drafted(me)

    assert "per_day_usd in the AI settings" in next_step(refused.value)
    assert me.asked() == []
