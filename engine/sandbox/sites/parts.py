"""Small pieces of markup that several pages hold: mail addresses, the number of the map."""

import random

from engine.sandbox.sites.encodings import ENCODINGS, JSON_LD, SCRIPTED
from engine.sandbox.sites.site import COMPANY, PageKind, Shown, Site


def mail_markup(one: Shown, rng: random.Random) -> str:
    """The address as markup; '' when the page gives it in its JSON-LD only."""
    if one.method == JSON_LD:
        return ""
    return (ENCODINGS.get(one.method) or SCRIPTED[one.method])(one.address, rng)


def mails(site: Site, page: PageKind, rng: random.Random) -> str:
    """The company's addresses of this page's body; a one-page site's are all at home."""
    wanted = site.on("home") if site.one_page else site.on(page)
    return "\n".join(mail_markup(one, rng) for one in wanted if one.owner in COMPANY)


def phone_link(site: Site) -> str:
    """The number that the map has."""
    phone = site.business.phone
    return f'<a href="tel:+33{phone.replace(" ", "")[1:]}">{phone}</a>'
