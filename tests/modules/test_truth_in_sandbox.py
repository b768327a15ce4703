"""Modules over the sandbox's healthy sites, through the real gateway: precision and recall of each column, printed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from engine.registry.load import modules
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.sandbox.score import misses, score_columns
from tests.modules.test_sites_in_sandbox import enriched


@dataclass(frozen=True)
class Aim:
    """Columns of a module, what each reaches at least, and how many values there are of it at the very least.

    `lists`: those whose cells hold several values.
    """

    columns: Sequence[str]
    precision: float = 0.97
    recall: float = 0.93
    least: int = 8
    lists: Sequence[str] = ()


MENTIONS = (
    "mentions_url", "mentions_raison_sociale", "mentions_capital", "mentions_rcs", "mentions_directeur",
    "mentions_hebergeur", "mentions_email", "mentions_telephone",
)  # fmt: skip
NETWORKS = ("facebook", "instagram", "linkedin", "x_twitter", "youtube", "tiktok", "pinterest", "whatsapp")
PRICES = (
    "pricing_url", "pricing_found", "pricing_min", "pricing_max", "pricing_currency", "pricing_period",
    "pricing_free_trial",
)  # fmt: skip
TOOLS = ("pixels_detected", "retargeting", "ads_networks", "crm_detected", "crm_marketing", "chat_widgets")
AIMS = {
    "socials": (Aim(NETWORKS, least=2),),
    "phones_extra": (Aim(("telephones_extra", "telephone_mobile"), lists=("telephones_extra",)),),
    "legal_ids": (Aim(("siren", "siret", "tva_intra"), precision=1.0),),
    "legal_mentions": (Aim(MENTIONS, precision=0.98),),
    "pricing": (Aim(PRICES, precision=0.95, recall=0.90, least=2),),
    "ads_intelligence": (
        Aim(TOOLS, lists=TOOLS, least=5),
        Aim(("chat_widget", "cmp_vendor", "ads_active", "pixel_meta", "pixel_google_ads"), least=5),
        Aim(("ads_score",), least=1),
    ),
    "brand_assets": (
        Aim(("logo_url",), precision=0.95, recall=0.85, least=20),
        Aim(("logo_source",), precision=0.90, recall=0.85, least=20),
        Aim(("favicon_url", "brand_color"), precision=0.95, recall=0.90, least=20),
    ),
}  # fmt: skip


def healthy_rows(sandbox: RunningSandbox) -> list[Row]:
    """As a list of the map's businesses gives them, one row a healthy site."""
    truth = sandbox.truth()
    # Branches share the site of the head office, whose name is the shortest.
    places = {place.site_web: place for place in sorted(truth.places, key=lambda one: -len(one.nom))}
    found = [places[site.site_web] for site in truth.of_kind("healthy") if site.site_web in places]
    return [{"nom": one.nom, "site_web": one.site_web, "telephone": one.telephone} for one in found]


@pytest.mark.slow(60)
@pytest.mark.parametrize("slug", AIMS)
async def test_nearly_every_value_is_found_and_hardly_a_wrong_one(running_sandbox: RunningSandbox, slug: str) -> None:
    """C-211, C-442, C-443, C-445, C-465."""
    truth = running_sandbox.truth()

    rows = await enriched(modules()[slug], running_sandbox, healthy_rows(running_sandbox))

    for aim in AIMS[slug]:
        missed = misses(truth, rows, aim.columns, lists=aim.lists)
        for column, score in score_columns(truth, rows, aim.columns, lists=aim.lists).items():
            sys.stdout.write(
                f"{column}: precision {score.precision:.3f}, recall {score.recall:.3f} of {score.expected}\n"
            )
            assert score.expected >= aim.least, column
            assert score.precision >= aim.precision, missed
            assert score.recall >= aim.recall, missed
