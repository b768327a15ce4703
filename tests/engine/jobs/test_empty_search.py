"""What a finished search says of what it did not find."""

from typing import Any

import pytest

from engine.jobs.empty_search import empty_notice


def counted(with_results: int, *, flagged: int = 0) -> dict[str, Any]:
    """The stats of a search of two queries in four tiles each, of which the second found something in so many."""
    queries = {"a": {"tiles": 4, "with_results": 0}, "b": {"tiles": 4, "with_results": with_results}}
    return {"query_stats": queries, "flagged_tiles": flagged}


@pytest.mark.parametrize(
    ("stats", "results", "known", "told"),
    [
        (counted(2), 7, 0, ["Aucun résultat pour « a »."]),
        (counted(0), 0, 0, ["Aucun résultat pour « a ».", "Aucun résultat pour « b »."]),
        (counted(2), 0, 0, ["Aucun établissement trouvé dans les zones demandées : Tours, Lyon."]),
        (counted(2), 0, 5, ["Aucun résultat pour « a »."]),  # all were known
        (counted(0, flagged=1), 0, 0, []),  # who knows what the refused tile has
        ({}, 0, 0, []),
    ],
)
def test_queries_and_zones_without_a_place_are_named(
    stats: dict[str, Any], results: int, known: int, told: list[str]
) -> None:
    assert empty_notice(stats, ["Tours", "Lyon"], results=results, known=known) == told
