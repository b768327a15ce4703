"""The notice that the law asks of a site: who publishes it, who directs it, who hosts and who made it."""

import html
import random
from dataclasses import dataclass

from engine.sandbox.business import LAST_NAMES
from engine.sandbox.sites.companies import BY_DOMAIN, HOSTS, MEDIATOR, Company
from engine.sandbox.sites.company_ids import foreign_lines, foreign_rcs, own_lines
from engine.sandbox.sites.entity import Entity, entity
from engine.sandbox.sites.parts import mail_markup, mails, phone_link
from engine.sandbox.sites.phones import extra_phones, own_number, phone_block
from engine.sandbox.sites.site import Language, Site
from engine.sandbox.sites.wording import WORDS

LABELS: dict[Language, dict[str, str]] = {
    "fr": {"name": "Raison sociale", "form": "Forme juridique", "capital": "Capital social", "seat": "Siège social"},
    "de": {"name": "Firma", "form": "Rechtsform", "capital": "Stammkapital", "seat": "Sitz"},
    "en": {"name": "Company", "form": "Legal form", "capital": "Share capital", "seat": "Registered office"},
}
CAPITALS: dict[Language, tuple[str, ...]] = {
    "fr": ("au capital de {}", "Capital social : {}", "au capital social de {}"),
    "de": ("Stammkapital: {}",),
    "en": ("share capital of {}", "Share capital: {}"),
}
# OFFICES are those of which readers may differ whether who holds them directs the publication.
DIRECTORS: dict[Language, tuple[str, ...]] = {
    "fr": (
        *("Directeur de la publication : {}", "Directeur de publication : {}", "Responsable de la publication : {}"),
        *("Directeur de la publication : {}, en qualité de représentant légal", "Directrice de la publication : {}"),
        *("Le directeur de la publication est {}.", "Gérant : {}", "Représentant légal : {}"),
    ),
    "de": ("Verantwortlich für den Inhalt: {}", "Inhaltlich verantwortlich: {}", "Vertreten durch: {}"),
    "en": ("Publication director: {}", "Director of publication: {}", "Legal representative: {}"),
}
OFFICES = ("Gérant", "Représentant", "Vertreten", "Legal representative")
HOSTED: dict[Language, tuple[str, ...]] = {
    "fr": (
        "Ce site est hébergé par la société {name}, {address} (tél. {phone}).",
        "Hébergeur : {name}, {address}",
        "L'hébergement du site est assuré par {name}, dont le siège est situé {address}.",
    ),
    "de": ("Hosting: {name}, {address}",),
    "en": ("This site is hosted by {name}, {address}.", "Host: {name}, {address}"),
}
MADE: dict[Language, str] = {"fr": "Conception et réalisation", "de": "Konzept und Umsetzung", "en": "Design"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What the notice says; None: it does not. `director` is the line with the office, `phone` is in E.164."""

    entity: Entity
    director: str | None
    host: str | None
    phone: str | None


def notice(site: Site) -> Notice:
    """The facts of this site's notice, which its pages show."""
    rng = random.Random(f"{site.seed} notice")
    director = rng.choice(DIRECTORS[site.language]) if rng.random() < 0.85 else None
    host = _host_company(site)
    mobile = next((one for one in extra_phones(site) if one.place == "legal"), None)
    phone = mobile.e164 if mobile else own_number(site.business)
    in_footer = site.facts.notice == "footer"
    without_phone = in_footer or (rng.random() < 0.25 and not mobile)
    return Notice(
        entity(site),
        None if in_footer else director,
        host.name if host else None,
        None if without_phone else phone,
    )


def legal_blocks(site: Site, rng: random.Random) -> list[str]:
    """The legal page's body."""
    company, host = company_blocks(site, rng), _host_blocks(site, rng)
    # Every second site names its host before itself.
    found = [*host, *company] if rng.random() < 0.5 else [*company, *host]
    if site.legal == "two_companies":
        found.insert(rng.randint(0, 1), _brand_owner(site, rng))
    found += _maker_block(site, rng)
    words = WORDS[site.language]
    found.append(f"<h2>{words['privacy']}</h2><p>{words['privacy_text']}</p>")
    if any(one.owner == "mediator" for one in site.shown):
        found.append(
            f"<h2>{words['mediator']}</h2><p>{MEDIATOR.name}, {MEDIATOR.address}, {MEDIATOR.phone}, "
            f'<a href="mailto:{MEDIATOR.mail}">{MEDIATOR.mail}</a></p>'
        )
    return found


def company_blocks(site: Site, rng: random.Random) -> list[str]:
    """The company's own part, as a legal page or the page of a one-page site has it."""
    case = site.facts.notice if site.language == "fr" else "labels" if site.facts.notice == "labels" else "block"
    makers = {"labels": _labels, "sentence": _sentence, "one_paragraph": _sentence}
    text = makers.get(case, _lines)(site)
    found = notice(site)
    director = f"<p>{_director(found)}</p>\n" if found.director else ""
    address = "" if site.one_page else mails(site, "legal", rng)
    return [f"<h2>{WORDS[site.language]['editor']}</h2>\n{text}\n{director}{address}"]


def footer_notice(site: Site) -> str:
    """The one line of a site that has no legal page; '' on the others."""
    if site.facts.notice != "footer":
        return ""
    found = entity(site)
    return f"<p>{' – '.join(map(html.escape, [*_name_lines(site, found), *own_lines(site)]))}</p>"


def _director(found: Notice) -> str:
    return (found.director or "").format(html.escape(found.entity.person))


def _name_lines(site: Site, found: Entity) -> list[str]:
    """Name, form and capital, as text."""
    capital = random.Random(f"{site.seed} capital").choice(CAPITALS[site.language]).format(found.capital)
    if not found.capital:
        return [found.name, found.form] if found.apart else [found.name]
    # "au capital de" hangs on the form, as in "SARL au capital de 10 000 €".
    if found.apart:
        return [found.name, f"{found.form} {capital}" if capital[0].islower() else f"{found.form}, {capital}"]
    return [found.name, capital[0].upper() + capital[1:]]


def _seat(site: Site) -> str:
    business = site.business
    return f"{business.street}, {business.commune.postal_code} {business.commune.name}"


def _phone_lines(site: Site) -> list[str]:
    found = notice(site)
    if block := phone_block(site, "legal"):
        return [block.removeprefix('<p class="numeros">').removesuffix("</p>")]
    return [f"{WORDS[site.language]['phone']} : {phone_link(site)}"] if found.phone else []


def _lines(site: Site) -> str:
    business = site.business
    texts = [
        *_name_lines(site, entity(site)),
        business.street,
        f"{business.commune.postal_code} {business.commune.name}",
        *own_lines(site),
    ]
    return f"<p>{'<br>'.join([*map(html.escape, texts), *_phone_lines(site)])}</p>"


def _labels(site: Site) -> str:
    """A line each: label and value, in a list or a table."""
    found, labels = entity(site), LABELS[site.language]
    pairs = [(labels["name"], found.name), (labels["seat"], _seat(site))]
    if found.apart:
        pairs.append((labels["form"], found.form))
    if found.capital:
        pairs.append((labels["capital"], found.capital))
    rng = random.Random(f"{site.seed} labels")
    form = rng.choice(("<li><strong>{} :</strong> {}</li>", "<li>{} : {}</li>", "<tr><th>{}</th><td>{}</td></tr>"))
    whole = "<tr><td colspan=2>{}</td></tr>" if form.startswith("<tr") else "<li>{}</li>"
    lines = [form.format(label, html.escape(value)) for label, value in pairs]
    lines += [whole.format(one) for one in (*map(html.escape, own_lines(site)), *_phone_lines(site))]
    tag = "table" if whole.startswith("<tr") else "ul"
    return f"<{tag}>{''.join(lines)}</{tag}>"


def _sentence(site: Site) -> str:
    """One sentence that says it all, as generators of notices write it."""
    found = entity(site)
    form = f", {found.form}" if found.apart else ""
    capital = f" au capital de {found.capital}" if found.capital else ""
    numbers = ", ".join(html.escape(one[0].lower() + one[1:] if one[1].islower() else one) for one in own_lines(site))
    kind = "" if found.form == "EI" else "la société "
    text = (
        f"Le site {site.host} est édité par {kind}{html.escape(found.name)}{form}{capital}, {numbers}, "
        f"dont le siège social est situé {html.escape(_seat(site))}."
    )
    if site.facts.notice == "one_paragraph" and (host := _host_company(site)):
        text += f" Il est hébergé par {host.name}, {host.address}, {foreign_rcs(host.name)}."
    phones = "".join(f"<p>{one}</p>" for one in _phone_lines(site))
    return f"<p>{text}</p>{phones}"


def _host_company(site: Site) -> Company | None:
    """The host that the notice names: whose address stands on the page, else any, or none."""
    if "legal" not in site.pages:
        return None
    shown = next((one for one in site.shown if one.owner == "host"), None)
    if shown:
        return BY_DOMAIN[shown.address.partition("@")[2]]
    own = random.Random(f"{site.seed} host")
    return own.choice(HOSTS) if own.random() < 0.5 else None


def _host_blocks(site: Site, rng: random.Random) -> list[str]:
    host = _host_company(site)
    if host is None:
        return []
    shown = [one for one in site.shown if one.owner == "host"]
    mail = mail_markup(shown[0], rng) if shown else ""
    own = random.Random(f"{site.seed} host form")
    if site.facts.notice == "one_paragraph" and site.language == "fr":
        return [f"<h2>{WORDS[site.language]['host']}</h2>\n<p>Contact : {mail}</p>"] if mail else []
    if own.random() < 0.5:
        text = f"{host.name}<br>{host.address}<br>{foreign_lines(host.name)}<br>{host.phone}"
    else:
        text = own.choice(HOSTED[site.language]).format(name=host.name, address=host.address, phone=host.phone)
    return [f"<h2>{WORDS[site.language]['host']}</h2>\n<p>{text}</p>\n{mail}"]


def _brand_owner(site: Site, rng: random.Random) -> str:
    """A second company on the legal page: whose brand the business bears."""
    last = rng.choice([one for one in LAST_NAMES if one != site.business.last]).replace("-", " ")
    name = f"SAS Enseignes {last} Développement"
    return (
        f"<h2>{WORDS[site.language]['brand']}</h2>\n<p>{name}<br>12 rue de la Boussole, 59800 Lille<br>"
        f"{foreign_lines(name)}</p>"
    )


def _maker_block(site: Site, rng: random.Random) -> list[str]:
    """Who made the site, with his numbers, on every second site that has such."""
    if not site.agency or rng.random() < 0.5:
        return []
    agency = BY_DOMAIN[site.agency]
    return [
        f"<h2>{MADE[site.language]}</h2><p>{agency.name}<br>{agency.address}<br>"
        f"{foreign_lines(agency.name)}<br>{agency.phone}</p>"
    ]
