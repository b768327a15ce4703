"""ads_intelligence in the sandbox internet, through the real gateway, against the truth."""

import pytest

from engine.modules.ads_intelligence import module
from engine.rows.types import Value
from engine.sandbox.process import RunningSandbox
from tests.modules.test_sites_in_sandbox import enriched, rows_of

PRECISION_FLOOR, RECALL_FLOOR = 0.97, 0.93
LEAST_EXPECTED = 5  # of a column's values, or it says nothing
NAMES = (
    *("pixels_detected", "retargeting", "ads_networks", "crm_detected", "crm_marketing", "chat_widget"),
    *("chat_widgets", "cmp_vendor"),
)
FACTS = ("ads_active", "pixel_meta", "pixel_google_ads", "ads_score")


@pytest.mark.slow(90)
async def test_names_nearly_every_tool_of_the_sandbox_sites_and_hardly_one_more(
    running_sandbox: RunningSandbox,
) -> None:
    """C-442, C-443."""
    truth = running_sandbox.truth()

    rows = await enriched(module, running_sandbox, rows_of(running_sandbox))

    known = [
        (row, site.columns)
        for row in rows
        if (site := truth.site(str(row["site_web"]))).kind == "healthy" and not site.js_only
    ]
    for column in NAMES:
        pairs = [(_names(row.get(column)), _names(right[column])) for row, right in known if column in right]
        wrong = [
            (row["site_web"], row.get(column), right[column])
            for row, right in known
            if column in right and row.get(column) != right[column]
        ]
        found, expected = (sum(len(pair[side]) for pair in pairs) for side in (0, 1))
        hits = sum(len(said & true) for said, true in pairs)
        assert expected >= LEAST_EXPECTED, column
        assert hits >= PRECISION_FLOOR * found, (column, wrong)
        assert hits >= RECALL_FLOOR * expected, (column, wrong)
    for column in FACTS:
        pairs = [(row.get(column), right[column], row["site_web"]) for row, right in known if column in right]
        assert sum(said == true for said, true, _ in pairs) >= PRECISION_FLOOR * len(pairs), (column, pairs)


def _names(cell: Value) -> set[str]:
    return set(cell.split(", ")) if isinstance(cell, str) and cell else set()
