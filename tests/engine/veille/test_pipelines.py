"""Veilles of pipelines: which rows are compared, and `new_only`."""

from typing import Any

import pytest

from engine.jobs import operations as jobs
from engine.jobs import store
from engine.jobs.models import Job
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from engine.veille import operations as veilles
from engine.veille.errors import NewOnlyNeedsPipeline, NoWatchableRoot
from tests.engine.pipelines.bench import IMPORT, chain, node, tree
from tests.engine.veille.watch import SCRAP, Watch, place

FILTERED = chain(node("found", "scrap", **SCRAP), node("kept", "filter", rating_min=4))
ENRICHED = chain(node("found", "scrap", **SCRAP), node("mail", "emails"), node("kept", "filter"))
OLD = [place(1), place(2)]


def veille_of(watch: Watch, definition: dict[str, Any], rows: dict[str, Any], **more: Any) -> int:
    source = watch.pipeline(definition, rows)
    return watch.create("", source_job_id=None, source_pipeline_id=source, **more)


def due(watch: Watch) -> Job:
    """The root's job of the next replay."""
    watch.pass_days(7)
    assert watch.tick() == 1
    (job,) = watch.open_jobs()
    return job


def items_of(watch: Watch, job: Job) -> list[Row]:
    with watch.services.db.transaction("read") as session:
        return [row for _, row in store.inputs(session, job.seq or 0, -1)]


def status_of(watch: Watch, pipeline_id: str | None) -> str:
    return watch.me.run(pipelines.get, pipeline_id or "").status


def test_the_furthest_node_s_rows_are_compared(watch: Watch) -> None:
    """C-323."""
    veille = veille_of(watch, FILTERED, {"found": OLD, "kept": OLD})
    root = due(watch)

    watch.end_all(root.pipeline_id or "", {"found": [*OLD, place(3), place(4)], "kept": [place(1), place(4)]})
    watch.compare()

    first, run = watch.runs(veille)
    assert (first.is_baseline, first.total_count) == (True, 2)
    assert (run.new_count, run.removed_count, run.unchanged_count) == (1, 1, 1)
    assert (run.pipeline_id, run.job_status) == (root.pipeline_id, "done")


def test_a_branch_that_ends_early_leaves_no_rows_rather_than_those_before_it(watch: Watch) -> None:
    veille = veille_of(watch, FILTERED, {"found": OLD, "kept": OLD})
    root = due(watch)

    watch.end_all(root.pipeline_id or "", {"found": [], "kept": []})
    watch.compare()

    run = watch.runs(veille)[-1]
    assert (run.new_count, run.removed_count, run.total_count, run.job_id) == (0, 2, 0, root.id)


def test_a_pipeline_that_fails_makes_a_failed_run(watch: Watch) -> None:
    veille = veille_of(watch, FILTERED, {"found": OLD, "kept": OLD})

    watch.end(due(watch).id, [place(9)], how="failed")
    watch.compare()

    assert [run.status for run in watch.runs(veille)] == ["done", "failed"]


def test_a_pipeline_without_a_search_can_t_be_watched(watch: Watch) -> None:
    definition = chain(node("list", "import", **IMPORT))
    source = watch.pipeline(definition, {"list": OLD})

    with pytest.raises(NoWatchableRoot):
        watch.create("", source_job_id=None, source_pipeline_id=source)


def test_with_new_only_the_stages_behind_the_search_get_the_new_places_alone(watch: Watch) -> None:
    veille = veille_of(watch, ENRICHED, {"found": OLD, "mail": OLD, "kept": OLD}, new_only=True)
    root = due(watch)
    siteless = place(5, site_web=None)

    watch.end(root.id, [place(2, note=1.0), place(3), siteless, place(4)])
    waiting = (watch.open_jobs(), status_of(watch, root.pipeline_id))
    watch.compare()

    (mail,) = watch.open_jobs()
    run = watch.runs(veille)[-1]
    assert waiting == ([], "running")
    assert (mail.node_id, items_of(watch, mail)) == ("mail", [place(3), place(4)])
    assert (mail.planned, mail.notice) == (2, ["1 ligne ignorée : sans site_web."])
    assert (run.status, run.new_count, run.modified_count, run.removed_count) == ("done", 3, 1, 1)
    watch.end_all(root.pipeline_id or "", {"mail": [place(3)], "kept": [place(3)]})
    assert status_of(watch, root.pipeline_id) == "done"


@pytest.mark.parametrize("found", [[], OLD])
def test_with_new_only_and_nothing_new_the_pipeline_ends(watch: Watch, found: list[Row]) -> None:
    veille = veille_of(watch, ENRICHED, {"found": OLD, "mail": OLD, "kept": OLD}, new_only=True)
    root = due(watch)

    watch.end(root.id, found)
    watch.compare()

    assert (watch.open_jobs(), status_of(watch, root.pipeline_id)) == ([], "done")
    assert watch.runs(veille)[-1].new_count == 0


def test_a_new_only_pipeline_that_is_cancelled_while_it_waits_is_not_compared(watch: Watch) -> None:
    veille = veille_of(watch, ENRICHED, {"found": OLD, "mail": OLD, "kept": OLD}, new_only=True)
    root = due(watch)
    watch.end(root.id, [place(3)])

    watch.me.run(pipelines.cancel, root.pipeline_id or "")
    watch.compare()

    assert (watch.open_jobs(), watch.runs(veille)[-1].status) == ([], "failed")
    again = due(watch)
    watch.end(again.id, [*OLD, place(3)])
    watch.compare()
    assert watch.runs(veille)[-1].new_count == 1


def test_a_stage_that_was_stopped_gets_the_same_new_places_when_it_is_resumed(watch: Watch) -> None:
    twigs = tree(node("found", "scrap", **SCRAP), node("a", "emails"), node("b", "dead_check"))
    veille_of(watch, twigs, {"found": OLD, "a": OLD, "b": OLD}, new_only=True)
    root = due(watch)
    watch.end(root.id, [*OLD, place(3)])
    watch.compare()
    first, second = watch.open_jobs()
    watch.end(first.id, [], how="failed")

    watch.me.run(pipelines.resume, first.id)

    again = {job.node_id: items_of(watch, job) for job in watch.open_jobs()}
    assert second.node_id == "b"
    assert again == {"a": [place(3)], "b": [place(3)]}


def test_new_only_needs_a_pipeline_with_one_root(watch: Watch) -> None:
    two = {"nodes": [node("a", "scrap", **SCRAP), node("b", "scrap", **SCRAP)], "edges": []}
    source = watch.pipeline(two, {"a": OLD, "b": OLD})

    for body in ({"source_pipeline_id": source}, {"source_job_id": watch.source(OLD)}):
        with pytest.raises(NewOnlyNeedsPipeline):
            watch.me.run(veilles.create, {"name": "xx", "frequency_days": 7, "new_only": True} | body)


def test_deleting_the_rows_of_a_waiting_pipeline_ends_it(watch: Watch) -> None:
    veille = veille_of(watch, ENRICHED, {"found": OLD, "mail": OLD, "kept": OLD}, new_only=True)
    root = due(watch)
    watch.end(root.id, [place(3)])
    watch.me.run(jobs.delete, root.id)

    watch.compare()

    assert watch.runs(veille)[-1].status == "done"  # the rows were still there, for the comparison alone
    assert status_of(watch, root.pipeline_id) == "failed"
