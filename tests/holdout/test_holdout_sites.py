"""The other modules over sites that nobody wrote them for, each on the sites that state the truth of its columns.

The rule of `test_holdout` holds here too: extractors are never tuned on these pages, and the documents settle a miss.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import get_args

import pytest

from engine.registry.load import modules
from engine.rows.types import Row
from tests.holdout.family import CASES, STUDIES, SUBJECTS
from tests.holdout.kinds import (
    AdsColumn,
    BrandColumn,
    Column,
    LegalIdColumn,
    MentionColumn,
    PhoneColumn,
    PriceColumn,
    SocialColumn,
)
from tests.holdout.scoring import score, sum_of

COLUMNS: dict[str, tuple[Column, ...]] = {
    "socials": get_args(SocialColumn),
    "phones_extra": get_args(PhoneColumn),
    "legal_ids": get_args(LegalIdColumn),
    "legal_mentions": get_args(MentionColumn),
    "pricing": get_args(PriceColumn),
    "ads_intelligence": get_args(AdsColumn),
    "brand_assets": get_args(BrandColumn),
}
FLOORS: dict[str, tuple[float, float]] = {  # precision, recall
    "socials": (0.95, 0.85),
    "phones_extra": (0.95, 0.85),
    "legal_ids": (1.00, 0.85),
    "legal_mentions": (0.95, 0.85),
    "pricing": (0.90, 0.85),
    "ads_intelligence": (0.95, 0.85),
    "brand_assets": (0.90, 0.80),
}

RunOverStudies = Callable[[str], Awaitable[list[Row]]]


@pytest.mark.slow(10)
@pytest.mark.parametrize("slug", COLUMNS)
async def test_columns_are_told_on_unseen_sites(slug: str, run_over_studies: RunOverStudies) -> None:
    if slug not in modules():
        pytest.skip(f"THE MODULE {slug} DOES NOT EXIST: its columns are not measured")

    rows = await run_over_studies(slug)

    truths = [(study.address, study.truth) for study in SUBJECTS[slug]]
    scores = [score(column, truths, rows) for column in COLUMNS[slug]]
    whole = sum_of(slug, scores)
    sys.stdout.write("\n".join(("", *map(str, scores), f"ALL OF {whole}", "")))
    precision, recall = FLOORS[slug]
    assert whole.precision >= precision
    assert whole.recall >= recall


@pytest.mark.parametrize("slug", COLUMNS)
def test_each_module_has_its_sites_and_each_column_its_truth(slug: str) -> None:
    truths = [study.truth for study in SUBJECTS[slug]]

    assert len(truths) >= 12
    for column in COLUMNS[slug]:
        assert (
            any(truth.get(column, frozenset({None})) != frozenset({None}) for truth in truths) or column == "ads_score"
        )
    assert {column for truth in truths for column in truth} <= set(COLUMNS[slug])


def test_no_domain_stands_for_two_sites() -> None:
    domains = [case.domain for case in (*CASES, *STUDIES)]

    assert len(set(domains)) == len(domains)


def test_the_invented_identifiers_hold_together() -> None:
    for study in SUBJECTS["legal_ids"]:
        (siren,) = study.truth["siren"]
        for value in (siren, *study.truth["siret"]):
            assert value is None or _luhn(value), study.domain
        for value in (*study.truth["siret"], *study.truth["tva_intra"]):
            assert value is None or (siren and siren in value), study.domain


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(map(int, "".join(map(str, doubled)))) % 10 == 0
