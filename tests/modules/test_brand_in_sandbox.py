"""brand_assets in the sandbox internet, through the real gateway, against the truth."""

import pytest

from engine.modules.brand_assets import module
from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import score_columns
from tests.modules.test_sites_in_sandbox import enriched, rows_of

# Column -> precision, recall.
FLOORS = {
    "logo_url": (0.95, 0.85),
    "logo_source": (0.90, 0.85),
    "favicon_url": (0.97, 0.95),
    "brand_color": (0.95, 0.90),
}


@pytest.mark.slow(90)
async def test_finds_nearly_every_logo_favicon_and_colour_and_hardly_a_wrong_one(
    running_sandbox: RunningSandbox,
) -> None:
    """C-445."""
    truth = running_sandbox.truth()

    healthy = {site.site_web for site in truth.of_kind("healthy")}
    rows = [row for row in rows_of(running_sandbox) if row["site_web"] in healthy]
    rows = await enriched(module, running_sandbox, rows)

    wrong = [
        (site.family, site.site_web, column, row.get(column), site.columns[column])
        for row in rows
        for site in [truth.site(str(row["site_web"]))]
        for column in FLOORS
        if column in site.columns and row.get(column) != site.columns[column]
    ]
    for column, score in score_columns(truth, rows, list(FLOORS)).items():
        precision, recall = FLOORS[column]
        assert score.expected >= 20, column
        assert score.precision >= precision, (column, score, wrong)
        assert score.recall >= recall, (column, score, wrong)
