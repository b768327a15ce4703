"""Which addresses a site shows, and where: every case in which picking the first address found is wrong.

A plan names, in order, `owner:local@page`. Local parts: `role` one of ROLES, `role_first` and `role_last` two roles in
alphabetical order, `person` is first.last, `initial` is f.last, `name` is the business's name in one word.
Pages: a PageKind, or `footer`.
"""

import random

from engine.sandbox.business import Business
from engine.sandbox.draw import Deck, slug
from engine.sandbox.sites.site import Owner, PageKind, Shown

ROLES = {
    "fr": ("accueil", "bonjour", "commande", "contact", "info", "reservation", "secretariat"),
    "de": ("info", "kontakt", "office", "service"),
    "en": ("contact", "hello", "info", "office"),
}
# Local parts hold no hyphen: Latin letters only, as people choose them.
PLANS: dict[str, tuple[str, ...]] = {
    "contact_role": ("own:role@contact",),
    "home_role": ("own:role@home",),
    "footer_role": ("own:role@footer",),
    "legal_only": ("own:role@legal",),
    "legal_director": ("own:role@contact", "own:person@legal"),
    "person_beats_home_role": ("own:role@home", "own:initial@contact"),
    "free_name": ("free:name@contact",),
    "free_person": ("free:person@home",),
    "own_role_beats_free_person": ("free:person@home", "own:role@contact"),
    "group": ("group:role@contact",),
    "group_beats_free": ("free:name@home", "group:role@legal"),
    "two_roles": ("own:role_last@contact", "own:role_first@contact"),
    "contact_beats_home": ("own:role_first@home", "own:role_last@contact"),
    "legal_beats_home": ("own:role_first@home", "own:role_last@legal"),
    "team_person": ("own:role@home", "own:person@team"),
    "two_persons": ("own:person@contact", "own:initial@contact"),
    "sitemap_only": ("own:role@contact",),
    "robots_disallowed": ("own:role@contact",),
    "one_page": ("own:role@contact",),
    "none": (),
}
# Most businesses show one address of their own domain: those plans come more often.
FREQUENCY = {"contact_role": 4, "home_role": 2, "footer_role": 3, "legal_director": 2, "free_name": 2, "none": 2}
PLAN_CARDS = tuple(name for name in PLANS for _ in range(FREQUENCY.get(name, 1)))
FREE_PROVIDERS = ("gmail.com", "orange.fr", "wanadoo.fr", "hotmail.fr", "laposte.net", "free.fr")


def shown_by(
    plan: str,
    business: Business,
    *,
    domain: str,
    group: str,
    provider: str,
    language: str,
    methods: Deck[str],
    rng: random.Random,
) -> tuple[Shown, ...]:
    """The company's addresses of this plan; `group` and `provider` are the domains of those owners."""
    domains = {"own": domain, "group": group, "free": provider}
    roles = sorted(rng.sample(ROLES[language], 2))
    locals_ = {
        "role": rng.choice(ROLES[language]),
        "role_first": roles[0],
        "role_last": roles[1],
        "person": f"{_name(business.first)}.{_name(business.last)}",
        "initial": f"{_name(business.first)[0]}.{_name(business.last)}",
        "name": _name(business.name) + business.commune.postal_code[:2],
    }
    shown: list[Shown] = []
    for entry in PLANS[plan]:
        owner, _, rest = entry.partition(":")
        local, _, page = rest.partition("@")
        shown.append(
            Shown(
                address=f"{locals_[local]}@{domains[owner]}",
                owner=_owner(owner),
                page=None if page == "footer" else _page(page),
                method=methods.draw(),
                hidden=plan == "robots_disallowed",
            )
        )
    return tuple(shown)


def _name(text: str) -> str:
    return slug(text).replace("-", "")


def _owner(word: str) -> Owner:
    owners: dict[str, Owner] = {"own": "own", "group": "group", "free": "free"}
    return owners[word]


def _page(word: str) -> PageKind:
    pages: dict[str, PageKind] = {"home": "home", "contact": "contact", "legal": "legal", "team": "team"}
    return pages[word]
