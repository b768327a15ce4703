"""The legal person behind a site: what its notice calls it, its capital, who answers for it."""

import random
from dataclasses import dataclass
from typing import Literal

from engine.sandbox.sites.site import Language, Site

Form = Literal["SARL", "SAS", "SASU", "EURL", "SA", "EI"]
FORMS: tuple[Form, ...] = ("SARL", "SARL", "SARL", "SAS", "SAS", "SASU", "EURL", "SA", "EI", "EI")
CAPITALS: dict[Form, tuple[int, ...]] = {
    "SARL": (10_000, 7_500, 5_000, 8_000),
    "SAS": (10_000, 50_000, 1_000),
    "SASU": (1_000, 500),
    "EURL": (2_000, 500),
    "SA": (40_000, 250_000),
    "EI": (),
}
TRADES = ("Services", "Exploitation", "et Associés", "Développement")


@dataclass(frozen=True, slots=True)
class Entity:
    """`name` is with its form as the notice writes it; `apart`: the notice writes the form elsewhere. `person` is its
    director. `capital` is as written, without markup; None: the notice gives none."""

    name: str
    form: Form
    apart: bool
    capital: str | None
    person: str


def entity(site: Site) -> Entity:
    """The company of this site, the same on every page."""
    rng = random.Random(f"{site.seed} entity")
    # Where a second company stands beside it, its name is what tells which is the business.
    named = site.legal == "two_companies"
    form = rng.choice(FORMS[:-2] if named else FORMS)
    business = site.business
    person = f"{business.first} {business.last.replace('-', ' ')}"
    apart = form != "EI" and rng.random() < 0.3
    base = person if form == "EI" else _base(site, rng, named=named)
    name = base if apart else rng.choice((f"{form} {base}", f"{base} {form}"))
    amount = rng.choice(CAPITALS[form] or (0,))
    shown = amount and rng.random() < 0.85
    return Entity(name, form, apart, _written(amount, site.language, rng) if shown else None, person)


def _base(site: Site, rng: random.Random, *, named: bool) -> str:
    """The name on the door, or at times another; `named`: never another."""
    business = site.business
    if not named and rng.random() < 0.25:
        return f"{business.last.replace('-', ' ')} {rng.choice(TRADES)}"
    return business.name.upper() if rng.random() < 0.2 else business.name


def _written(amount: int, language: Language, rng: random.Random) -> str:
    """The amount as a notice writes it."""
    spaced, dotted, commas = f"{amount:,}".replace(",", " "), f"{amount:,}".replace(",", "."), f"{amount:,}"
    if language == "de":
        return rng.choice((f"{dotted} €", f"{dotted},00 EUR", f"{dotted} Euro"))
    if language == "en":
        return rng.choice((f"€{commas}", f"{commas} euros", f"€{commas}.00"))
    forms = ("{s} €", "{s} euros", "{d},00 euros", "{a} €", "{s},00 €", "{d} EUR")
    return rng.choice(forms).format(s=spaced, d=dotted, a=amount)
