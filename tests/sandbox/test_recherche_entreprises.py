"""The replica of the public search over the French company register."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from engine.sandbox.apis.company_documents import HIDDEN
from engine.sandbox.apis.recherche_entreprises import PER_SECOND, REGISTER_HOST
from engine.sandbox.apis.service_desk import REGISTER_DESK, ServiceRules
from engine.sandbox.process import RunningSandbox
from engine.sandbox.services import SandboxService
from engine.sandbox.truth import Truth
from tests.sandbox.client import Client, Fetched


async def get(client: Client, **params: object) -> Fetched:
    return await client.get(f"https://{REGISTER_HOST}/search?{urlencode(params)}")


def told(answer: Fetched) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def search(client: Client, **params: object) -> dict[str, Any]:
    return told(await get(client, **params))


@pytest.fixture(autouse=True)
def register(running_sandbox: RunningSandbox) -> Iterator[SandboxService]:
    """Without its limit: the tests of this file ask faster than anybody may."""
    service = running_sandbox.register
    with service.misbehaving(ServiceRules(limit=1_000)):
        service.forget_requests()
        yield service


async def test_a_siren_leads_to_its_company_and_a_siret_to_its_establishment(client: Client, truth: Truth) -> None:
    one = next(one for one in truth.companies.values() if len(one.sirets) > 1 and "adresse_siege" in one.columns)

    by_siren = (await search(client, q=one.siren, code_postal="20000"))["results"]
    by_siret = (await search(client, q=f"{one.sirets[1][:9]} {one.sirets[1][9:]}"))["results"]

    assert [by_siren[0]["siren"], by_siret[0]["siren"]] == [one.siren, one.siren]
    assert by_siren[0]["matching_etablissements"] == []
    assert [office["siret"] for office in by_siret[0]["matching_etablissements"]] == [one.sirets[1]]
    assert by_siret[0]["siege"]["siret"] == one.sirets[0]
    assert by_siret[0]["siege"]["adresse"] == one.columns["adresse_siege"]


async def test_an_unknown_number_is_an_empty_answer(client: Client, truth: Truth) -> None:
    absent = next(site.siren for site in truth.sites if site.siren and site.siren not in truth.companies)

    answers = [await search(client, q=number) for number in (absent, "000000000", "00000000000000")]

    assert {(answer["total_results"], answer["total_pages"]) for answer in answers} == {(0, 0)}


async def test_the_answer_holds_what_the_truth_says(client: Client, truth: Truth) -> None:
    states = {"active": "A", "cessée": "C"}
    for one in list(truth.companies.values())[::9]:
        company = (await search(client, q=one.siren))["results"][0]
        columns = one.columns

        assert company["activite_principale"] == columns["code_naf"]
        assert company["date_creation"] == columns["date_creation"]
        assert company["etat_administratif"] == states[str(columns["etat_administratif"])]
        if columns.get("raison_sociale"):
            assert columns["raison_sociale"] in (company["nom_raison_sociale"], company["nom_complet"])
        years: Mapping[str, Mapping[str, int]] = company["finances"] or {}
        assert columns.get("chiffre_affaires", 0) == (years[max(years)]["ca"] if years else None)


async def test_directors_are_persons_companies_and_auditors(client: Client, truth: Truth) -> None:
    seen: list[list[tuple[str, str]]] = []
    for one in truth.companies.values():
        leaders = (await search(client, q=one.siren, minimal="true", include="dirigeants"))["results"][0]["dirigeants"]
        persons = [leader for leader in leaders if leader["type_dirigeant"] == "personne physique"]
        seen.append([(leader["type_dirigeant"], leader["qualite"]) for leader in leaders])
        if one.columns.get("dirigeant"):
            names = [f"{person['prenoms']} {person['nom']}" for person in persons]
            assert one.columns["dirigeant"] in names
        elif "dirigeant" in one.columns:
            assert not persons or persons[0]["nom"] == HIDDEN
        if len(seen) > 150:
            break

    assert any(kinds[0][0] == "personne morale" and len(kinds) > 1 for kinds in seen)
    assert any("Commissaire aux comptes" in kinds[0][1] for kinds in seen)


async def test_a_name_finds_the_companies_that_bear_it_in_a_town(client: Client, truth: Truth) -> None:
    clear = [one for one in truth.places if truth.name_matches[one.place_id].right == "found"]

    for place in clear[:12]:
        found = (await search(client, q=place.nom, code_postal=place.code_postal, per_page=25))["results"]
        assert truth.name_matches[place.place_id].siren in [one["siren"] for one in found]


async def test_a_name_may_lead_to_nobody_or_to_several(client: Client, truth: Truth) -> None:
    unclear = [one for one in truth.places if truth.name_matches[one.place_id].right == "nothing"]

    found = [(await search(client, q=one.nom, code_postal=one.code_postal))["total_results"] for one in unclear]

    assert 0 in found
    assert max(found) > 1


async def test_a_company_is_found_by_its_sign_and_by_the_town_of_a_branch(client: Client, truth: Truth) -> None:
    branched = [one for one in truth.companies.values() if len(one.sirets) > 1 and one.columns.get("adresse_siege")]
    elsewhere: list[dict[str, Any]] = []
    for one in branched:
        company = (await search(client, q=one.sirets[1]))["results"][0]
        office = company["matching_etablissements"][0]
        found = await search(client, q=company["nom_complet"].partition(" (")[0], code_postal=office["code_postal"])
        assert one.siren in [other["siren"] for other in found["results"]]
        if office["code_postal"] != company["siege"]["code_postal"]:
            elsewhere.append(company)

    assert elsewhere


async def test_a_discreet_owner_is_masked_and_found_by_number_alone(client: Client, truth: Truth) -> None:
    one = next(one for one in truth.companies.values() if one.columns.get("raison_sociale", "") is None)

    company = (await search(client, q=one.siren))["results"][0]

    assert company["statut_diffusion"] == "P"
    assert {company["nom_complet"], company["siege"]["adresse"], company["dirigeants"][0]["nom"]} == {HIDDEN}
    assert one.columns["dirigeant"] is None
    assert company["siege"]["libelle_commune"]


async def test_a_minimal_answer_holds_only_what_is_included(client: Client, truth: Truth) -> None:
    siren = next(iter(truth.companies))

    alone = (await search(client, q=siren, minimal="true"))["results"][0]
    more = (await search(client, q=siren, minimal="true", include="siege,finances"))["results"][0]
    full = (await search(client, q=siren))["results"][0]

    assert set(more) - set(alone) == {"siege", "finances"}
    assert set(full) - set(more) == {"dirigeants", "matching_etablissements", "complements", "tva"}


async def test_results_come_in_pages_the_biggest_first(client: Client) -> None:
    first = await search(client, q="du", departement="69", per_page=3)
    assert first["total_results"] == 0  # articles alone find nothing

    first = await search(client, departement="69", per_page=3)
    second = await search(client, departement="69", per_page=3, page=2)

    sirens = [one["siren"] for page in (first, second) for one in page["results"]]
    assert len(set(sirens)) == 6
    assert first["total_pages"] == -(-first["total_results"] // 3)
    assert first["results"][0]["tranche_effectif_salarie"] == "21"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({}, "au moins un paramètre"),
        ({"q": "ab"}, "3 caractères minimum"),
        ({"q": "garage", "per_page": "26"}, "`per_page` entre `1` et `25`"),
        ({"q": "garage", "page": "0"}, "`page` entre `1` et `1000`"),
        ({"q": "garage", "code_postal": "6900"}, "code_postal est non valide"),
        ({"q": "garage", "departement": "99"}, "departement est non valide"),
        ({"q": "garage", "etat_administratif": "X"}, "etat_administratif"),
        ({"q": "garage", "include": "siege"}, "minimal=True"),
        ({"q": "garage", "minimal": "true", "include": "dirigeant"}, "non valide"),
        ({"q": "garage", "postal_code": "69003"}, "postal_code"),
    ],
)
async def test_a_bad_parameter_is_refused_in_words(client: Client, query: dict[str, str], says: str) -> None:
    answer = await get(client, **query)

    assert answer.status == 400
    assert says in json.loads(answer.body)["erreur"]


async def test_who_asks_more_than_seven_times_a_second_waits(client: Client, register: SandboxService) -> None:
    register.set(ServiceRules())

    answers = [await get(client, q="000000000") for _ in range(PER_SECOND + 5)]

    refused = [answer for answer in answers if answer.status == 429]
    seen = register.requests()
    if seen[-1].time - seen[0].time < 0.9:  # else the machine was too slow to be refused
        assert refused
    assert [answer.status for answer in answers[:PER_SECOND]] == [200] * PER_SECOND
    assert all(answer.headers["Retry-After"] == "1" and b"{" not in answer.body for answer in refused)


async def test_the_service_may_refuse_fail_and_be_down(client: Client, register: SandboxService) -> None:
    register.set(ServiceRules(refusals=1, failures=1))
    some = [(await get(client, q="000000000")).status for _ in range(3)]
    register.set(ServiceRules(down=True))
    down = (await get(client, q="000000000")).status

    assert [*some, down] == [429, 500, 200, 503]
    assert [seen.status for seen in register.requests()] == [429, 500, 200, 503]
    assert register.requests()[0].target == "/search?q=000000000"


async def test_an_unknown_path_is_not_found(client: Client) -> None:
    assert (await client.get(f"https://{REGISTER_HOST}/recherche?q=garage")).status == 404
    assert (await client.get(f"http://{REGISTER_DESK}/nowhere")).status == 404
