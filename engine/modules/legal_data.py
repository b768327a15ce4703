"""Add what the French public company register says of each business: legal form, activity, staff, director, address.

Source: the API recherche-entreprises (SIRENE and INPI data, through api.gouv.fr). With a SIREN or a SIRET the look-up
is exact; without, the name and the town must fit one company and no other. An answer is kept for seven days.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from engine.extract.legal_ids import siren_in
from engine.extract.register import (
    COLUMNS,
    Candidate,
    Company,
    candidates,
    columns_of,
    read_companies,
    registered_name,
    search_text,
    the_one,
    turnover,
)
from engine.module import NoConfig, OutsendError, RowModule, Run
from engine.rows.columns import aliases_of
from engine.rows.types import Row, Value, text_of

SEARCH = "https://recherche-entreprises.api.gouv.fr/search"
SHOWN_AT = "https://annuaire-entreprises.data.gouv.fr/entreprise/{siren}"
PARTS = "siege,dirigeants,finances,matching_etablissements"
COMPANIES_MAX = 25  # of an answer, the most that the service gives
KEPT_SECONDS = 7 * 86_400.0
KEPT_AS = "recherche-entreprises:1:{siren}"  # the number changes when the columns are read differently
WIDTH = 7
ITEM_SECONDS = 60.0
CALL_SECONDS = 25.0
CANDIDATES_SHOWN = 5
NAME_MAX = 200  # characters of a name that is asked for


class NoCompany(OutsendError):
    code = "no_company"
    kind = "unprocessable"
    message = "Aucune entreprise avec SIREN, SIRET, ou nom et ville (colonnes acceptées : {aliases} ; ville : {towns})"
    hint = "Give each item a SIREN, a SIRET, or a name and a town; the module legal_ids finds identifiers on websites."

    def __init__(self, *, column: str, aliases: str) -> None:
        super().__init__(column=column, aliases=aliases, towns=", ".join(aliases_of("ville")))


class RegisterBusy(OutsendError):
    code = "register_busy"
    kind = "upstream"
    message = "Le registre des entreprises limite le nombre de demandes, cette ligne n'a pas eu de réponse"
    hint = "Run legal_data again later on the rows whose report has this error."


class RegisterFailed(OutsendError):
    code = "register_failed"
    kind = "upstream"
    message = "Le registre des entreprises a répondu par une erreur ({status})"
    hint = "Run legal_data again later on the rows whose report has this error."


class LegalData(RowModule[NoConfig]):
    slug = "legal_data"
    label = {"fr": "Données légales", "en": "Company register data"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "parallel"
    accepts, output = "pois_any", "pois"
    needs = ("siren", "siret", "nom")
    missing = NoCompany
    produces = COLUMNS
    unit = "rows"
    usual_seconds = 1.1  # seven in flight at 6.5 a second

    def width(self, config: NoConfig) -> int:
        return WIDTH

    def item_timeout_seconds(self, config: NoConfig) -> float:
        return ITEM_SECONDS

    def can_use(self, row: Row) -> bool:
        """With an identifier, or a name and a town."""
        has = {column for column in (*self.needs, "ville") if text_of(row.get(column))}
        return bool(has & {"siren", "siret"}) or has >= {"nom", "ville"}

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        """Return the columns of the row's company; all null when none, or more than one, fits.

        Raises:
            RegisterBusy, RegisterFailed, Unreachable: the register gave no answer.
        """
        for way in ("siren", "siret"):
            # Of a spreadsheet that took it for an amount.
            if siren := siren_in(text_of(row.get(way)).removesuffix(".0")):
                columns, report = await _by_siren(siren, run)
                break
        else:
            way = "name"
            columns, report = await _by_name(row, run)
        run.report({"found": int(bool(columns)), "way": way, **report})
        return columns


async def _by_siren(siren: str, run: Run) -> tuple[Row, Mapping[str, Value]]:
    kept = await run.kept.get(KEPT_AS.format(siren=siren))
    if kept is not None:
        columns, facts = json.loads(kept)
        return columns, {**facts, "kept": True}
    companies = await _ask({"q": siren, "per_page": "1"}, run)
    company = next((one for one in companies if one.siren == siren), None)
    if company is None:
        return {}, {"reason": "unknown_siren", "siren": siren}
    return await _told(company, run)


async def _by_name(row: Row, run: Run) -> tuple[Row, Mapping[str, Value]]:
    name, town = text_of(row.get("nom"))[:NAME_MAX], text_of(row.get("ville"))[:NAME_MAX]
    postal_code = text_of(row.get("code_postal"))
    if not name or not town:
        return {}, {"reason": "no_name_and_town"}
    has_code = len(postal_code) == 5 and postal_code.isascii() and postal_code.isdigit()
    query = {"q": search_text(name), "per_page": str(COMPANIES_MAX)}
    found: list[Company] = await _ask({**query, "code_postal": postal_code}, run) if has_code else []
    if not found:  # the postal code may be one of a post box
        found = await _ask({**query, "q": f"{query['q']} {town}"}, run)
    ranked = candidates(found, name=name, town=town, postal_code=postal_code if has_code else "")
    shown: dict[str, Value] = {"answers": len(found), "candidates": _shown(ranked)}
    company = the_one(ranked)
    if company is None:
        return {}, {"reason": "several_fit" if ranked else "none_fits", **shown}
    columns, facts = await _told(company, run)
    return columns, {**facts, "likeness": round(ranked[0].likeness, 2), **shown}


async def _ask(params: Mapping[str, str], run: Run) -> list[Company]:
    """The companies that answer. Raises RegisterBusy, RegisterFailed, Unreachable."""
    asked = {**params, "page": "1", "minimal": "true", "include": PARTS}
    answer = await run.api.request("GET", SEARCH, params=asked, timeout_seconds=CALL_SECONDS)
    if answer.status == 429:
        raise RegisterBusy
    companies = read_companies(answer.json) if answer.status == 200 else None
    if companies is None:
        raise RegisterFailed(status=answer.status)
    return companies


async def _told(company: Company, run: Run) -> tuple[Row, dict[str, Value]]:
    """The columns and the report of a company, which are kept."""
    columns = columns_of(company)
    facts: dict[str, Value] = {
        "siren": company.siren,
        "page": SHOWN_AT.format(siren=company.siren),
        "year": turnover(company)[0],
    }
    body = json.dumps(cast("Any", [columns, facts]), ensure_ascii=False).encode()
    await run.kept.put(KEPT_AS.format(siren=company.siren), body, seconds=KEPT_SECONDS)
    return columns, facts


def _shown(ranked: Sequence[Candidate]) -> list[Value]:
    return [
        {
            "siren": one.company.siren,
            "name": registered_name(one.company),
            "likeness": round(one.likeness, 2),
            "state": one.company.etat_administratif,
        }
        for one in ranked[:CANDIDATES_SHOWN]
    ]


module = LegalData()
