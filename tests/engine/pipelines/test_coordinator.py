"""What runs after what, from the creation of a pipeline to its end, in the transactions that end its jobs."""

import pytest
from sqlmodel import col, select

from engine.context import Context, FinishedJob, read, write
from engine.jobs import operations as jobs
from engine.jobs.errors import NotResumable, OutputGone
from engine.jobs.models import Job, Status
from engine.pipelines import coordinator, operations
from engine.pipelines.models import Pipeline
from tests.engine.pipelines.bench import (
    IMPORT,
    SCRAP,
    Bench,
    chain,
    expire_rows,
    node,
    open_jobs,
    places,
    tree,
)

CHAIN = chain(node("n1", "scrap", **SCRAP), node("n2", "emails"), node("n3", "verify"))
FAN = tree(node("root", "import", **IMPORT), node("a", "filter"), node("b", "sort", sort_by="nom"), node("c", "filter"))


def status(bench: Bench, pipeline_id: str) -> str:
    return bench.owner.run(operations.get, pipeline_id).status


def statuses(bench: Bench, pipeline_id: str) -> dict[str, str]:
    return {node_id: job.status for node_id, job in bench.jobs(pipeline_id).items()}


def test_a_chain_runs_node_by_node_to_its_end(bench: Bench) -> None:
    """C-284, C-303."""
    pipeline = bench.create(CHAIN)
    assert statuses(bench, pipeline) == {"n1": "pending"}

    bench.end(pipeline, "n1", places(3))
    assert statuses(bench, pipeline) == {"n1": "done", "n2": "pending"}

    bench.end(pipeline, "n2", [row | {"email": "a@b.fr"} for row in places(3)])
    bench.end(pipeline, "n3", [row | {"email": "a@b.fr", "email_status": "valid"} for row in places(3)])

    assert status(bench, pipeline) == "done"
    assert bench.ends == [(pipeline, "done")]


def test_a_successor_reads_the_rows_of_its_predecessor_and_keeps_their_columns(bench: Bench) -> None:
    """C-295, C-300."""
    pipeline = bench.create(CHAIN)

    source = bench.end(pipeline, "n1", places(3))

    job = bench.jobs(pipeline)["n2"]
    assert (job.input_job_seq, job.planned, job.source_job_id) == (source.seq, 3, source.id)
    assert job.columns == [*source.columns, "email", "email_personal"]
    assert source.columns[:3] == ["nom", "site_web", "telephone"]
    assert (job.job_type, job.pipeline_id, job.node_id) == ("emails", pipeline, "n2")
    assert job.id in bench.driver.submitted


def test_rows_without_a_needed_column_are_left_out_and_counted_in_the_notice(bench: Bench) -> None:
    pipeline = bench.create(CHAIN)

    bench.end(pipeline, "n1", [*places(3), {"nom": "Sans site"}, {"nom": "Blanc", "site_web": " "}])

    job = bench.jobs(pipeline)["n2"]
    assert job.planned == 3
    assert job.notice == ["2 lignes ignorées : sans site_web."]


def test_a_successor_for_which_no_row_is_usable_is_made_and_says_why(bench: Bench) -> None:
    pipeline = bench.create(CHAIN)

    bench.end(pipeline, "n1", [{"nom": "Sans site"}])
    job = bench.end(pipeline, "n2")

    assert (job.planned, job.notice) == (0, ["1 ligne ignorée : sans site_web."])
    assert statuses(bench, pipeline) == {"n1": "done", "n2": "done"}
    assert status(bench, pipeline) == "done"


def test_an_output_without_rows_ends_the_branch(bench: Bench) -> None:
    """C-302."""
    pipeline = bench.create(CHAIN)

    bench.end(pipeline, "n1", [])

    assert statuses(bench, pipeline) == {"n1": "done"}
    assert status(bench, pipeline) == "done"


def test_fan_out_makes_one_job_a_successor(bench: Bench) -> None:
    """C-274."""
    pipeline = bench.create(FAN)

    bench.end(pipeline, "root", places(2))

    assert statuses(bench, pipeline) == {"root": "done", "a": "pending", "b": "pending", "c": "pending"}


def test_verify_runs_as_verify_emails(bench: Bench) -> None:
    """C-296."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(1))

    bench.end(pipeline, "n2", [{"email": "a@b.fr"}])

    assert bench.jobs(pipeline)["n3"].job_type == "verify_emails"


def test_the_first_failure_stops_what_is_pending_and_asks_what_runs_to_stop(bench: Bench) -> None:
    """C-303, C-304."""
    pipeline = bench.create(FAN)
    bench.end(pipeline, "root", places(2))
    running = bench.start(pipeline, "a")

    bench.end(pipeline, "b", how="failed")

    assert statuses(bench, pipeline) == {"root": "done", "a": "running", "b": "failed", "c": "cancelled"}
    assert bench.jobs(pipeline)["a"].cancel_requested_at is not None
    assert status(bench, pipeline) == "running"

    bench.end(pipeline, "a", how="cancelled", claim=running)
    assert status(bench, pipeline) == "failed"
    assert bench.ends == [(pipeline, "failed")]


def test_a_job_that_ends_well_after_the_failure_of_another_has_no_successor(bench: Bench) -> None:
    """C-304."""
    graph = tree(node("root", "import", **IMPORT), node("a", "filter"), node("b", "filter"))
    graph["nodes"].append(node("below", "filter"))
    graph["edges"].append({"from": "a", "to": "below"})
    pipeline = bench.create(graph)
    bench.end(pipeline, "root", places(2))
    running = bench.start(pipeline, "a")
    bench.end(pipeline, "b", how="failed")

    bench.end(pipeline, "a", places(2), claim=running)

    assert "below" not in bench.jobs(pipeline)
    assert status(bench, pipeline) == "failed"


def test_cancelling_one_job_stops_the_pipeline_as_cancelled(bench: Bench) -> None:
    """C-303."""
    pipeline = bench.create(FAN)
    bench.end(pipeline, "root", places(2))

    bench.owner.run(jobs.cancel, bench.jobs(pipeline)["b"].id)

    assert set(statuses(bench, pipeline).values()) == {"done", "cancelled"}
    assert status(bench, pipeline) == "cancelled"
    assert bench.ends == [(pipeline, "cancelled")]


def test_a_successor_over_the_quota_fails_and_the_rows_so_far_stay(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = tree(node("root", "import", **IMPORT), node("a", "emails"), node("b", "filter"))
    pipeline = bench.create(graph)
    monkeypatch.setattr(coordinator, "MAX_EF_PER_JOB", 0.0001)

    bench.end(pipeline, "root", places(2))

    found = bench.jobs(pipeline)
    assert {node_id: job.status for node_id, job in found.items()} == {"root": "done", "a": "failed", "b": "cancelled"}
    assert found["a"].error_code == "quota_exceeded"
    assert str(found["a"].error_message).startswith("Quota dépassé : ")
    assert bench.owner.run(operations.get, pipeline).status == "failed"
    assert bench.ends == [(pipeline, "failed")]


def test_two_ends_of_one_job_make_one_successor(bench: Bench) -> None:
    pipeline = bench.create(CHAIN)
    job = bench.end(pipeline, "n1", places(3))
    assert job.seq is not None
    again = FinishedJob(job.seq, job.id, job.account_id, "done", job.results, pipeline, "n1")

    bench.services.run(None, write(lambda context: coordinator.advance(context, again)))

    assert bench.services.run(None, count_jobs, pipeline) == 2


def test_a_stand_alone_job_is_none_of_the_coordinators_business(bench: Bench) -> None:
    job = bench.owner.run(jobs.create, "scrap", SCRAP)

    bench.owner.run(jobs.cancel, job.id)

    assert bench.ends == []


def test_a_definition_that_no_module_runs_any_more_ends_as_failed(bench: Bench) -> None:
    pipeline = bench.create(CHAIN)
    bench.services.run(None, retype, pipeline)

    bench.end(pipeline, "n1", places(3))

    found = bench.owner.run(operations.get, pipeline)
    assert (found.status, found.error_message) == ("failed", "Type de node inconnu : gone")


def test_a_resumed_node_takes_the_whole_pipeline_on(bench: Bench) -> None:
    """C-305."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(3))
    claim = bench.start(pipeline, "n2", processed=1)
    failed = bench.end(pipeline, "n2", how="failed", claim=claim)
    assert status(bench, pipeline) == "failed"

    resumed = bench.owner.run(operations.resume, failed.id)

    assert status(bench, pipeline) == "running"
    job = bench.jobs(pipeline)["n2"]
    assert (job.id, job.attempt, job.processed) == (resumed.id, 2, 1)
    bench.end(pipeline, "n2", [{"email": "a@b.fr"}])
    bench.end(pipeline, "n3", [{"email": "a@b.fr"}])
    assert status(bench, pipeline) == "done"
    assert bench.ends == [(pipeline, "failed"), (pipeline, "done")]


def test_resuming_gives_what_the_stop_had_cancelled_a_new_attempt(bench: Bench) -> None:
    """C-305."""
    graph = tree(node("root", "import", **IMPORT), node("a", "dead_check"), node("b", "filter"), node("c", "emails"))
    pipeline = bench.create(graph)
    bench.end(pipeline, "root", places(2))
    bench.end(pipeline, "a", how="failed")
    assert statuses(bench, pipeline) == {"root": "done", "a": "failed", "b": "cancelled", "c": "cancelled"}

    bench.owner.run(operations.resume, bench.jobs(pipeline)["a"].id)

    assert open_jobs(bench, pipeline) == ["a", "b", "c"]
    assert {job.attempt for job in bench.jobs(pipeline).values()} == {1, 2}
    assert bench.jobs(pipeline)["b"].planned == 2
    for node_id in "abc":
        bench.end(pipeline, node_id, places(2))
    assert status(bench, pipeline) == "done"


def test_resuming_gives_jobs_that_ended_well_the_successors_they_miss(bench: Bench) -> None:
    """C-305."""
    graph = tree(node("root", "import", **IMPORT), node("a", "filter"), node("b", "emails"))
    graph["nodes"].append(node("below", "filter"))
    graph["edges"].append({"from": "a", "to": "below"})
    pipeline = bench.create(graph)
    bench.end(pipeline, "root", places(2))
    running = bench.start(pipeline, "a")
    failed = bench.end(pipeline, "b", how="failed")
    bench.end(pipeline, "a", places(2), claim=running)

    bench.owner.run(operations.resume, failed.id)

    assert sorted(open_jobs(bench, pipeline)) == ["b", "below"]


def test_a_job_is_not_resumed_while_its_pipeline_is_being_stopped(bench: Bench) -> None:
    pipeline = bench.create(tree(node("root", "import", **IMPORT), node("a", "filter"), node("b", "emails")))
    bench.end(pipeline, "root", places(2))
    bench.start(pipeline, "a")
    failed = bench.end(pipeline, "b", how="failed")

    with pytest.raises(NotResumable):
        bench.owner.run(operations.resume, failed.id)


def test_nothing_is_resumed_when_rows_that_another_node_needs_have_expired(bench: Bench) -> None:
    roots = [node("r1", "import", **IMPORT), node("r2", "import", **IMPORT)]
    edges = [{"from": "r1", "to": "a"}, {"from": "r2", "to": "b"}]
    pipeline = bench.create({"nodes": [*roots, node("a", "emails"), node("b", "filter")], "edges": edges})
    bench.end(pipeline, "r1", places(2))
    expiring = bench.end(pipeline, "r2", places(2))
    failed = bench.end(pipeline, "a", how="failed")
    bench.services.run(None, expire_rows, expiring.id)

    with pytest.raises(OutputGone):
        bench.owner.run(operations.resume, failed.id)

    assert status(bench, pipeline) == "failed"
    assert open_jobs(bench, pipeline) == []


def test_a_stand_alone_job_is_resumed_by_the_same_operation(bench: Bench) -> None:
    job = bench.owner.run(jobs.create, "scrap", SCRAP)
    bench.owner.run(jobs.cancel, job.id)

    assert bench.owner.run(operations.resume, job.id).status == Status.pending


@read
def count_jobs(context: Context, pipeline_id: str) -> int:
    return len(context.session.exec(select(Job.id).where(col(Job.pipeline_id) == pipeline_id)).all())


@write
def retype(context: Context, pipeline_id: str) -> None:
    pipeline = context.session.exec(select(Pipeline).where(Pipeline.id == pipeline_id)).one()
    nodes = [one | {"type": "gone"} if one["id"] == "n2" else one for one in pipeline.definition["nodes"]]
    pipeline.definition = pipeline.definition | {"nodes": nodes}
    context.session.add(pipeline)
