"""The right values of the columns that read a site's text: numbers, profiles, its notice, its prices.

For pages read without JavaScript. A column is left out where readers may rightly differ, or would have to guess.
"""

from typing import TypeAlias

from engine.sandbox.sites.company_ids import company_ids, shows_legal_text
from engine.sandbox.sites.content import business_json
from engine.sandbox.sites.legal_notice import OFFICES, notice
from engine.sandbox.sites.paths import page_paths
from engine.sandbox.sites.phones import extra_phones, fax
from engine.sandbox.sites.prices import pricing
from engine.sandbox.sites.site import COMPANY, PageKind, Site
from engine.sandbox.sites.socials import NETWORKS, socials

Cell: TypeAlias = str | float | bool | None
PHONES = ("telephones_extra", "telephone_mobile")
SOCIALS = (*NETWORKS, "whatsapp")
IDS = ("siren", "siret", "tva_intra")
MENTIONS = (
    *("mentions_raison_sociale", "mentions_capital", "mentions_rcs", "mentions_directeur", "mentions_hebergeur"),
    *("mentions_email", "mentions_telephone"),
)
PRICES = ("pricing_min", "pricing_max", "pricing_currency", "pricing_period")


def site_columns(site: Site) -> dict[str, Cell]:
    """Column -> right value, None for an empty cell; {} for a site that is broken."""
    if site.bad is not None:
        return {}
    if site.js_only:
        return {**dict.fromkeys((*PHONES, *SOCIALS, *IDS, *MENTIONS, *PRICES)), "pricing_found": False}
    return {**_phones(site), **_socials(site), **_mentions(site), **_prices(site)}


def page_url(site: Site, kind: PageKind) -> str:
    """Where a page stands."""
    return f"{site.root}{page_paths(site)[kind]}"


def _phones(site: Site) -> dict[str, Cell]:
    found = extra_phones(site)
    return {
        "telephones_extra": ", ".join(sorted({one.e164 for one in found})) or None,
        "telephone_mobile": next((one.e164 for one in found if one.mobile), None),
    }


def _socials(site: Site) -> dict[str, Cell]:
    found = socials(site)
    return {network: found.get(network) for network in SOCIALS}


def _mentions(site: Site) -> dict[str, Cell]:
    ids = company_ids(site)
    found: dict[str, Cell] = {"siren": ids.siren, "siret": ids.siret, "tva_intra": ids.tva_intra}
    if not shows_legal_text(site):
        return {**found, **dict.fromkeys(MENTIONS), "mentions_url": None}
    said = notice(site)
    found |= {"mentions_capital": said.entity.capital, "mentions_rcs": ids.rcs, "mentions_hebergeur": said.host}
    # A name and a form that stand apart may be joined or not.
    if not said.entity.apart:
        found["mentions_raison_sociale"] = said.entity.name
    if said.director is None:
        found["mentions_directeur"] = None
    elif not said.director.startswith(OFFICES):
        found["mentions_directeur"] = said.entity.person
    return found | (_contacts(site, said.phone) if "legal" in site.pages else {})


def _contacts(site: Site, phone: str | None) -> dict[str, Cell]:
    """What depends on a page of its own: its address, and how to write or call."""
    found: dict[str, Cell] = {"mentions_url": page_url(site, "legal")}
    data = business_json(site, "legal")
    addresses = [one.address for one in site.on("legal") if one.owner in COMPANY]
    # What stands in a footer or in data stands on the legal page too, though not in its text.
    if "email" not in data and not any(one.page is None and one.owner in COMPANY for one in site.shown):
        found["mentions_email"] = addresses[0] if addresses else None
    machine = fax(site)
    elsewhere = [*extra_phones(site), *([machine] if machine else [])]
    in_footer = any(one.place == "footer" for one in elsewhere) or site.facts.phones == "repeated"
    if phone or not (data or in_footer):
        found["mentions_telephone"] = phone
    return found


def _prices(site: Site) -> dict[str, Cell]:
    found = pricing(site)
    if found.low is None:
        # A page of prices that gives none may be named or not, and so may a trial of nothing.
        empty = {**dict.fromkeys(PRICES), "pricing_found": False}
        return empty if "prices" in site.pages else {**empty, "pricing_url": None}
    columns: dict[str, Cell] = {
        "pricing_url": page_url(site, "prices"),
        "pricing_found": True,
        "pricing_currency": found.currency,
        "pricing_free_trial": found.has_trial,
    }
    clear = {"low": found.low, "high": found.high, "period": found.period}
    names = {"low": "pricing_min", "high": "pricing_max", "period": "pricing_period"}
    return columns | {names[name]: value for name, value in clear.items() if name not in found.unclear}
