"""What is announced, when, to whom: in the transaction that ends a job, a pipeline, a run, or not at all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from engine.context import Caller, Context, read
from engine.jobs import operations as jobs
from engine.jobs.announce import announce_job
from engine.pipelines import operations as pipelines
from engine.pipelines.announce import announce_pipeline
from engine.veille import operations as veilles
from engine.webhooks.errors import BadWebhookUrl
from engine.webhooks.models import WebhookDelivery
from tests.engine.jobs.conftest import database_url as database_url
from tests.engine.veille.watch import SCRAP, Watch, open_watch, place

URL = "https://hooks.example/outsend"
GRAPH = {
    "nodes": [
        {"id": "n1", "type": "scrap", "config": SCRAP},
        {"id": "n2", "type": "filter", "config": {"rules": {"require_site": True}}},
    ],
    "edges": [{"from": "n1", "to": "n2"}],
}


@pytest.fixture
def watch(tmp_path: Path, database_url: str | None) -> Iterator[Watch]:
    with open_watch(tmp_path, url=database_url) as made:
        made.services.on_job_finished += (announce_job,)
        made.services.on_pipeline_finished += (announce_pipeline,)
        yield made


@read
def _deliveries(context: Context) -> list[WebhookDelivery]:
    mine = select(WebhookDelivery).where(WebhookDelivery.account_id == context.account_id)
    return list(context.session.exec(mine.order_by(col(WebhookDelivery.id))))


def told(watch: Watch) -> list[dict[str, Any]]:
    """The bodies of what is to be sent, oldest first."""
    found = watch.me.run(_deliveries)
    assert all(row.url == URL and row.event == json.loads(row.body)["event"] for row in found)
    return [json.loads(row.body) for row in found]


@pytest.mark.parametrize(("how", "rows"), [("done", 3), ("failed", 1)])
def test_the_end_of_a_job_is_announced_with_its_counts(watch: Watch, how: str, rows: int) -> None:
    job = watch.me.run(jobs.create, "scrap", SCRAP, webhook_url=URL)
    assert told(watch) == []

    watch.end(job.id, [place(n) for n in range(rows)], how=how)

    (body,) = told(watch)
    assert (body["event"], body["id"], body["status"]) == ("job.finished", job.id, how)
    assert (body["job_type"], body["counts"]["results"]) == ("scrap", rows)
    assert set(body["counts"]) == {"planned", "processed", "results", "errors"}


def test_a_cancelled_job_is_announced_and_so_is_the_end_of_its_resumption(watch: Watch) -> None:
    job = watch.me.run(jobs.create, "scrap", SCRAP, webhook_url=URL)
    watch.me.run(jobs.cancel, job.id)
    resumed = watch.me.run(pipelines.resume, job.id)
    watch.end(resumed.id, [place(1)])

    assert [(body["id"], body["status"]) for body in told(watch)] == [(job.id, "cancelled"), (resumed.id, "done")]


def test_a_job_without_a_receiver_announces_nothing(watch: Watch) -> None:
    watch.source([place(1)])

    assert told(watch) == []


@pytest.mark.parametrize("nested", [True, False], ids=["envelope", "bare graph"])
def test_a_pipeline_announces_its_own_end_alone(watch: Watch, nested: bool) -> None:
    body = {"name": "Tours", "definition": GRAPH, "webhook_url": URL} if nested else GRAPH | {"webhook_url": URL}
    made = watch.pipeline(body, {"n1": [place(1), place(2)], "n2": [place(2)]})

    (found,) = told(watch)
    assert (found["event"], found["id"], found["status"]) == ("pipeline.finished", made, "done")
    assert found["counts"] == {"nodes": 2, "done": 2, "results": 1, "errors": 0}
    assert found["output_job_id"] and found["error_message"] is None


def test_a_pipeline_whose_root_is_refused_announces_that(watch: Watch) -> None:
    graph = {"nodes": [{"id": "n1", "type": "scrap", "config": SCRAP | {"zones": ["Nowhere at all"]}}], "edges": []}
    with pytest.raises(Exception, match="Nowhere"):
        watch.me.run(pipelines.create, graph | {"webhook_url": URL})

    (found,) = told(watch)
    assert found["status"] == "failed" and "Nowhere" in found["error_message"]


def test_an_agent_can_not_name_a_receiver(watch: Watch) -> None:
    agent = Caller(watch.services, replace(watch.me.principal, via="mcp"))
    made = agent.run(pipelines.create, GRAPH | {"webhook_url": URL})
    watch.end_all(made.id, {"n1": [place(1)], "n2": [place(1)]})

    assert told(watch) == []


def test_each_run_of_a_veille_is_announced_and_not_its_job(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1), place(2)]), webhook_url=URL)
    watch.run_once(veille, [place(1, note=3.0), place(3), place(4)])
    watch.run_once(veille, how="failed")

    baseline, second, third = told(watch)
    assert {body["event"] for body in (baseline, second, third)} == {"veille.run_finished"}
    assert (baseline["id"], baseline["is_baseline"], baseline["counts"]["total"]) == (veille, True, 2)
    assert second["counts"] == {"total": 3, "new": 2, "removed": 1, "modified": 1, "unchanged": 0}
    assert (third["status"], third["counts"]["total"]) == ("failed", None) and third["error_message"]
    assert [body["run_id"] for body in (baseline, second, third)] == [run.id for run in watch.runs(veille)]


def test_the_receiver_of_a_veille_is_changed_and_taken_away(watch: Watch) -> None:
    veille = watch.create(watch.source([place(1)]))
    watch.me.run(veilles.change, veille, {"webhook_url": URL})
    watch.run_once(veille, [place(1)])
    watch.me.run(veilles.change, veille, {"webhook_url": None})
    watch.run_once(veille, [place(1)])

    assert len(told(watch)) == 1


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "ftp://hooks.example/", "https://user@hooks.example/"])
def test_a_bad_receiver_is_refused_and_nothing_is_made(watch: Watch, url: str) -> None:
    source = watch.source([place(1)])
    made = len(watch.me.run(jobs.list_jobs))

    for create, body in (
        (lambda body: watch.me.run(jobs.create, "scrap", SCRAP, **body), {}),
        (lambda body: watch.me.run(pipelines.create, GRAPH | body), {}),
        (
            lambda body: watch.me.run(veilles.create, body),
            {"name": "Tours", "source_job_id": source, "frequency_days": 7},
        ),
    ):
        with pytest.raises(BadWebhookUrl):
            create(body | {"webhook_url": url})

    assert len(watch.me.run(jobs.list_jobs)) == made
    assert watch.me.run(pipelines.list_pipelines) == [] and watch.me.run(veilles.list_veilles).items == []
    assert watch.me.run(pipelines.validate, GRAPH | {"webhook_url": url}).ok is False


def test_what_is_rolled_back_announces_nothing(watch: Watch) -> None:
    def breaks(context: Context, ended: object) -> None:
        raise RuntimeError("a later hook")

    job = watch.me.run(jobs.create, "scrap", SCRAP, webhook_url=URL)
    watch.services.on_job_finished += (breaks,)
    with pytest.raises(RuntimeError):
        watch.end(job.id, [place(1)])

    assert told(watch) == []
