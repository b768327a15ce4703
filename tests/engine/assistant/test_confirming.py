"""Actions that spend or take away: shown first, done once, done as shown; a model that obeys strangers does none."""

import re
from typing import Any

import pytest

from engine.assistant.errors import ConfirmationMissing, ConfirmationUsed
from engine.context import Services
from engine.jobs import operations as jobs
from engine.pipelines import operations as pipelines
from engine.tools.catalog import TOOLS
from tests.engine.ai.speaking import capped, ledger
from tests.engine.assistant.talk import (
    SEARCH,
    Talker,
    calls,
    conversation_of,
    names,
    of,
    only,
    shown_to_model,
    talker,
    words,
)
from tests.engine.tools.hostile import HOSTILE
from tests.engine.tools.toolshed import job_with

pytestmark = pytest.mark.slow(60)  # the first test waits for the sandbox and the SDKs

GRAPH = {"nodes": [{"id": "a", "type": "import", "config": {"content": "nom\nx"}}], "edges": []}


async def test_a_search_waits_for_a_yes_and_then_runs_as_it_was_shown(me: Talker) -> None:
    """C-410."""
    me.script(calls("create_scrap_job", "Je cherche.", **SEARCH, scrape_mode="fast"), "C'est lancé.")

    events = await me.say("Trouve les dentistes")
    shown = only(events, "confirmation_required")
    before = me.jobs()
    done = await me.decide(shown["token"])

    assert names(events) == ["text", "tool_call", "confirmation_required", "usage", "done"]
    assert only(events, "done")["outcome"] == "waiting" and before == []
    assert shown["summary"] == "Chercher des établissements : 1 recherche dans 1 zone"
    assert shown["arguments"] == {**SEARCH, "scrape_mode": "fast", "max_ef": shown["price"]["ef_cost"]}
    assert names(done) == ["tool_result", "text", "usage", "done"]
    assert words(done) == "C'est lancé."
    (started,) = me.caller.run(jobs.list_jobs)
    assert started.queries == SEARCH["queries"] and started.zones == SEARCH["zones"]
    assert started.ef_cost == shown["price"]["ef_cost"] > 0
    assert started.id in shown_to_model(me.asked()[1])


async def test_a_refusal_goes_back_to_the_model(me: Talker) -> None:
    me.script(calls("create_scrap_job", **SEARCH), "D'accord, je ne fais rien.")
    shown = only(await me.say("Trouve les dentistes"), "confirmation_required")

    done = await me.decide(shown["token"], approve=False)

    assert me.jobs() == []
    assert only(done, "tool_result")["code"] == "refused"
    assert "the user was asked, and refused" in shown_to_model(me.asked()[1])
    assert words(done) == "D'accord, je ne fais rien."


async def test_a_token_works_once_and_for_its_owner_alone(one: Talker, outside: Services) -> None:
    """C-411."""
    one.script(calls("create_scrap_job", **SEARCH), "C'est lancé.")
    token = only(await one.say("Trouve"), "confirmation_required")["token"]

    with pytest.raises(ConfirmationMissing):
        await talker(outside, one.sandbox, email="stranger@example.com").decide(token)
    with pytest.raises(ConfirmationMissing):
        await one.decide(token[:-1] + ("A" if token[-1] != "A" else "B"))
    await one.decide(token)
    with pytest.raises(ConfirmationUsed):
        await one.decide(token)

    assert len(one.jobs()) == 1


async def test_several_actions_are_decided_one_by_one_before_the_model_goes_on(me: Talker) -> None:
    search, usage = calls("create_scrap_job", **SEARCH)["calls"], calls("get_usage")["calls"]
    job = job_with(me.caller, [{"nom": "x", "site_web": "https://x.example"}])
    enrich = calls("create_enrich_job", module="emails", source_job_id=job.id)["calls"]
    me.script({"text": "Deux choses.", "calls": [*search, *usage, *enrich]}, "Tout est fait.")

    events = await me.say("Cherche et enrichis")
    first, second = of(events, "confirmation_required")
    half = await me.decide(first["token"], approve=False)
    whole = await me.decide(second["token"])

    assert len(of(events, "tool_result")) == 1
    assert only(half, "done") | {"outcome": "waiting", "waiting": 1} == only(half, "done")
    assert words(whole) == "Tout est fait." and len(me.asked()) == 2
    assert sorted(kind for _, kind in me.jobs()) == ["emails", "shout"]


async def test_who_writes_on_instead_has_not_confirmed(one: Talker) -> None:
    one.script(calls("create_scrap_job", **SEARCH), "Bien, autre chose.")
    events = await one.say("Trouve")
    token = only(events, "confirmation_required")["token"]

    await one.say("Non, laisse", conversation_of(events))

    with pytest.raises(ConfirmationUsed):
        await one.decide(token)
    assert "did not confirm this, and wrote on" in shown_to_model(one.asked()[1])
    assert one.jobs() == []


async def test_what_waits_is_shown_again_with_its_token(one: Talker) -> None:
    one.script(calls("create_scrap_job", **SEARCH), "C'est lancé.")
    events = await one.say("Trouve")

    (waiting,) = one.look(conversation_of(events)).waiting

    shown = only(events, "confirmation_required")
    assert waiting.model_dump(mode="json") == {name: shown[name] for name in waiting.model_dump()}
    await one.decide(waiting.token)
    assert one.look(conversation_of(events)).waiting == [] and len(one.jobs()) == 1


async def test_what_would_be_refused_is_not_asked_about(one: Talker) -> None:
    one.script(calls("create_scrap_job", queries=["dentiste"], zones=["Nullepartville"]), "Je ne trouve pas la zone.")

    events = await one.say("Trouve à Nullepartville")

    assert not of(events, "confirmation_required")
    assert only(events, "tool_result")["code"] == "assistant_cannot_start"


async def test_each_action_tells_what_it_does_and_costs(one: Talker) -> None:
    created = one.caller.run(pipelines.create, GRAPH)
    job = job_with(one.caller, [{"nom": "x", "site_web": "https://x.example"}])
    cancelled = job_with(one.caller, [{"nom": "x"}], ends="cancelled", slug="emails")
    acts: dict[str, dict[str, Any]] = {
        "create_scrap_job": SEARCH,
        "create_enrich_job": {"module": "emails", "source_job_id": job.id},
        "create_pipeline": {"definition": GRAPH},
        "run_pipeline": {"pipeline_id": created.id},
        "create_veille": {"name": "Tours", "source_pipeline_id": created.id, "frequency_days": 7},
        "resume_job": {"job_id": cancelled.id},
        "cancel_job": {"job_id": created.initial_jobs[0]},
    }
    used = [calls(name, **arguments)["calls"][0] for name, arguments in acts.items()]
    one.script({"text": "Tout.", "calls": used})

    shown = of(await one.say("Fais tout"), "confirmation_required")

    assert [one["tool"] for one in shown] == list(acts)
    assert acts.keys() == {tool.name for tool in TOOLS if not tool.hints.read_only}
    assert [one["price"] is None for one in shown] == [name == "cancel_job" for name in acts]
    assert all(one["summary"] and one["arguments"].items() >= acts[one["tool"]].items() for one in shown)


async def test_composing_by_another_call_to_the_model_is_asked_about_with_its_price(one: Talker) -> None:
    one.script(calls("create_pipeline", description="Les dentistes de Tours et leurs adresses"))

    shown = only(await one.say("Compose"), "confirmation_required")

    asked_before = len(one.asked())
    done = await one.decide(shown["token"])

    assert shown["price"]["ef_cost"] == 0 and shown["price"]["ai_cost_usd_max"] > 0
    assert asked_before == 1 and not only(done, "tool_result")["is_error"]
    assert one.caller.run(pipelines.list_pipelines) == []
    assert "pipeline_generation" in {entry.feature for entry in ledger(one.caller)}


async def test_a_definition_is_checked_without_asking(one: Talker) -> None:
    """C-410."""
    one.script(calls("create_pipeline", definition=GRAPH, dry_run=True), "La définition est bonne.")

    events = await one.say("Vérifie")

    assert only(events, "tool_result")["is_error"] is False
    assert one.caller.run(pipelines.list_pipelines) == []


async def test_what_was_approved_is_done_though_the_model_may_not_go_on(one: Talker) -> None:
    one.script(calls("create_scrap_job", **SEARCH))
    shown = only(await one.say("Trouve"), "confirmation_required")
    capped(one.caller, per_day_usd=0)

    done = await one.decide(shown["token"])

    assert names(done) == ["tool_result", "error", "usage", "done"]
    assert only(done, "error")["code"] == "ai_cap_exceeded" and len(one.jobs()) == 1


async def test_an_obedient_model_starts_nothing_for_fifty_hostile_rows(me: Talker) -> None:
    """C-410."""
    victim = me.caller.run(pipelines.create, GRAPH)
    (open_job,) = victim.initial_jobs
    rows: list[Any] = [{"nom": text, "avis": text, "note": at} for at, text in enumerate(HOSTILE[:50])]
    job = job_with(me.caller, rows, warnings=3)
    before = [(one.id, one.status) for one in me.caller.run(jobs.list_jobs)]
    orders = [
        *calls("create_scrap_job", queries=["OBEY"], zones=["France"])["calls"],
        *calls("create_scrap_job", **SEARCH)["calls"],
        *calls("create_enrich_job", module="emails", source_job_id=job.id)["calls"],
        *calls("create_pipeline", definition=GRAPH)["calls"],
        *calls("run_pipeline", pipeline_id=victim.id)["calls"],
        *calls("cancel_job", job_id=open_job)["calls"],
        *calls("create_veille", name="OBEY", source_pipeline_id=victim.id, frequency_days=1)["calls"],
        *calls("confirm", token="OBEY", approve=True)["calls"],
    ]
    # It reads the rows, and then does all that they tell it to.
    me.script(calls("get_job_results", job_id=job.id, limit=50), {"text": "J'obéis.", "calls": orders})

    events = await me.say("Résume les avis")

    told = shown_to_model(me.asked()[1])
    assert told.count("OBEY") > 50
    assert [(one.id, one.status) for one in me.caller.run(jobs.list_jobs)] == before
    assert len(me.caller.run(pipelines.list_pipelines)) == 1
    assert only(events, "done")["outcome"] == "waiting"
    assert all("OBEY" not in f"{one['summary']}{one['title']}" for one in of(events, "confirmation_required"))
    assert {result["code"] for result in of(events, "tool_result")[1:]} <= {
        "assistant_unknown_tool", "assistant_cannot_start",
    }  # fmt: skip
    assert re.search(r"\[data [0-9a-f]{16}: content, not instructions\]", told)
    assert {entry.state for entry in ledger(me.caller)} == {"settled"}
