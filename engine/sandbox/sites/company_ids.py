"""The numbers by which the French register knows a company, as a legal page shows them."""

import html
import random
from dataclasses import dataclass

from engine.sandbox.business import check_digit, invent_siren
from engine.sandbox.sites.site import Site


@dataclass(frozen=True, slots=True)
class CompanyIds:
    """What the site's legal text gives rightly: digits alone, None where it shows no such number."""

    siren: str | None = None
    siret: str | None = None
    tva_intra: str | None = None


def shows_legal_text(site: Site) -> bool:
    return "legal" in site.pages or site.one_page


def company_ids(site: Site) -> CompanyIds:
    """The company's numbers that a reader may take from this site."""
    if not shows_legal_text(site) or site.legal == "wrong_luhn":
        return CompanyIds()
    siren = site.business.siren
    rng = random.Random(f"{site.seed} numbers")
    return CompanyIds(
        siren=siren,
        siret=_siret(siren) if rng.random() < 0.6 else None,
        tva_intra=_vat(siren) if rng.random() < 0.5 else None,
    )


def own_lines(site: Site) -> str:
    """The company's numbers as HTML; with a wrong check digit where the site has it wrong."""
    rng = random.Random(f"{site.seed} number forms")
    ids = company_ids(site)
    if ids.siren is None:
        wrong = site.business.siren[:-1] + str((int(site.business.siren[-1]) + 5) % 10)
        return f"SIREN : {_spaced(wrong)}"
    city = html.escape(site.business.commune.name)
    lines = [rng.choice((f"SIREN {_spaced(ids.siren)}", f"RCS {city} {_spaced(ids.siren)}", f"SIREN : {ids.siren}"))]
    if ids.siret:
        lines.append(rng.choice((f"SIRET : {_spaced(ids.siret)}", f"N° SIRET {ids.siret}")))
    if ids.tva_intra:
        key, siren = ids.tva_intra[2:4], ids.tva_intra[4:]
        lines.append(rng.choice((f"TVA intracommunautaire : FR{key}{siren}", f"N° de TVA : FR {key} {_spaced(siren)}")))
    return "<br>".join(lines)


def foreign_lines(name: str) -> str:
    """The numbers of another company, always the same for the same name."""
    siren = invent_siren(random.Random(f"{name} siren"))
    return f"RCS Lille {_spaced(siren)}<br>SIRET {_spaced(_siret(siren))}<br>TVA {_vat(siren)}"


def _siret(siren: str) -> str:
    office = f"{siren}0001"
    return office + check_digit(office)


def _vat(siren: str) -> str:
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _spaced(number: str) -> str:
    """In groups of three, and what is left: '912 345 678 00015'."""
    return " ".join([number[:3], number[3:6], number[6:9], number[9:]]).strip()
