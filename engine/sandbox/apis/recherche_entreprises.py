"""recherche-entreprises.api.gouv.fr: the public search over the French company register.

Source: the service's public OpenAPI document. Kept: nine or fourteen digits are looked up directly and every filter is
then ignored, words are sought in names, signs, directors and addresses without tolerance for typing errors, filters by
place look at establishments, big companies stand first, an unknown company is an empty answer, not a 404; a client that
asks too often gets a 429 that is no JSON.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs

from engine.sandbox.apis.company_documents import PARTS, document, town
from engine.sandbox.apis.places import folded_words
from engine.sandbox.apis.service_desk import REGISTER_DESK, ServiceDesk
from engine.sandbox.company_register import Office, Registered
from engine.sandbox.company_words import ACTIVITIES, COMMUNE_CODES, LEGAL_FORMS
from engine.sandbox.http import HTML, Reply, Request, reply

REGISTER_HOST = "recherche-entreprises.api.gouv.fr"
PER_SECOND = 7
PER_PAGE_MAX, PAGE_MAX, RESULTS_MAX = 25, 1_000, 10_000
OFFICES, OFFICES_MAX = 10, 100
WORDS_MIN = 3  # characters
POSTAL_CODE = re.compile(r"(0[1-9]|[1-8]\d|9[0-8])\d{3}$")
DEPARTMENT = re.compile(r"(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-46])$")
YES, NO = frozenset({"true", "True", "1"}), frozenset({"false", "False", "0"})
PAGING = frozenset({"page", "per_page", "minimal", "include", "limite_matching_etablissements"})
FILTERS = frozenset(
    {"q", "code_postal", "departement", "activite_principale", "nature_juridique", "etat_administratif"}
)
SIZES = (None, "NN", "00", "01", "02", "03", "11", "12", "21")
CORS = ("Access-Control-Allow-Origin", "*")


class BadParameter(Exception):
    """A parameter that the service refuses; the text is what it says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request's parameters, checked. Empty filters filter nothing; `parts` of PARTS."""

    text: str
    postal_codes: frozenset[str]
    departments: frozenset[str]
    activities: frozenset[str]
    forms: frozenset[str]
    state: str
    page: int
    per_page: int
    offices: int
    parts: Set[str]


@dataclass(frozen=True, slots=True)
class _Found:
    company: Registered
    offices: Sequence[Office]


class RegisterApi:
    """Answers searches over the register; a client is told by the proxy that it came through."""

    def __init__(self, companies: Sequence[Registered], desk: ServiceDesk) -> None:
        self._desk = desk
        self._by_siren = {company.siren: company for company in companies}
        self._by_size = sorted(companies, key=lambda one: (-SIZES.index(one.staff), one.siren))

    @cached_property
    def _indexed(self) -> list[tuple[Registered, list[tuple[Office, frozenset[str]]]]]:
        # Made for the first search: few worlds are asked for names.
        return [(company, _words(company)) for company in self._by_size]

    def answer(self, request: Request) -> Reply:
        return self._desk.note(request, self._answer(request))

    def _answer(self, request: Request) -> Reply:
        fault = self._desk.fault()
        if fault is None and self._desk.is_too_much(request.egress, limit=PER_SECOND, seconds=1.0):
            fault = 429
        if fault == 429:
            retry = ("Retry-After", "1")
            return reply(429, b"Too Many Requests.", content_type="application/octet-stream", headers=(retry,))
        if fault is not None:
            return reply(fault, b"<html><body><h1>nginx</h1></body></html>", content_type=HTML)
        if request.method not in ("GET", "HEAD"):
            return reply(405, headers=(("Allow", "HEAD, GET"),))
        if request.path != "/search":
            return _json(404, {"erreur": "Ressource non trouvée."})
        try:
            asked = read_search(request.target.partition("?")[2])
        except BadParameter as error:
            return _json(400, {"erreur": str(error)})
        found = self._direct(asked) if _is_number(asked.text) else self._found(asked)
        page = found[(asked.page - 1) * asked.per_page : asked.page * asked.per_page]
        return _json(
            200,
            {
                "results": [document(one.company, one.offices[: asked.offices], asked.parts) for one in page],
                "total_results": len(found),
                "page": asked.page,
                "per_page": asked.per_page,
                "total_pages": -(-len(found) // asked.per_page),
            },
        )

    def _direct(self, asked: Asked) -> list[_Found]:
        """The company of a SIREN, without establishments, or of a SIRET, with that one."""
        number = _number(asked.text)
        company = self._by_siren.get(number[:9])
        offices = [office for office in company.offices if office.siret == number] if company else []
        if company is None or (len(number) > len(company.siren) and not offices):
            return []
        return [_Found(company, offices)]

    def _found(self, asked: Asked) -> list[_Found]:
        wanted = set(folded_words(asked.text))
        if asked.text and not wanted:
            return []
        found: list[_Found] = []
        for company, words in self._indexed:
            if company.discreet or not _fits(company, asked):
                continue
            offices = [office for office, known in words if wanted <= known and _stands(office, asked)]
            if offices:
                found.append(_Found(company, sorted(offices, key=lambda one: one.closed is not None)))
        return found[:RESULTS_MAX]


def register_hosts(companies: Sequence[Registered]) -> Iterable[tuple[str, Callable[[Request], Reply]]]:
    """The service at its name, and the host that controls it."""
    desk = ServiceDesk()
    return (REGISTER_HOST, RegisterApi(companies, desk).answer), (REGISTER_DESK, desk.answer)


def _words(company: Registered) -> list[tuple[Office, frozenset[str]]]:
    """Each establishment with the words that find it."""
    everywhere = " ".join([company.full_name, *(f"{one.first} {one.last}" for one in company.directors)])
    return [
        (
            office,
            frozenset(folded_words(f"{everywhere} {office.sign or ''} {office.street} {town(office)}"))
            | {office.commune.postal_code},
        )
        for office in company.offices
    ]


def _fits(company: Registered, asked: Asked) -> bool:
    return (
        (not asked.activities or company.activity in asked.activities)
        and (not asked.forms or company.form in asked.forms)
        and asked.state in ("", "C" if company.ceased else "A")
    )


def _stands(office: Office, asked: Asked) -> bool:
    code = COMMUNE_CODES[office.commune.name]
    return (not asked.postal_codes or office.commune.postal_code in asked.postal_codes) and (
        not asked.departments or code[:2] in asked.departments
    )


def _number(text: str) -> str:
    return "".join(text.split())


def _is_number(text: str) -> bool:
    number = _number(text)
    return number.isascii() and number.isdecimal() and len(number) in (9, 14)


def read_search(query: str) -> Asked:
    """The parameters of a query string, checked as the service checks them.

    Raises:
        BadParameter: one is wrong, or nothing is asked for.
    """
    given = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    unknown = given.keys() - PAGING - FILTERS
    if unknown:
        # The service ignores what it doesn't know. The sandbox is strict, so that a misspelt name is noticed.
        raise BadParameter(f"Paramètres inconnus du bac à sable : {', '.join(sorted(unknown))}.")
    filters = {name: value for name, value in given.items() if name in FILTERS and value}
    text = given.get("q", "").strip()
    if not filters:
        raise BadParameter("Veuillez indiquer au moins un paramètre de recherche.")
    if len(text) < WORDS_MIN and set(filters) == {"q"}:
        raise BadParameter("3 caractères minimum pour les termes de la requête (ou utilisez au moins un filtre)")
    page = _count(given, "page", 1, PAGE_MAX)
    per_page = _count(given, "per_page", 10, PER_PAGE_MAX)
    if page * per_page > RESULTS_MAX:
        raise BadParameter("Le nombre total de résultats est restreint à 10 000.")
    return Asked(
        text=text,
        postal_codes=_listed(given, "code_postal", POSTAL_CODE.match),
        departments=_listed(given, "departement", DEPARTMENT.match),
        activities=_listed(given, "activite_principale", ACTIVITIES.__contains__),
        forms=_listed(given, "nature_juridique", LEGAL_FORMS.__contains__),
        state=_state(given.get("etat_administratif", "")),
        page=page,
        per_page=per_page,
        offices=_count(given, "limite_matching_etablissements", OFFICES, OFFICES_MAX, told_as="matching_size"),
        parts=_parts(given),
    )


def _count(given: dict[str, str], name: str, default: int, most: int, *, told_as: str | None = None) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise BadParameter(
            f"Veuillez indiquer un paramètre `{told_as or name}` entre `1` et `{most}`, par défaut `{default}`."
        )
    return int(text)


def _listed(given: dict[str, str], name: str, is_valid: Callable[[str], object]) -> frozenset[str]:
    values = [value for value in given.get(name, "").split(",") if value]
    if not all(is_valid(value) for value in values):
        raise BadParameter(f"Au moins une valeur du paramètre {name} est non valide.")
    return frozenset(values)


def _state(state: str) -> str:
    if state not in ("", "A", "C"):
        raise BadParameter("Le paramètre etat_administratif doit prendre une des valeurs suivantes ['A', 'C'].")
    return state


def _parts(given: dict[str, str]) -> Set[str]:
    minimal = given.get("minimal", "false")
    if minimal not in YES | NO:
        raise BadParameter("minimal doit prendre la valeur 'true' ou 'false' !")
    asked = frozenset(part for part in given.get("include", "").split(",") if part)
    if asked and minimal in NO:
        raise BadParameter("Veuillez indiquer `minimal=True` avant de préciser les champs à inclure.")
    if not asked <= set(PARTS):
        raise BadParameter(f"Au moins un champ à inclure est non valide. Les champs valides : {list(PARTS)}.")
    return asked if minimal in YES else frozenset(PARTS) - {"score"}


def _json(status: int, body: dict[str, object]) -> Reply:
    text = json.dumps(body, ensure_ascii=False).encode()
    return reply(status, text, content_type="application/json", headers=(CORS,))
