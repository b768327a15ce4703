"""What a right run of legal_data writes: the columns of each company, and which companies a name and a town find."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.sandbox.apis.company_documents import address
from engine.sandbox.apis.places import folded_words
from engine.sandbox.company_register import Registered
from engine.sandbox.company_words import ACTIVITIES, LEGAL_FORMS, STAFF
from engine.sandbox.draw import words
from engine.sandbox.places import Place

Columns = dict[str, str | float | bool | None]
# What says a form or a kind of house, not which house.
FORM_WORDS = frozenset(words("sarl sas sasu eurl sa ei ets etablissement societe cie"))
AUDITOR = "Commissaire aux comptes"


class CompanyTruth(BaseModel):
    """`columns` are those of legal_data; one that is left out has no single right answer and isn't scored."""

    model_config = ConfigDict(frozen=True)

    siren: str
    sirets: tuple[str, ...]
    columns: Columns


class NameMatch(BaseModel):
    """What a look-up of a place by its name and town alone finds.

    `found`: `siren` and nothing else is right. `nothing`: nobody bears that name there, or several do, and the cells
    stay empty. `unsure`: either `siren` (None: whichever company was taken) or empty cells are right.
    """

    model_config = ConfigDict(frozen=True)

    right: Literal["found", "nothing", "unsure"]
    siren: str | None


def company_truth(companies: Iterable[Registered]) -> dict[str, CompanyTruth]:
    """By SIREN: every company that the register knows."""
    return {
        company.siren: CompanyTruth(
            siren=company.siren,
            sirets=tuple(office.siret for office in company.offices),
            columns=_columns(company),
        )
        for company in companies
    }


def _columns(company: Registered) -> Columns:
    columns: Columns = {
        "forme_juridique": LEGAL_FORMS[company.form],
        "code_naf": company.activity,
        "libelle_naf": ACTIVITIES[company.activity],
        "date_creation": company.created.isoformat(),
        "etat_administratif": "cessée" if company.ceased else "active",
        "chiffre_affaires": None,
    }
    if company.staff is None or company.staff in STAFF:
        columns["effectif"] = STAFF[company.staff] if company.staff else None
    if company.accounts:
        turnover = max(company.accounts)[1]
        if turnover:
            columns["chiffre_affaires"] = turnover
        else:
            del columns["chiffre_affaires"]  # a year without sales, or an account that tells no turnover
    return columns | _names(company)


def _names(company: Registered) -> Columns:
    if company.discreet:
        return {"raison_sociale": None, "dirigeant": None}
    columns: Columns = {"adresse_siege": address(company.offices[0]), "dirigeant": None}
    if company.name or company.offices[0].sign is None:
        columns["raison_sociale"] = company.name or company.full_name
    persons = [one for one in company.directors if one.first and AUDITOR not in one.role]
    if persons and " " in persons[0].first:
        del columns["dirigeant"]  # one given name or all of them
    elif persons:
        columns["dirigeant"] = f"{persons[0].first} {persons[0].last}"
    return columns


def name_matches(places: Iterable[Place], companies: Sequence[Registered]) -> dict[str, NameMatch]:
    """By place id: what its name and its town find."""
    known: dict[str, list[tuple[Registered, frozenset[str], bool]]] = defaultdict(list)
    for company in companies:
        for town in {office.commune.name for office in company.offices}:
            known[town].extend((company, key, is_name) for key, is_name in _keys(company))
    return {place.id: _match(place, known) for place in places}


def _keys(company: Registered) -> Iterable[tuple[frozenset[str], bool]]:
    """What it is called, in words without forms and articles, and whether that is its registered name."""
    if company.discreet:
        return
    yield _key(company.name or company.full_name.partition(" (")[0]), True
    for sign in {office.sign for office in company.offices if office.sign}:
        yield _key(sign), False


def _key(name: str) -> frozenset[str]:
    return frozenset(folded_words(name)) - FORM_WORDS


def _match(place: Place, known: Mapping[str, Sequence[tuple[Registered, frozenset[str], bool]]]) -> NameMatch:
    business = place.business
    wanted, there = _key(business.name), known[business.commune.name]
    same = {company.siren: company for company, key, _ in there if key == wanted}
    by_name = {company.siren for company, key, is_name in there if key == wanted and is_name}
    active = [siren for siren, company in same.items() if company.ceased is None]
    if len(active) > 1:
        return NameMatch(right="nothing", siren=None)
    if same and business.siren not in same:
        return NameMatch(right="unsure", siren=None)  # the register knows another house of that name alone
    if len(same) == 1 and active and business.siren in by_name:
        return NameMatch(right="found", siren=business.siren)
    near = any(company.siren == business.siren and (key < wanted or wanted < key) for company, key, _ in there)
    if same or near:
        return NameMatch(right="unsure", siren=business.siren)
    return NameMatch(right="nothing", siren=None)
