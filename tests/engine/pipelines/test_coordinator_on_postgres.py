"""The same on PostgreSQL, where several jobs of a pipeline really end at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine.jobs.models import Job
from engine.pipelines import operations
from engine.worker.driver import Claim
from tests.engine.pipelines.bench import IMPORT, Bench, Ending, node, open_bench, places, tree

LEAVES = ("a", "b", "c", "d")
FAN = tree(node("root", "import", **IMPORT), *(node(leaf, "filter") for leaf in LEAVES))

pytestmark = pytest.mark.slow(60)


@pytest.fixture(scope="module")
def bench(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("pg"), url=postgres_url) as made:
        yield made


def end_together(bench: Bench, pipeline: str, how: Ending) -> None:
    """Let four workers end the four leaves in the same instant."""
    claims = {leaf: bench.start(pipeline, leaf) for leaf in LEAVES}
    together = Barrier(len(LEAVES))

    def end(leaf: str, claim: Claim) -> None:
        together.wait()
        bench.end(pipeline, leaf, places(1) if how == "done" else (), how=how, claim=claim)

    with ThreadPoolExecutor(len(LEAVES)) as workers:
        list(workers.map(end, claims, claims.values()))


@pytest.mark.parametrize("how", ["done", "failed", "cancelled"])
def test_the_last_of_several_that_end_at_once_ends_the_pipeline(bench: Bench, how: Ending) -> None:
    for _ in range(10):
        pipeline = bench.create(FAN)
        bench.end(pipeline, "root", places(2))

        end_together(bench, pipeline, how)

        assert bench.owner.run(operations.get, pipeline).status == how
        assert [end for end in bench.ends if end[0] == pipeline] == [(pipeline, how)]


def test_a_job_that_another_transaction_holds_is_asked_to_stop_after_the_commit(bench: Bench) -> None:
    pipeline = bench.create(FAN)
    bench.end(pipeline, "root", places(2))
    running, failing = bench.start(pipeline, "a"), bench.start(pipeline, "b")
    held = bench.jobs(pipeline)["a"]

    with ThreadPoolExecutor(1) as other:
        with bench.services.db.transaction("write") as session:
            session.get_one(Job, held.seq, with_for_update=True)
            ended = other.submit(bench.end, pipeline, "b", how="failed", claim=failing)
            while bench.jobs(pipeline)["c"].status != "cancelled":
                pass
            assert bench.jobs(pipeline)["a"].cancel_requested_at is None
        ended.result()

    assert bench.jobs(pipeline)["a"].cancel_requested_at is not None
    bench.end(pipeline, "a", how="cancelled", claim=running)
    assert bench.owner.run(operations.get, pipeline).status == "failed"
