"""Veilles of pipelines with reviews: places are compared, and each run brings the new reviews alone."""

import pytest

from engine.jobs import operations as jobs
from engine.jobs.models import Job
from engine.rows.types import Row
from engine.veille.errors import NotWatchable
from tests.engine.pipelines.bench import chain, node
from tests.engine.veille.watch import SCRAP, Watch, place, veille_row

GRAPH = chain(node("found", "scrap", **SCRAP), node("said", "reviews", max_reviews=5, sort="relevant"))
OLD = [place(1), place(2)]
SAID: list[Row] = [{**place(1), "avis_texte": "Bien"}]


def replayed(watch: Watch, found: list[Row], said: list[Row]) -> Job:
    """The next run, compared; its job of reviews."""
    watch.pass_days(7)
    assert watch.tick() == 1
    (root,) = watch.open_jobs()
    watch.end(root.id, found)
    (job,) = watch.open_jobs()
    watch.end_all(root.pipeline_id or "", {"said": said})
    watch.compare()
    return job


def test_places_are_compared_and_each_run_asks_for_new_reviews_alone(watch: Watch) -> None:
    """C-323, C-368, C-377."""
    source = watch.pipeline(GRAPH, {"found": OLD, "said": SAID})
    veille = watch.create("", source_job_id=None, source_pipeline_id=source)

    job = replayed(watch, [*OLD, place(3)], said=[])

    first, run = watch.runs(veille)
    assert (first.is_baseline, first.total_count) == (True, 2)
    assert (run.new_count, run.removed_count, run.unchanged_count) == (1, 0, 2)
    assert (job.job_type, job.config) == ("reviews", {"max_reviews": 5, "sort": "relevant", "only_new": True})
    assert watch.services.run(None, veille_row, veille).node_id == "found"


def test_the_pipeline_itself_brought_all_of_them(watch: Watch) -> None:
    made = watch.pipeline(GRAPH, {"found": OLD, "said": SAID})

    (job,) = (job for job in watch.me.run(jobs.list_jobs) if job.pipeline_id == made and job.job_type == "reviews")
    with watch.services.db.transaction("read") as session:
        assert session.get_one(Job, 2).config["only_new"] is False
    assert job.results_count == 1


def test_a_job_of_reviews_alone_has_no_search_to_repeat(watch: Watch) -> None:
    job = watch.me.run(jobs.create, "reviews", {}, items=[place(1)])
    watch.end(job.id, SAID)

    with pytest.raises(NotWatchable, match="reviews"):
        watch.create(job.id)
