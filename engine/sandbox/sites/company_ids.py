"""The numbers by which the French register knows a company, as a legal page shows them."""

import random
from dataclasses import dataclass

from engine.sandbox.business import check_digit, invent_siren
from engine.sandbox.sites.entity import entity
from engine.sandbox.sites.site import Site

# `{c}` town, `{s}` spaced number.
RCS_LINES = (
    "RCS {c} {s}",
    "R.C.S. {c} {s}",
    "RCS {c} B {s}",
    "{s} RCS {c}",
    "Immatriculée au RCS de {c} sous le numéro {s}",
    "Registre du commerce et des sociétés de {c} : {s}",
    "RCS : {c} {s}",
)
RCS_ABROAD = ("RCS {c} {s}", "RCS {c}: {s}", "RCS {c} {s}")


@dataclass(frozen=True, slots=True)
class CompanyIds:
    """What the site's legal text gives rightly: digits alone, None where it shows no such number.

    `rcs` is the entry in the register of commerce as 'RCS Lille 912 345 678'.
    """

    siren: str | None = None
    siret: str | None = None
    tva_intra: str | None = None
    rcs: str | None = None


def shows_legal_text(site: Site) -> bool:
    return "legal" in site.pages or site.one_page or site.facts.notice == "footer"


def company_ids(site: Site) -> CompanyIds:
    """The company's numbers that a reader may take from this site."""
    if not shows_legal_text(site) or site.legal == "wrong_luhn":
        return CompanyIds()
    siren = site.business.siren
    rng = random.Random(f"{site.seed} numbers")
    siret = _siret(siren) if rng.random() < 0.6 else None
    vat = _vat(siren) if rng.random() < 0.5 else None
    # A craftsman in his own name stands in another register.
    trades = entity(site).form != "EI" and rng.random() < 0.8
    return CompanyIds(siren, siret, vat, f"RCS {site.business.commune.name} {spaced(siren)}" if trades else None)


def own_lines(site: Site) -> list[str]:
    """The company's numbers, a line each, as text; with a wrong check digit where the site has it wrong."""
    rng = random.Random(f"{site.seed} number forms")
    ids = company_ids(site)
    if ids.siren is None:
        wrong = site.business.siren[:-1] + str((int(site.business.siren[-1]) + 5) % 10)
        return [f"SIREN : {spaced(wrong)}"]
    dotted = ids.siren[:3] + "." + ids.siren[3:6] + "." + ids.siren[6:]
    plain = rng.choice((f"SIREN {spaced(ids.siren)}", f"N° SIREN : {ids.siren}", f"Siren : {dotted}"))
    lines = [plain]
    if ids.rcs:
        forms = RCS_LINES if site.language == "fr" else RCS_ABROAD
        lines = [rng.choice(forms).format(c=site.business.commune.name, s=spaced(ids.siren))]
    elif ids.siret and rng.random() < 0.5:
        lines = []  # its first nine digits say it
    if ids.siret:
        lines.append(
            rng.choice((f"SIRET : {spaced(ids.siret)}", f"N° SIRET {ids.siret}", f"Siret {_pairs(ids.siret)}"))
        )
    if ids.tva_intra:
        lines.append(_vat_line(site, ids.tva_intra, rng))
    return lines


def foreign_lines(name: str) -> str:
    """The numbers of another company, always the same for the same name."""
    siren = invent_siren(random.Random(f"{name} siren"))
    return f"RCS Lille {spaced(siren)}<br>SIRET {spaced(_siret(siren))}<br>TVA {_vat(siren)}"


def foreign_rcs(name: str) -> str:
    """The same company's entry in the register."""
    return f"RCS Lille {spaced(invent_siren(random.Random(f'{name} siren')))}"


def spaced(number: str) -> str:
    """In groups of three, and what is left: '912 345 678 00015'."""
    return " ".join([number[:3], number[3:6], number[6:9], number[9:]]).strip()


def _pairs(siret: str) -> str:
    return f"{spaced(siret[:9])} {siret[9:12]} {siret[12:]}"


def _vat_line(site: Site, vat: str, rng: random.Random) -> str:
    key, siren = vat[2:4], vat[4:]
    number = rng.choice((f"FR{key}{siren}", f"FR {key} {spaced(siren)}", f"FR{key} {siren}", f"FR-{key}-{siren}"))
    labels = {
        "fr": ("TVA intracommunautaire : {}", "N° de TVA : {}", "Numéro de TVA intracommunautaire {}", "TVA {}"),
        "de": ("USt-IdNr.: {}", "Umsatzsteuer-ID: {}"),
        "en": ("VAT number: {}", "VAT no. {}"),
    }[site.language]
    return rng.choice(labels).format(number)


def _siret(siren: str) -> str:
    office = f"{siren}0001"
    return office + check_digit(office)


def _vat(siren: str) -> str:
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
