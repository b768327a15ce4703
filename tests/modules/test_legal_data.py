"""The legal_data module: which company it takes, what it tells of it, how it asks, and what it keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.context import Services
from engine.jobs import operations as jobs
from engine.module import NoConfig, Run, Unreachable
from engine.modules.legal_data import NoCompany, RegisterBusy, RegisterFailed, module
from engine.network.types import ApiAnswer
from engine.rows.types import Row
from tests.house import account, house
from tests.modules.small_web import SmallWeb

SIREN, SIRET = "912345675", "91234567500017"
PERSON = "personne physique"


def office(town: str = "LILLE", code: str = "59000", **more: Any) -> dict[str, Any]:
    return {"adresse": f"12 RUE DES LILAS {code} {town}", "code_postal": code, "libelle_commune": town, **more}


def company(name: str = "DUPONT PLOMBERIE", siren: str = SIREN, **more: Any) -> dict[str, Any]:
    return {
        "siren": siren, "nom_complet": name, "nom_raison_sociale": name, "nature_juridique": "5499",
        "activite_principale": "43.22A", "date_creation": "2011-04-01", "etat_administratif": "A",
        "tranche_effectif_salarie": "11", "siege": office(), "matching_etablissements": [],
        "dirigeants": [
            {"denomination": "DUPONT HOLDING", "qualite": "Président", "type_dirigeant": "personne morale"},
            {"nom": "MOREL", "prenoms": "ANNE", "qualite": "Commissaire aux comptes", "type_dirigeant": PERSON},
            {"nom": "DUPONT", "prenoms": "CLAIRE", "qualite": "Gérant", "type_dirigeant": PERSON},
        ],
        "finances": {"2021": {"ca": 90_000}, "2023": {"ca": 120_000, "resultat_net": 5}, "2022": {"ca": 1}},
        **more,
    }  # fmt: skip


@dataclass
class Register:
    """The register's search, scripted: what it answers to a `q`; it is the `Api` and the `Kept` of a run."""

    answers: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    status: int = 200
    asked: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    kept: dict[str, bytes] = field(default_factory=dict[str, bytes])
    web: SmallWeb = field(default_factory=lambda: SmallWeb({}))

    async def request(self, method: str, url: str, *, params: Mapping[str, str], **options: Any) -> ApiAnswer:
        assert url.startswith("https://recherche-entreprises.api.gouv.fr/search")
        self.asked.append(params)
        return ApiAnswer(self.status, {}, b"", {"results": self.answers.get(params["q"], [])})

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def put(self, key: str, body: bytes, *, seconds: float) -> None:
        assert seconds == 7 * 86_400
        self.kept[key] = body

    def run(self) -> Run:
        return replace(self.web.run(), api=self, kept=self)

    async def read(self, **cells: str) -> Row:
        return await module.enrich(dict(cells), NoConfig(), self.run())

    @property
    def report(self) -> Any:
        return self.web.reports[-1]


async def named(*companies: dict[str, Any], nom: str = "Dupont Plomberie", ville: str = "Lille") -> str | None:
    """The SIREN that a name and a town find among what the search answers."""
    words = " ".join([word for word in nom.lower().replace("'", " ").split() if word != "sarl"])
    register = Register({f"{words} {ville}": list(companies)})
    await register.read(nom=nom, ville=ville)
    assert len(register.asked) == 1
    return register.report.get("siren")


async def test_tells_what_the_register_says_of_a_company() -> None:
    """C-465."""
    assert await Register({SIREN: [company()]}).read(siren=SIREN) == {
        "raison_sociale": "DUPONT PLOMBERIE",
        "forme_juridique": "Société à responsabilité limitée (sans autre indication)",
        "code_naf": "43.22A",
        "libelle_naf": "Travaux d'installation d'eau et de gaz en tous locaux",
        "date_creation": "2011-04-01",
        "effectif": "10 à 19 salariés",
        "dirigeant": "CLAIRE DUPONT",
        "adresse_siege": "12 RUE DES LILAS 59000 LILLE",
        "etat_administratif": "active",
        "chiffre_affaires": 120_000,
    }


async def test_what_the_register_keeps_to_itself_or_does_not_know_is_empty() -> None:
    hidden = "[NON-DIFFUSIBLE]"
    discreet = company(hidden, siege=office() | {"adresse": hidden}, dirigeants=None, finances=None,
                       tranche_effectif_salarie=None, activite_principale="99.99X", etat_administratif="C")  # fmt: skip

    found = await Register({SIREN: [discreet]}).read(siren=SIREN)

    assert {column for column, value in found.items() if value is not None} == {
        "forme_juridique", "code_naf", "date_creation", "etat_administratif",
    }  # fmt: skip
    assert found["etat_administratif"] == "cessée"


async def test_a_persons_own_business_has_the_persons_name() -> None:
    alone = company("JEAN DUPONT (LE FOURNIL)", nom_raison_sociale=None, nature_juridique="1000")

    assert (await Register({SIREN: [alone]}).read(siren=SIREN))["raison_sociale"] == "JEAN DUPONT"


@pytest.mark.parametrize(
    "cells", [{"siren": "912 345 675"}, {"siret": SIRET}, {"siren": "", "siret": SIRET}, {"siren": f"{SIREN}.0"}]
)
async def test_an_identifier_is_looked_up_exactly_and_the_name_does_not_matter(cells: dict[str, str]) -> None:
    register = Register({SIREN: [company()]})

    await register.read(**cells, nom="Autre", ville="Nice")

    assert [asked["q"] for asked in register.asked] == [SIREN]
    assert register.report["page"].endswith(SIREN)


async def test_an_answer_is_kept_by_siren_and_not_asked_for_again() -> None:
    register = Register({SIREN: [company()]})

    first = await register.read(siren=SIREN)
    second = await register.read(siret=SIRET)

    assert second == first
    assert len(register.asked) == 1
    assert register.report == {
        "found": 1, "way": "siret", "siren": SIREN, "year": "2023", "kept": True,
        "page": f"https://annuaire-entreprises.data.gouv.fr/entreprise/{SIREN}",
    }  # fmt: skip


async def test_an_unknown_number_is_an_empty_row_and_no_error() -> None:
    register = Register()

    assert await register.read(siren=SIREN) == {}
    assert register.report["reason"] == "unknown_siren"


@pytest.mark.parametrize(
    ("nom", "registered"),
    [
        ("Dupont Plomberie", "DUPONT PLOMBERIE"), ("Dupont Plomberie", "S.A.R.L. PLOMBERIE DUPONT"),
        ("SARL Dupont Plomberie", "DUPONT PLOMBERIE LILLE"), ("L'Atelier de la Gare", "ATELIER GARE"),
    ],
)  # fmt: skip
async def test_a_name_fits_without_forms_articles_and_the_towns_own_name(nom: str, registered: str) -> None:
    assert await named(company(registered), nom=nom) == SIREN


@pytest.mark.parametrize(
    "other",
    [
        company("DUPONT"), company("DUPONT PLOMBERIE CHAUFFAGE ET SERVICES"), company("DURAND PLOMBERIE"),
        company(siege=office("ROUBAIX", "59100")), company("SCI DUPONT PLOMBERIE"), company(nature_juridique="6540"),
    ],
)  # fmt: skip
async def test_a_company_that_does_not_fit_well_enough_is_not_taken(other: dict[str, Any]) -> None:
    assert await named(other) is None
    assert await named(other, company(siren="901234567")) == "901234567"


async def test_two_that_fit_alike_leave_the_cells_empty_but_an_active_one_is_better_than_one_that_ceased() -> None:
    twin = company(siren="901234567")

    assert await named(company(), twin) is None
    assert await named(company(), twin | {"etat_administratif": "C"}) == SIREN


async def test_a_sign_on_the_door_and_an_establishment_in_the_town_count_too() -> None:
    branch = office("LILLE", "59000", liste_enseignes=["DUPONT PLOMBERIE"])
    elsewhere = company("HOLDING DU NORD", siege=office("ROUBAIX", "59100"), matching_etablissements=[branch])

    assert await named(elsewhere) == SIREN
    assert await named(company(siege=office("LILLE CEDEX 9", "59777"))) == SIREN
    assert await named(company(siege=office("ST ETIENNE", "42000")), ville="Saint-Étienne") == SIREN


async def test_a_company_that_goes_on_is_no_longer_where_it_has_closed_its_door() -> None:
    gone = company("AUTRE", siege=office("PARIS", "75002"), matching_etablissements=[
        office(liste_enseignes=["DUPONT PLOMBERIE"], etat_administratif="F")])  # fmt: skip

    assert await named(gone) is None
    assert await named(gone, company(siren="832123457")) == "832123457"


async def test_a_postal_code_narrows_the_search_and_a_post_box_does_not_end_it() -> None:
    register = Register({"dupont plomberie Lille": [company()]})

    await register.read(nom="Dupont Plomberie", ville="Lille", code_postal="59019")

    assert [(asked["q"], asked.get("code_postal")) for asked in register.asked] == [
        ("dupont plomberie", "59019"),
        ("dupont plomberie Lille", None),
    ]
    assert register.report["candidates"] == [
        {"siren": SIREN, "name": "DUPONT PLOMBERIE", "likeness": 1.0, "state": "A"}
    ]


async def test_a_name_without_a_town_is_not_asked_for() -> None:
    register = Register()

    assert await register.read(nom="Dupont") == {}
    assert await register.read(siren="912345678", nom="Dupont") == {}
    assert register.report["reason"] == "no_name_and_town"
    assert register.asked == []


@pytest.mark.parametrize(("status", "error"), [(429, RegisterBusy), (500, RegisterFailed), (400, RegisterFailed)])
async def test_a_register_that_does_not_answer_is_an_error_of_the_row(status: int, error: type[Exception]) -> None:
    """C-465."""
    with pytest.raises(error):
        await Register(status=status).read(siren=SIREN)


async def test_an_answer_of_another_shape_is_an_error_of_the_row() -> None:
    with pytest.raises(RegisterFailed):
        await Register({SIREN: [{"nom": "sans siren"}]}).read(siren=SIREN)
    with pytest.raises(Unreachable):
        await module.enrich({"siren": SIREN}, NoConfig(), SmallWeb({}).run())


def test_a_row_is_of_use_with_an_identifier_or_a_name_and_a_town() -> None:
    assert module.can_use({"siret": SIRET})
    assert module.can_use({"nom": "Dupont", "ville": "Lille"})
    assert not module.can_use({"nom": "Dupont", "ville": " "})
    assert not module.can_use({"ville": "Lille"})


def test_a_request_without_any_usable_row_is_told_which_columns_count() -> None:
    error = NoCompany(column="siren / siret / nom", aliases="siren, siret, nom")

    assert error.kind == "unprocessable"
    assert "siret" in error.text and "ville" in error.text


@pytest.fixture
def services(tmp_path: Any) -> Any:
    with house(tmp_path, deaf=True) as services:
        yield services


def test_a_job_without_any_usable_row_is_refused_and_one_usable_row_is_enough(services: Services) -> None:
    caller = account(services)
    unusable: Row = {"nom": "Dupont"}
    usable: Row = {"company": "Durand", "city": "Lyon"}

    with pytest.raises(NoCompany):
        caller.run(jobs.create, "legal_data", {}, items=[unusable, {"ville": "Lille"}])

    assert caller.run(jobs.create, "legal_data", {}, items=[unusable, usable]).id
