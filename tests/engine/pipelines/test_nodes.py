"""Looking at what feeds a node, and trying filter rules on it."""

from typing import Any

import pytest
from sqlalchemy import text

from engine.pipelines import operations
from engine.pipelines.errors import NodeMissing, NotAFilter
from engine.rows.errors import RuleInvalid
from tests.engine.pipelines.bench import IMPORT, Bench, chain, expire_rows, node, places

CHAIN = chain(node("n1", "import", **IMPORT), node("n2", "filter"), node("n3", "emails"))
CONDITIONS = {"logic": "AND", "conditions": [{"column": "nom", "op": "in", "value": ["Commerce 1", "commerce 3"]}]}


def test_input_columns_profile_what_feeds_a_node(bench: Bench) -> None:
    """C-308, C-311."""
    pipeline = bench.create(CHAIN)
    source = bench.end(pipeline, "n1", places(8))

    found = bench.owner.run(operations.input_columns, pipeline, "n2").model_dump(mode="json")

    assert set(found) == {"columns", "row_count", "predecessor_job_id"}
    assert (found["row_count"], found["predecessor_job_id"]) == (8, source.id)
    by_name = {column["name"]: column for column in found["columns"]}
    assert (by_name["site_web"]["type"], by_name["site_web"]["fill_rate"]) == ("url", 1.0)
    assert by_name["telephone"]["fill_rate"] == 0.0
    assert by_name["nom"]["distinct_count"] == 8


@pytest.mark.parametrize("look", ["columns", "preview"])
def test_without_input_there_is_a_reason(bench: Bench, look: str) -> None:
    """C-313, C-317."""
    graph = chain(node("n1", "import", **IMPORT), node("n2", "filter"))
    pipeline = bench.create(graph)

    def reason(node_id: str) -> str | None:
        if look == "columns":
            return bench.owner.run(operations.input_columns, pipeline, node_id).reason
        return bench.owner.run(operations.filter_preview, pipeline, node_id, {}).reason

    assert reason("n2") == "no_data_yet"
    job = bench.end(pipeline, "n1", places(8))
    assert reason("n2") is None
    bench.end(pipeline, "n2", places(1))
    bench.services.run(None, expire_rows, job.id)
    assert reason("n2") == "no_csv_found"


def test_rows_that_cannot_be_read_are_a_reason_too(bench: Bench) -> None:
    """C-313."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(8))
    with bench.services.db.transaction("write") as session:
        session.connection().execute(text("UPDATE job_rows SET data = '{'"))

    assert bench.owner.run(operations.input_columns, pipeline, "n2").reason == "csv_read_error"


def test_a_root_has_no_input(bench: Bench) -> None:
    """C-313."""
    pipeline = bench.create(CHAIN)

    found = bench.owner.run(operations.input_columns, pipeline, "n1").model_dump(mode="json")

    assert found == {"columns": [], "reason": "no_predecessor"}


def test_a_node_that_is_not_in_the_graph_is_missing(bench: Bench) -> None:
    """C-242."""
    with pytest.raises(NodeMissing):
        bench.owner.run(operations.input_columns, bench.create(CHAIN), "n9")


@pytest.mark.parametrize("rules", [CONDITIONS, {"rules": CONDITIONS}])
def test_a_preview_counts_what_the_filter_would_keep(bench: Bench, rules: dict[str, Any]) -> None:
    """C-314, C-315, C-322."""
    pipeline = bench.create(CHAIN)
    source = bench.end(pipeline, "n1", places(8))

    found = bench.owner.run(operations.filter_preview, pipeline, "n2", rules).model_dump(mode="json")

    assert found == {
        "total": 8,
        "matched": 2,
        "samples": [{"nom": f"Commerce {i}", "site_web": f"https://c{i}.fr"} for i in (1, 3)],
        "predecessor_job_id": source.id,
        "fieldnames": source.columns,
        "capped": False,
    }


def test_a_preview_looks_at_the_first_5000_rows(bench: Bench) -> None:
    """C-312, C-316."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(5_003))

    found = bench.owner.run(operations.filter_preview, pipeline, "n2", {"require_site": True})

    assert (found.total, found.matched, len(found.samples), found.capped) == (5_000, 5_000, 5, True)


def test_only_filters_have_a_preview(bench: Bench) -> None:
    """C-318."""
    with pytest.raises(NotAFilter):
        bench.owner.run(operations.filter_preview, bench.create(CHAIN), "n3", {})


def test_rules_that_cannot_be_applied_are_refused(bench: Bench) -> None:
    """C-318."""
    pipeline = bench.create(CHAIN)
    bench.end(pipeline, "n1", places(1))

    with pytest.raises(RuleInvalid):
        bench.owner.run(operations.filter_preview, pipeline, "n2", {"conditions": [{"column": "nom", "op": "~"}]})
