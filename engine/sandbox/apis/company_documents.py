"""The JSON in which the French register's public search tells a company.

Source: the public OpenAPI document of recherche-entreprises.api.gouv.fr; keys stand in its order. What a discreet
company or owner keeps to themselves is told as HIDDEN.
"""

from collections.abc import Sequence, Set
from typing import TypeAlias

from engine.sandbox.company_register import Director, Office, Registered
from engine.sandbox.company_words import COMMUNE_CODES, SECTIONS
from engine.sandbox.draw import folded

HIDDEN = "[NON-DIFFUSIBLE]"
PARTS = ("complements", "dirigeants", "finances", "score", "siege", "matching_etablissements", "tva")
UPDATED = "2026-09-08T10:15:13"
STAFF_YEAR = "2023"

Json: TypeAlias = "dict[str, Json] | Sequence[Json] | str | int | float | bool | None"


def document(company: Registered, matching: Sequence[Office], parts: Set[str]) -> dict[str, Json]:
    """One result: the principal fields, and the asked `parts` of PARTS; `matching` are the offices that were found."""
    hidden = company.discreet
    open_offices = [office for office in company.offices if office.closed is None]
    found: dict[str, Json] = {
        "siren": company.siren,
        "nom_complet": HIDDEN if hidden else company.full_name,
        "nom_raison_sociale": HIDDEN if hidden else company.name,
        "sigle": HIDDEN if hidden else None,
        "nombre_etablissements": len(company.offices),
        "nombre_etablissements_ouverts": len(open_offices),
    }
    if "siege" in parts:
        found["siege"] = _head_office(company)
    found |= {
        "activite_principale": company.activity,
        "activite_principale_naf25": None,
        "categorie_entreprise": "PME" if company.staff else None,
        "caractere_employeur": None,
        "annee_categorie_entreprise": STAFF_YEAR if company.staff else None,
        "date_creation": company.created.isoformat(),
        "date_fermeture": company.ceased.isoformat() if company.ceased else None,
        "date_mise_a_jour": UPDATED,
        "date_mise_a_jour_insee": UPDATED,
        "date_mise_a_jour_rne": UPDATED,
    }
    if "dirigeants" in parts:
        found["dirigeants"] = [_director(one, hidden=hidden) for one in company.directors]
    found |= {
        "etat_administratif": "C" if company.ceased else "A",
        "nature_juridique": company.form,
        "section_activite_principale": SECTIONS[company.activity[:2]],
        "tranche_effectif_salarie": company.staff,
        "annee_tranche_effectif_salarie": STAFF_YEAR if company.staff else None,
        "statut_diffusion": "P" if hidden else "O",
    }
    return found | _further(company, matching, parts)


def _further(company: Registered, matching: Sequence[Office], parts: Set[str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if "matching_etablissements" in parts:
        found["matching_etablissements"] = [_office(company, office) for office in matching]
    if "finances" in parts:
        accounts: dict[str, Json] = {
            str(year): {"ca": turnover, "resultat_net": net} for year, turnover, net in company.accounts
        }
        found["finances"] = accounts or None
    if "complements" in parts:
        found["complements"] = _complements(company)
    if "tva" in parts:
        found["tva"] = [f"FR{(12 + 3 * (int(company.siren) % 97)) % 97:02d}{company.siren}"]
    if "score" in parts:
        found["score"] = 40.0 + int(company.siren) % 1_000
    return found


def town(office: Office) -> str:
    """The commune in the register's capitals; some offices of Lyon name the arrondissement."""
    name = folded(office.commune.name).upper()
    return f"{name} {office.commune.postal_code[-1]}" if name == "LYON" and office.siret[8] in "036" else name


def address(office: Office) -> str:
    """In one line: number, street, postal code, commune."""
    return f"{office.street} {office.commune.postal_code} {town(office)}"


def _office(company: Registered, office: Office) -> dict[str, Json]:
    """What is told of any establishment."""
    hidden, commune = company.discreet, office.commune
    return {
        "activite_principale": company.activity,
        "adresse": HIDDEN if hidden else address(office),
        "ancien_siege": False,
        "annee_tranche_effectif_salarie": STAFF_YEAR if company.staff else None,
        "caractere_employeur": "N" if company.staff in (None, "NN") else "O",
        "code_postal": HIDDEN if hidden else commune.postal_code,
        "commune": COMMUNE_CODES[commune.name],
        "date_creation": company.created.isoformat(),
        "date_debut_activite": company.created.isoformat(),
        "date_fermeture": office.closed.isoformat() if office.closed else None,
        "est_siege": office is company.offices[0],
        "etat_administratif": "F" if office.closed else "A",
        "latitude": HIDDEN if hidden else str(commune.latitude),
        "libelle_commune": town(office),
        "liste_enseignes": None if not office.sign else [HIDDEN if hidden else office.sign],
        "longitude": HIDDEN if hidden else str(commune.longitude),
        "nom_commercial": HIDDEN if hidden and office.sign else office.sign,
        "siret": office.siret,
        "statut_diffusion_etablissement": "P" if hidden else "O",
        "tranche_effectif_salarie": company.staff,
    }


def _head_office(company: Registered) -> dict[str, Json]:
    """The head office, whose address is told in its parts too."""
    office = company.offices[0]
    number, _, street = office.street.partition(" ")
    kind, _, name = street.partition(" ")
    parts: dict[str, Json] = {
        "cedex": None,
        "complement_adresse": None,
        "coordonnees": f"{office.commune.latitude},{office.commune.longitude}",
        "distribution_speciale": None,
        "indice_repetition": None,
        "libelle_voie": name,
        "numero_voie": number,
        "type_voie": kind,
    }
    if company.discreet:
        parts = dict.fromkeys(parts, HIDDEN)
    told = _office(company, office)
    del told["ancien_siege"]
    departement = COMMUNE_CODES[office.commune.name][:2]
    return told | parts | {"departement": departement, "geo_adresse": None, "geo_id": None}


def _director(director: Director, *, hidden: bool) -> dict[str, Json]:
    if not director.first:
        return {
            "siren": director.siren,
            "denomination": director.last,
            "qualite": director.role,
            "type_dirigeant": "personne morale",
        }
    year = 1955 + len(director.first) * 7 % 40
    told: dict[str, Json] = {
        "nom": director.last,
        "prenoms": director.first,
        "annee_de_naissance": str(year),
        "date_de_naissance": f"{year}-0{1 + len(director.last) % 9}",
        "nationalite": None,
    }
    if hidden:
        told = dict.fromkeys(told, HIDDEN)
    return told | {"qualite": director.role, "type_dirigeant": "personne physique"}


def _complements(company: Registered) -> dict[str, Json]:
    never = ("est_association", "est_bio", "est_ess", "est_finess", "est_qualiopi", "est_rge", "est_administration")
    return {
        "collectivite_territoriale": None,
        "convention_collective_renseignee": company.staff is not None,
        "est_avocat": company.activity == "69.10Z",
        "est_entrepreneur_individuel": company.form == "1000",
        "liste_idcc": None,
        **dict.fromkeys(never, False),
    }
