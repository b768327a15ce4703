"""Creating, listing, reading and stopping pipelines."""

from dataclasses import replace

import pytest

from engine.accounts.errors import EmailUnverified
from engine.context import Caller
from engine.errors import OutsendError
from engine.jobs import operations as jobs
from engine.jobs.errors import BadCursor
from engine.pipelines import operations
from engine.pipelines.errors import (
    NameNotText,
    NameTooLong,
    PipelineAlreadyOver,
    PipelineForbidden,
    PipelineMissing,
)
from tests.engine.pipelines.bench import IMPORT, SCRAP, Bench, chain, expire_rows, node, places, tree

CHAIN = chain(node("n1", "import", **IMPORT), node("n2", "filter"), node("n3", "emails"))
ENVELOPE = {"schema_version": 1, "name": "Dentistes", "definition": CHAIN, "meta": {"kind": "pipeline"}}


def test_validate_gives_the_complete_definition_and_its_summary(bench: Bench) -> None:
    """C-279, C-278, C-255."""
    answer = bench.owner.run(operations.validate, ENVELOPE).model_dump(mode="json")

    assert set(answer) == {"ok", "definition", "summary"}
    assert answer["summary"] == {"n_nodes": 3, "n_edges": 2, "types": ["import", "filter", "emails"]}
    assert answer["definition"]["edges"][0] == {"id": "e1", "from": "n1", "to": "n2"}
    assert bench.owner.run(operations.list_pipelines) == []


def test_validate_says_what_is_wrong_without_raising(bench: Bench) -> None:
    """C-280, C-269."""
    wrong = chain(node("n1", "scrap", **SCRAP), node("n2", "verify"))

    answer = bench.owner.run(operations.validate, wrong).model_dump(mode="json")

    assert answer == {"ok": False, "error": "Connexion scrap → verify incompatible"}


def test_a_validated_definition_can_be_posted_as_it_is(bench: Bench) -> None:
    """C-281."""
    complete = bench.owner.run(operations.validate, CHAIN).model_dump(mode="json")["definition"]

    created = bench.owner.run(operations.create, complete)

    assert bench.owner.run(operations.get, created.id).definition.model_dump(mode="json") == complete


def test_creating_starts_every_root(bench: Bench) -> None:
    """C-282, C-284."""
    graph = {"nodes": [node("a", "import", **IMPORT), node("b", "scrap", **SCRAP)], "edges": []}

    created = bench.owner.run(operations.create, graph)

    assert created.status == "running"
    assert created.initial_jobs == [bench.jobs(created.id)[one].id for one in "ab"]
    assert bench.driver.submitted == created.initial_jobs


@pytest.mark.parametrize(("given", "stored"), [(None, "Dentistes"), ("  À moi \x00", "À moi"), ("", "Pipeline")])
def test_the_name_is_the_given_one_or_the_envelopes(bench: Bench, given: str | None, stored: str) -> None:
    """C-283."""
    created = bench.owner.run(operations.create, ENVELOPE, name=given)

    assert bench.owner.run(operations.get, created.id).name == stored


def test_a_bare_definition_without_a_name_is_called_pipeline(bench: Bench) -> None:
    """C-283."""
    assert bench.owner.run(operations.get, bench.create(CHAIN)).name == "Pipeline"


def test_a_name_has_at_most_120_characters(bench: Bench) -> None:
    """C-283."""
    with pytest.raises(NameTooLong):
        bench.owner.run(operations.create, CHAIN, name="x" * 121)


def test_an_invalid_definition_leaves_nothing_behind(bench: Bench) -> None:
    with pytest.raises(OutsendError):
        bench.owner.run(operations.create, {"nodes": []})

    assert bench.owner.run(operations.list_pipelines) == []


def test_rules_that_cannot_be_applied_are_refused_at_creation_with_their_node(bench: Bench) -> None:
    wrong = chain(node("n1", "import", **IMPORT), node("n2", "filter", rules={"logic": "XOR", "conditions": []}))

    answer = bench.owner.run(operations.validate, wrong)

    assert str(answer.error).startswith("Node 'n2' : Règle invalide")


def test_a_root_that_cannot_start_leaves_a_failed_pipeline_and_no_job(bench: Bench) -> None:
    """C-285."""
    unknown = node("b", "scrap", queries=["x"], zones=["Nullepart-sur-Rien"])

    with pytest.raises(OutsendError, match="Zone introuvable"):
        bench.owner.run(operations.create, {"nodes": [node("a", "import", **IMPORT), unknown]})

    (kept,) = bench.owner.run(operations.list_pipelines)
    found = bench.owner.run(operations.get, kept.id)
    assert (found.status, found.jobs) == ("failed", [])
    assert str(found.error_message).startswith("Zone introuvable")
    assert found.completed_at is not None
    assert bench.driver.submitted == []
    assert bench.ends == [(kept.id, "failed")]


def test_searching_needs_a_verified_address_and_an_import_does_not(bench: Bench) -> None:
    """C-115, C-116."""
    newcomer = bench.caller("new@example.org", verified=False)

    newcomer.run(operations.create, CHAIN)
    with pytest.raises(EmailUnverified):
        newcomer.run(operations.create, chain(node("n1", "scrap", **SCRAP)))


def test_run_again_makes_a_new_pipeline_of_the_same_graph(bench: Bench) -> None:
    """C-306, C-428."""
    first = bench.owner.run(operations.create, ENVELOPE)

    second = bench.owner.run(operations.run_again, first.id)

    found = [bench.owner.run(operations.get, one.id) for one in (first, second)]
    assert first.id != second.id
    assert found[0].definition == found[1].definition
    assert {one.name for one in found} == {"Dentistes"}


def test_pipelines_are_their_owners_alone(bench: Bench) -> None:
    """C-242, C-307."""
    pipeline, stranger = bench.create(CHAIN), bench.caller("other@example.org")

    for operation in (operations.get, operations.cancel, operations.run_again):
        with pytest.raises(PipelineForbidden):
            stranger.run(operation, pipeline)
        with pytest.raises(PipelineMissing):
            bench.owner.run(operation, "f1a2")
    assert stranger.run(operations.list_pipelines) == []


def test_the_list_is_most_recent_first_and_ends_at_fifty(bench: Bench) -> None:
    """C-286, C-287."""
    made = [bench.create(chain(node("n1", "import", **IMPORT))) for _ in range(52)]

    listed = bench.owner.run(operations.list_pipelines)

    assert [one.id for one in listed] == made[:1:-1]


def test_an_agent_hears_of_foreign_pipelines_as_of_unknown_ones(bench: Bench) -> None:
    """C-242."""
    pipeline, stranger = bench.create(CHAIN), bench.caller("other@example.org")
    agent = Caller(bench.services, replace(stranger.principal, via="mcp"))

    for asked in (pipeline, "f1a2"):
        with pytest.raises(PipelineMissing, match=asked):
            agent.run(operations.get, asked)


def test_the_pages_tell_each_pipeline_once_while_others_are_created(bench: Bench) -> None:
    only = chain(node("n1", "import", **IMPORT))
    made = [bench.create(only) for _ in range(5)]
    bench.caller("other@example.org").run(operations.create, only)

    first = bench.owner.run(operations.list_page, limit=2)
    bench.create(only)
    second = bench.owner.run(operations.list_page, limit=2, cursor=first.next_cursor)
    last = bench.owner.run(operations.list_page, limit=2, cursor=second.next_cursor)

    pages = [[one.id for one in page.pipelines] for page in (first, second, last)]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]
    assert last.next_cursor is None


@pytest.mark.parametrize(("limit", "shown"), [(0, 1), (-3, 1), (20, 3), (9_999, 3)])
def test_the_size_of_a_page_is_clamped(bench: Bench, limit: int, shown: int) -> None:
    for _ in range(3):
        bench.create(chain(node("n1", "import", **IMPORT)))

    assert len(bench.owner.run(operations.list_page, limit=limit).pipelines) == shown


def test_a_cursor_is_the_callers_own(bench: Bench) -> None:
    foreign = bench.caller("other@example.org").run(operations.create, CHAIN).id

    for cursor in (foreign, "f1a2", "", "\x00"):
        with pytest.raises(BadCursor):
            bench.owner.run(operations.list_page, cursor=cursor)


@pytest.mark.parametrize("name", [7, ["x"], {"a": 1}])
def test_a_name_is_a_text(bench: Bench, name: object) -> None:
    with pytest.raises(NameNotText):
        bench.owner.run(operations.create, ENVELOPE | {"name": name})

    assert not bench.owner.run(operations.validate, ENVELOPE | {"name": name}).ok


def test_a_pipeline_in_the_list_counts_stages_and_rows(bench: Bench) -> None:
    """C-289."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(8))
    bench.end(pipeline, "n2", places(5))

    (listed,) = bench.owner.run(operations.list_pipelines)

    assert (listed.nodes_count, listed.done_count) == (3, 2)
    assert (listed.results_count, listed.headline_count) == (13, 5)


def test_times_are_told_as_the_page_tells_them(bench: Bench) -> None:
    """C-024."""
    shown = bench.owner.run(operations.get, bench.create(CHAIN)).model_dump(mode="json")

    assert len(shown["created_at"]) == len("2026-05-27 10:14:02")
    assert shown["created_at"][10] == " "
    assert shown["completed_at"] is None


def test_a_pipeline_has_the_documented_fields(bench: Bench) -> None:
    """C-291, C-292, C-293."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(8))

    shown = bench.owner.run(operations.get, pipeline).model_dump(mode="json")

    documented = "id user_id name definition status created_at completed_at progress_pct jobs output_job"
    assert set(documented.split()) <= set(shown)
    expected = {"job_type": "import", "status": "done", "pipeline_node_id": "n1", "results_count": 8}
    assert shown["jobs"][0].items() >= expected.items()
    assert set(shown["output_job"]) == {"id", "job_type", "results_count", "status", "download_available"}


def test_the_output_is_the_most_downstream_stage_that_ended_with_rows(bench: Bench) -> None:
    """C-293."""
    pipeline = bench.create(CHAIN)
    assert bench.owner.run(operations.get, pipeline).output_job is None

    bench.end(pipeline, "n1", places(8))
    filtered = bench.end(pipeline, "n2", places(5))
    bench.end(pipeline, "n3", how="failed")

    output = bench.owner.run(operations.get, pipeline).output_job
    assert output is not None
    assert (output.id, output.results_count, output.download_available) == (filtered.id, 5, True)


def test_partial_rows_of_a_stopped_stage_are_the_output(bench: Bench) -> None:
    """C-293."""
    pipeline = bench.create(CHAIN)

    bench.end(pipeline, "n1", places(8), how="cancelled")

    output = bench.owner.run(operations.get, pipeline).output_job
    assert output is not None
    assert (output.status, output.results_count, output.download_available) == ("cancelled", 8, True)


def test_expired_rows_are_shown_but_not_offered(bench: Bench) -> None:
    """C-293."""
    pipeline = bench.create(chain(node("n1", "import", **IMPORT)))
    job = bench.end(pipeline, "n1", places(8))
    bench.services.run(None, expire_rows, job.id)

    found = bench.owner.run(operations.get, pipeline)

    assert found.output_job is not None
    assert not found.output_job.download_available
    assert (found.status, found.progress_pct) == ("done", 100)


def test_cancel_ends_pending_jobs_at_once(bench: Bench) -> None:
    """C-288."""
    pipeline = bench.create({"nodes": [node("a", "import", **IMPORT), node("b", "import", **IMPORT)]})

    found = bench.owner.run(operations.cancel, pipeline)

    assert found.status == "cancelled"
    assert {job.status for job in found.jobs} == {"cancelled"}
    assert bench.ends == [(pipeline, "cancelled")]
    with pytest.raises(PipelineAlreadyOver):
        bench.owner.run(operations.cancel, pipeline)


def test_a_cancelled_pipeline_goes_no_further_even_when_its_job_still_ends_well(bench: Bench) -> None:
    pipeline = bench.create(CHAIN)
    running = bench.start(pipeline, "n1")

    assert bench.owner.run(operations.cancel, pipeline).status == "running"
    bench.end(pipeline, "n1", places(8), claim=running)

    assert list(bench.jobs(pipeline)) == ["n1"]
    assert bench.owner.run(operations.get, pipeline).status == "cancelled"


def test_deleted_jobs_disappear_from_the_pipeline(bench: Bench) -> None:
    pipeline = bench.create(chain(node("n1", "import", **IMPORT)))
    job = bench.end(pipeline, "n1", places(8))

    bench.owner.run(jobs.delete, job.id)

    found = bench.owner.run(operations.get, pipeline)
    assert (found.jobs, found.output_job) == ([], None)


def test_the_running_stage_counts_its_real_progress_and_transforms_count_little(bench: Bench) -> None:
    """C-290."""
    pipeline = bench.create(
        chain(node("n1", "scrap", **SCRAP), node("n2", "emails"), node("n3", "sort", sort_by="nom"))
    )
    bench.end(pipeline, "n1", places(8))
    before = bench.owner.run(operations.get, pipeline).progress_pct

    claim = bench.start(pipeline, "n2", processed=4)
    half = bench.owner.run(operations.get, pipeline).progress_pct
    bench.end(pipeline, "n2", places(8), claim=claim)
    last = bench.owner.run(operations.get, pipeline).progress_pct

    assert before < half < last < 100
    assert last >= 95


def test_nothing_is_at_hundred_before_the_end_and_a_dead_branch_has_nothing_left_to_do(bench: Bench) -> None:
    """C-289, C-290."""
    graph = tree(node("root", "import", **IMPORT), node("a", "filter"), node("b", "filter"))
    graph["nodes"].append(node("below", "emails"))
    graph["edges"].append({"from": "a", "to": "below"})
    pipeline = bench.create(graph)
    bench.end(pipeline, "root", places(2))
    bench.end(pipeline, "a", [])
    assert 90 <= bench.owner.run(operations.get, pipeline).progress_pct <= 99

    bench.end(pipeline, "b", places(1))

    assert bench.owner.run(operations.get, pipeline).progress_pct == 100
