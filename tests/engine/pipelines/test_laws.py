"""Laws over random graphs, random JSON and random orders of events."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import OutsendError
from engine.jobs.models import Status
from engine.limits import RUNNING_JOBS_PER_ACCOUNT
from engine.pipelines import operations
from engine.pipelines.estimate import estimate
from engine.pipelines.models import PipelineStatus
from engine.pipelines.normalize import normalize
from engine.pipelines.schemas import Definition
from engine.pipelines.validate import validate
from engine.registry.load import node_types
from engine.rows.rules import KEYS
from engine.worker.driver import Claim
from tests.engine.pipelines.bench import IMPORT, SCRAP, Bench, Ending, chain, node, open_bench, open_jobs, places

TEXTS = st.text(max_size=8) | st.sampled_from(["\ud800", "\x00", "{0}", "nom"])  # half a surrogate pair among them
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
IDS = st.sampled_from(["a", "b", "c", "d", "", None, 1])
TYPES = st.sampled_from([*node_types(), "verify_emails", "unknown", ""]) | JSON
CONFIGS = st.sampled_from([SCRAP, IMPORT, {"sort_by": "nom"}, {"mode": "deep"}, {}]) | JSON
NODES = st.fixed_dictionaries(
    {}, optional={"id": IDS, "type": TYPES, "config": CONFIGS, "params": JSON, "x": JSON, "y": JSON}
)
EDGES = st.fixed_dictionaries({}, optional={"id": IDS, "from": IDS | JSON, "to": IDS | JSON})
GRAPHS = st.fixed_dictionaries({"nodes": st.lists(NODES, max_size=6), "edges": st.lists(EDGES, max_size=6)})
BODIES = JSON | GRAPHS | GRAPHS.map(lambda graph: {"schema_version": 1, "definition": graph})

LEAN = settings(deadline=None, max_examples=150)


def complete(body: object) -> Definition | None:
    """The normalised definition; None where it is refused in words."""
    try:
        return normalize(body)
    except OutsendError as refused:
        assert refused.text and refused.next_step
        return None


def valid(definition: Definition) -> bool:
    try:
        validate(definition)
    except OutsendError as refused:
        assert refused.text and refused.next_step
        return False
    return True


@given(BODIES)
@LEAN
def test_whatever_is_sent_is_accepted_or_refused_in_words(body: object) -> None:
    definition = complete(body)

    assert definition is None or valid(definition) in (True, False)


RULE_NAMES = st.sampled_from([*KEYS, "rules", "logic", "conditions"])
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={"column": TEXTS | JSON, "op": st.sampled_from(["=", ">=", "in", "contains", "?"]) | JSON, "value": JSON},
)
RULES = st.dictionaries(RULE_NAMES | TEXTS, JSON | st.lists(CONDITIONS, max_size=3), max_size=4)


@pytest.mark.slow(60)
@given(body=BODIES, rules=RULES)
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered_or_refused_in_words_that_can_be_sent_back(
    looked_into: tuple[Bench, str], body: object, rules: dict[str, Any]
) -> None:
    bench, pipeline = looked_into
    looks = (
        lambda: bench.owner.run(operations.validate, body),
        lambda: bench.owner.run(estimate, definition=body),
        lambda: bench.owner.run(operations.filter_preview, pipeline, "n1", rules),
    )

    for look in looks:
        try:
            look().model_dump_json()
        except OutsendError as refused:
            assert (refused.text + refused.next_step).encode()


@given(BODIES)
@LEAN
def test_normalising_twice_changes_nothing(body: object) -> None:
    definition = complete(body)
    if definition is not None:
        assert normalize(definition.model_dump(mode="json")) == definition


@st.composite
def forests(draw: st.DrawFn) -> dict[str, Any]:
    """Valid graphs of two to eight nodes, without places and edge ids."""
    graph: dict[str, Any] = {"nodes": [node("n0", "import", **IMPORT)], "edges": []}
    for number in range(1, draw(st.integers(2, 8))):
        kind = draw(st.sampled_from(["root", "filter", "filter", "sort"]))
        config = {"root": IMPORT, "sort": {"sort_by": "nom"}}.get(kind, {})
        graph["nodes"].append(node(f"n{number}", "import" if kind == "root" else kind, **config))
        if kind != "root":
            graph["edges"].append({"from": f"n{draw(st.integers(0, number - 1))}", "to": f"n{number}"})
    return graph


@given(forests())
@LEAN
def test_a_valid_graph_is_valid_again_as_it_was_answered(graph: dict[str, Any]) -> None:
    definition = normalize(graph)
    assert valid(definition)

    again = normalize(definition.model_dump(mode="json"))

    assert again == definition
    assert valid(again)


@pytest.fixture(scope="module")
def looked_into(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, str]]:
    """A pipeline with rows in front of its filter `n1`."""
    with open_bench(tmp_path_factory.mktemp("looks")) as bench:
        pipeline = bench.create(chain(node("n0", "import", **IMPORT), node("n1", "filter")))
        bench.end(pipeline, "n0", places(3))
        yield bench, pipeline


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with open_bench(tmp_path_factory.mktemp("laws")) as made:
        yield made


@pytest.mark.slow(60)
@given(graph=forests(), seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_order_jobs_end_in_the_pipeline_ends_with_each_node_run_once_at_most(
    shared_bench: Bench, graph: dict[str, Any], seed: int
) -> None:
    bench, chance = shared_bench, random.Random(seed)
    pipeline = bench.create(graph)
    running: dict[str, Claim] = {}

    while waiting := open_jobs(bench, pipeline):
        node_id = chance.choice(waiting)
        if node_id not in running and len(running) < RUNNING_JOBS_PER_ACCOUNT:
            running[node_id] = bench.start(pipeline, node_id)
        elif node_id in running:
            how: Ending = chance.choice(["done", "done", "done", "done", "done", "failed", "cancelled"])
            rows = places(chance.choice([0, 1, 2])) if how == "done" else ()
            bench.end(pipeline, node_id, rows, how=how, claim=running.pop(node_id))
        if chance.random() < 0.03 and bench.owner.run(operations.get, pipeline).status == "running":
            bench.owner.run(operations.cancel, pipeline)

    found = bench.owner.run(operations.get, pipeline)
    assert len({job.pipeline_node_id for job in found.jobs}) == len(found.jobs)
    assert [end for end in bench.ends if end[0] == pipeline] == [(pipeline, found.status)]
    assert found.status == expected_status([job.status for job in found.jobs], found.status)
    assert (found.progress_pct == 100) == (found.status == "done")


def expected_status(jobs: list[str], told: str) -> str:
    """X-48, told from the jobs; a cancel that came as the last job ended well leaves `cancelled` without such a job."""
    if Status.failed in jobs:
        return PipelineStatus.failed
    return PipelineStatus.cancelled if Status.cancelled in jobs or told == "cancelled" else PipelineStatus.done
