"""The phone_info module: what the numbering plans tell of a number, and where the module can be used."""

from typing import Any

import pytest

from engine.module import NoConfig
from engine.modules.phone_info import module
from tests.api.graphs import chain, node, run
from tests.api_house import ApiHouse, api_house
from tests.modules.small_web import SmallWeb

CHAIN = chain(
    node("a", "import", content="nom,telephone\nDupont,06 12 34 56 78\nMartin,\nDurand,sur demande"),
    node("b", "phone_info"),
)
PATHS = ("phone_info", "phone-info")


async def told(telephone: Any, **cells: str) -> tuple[Any, ...]:
    """Kind, operator, country, E.164."""
    found = await module.enrich({"telephone": telephone, **cells}, NoConfig(), SmallWeb({}).run())
    return tuple(found.get(column) for column in module.produces)


@pytest.mark.parametrize(
    ("telephone", "kind", "country", "e164"),
    [
        ("01 99 00 12 34", "fixed", "FR", "+33199001234"),
        ("+33 (0)6 39 98 12 34", "mobile", "FR", "+33639981234"),
        ("09 72 10 10 07", "voip", "FR", "+33972101007"),
        ("0 800 123 456", "special", "FR", "+33800123456"),
        ("0692 12 34 56", "mobile", "RE", "+262692123456"),
        ("3949", "special", "FR", None),
        ("+49 30 23125042", "fixed", "DE", "+493023125042"),
        ("0032 470 12 34 56", "mobile", "BE", "+32470123456"),
        ("+1 415 555 2671", "unknown", "US", "+14155552671"),
        ("01 99 00 12 34 / 06 39 98 12 34", "fixed", "FR", "+33199001234"),
        (465710001, "fixed", "FR", "+33465710001"),  # as a spreadsheet leaves it
        (33639981234.0, "mobile", "FR", "+33639981234"),
        ("sur demande", "unknown", None, None),
        ("00 00 00 00 00", "unknown", None, None),
        ("9" * 5_000, "unknown", None, None),
    ],
)
async def test_tells_kind_country_and_normal_form(
    telephone: Any, kind: str, country: str | None, e164: str | None
) -> None:
    found = await told(telephone)

    assert (found[0], *found[2:]) == (kind, country, e164)


@pytest.mark.parametrize(
    ("cells", "e164"),
    [
        ({"pays": "Belgique"}, "+32470123456"),
        ({"country": "BE"}, "+32470123456"),
        ({"adresse": "Rue Neuve 1, 1000 Bruxelles, Belgique"}, "+32470123456"),
        ({"site_web": "https://www.dupont.be"}, "+32470123456"),
        ({"site_web": "https://www.dupont.io"}, "+33470123456"),
        ({"site_web": "https://youtu.be/dupont"}, "+33470123456"),
        ({"site_web": "https://www.dupont.be", "pays": "France"}, "+33470123456"),
    ],
)
async def test_a_national_number_is_dialled_in_the_country_of_the_row(cells: dict[str, str], e164: str) -> None:
    assert (await told("0470 123 456", **cells))[3] == e164


async def test_names_the_operator_of_a_mobiles_range() -> None:
    assert (await told("06 12 34 56 78"))[1] == "SFR"
    assert (await told("01 99 00 12 34"))[1] is None


async def test_a_row_without_a_number_passes_with_empty_cells() -> None:
    assert await told("  ") == await told(None) == (None,) * 4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with api_house(tmp_path_factory.mktemp("phones"), works=True) as running:
        yield running


def test_it_is_a_step_of_pipelines_and_no_job_of_its_own(house: ApiHouse) -> None:
    """CONTRACT X-30, X-31."""
    with house.client("node@example.com") as client:
        schema = client.get("/api/pipelines/schema").json()["nodes"]["phone_info"]
        registry = client.get("/api/modules-registry").json()
        refused = [client.post(f"/api/jobs/{path}", json={"items": [{"telephone": "1"}]}) for path in PATHS]
        asked = {"type": "phone_info", "items": [{"telephone": "0612345678"}]}
        estimate = client.post("/api/jobs/estimate", json=asked)

    assert (schema["input"], schema["output"], schema["needs"]) == ("pois_any", "pois", ["telephone"])
    assert registry["entries"]["phone_info"]["api_endpoint"] is None
    buckets = [name for name, slugs in registry.items() if name not in ("modules", "entries") and "phone_info" in slugs]
    assert buckets == []
    assert [(one.status_code, one.json()["detail"]) for one in refused] == [
        (404, f"Module inconnu : {path}") for path in PATHS
    ]
    assert "phone_info" not in refused[0].json()["hint"]
    assert estimate.status_code in (404, 422)


def test_a_pipeline_with_it_keeps_the_rows_that_have_a_number(house: ApiHouse) -> None:
    with house.client("chain@example.com") as client:
        pipeline = run(client, CHAIN)
        rows = client.get(f"/api/jobs/{pipeline['output_job']['id']}/items").json()["items"]

    assert [(row["nom"], row["phone_type"], row["phone_e164"]) for row in rows] == [
        ("Dupont", "mobile", "+33612345678"),
        ("Durand", "unknown", None),
    ]
