"""What a finished search says of what it did not find."""

from collections.abc import Mapping, Sequence
from typing import Any


def empty_notice(stats: Mapping[str, Any], zones: Sequence[str], *, results: int, known: int) -> list[str]:
    """One sentence for each query without a result, or one for zones without a place; none where tiles are missing.

    `known` places were found and left out.
    """
    if stats.get("flagged_tiles") or not (queries := stats.get("query_stats")):
        return []
    silent = [query for query, counts in queries.items() if counts["tiles"] and not counts["with_results"]]
    if len(silent) < len(queries) and not results and not known:
        return [f"Aucun établissement trouvé dans les zones demandées : {', '.join(zones)}."]
    return [f"Aucun résultat pour « {query} »." for query in silent]
