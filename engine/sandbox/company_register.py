"""The invented companies as the French register knows them: each business of the world, namesakes, near-namesakes.

A register is not a map: some companies are entered under another name than the one on the door, sit in another town,
have ceased, are led by a company, or wish that little be told of them; some businesses are not entered at all.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeVar

from engine.sandbox.business import FIRST_NAMES, LAST_NAMES, STREETS, Business, check_digit, invent_siren
from engine.sandbox.communes import COMMUNES, Commune
from engine.sandbox.company_words import ACTIVITY_OF, DIRECTORS, RENTING, SPOKEN_FORMS
from engine.sandbox.draw import Deck, folded

FIRST_DAY = date(1989, 3, 1)
LAST_DAY = date(2024, 9, 1)
NEWEST_ACCOUNTS = 2024

# How a company is entered: under the name on its door, with its legal form before or after it, under another name with
# the door's as its trade name, or under its owner's name, with a trade name or without.
Style = Literal["plain", "form_before", "form_after", "trade", "sole", "sole_unsigned"]
STYLES: dict[Style, int] = {"plain": 6, "form_before": 2, "form_after": 2, "trade": 2, "sole": 2, "sole_unsigned": 1}
Fate = Literal["active", "ceased", "elsewhere", "discreet", "absent"]
FATES: dict[Fate, int] = {"active": 32, "ceased": 2, "elsewhere": 2, "discreet": 1, "absent": 1}
# Who else bears that name: nobody, somebody in another town, a like name in the same town, its landlord, the same name
# in the same town, or who was there before.
Likeness = Literal["nobody", "other_town", "longer", "landlord", "twin", "predecessor"]
LIKENESSES: dict[Likeness, int] = {
    "nobody": 8,
    "other_town": 3,
    "longer": 1,
    "landlord": 1,
    "twin": 1,
    "predecessor": 1,
}
Leaders = Literal["one", "company_first", "auditor_first", "two_names", "company_only"]
LEADERS: dict[Leaders, int] = {"one": 7, "company_first": 2, "auditor_first": 1, "two_names": 1, "company_only": 1}
FORMS = ("5499", "5499", "5499", "5710", "5710", "5720", "5498", "5599")
STAFFS = ("01", "01", "02", "02", "03", "11", "12", "21", "00", "NN", None)
Accounts = Literal["none", "one", "older_first", "newer_first", "nothing_sold"]
ACCOUNTS: dict[Accounts, int] = {"none": 4, "one": 2, "older_first": 1, "newer_first": 1, "nothing_sold": 1}

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Director:
    """A person when `first` is given; else the company `last` with its `siren`. Names as the register spells them."""

    last: str
    role: str
    first: str = ""
    siren: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """One establishment; `sign` is the name on its door where that is entered too."""

    siret: str
    street: str
    commune: Commune
    sign: str | None = None
    closed: date | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """One company. `offices`: the head office first. `name` None: a person's own business, under `directors[0]`.

    `accounts` are year, turnover and result in euros, in the order in which the register tells them.
    """

    siren: str
    name: str | None
    form: str
    activity: str
    created: date
    staff: str | None
    offices: tuple[Office, ...]
    directors: tuple[Director, ...]
    accounts: tuple[tuple[int, int, int], ...] = ()
    ceased: date | None = None
    discreet: bool = False

    @property
    def full_name(self) -> str:
        """What the register builds: the name, and the head office's sign in brackets."""
        owner = self.directors[0]
        name = self.name or f"{owner.first} {owner.last}".upper()
        sign = self.offices[0].sign
        return f"{name} ({sign})" if sign else name


@dataclass(frozen=True, slots=True)
class _Decks:
    rng: random.Random
    styles: Deck[Style]
    fates: Deck[Fate]
    likenesses: Deck[Likeness]
    leaders: Deck[Leaders]
    forms: Deck[str]
    staffs: Deck[str | None]
    accounts: Deck[Accounts]


def register_of(businesses: Iterable[Business], seed: int) -> list[Registered]:
    """The companies of these businesses and those like them, by SIREN; the same arguments give the same register.

    Businesses with one SIREN are offices of one company, the first of them its eldest.
    """
    rng = random.Random(f"{seed} register")
    decks = _Decks(
        rng,
        Deck(_cards(STYLES), rng),
        Deck(_cards(FATES), rng),
        Deck(_cards(LIKENESSES), rng),
        Deck(_cards(LEADERS), rng),
        Deck(FORMS, rng),
        Deck(STAFFS, rng),
        Deck(_cards(ACCOUNTS), rng),
    )
    houses: dict[str, list[Business]] = defaultdict(list)
    for business in businesses:
        if all(business.street != other.street for other in houses[business.siren]):
            houses[business.siren].append(business)
    found: dict[str, Registered] = {}
    for siren, offices in houses.items():
        company = _company(offices, decks)
        if company is not None:
            found[siren] = company
        other = _alike(offices[0], decks)
        if other is not None:
            found[other.siren] = other
    return [found[siren] for siren in sorted(found)]


def spelled(text: str) -> str:
    """As the register writes names and streets: capitals without accents."""
    return folded(text).replace("–", "-").upper()


def siret_of(siren: str, number: int) -> str:
    """The SIRET of a company's establishment; `number` counts from 1."""
    digits = f"{siren}{number:04d}"
    return digits + check_digit(digits)


def _cards(counts: Mapping[C, int]) -> tuple[C, ...]:
    """Each card as often as it is counted."""
    return tuple(card for card, count in counts.items() for _ in range(count))


def _company(businesses: Sequence[Business], decks: _Decks) -> Registered | None:
    """The company of these businesses; None for one that the register doesn't know."""
    style, fate, first = decks.styles.draw(), decks.fates.draw(), businesses[0]
    if fate == "discreet":
        style = "sole"  # a company's name is always told
    company = _entered(first, style, decks)
    offices = [
        *company.offices,
        *(
            Office(siret_of(first.siren, 3 + index), spelled(other.street), other.commune, company.offices[0].sign)
            for index, other in enumerate(businesses[1:])
        ),
    ]
    match fate:
        case "absent":
            return None
        case "elsewhere":
            offices.insert(0, _head_office(first, decks.rng))
        case "ceased":
            ceased = company.created + timedelta(days=decks.rng.randint(400, 4_000))
            return replace(company, ceased=ceased, offices=tuple(replace(one, closed=ceased) for one in offices))
        case _:
            pass
    return replace(company, offices=tuple(offices), discreet=fate == "discreet")


def _head_office(business: Business, rng: random.Random) -> Office:
    """In another town than the one where the customers come."""
    commune = rng.choice([one for one in COMMUNES if one != business.commune])
    return Office(siret_of(business.siren, 2), spelled(f"{rng.randint(1, 98)} {rng.choice(STREETS)}"), commune)


def _entered(business: Business, style: Style, decks: _Decks) -> Registered:
    rng, door = decks.rng, spelled(business.name)
    form = "1000" if style.startswith("sole") else decks.forms.draw()
    name, sign = _names(business, style, form, door)
    return Registered(
        siren=business.siren,
        name=name,
        form=form,
        activity=ACTIVITY_OF[business.category.type],
        created=FIRST_DAY + timedelta(days=rng.randrange((LAST_DAY - FIRST_DAY).days)),
        staff=decks.staffs.draw(),
        offices=(Office(siret_of(business.siren, 1), spelled(business.street), business.commune, sign),),
        directors=_directors(business, form, "one" if form == "1000" else decks.leaders.draw(), rng),
        accounts=() if form == "1000" else _accounts(decks.accounts.draw(), rng),
    )


def _names(business: Business, style: Style, form: str, door: str) -> tuple[str | None, str | None]:
    """The company's name and its sign."""
    match style:
        case "form_before":
            return f"{SPOKEN_FORMS[form]} {door}", None
        case "form_after":
            return f"{door} {SPOKEN_FORMS[form]}", None
        case "trade":
            return f"{business.last[0]}{business.first[0]} PARTICIPATIONS {business.siren[-3:]}", door
        case "sole":
            return None, door
        case "sole_unsigned":
            return None, None
        case _:
            return door, None


def _directors(business: Business, form: str, leaders: Leaders, rng: random.Random) -> tuple[Director, ...]:
    # INSEE's part of the register shouts, INPI's doesn't always.
    first = business.first if rng.random() < 0.5 else spelled(business.first)
    owner = Director(spelled(business.last), DIRECTORS[form], first)
    match leaders:
        case "company_first":
            return Director(f"{owner.last} HOLDING", DIRECTORS[form], siren=invent_siren(rng)), replace(
                owner, role="Directeur général"
            )
        case "auditor_first":
            auditor = Director(spelled(rng.choice(LAST_NAMES)), "Commissaire aux comptes titulaire", "DOMINIQUE")
            return auditor, owner
        case "two_names":
            return (replace(owner, first=f"{first} {spelled(rng.choice(FIRST_NAMES))}"),)
        case "company_only":
            return (Director(f"{owner.last} HOLDING", DIRECTORS[form], siren=invent_siren(rng)),)
        case _:
            return (owner,)


def _accounts(kind: Accounts, rng: random.Random) -> tuple[tuple[int, int, int], ...]:
    if kind == "none":
        return ()
    turnover = rng.randint(80, 4_000) * 1_000 + rng.randint(0, 999)
    newest = (NEWEST_ACCOUNTS - rng.randrange(3), turnover, turnover // 17)
    older = (newest[0] - 1, turnover * 9 // 10, -turnover // 40)
    match kind:
        case "older_first":
            return older, newest
        case "newer_first":
            return newest, older
        case "nothing_sold":
            return ((newest[0], 0, -1_240),)
        case _:
            return (newest,)


def _alike(business: Business, decks: _Decks) -> Registered | None:
    """Another company whose name is like this business's."""
    likeness, rng = decks.likenesses.draw(), decks.rng
    if likeness == "nobody":
        return None
    commune = business.commune
    if likeness == "other_town":
        commune = rng.choice([one for one in COMMUNES if one != commune])
    other = replace(
        business,
        siren=invent_siren(rng),
        commune=commune,
        street=f"{rng.randint(1, 98)} {rng.choice(STREETS)}",
        first=rng.choice(FIRST_NAMES),
        last=rng.choice(LAST_NAMES),
    )
    company = _entered(other, "plain", decks)
    match likeness:
        case "longer":
            return replace(company, name=f"{company.name} ET COMPAGNIE")
        case "landlord":
            return replace(company, name=f"SCI {company.name}", form="6540", activity=RENTING, accounts=(), staff=None)
        case "predecessor":
            ceased = company.created + timedelta(days=rng.randint(400, 4_000))
            return replace(company, ceased=ceased, offices=(replace(company.offices[0], closed=ceased),))
        case _:
            return company
