"""socials and phones_extra in the sandbox internet, through the real gateway, against the truth."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from engine.module import AnyModule
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import Score
from tests.modules.test_sites_in_sandbox import enriched

PRECISION_FLOOR, RECALL_FLOOR = 0.97, 0.93
KNOWN_MIN = 40  # values that there are to find


@pytest.mark.slow(90)
async def test_socials_finds_nearly_every_profile_and_hardly_a_wrong_one(running_sandbox: RunningSandbox) -> None:
    from engine.modules.socials import module

    await holds(module, module.produces, running_sandbox)


@pytest.mark.slow(90)
async def test_phones_extra_finds_nearly_every_number_and_hardly_a_wrong_one(running_sandbox: RunningSandbox) -> None:
    from engine.modules.phones_extra import module

    await holds(module, ("telephones_extra", "telephone_mobile"), running_sandbox)


async def holds(module: AnyModule, columns: Sequence[str], sandbox: RunningSandbox) -> None:
    """Assert the floors over all columns together, value by value."""
    truth = sandbox.truth()
    rows = await enriched(module, sandbox, rows_of(sandbox))
    cells = [
        (site, column, values(row.get(column)), values(site.columns[column]))
        for row in rows
        if (site := truth.site(str(row["site_web"]))).kind == "healthy"
        for column in columns
        if column in site.columns
    ]
    score = Score(
        sum(len(true) for *_, true in cells),
        sum(len(said) for *_, said, _ in cells),
        sum(len(said & true) for *_, said, true in cells),
    )
    wrong = [(site.family, site.site_web, column, said, true) for site, column, said, true in cells if said != true]
    assert score.expected >= KNOWN_MIN
    assert score.precision >= PRECISION_FLOOR, wrong
    assert score.recall >= RECALL_FLOOR, wrong


def values(cell: Any) -> frozenset[str]:
    return frozenset(str(cell).split(", ")) if cell else frozenset()


def rows_of(sandbox: RunningSandbox) -> list[Row]:
    """As a list of the map's businesses gives them."""
    # Branches share the site of the head office, whose name is the shortest.
    places = {place.site_web: place for place in sorted(sandbox.truth().places, key=lambda one: -len(one.nom))}
    sites = [places[site.site_web] for site in healthy(sandbox) if site.site_web in places]
    return [{"nom": one.nom, "site_web": one.site_web, "telephone": one.telephone} for one in sites]


def healthy(sandbox: RunningSandbox) -> Iterable[Any]:
    return sandbox.truth().of_kind("healthy")
