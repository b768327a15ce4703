"""The French company register as its public search tells it: answers read, companies matched by name and town. Pure.

Source: the API recherche-entreprises (its public OpenAPI document); the words of its codes are INSEE's nomenclatures.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.rows.columns import fold
from engine.rows.data import labels
from engine.rows.types import Row

COLUMNS = (
    "raison_sociale", "forme_juridique", "code_naf", "libelle_naf", "date_creation", "effectif", "dirigeant",
    "adresse_siege", "etat_administratif", "chiffre_affaires",
)  # fmt: skip
# How much of two names, in letters, must be the same words: 'Garage Dupont' is not 'Garage Dupont et Fils'.
LIKENESS_MIN = 0.8
# Ranges of staff (INSEE). The last word is for companies that never had any.
STAFF: Mapping[str, str] = {
    "00": "0 salarié",
    "01": "1 ou 2 salariés",
    "02": "3 à 5 salariés",
    "03": "6 à 9 salariés",
    "11": "10 à 19 salariés",
    "12": "20 à 49 salariés",
    "21": "50 à 99 salariés",
    "22": "100 à 199 salariés",
    "31": "200 à 249 salariés",
    "32": "250 à 499 salariés",
    "41": "500 à 999 salariés",
    "42": "1 000 à 1 999 salariés",
    "51": "2 000 à 4 999 salariés",
    "52": "5 000 à 9 999 salariés",
    "53": "10 000 salariés et plus",
    "NN": "Unité non employeuse",
}
STATES: Mapping[str, str] = {"A": "active", "C": "cessée"}
# Names say them or not. `fold` has taken case and accents.
FORMS = frozenset(
    (
        *("sarl", "sas", "sasu", "eurl", "sa", "snc", "scp", "scm", "scop", "selarl", "selas", "selasu", "eirl"),
        *("ei", "earl", "gie", "ets", "etablissement", "etablissements", "societe", "ste", "cie"),
        *("entreprise", "monsieur", "madame"),
    )
)
ARTICLES = frozenset(("le", "la", "les", "l", "de", "du", "des", "d", "et", "and", "au", "aux", "a", "en", "the"))

# The landlord of a house often bears its name: a company that owns property, told by its form or its name.
PROPERTY_FORM, PROPERTY_WORD = "654", "sci"

_HIDDEN = re.compile(r"\[(?:ND|NON[- ]DIFFUSIBLE)\]", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,6}(?:[a-z]\b)?")
_BRACKETS = re.compile(r"\s?\([^()]{0,200}\)")
_IN_BRACKETS = re.compile(r"\(([^()]{1,200})\)")
_TOWN_TAIL = re.compile(r"\s(?:cedex\b.{0,20}|\d{1,2}(?:er?|eme)?(?:\sarrondissement)?)$")
_AUDITOR = "commissaire aux comptes"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Office(_Told):
    """An establishment. `adresse` is in one line; `etat_administratif` A: open, F: closed."""

    etat_administratif: str | None = None
    adresse: str | None = None
    code_postal: str | None = None
    libelle_commune: str | None = None
    liste_enseignes: list[str] | None = None
    nom_commercial: str | None = None


class _Director(_Told):
    nom: str | None = None
    prenoms: str | None = None
    qualite: str | None = None
    type_dirigeant: str | None = None


class _Year(_Told):
    ca: float | None = None


class Company(_Told):
    """One company as the search tells it. `matching_etablissements` are those that fitted a search by place."""

    siren: str
    nom_complet: str | None = None
    nom_raison_sociale: str | None = None
    nature_juridique: str | None = None
    activite_principale: str | None = None
    date_creation: str | None = None
    etat_administratif: str | None = None
    tranche_effectif_salarie: str | None = None
    siege: Office | None = None
    matching_etablissements: list[Office] | None = None
    dirigeants: list[_Director] | None = None
    finances: dict[str, _Year] | None = None


class _Answer(_Told):
    results: list[Company] = Field(...)


class Candidate(NamedTuple):
    """A company that may be the one of a name and a town. `likeness` 0 to 1, of its name or a sign of its house."""

    company: Company
    likeness: float

    @property
    def is_active(self) -> bool:
        return self.company.etat_administratif == "A"


def read_companies(answer: object) -> list[Company] | None:
    """The companies of an answer; None when it is no such answer."""
    try:
        return _Answer.model_validate(answer).results
    except ValidationError:
        return None


def columns_of(company: Company) -> Row:
    """What the register tells of a company; what it keeps to itself is null. `chiffre_affaires` in euros."""
    activity = _open(company.activite_principale)
    return {
        "raison_sociale": registered_name(company),
        "forme_juridique": labels("legal_forms").get(company.nature_juridique or ""),
        "code_naf": activity,
        "libelle_naf": labels("naf").get(activity or ""),
        "date_creation": _open(company.date_creation),
        "effectif": STAFF.get(company.tranche_effectif_salarie or ""),
        "dirigeant": _director(company),
        "adresse_siege": _open(company.siege.adresse) if company.siege else None,
        "etat_administratif": STATES.get(company.etat_administratif or ""),
        "chiffre_affaires": turnover(company)[1],
    }


def registered_name(company: Company) -> str | None:
    """The registered name; of a person's own business, the person's."""
    name = _open(company.nom_raison_sociale)
    if name is None and (whole := _open(company.nom_complet)) is not None:
        name = _BRACKETS.sub("", whole).strip() or None
    return name


def turnover(company: Company) -> tuple[str | None, float | None]:
    """The newest year with a published turnover, and that."""
    told = {year: accounts.ca for year, accounts in (company.finances or {}).items() if accounts.ca is not None}
    if not told:
        return None, None
    newest = max(told)
    value = told[newest]
    return newest, int(value) if value.is_integer() else value


def search_text(name: str) -> str:
    """What to ask the search for: the name without legal forms, which it does not know everywhere."""
    kept = [word for word in _words(name) if word not in FORMS]
    return " ".join(kept or _words(name))


def candidates(companies: Iterable[Company], *, name: str, town: str, postal_code: str) -> list[Candidate]:
    """The companies with an establishment in that place and a name like this one, best first."""
    wanted = _key(name, town)
    found = [
        Candidate(company, likeness)
        for company in companies
        if (likeness := _likeness(company, wanted, town, postal_code)) >= LIKENESS_MIN
    ]
    return sorted(found, key=lambda one: (-one.likeness, not one.is_active, one.company.siren))


def the_one(ranked: Sequence[Candidate]) -> Company | None:
    """The best of these; None where a second is as good: an active company is better than one that has ceased."""
    if not ranked:
        return None
    best = ranked[0]
    is_alone = len(ranked) == 1 or (ranked[1].likeness, ranked[1].is_active) != (best.likeness, best.is_active)
    return best.company if is_alone else None


def _likeness(company: Company, wanted: frozenset[str], town: str, postal_code: str) -> float:
    offices = [company.siege, *(company.matching_etablissements or ())]
    here = [
        office
        for office in offices
        # A company that goes on is no longer where it has closed its door.
        if office is not None
        and _is_in(office, town, postal_code)
        and not (company.etat_administratif == "A" and office.etat_administratif == "F")
    ]
    if not here or _owns_property(company) != (PROPERTY_WORD in wanted):
        return 0.0
    names = [company.nom_raison_sociale, _BRACKETS.sub("", company.nom_complet or "")]
    if company.siege in here:
        names += _IN_BRACKETS.findall(company.nom_complet or "")
    for office in here:
        names += [office.nom_commercial, *(office.liste_enseignes or ())]
    wanted -= {PROPERTY_WORD}
    keys = (_key(name, town) - {PROPERTY_WORD} for name in names if name and _open(name))
    return max((_shared(wanted, key) for key in keys), default=0.0)


def _owns_property(company: Company) -> bool:
    is_called_so = PROPERTY_WORD in _words(company.nom_raison_sociale or "")
    return is_called_so or (company.nature_juridique or "").startswith(PROPERTY_FORM)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the letters of both names is in words that they share."""
    letters = sum(map(len, one | other))
    return sum(map(len, one & other)) / letters if letters else 0.0


def _key(name: str, town: str) -> frozenset[str]:
    """The words that tell a company from others of its town."""
    words = [word for word in _words(name) if word not in FORMS and word not in ARTICLES]
    elsewhere = [word for word in words if word not in _words(town)]
    return frozenset(elsewhere or words or _words(name))


def _words(text: str) -> list[str]:
    folded = _DOTTED.sub(lambda found: found[0].replace(".", ""), fold(text))
    return _WORD.findall(folded)


def _is_in(office: Office, town: str, postal_code: str) -> bool:
    same_town = bool(town) and _town(office.libelle_commune or "") == _town(town)
    return same_town or (bool(postal_code) and office.code_postal == postal_code)


def _town(text: str) -> str:
    name = " ".join(_WORD.findall(fold(text)))
    return re.sub(r"\bste?\b", lambda found: "sainte" if found[0] == "ste" else "saint", _TOWN_TAIL.sub("", name))


def _director(company: Company) -> str | None:
    """The first natural person who directs it; auditors direct nothing."""
    for one in company.dirigeants or ():
        first, last = _open(one.prenoms), _open(one.nom)
        is_auditor = _AUDITOR in fold(one.qualite or "")
        if one.type_dirigeant == "personne physique" and last and not is_auditor:
            return f"{first} {last}" if first else last
    return None


def _open(text: str | None) -> str | None:
    """A text that is told to everybody."""
    return None if not text or not text.strip() or _HIDDEN.search(text) else " ".join(text.split())
