"""What stands on each kind of page, as HTML blocks that a layout then frames."""

import html
import json
import random

from engine.sandbox.business import LAST_NAMES
from engine.sandbox.sites.companies import BY_DOMAIN, MEDIATOR, Company
from engine.sandbox.sites.company_ids import foreign_lines, own_lines
from engine.sandbox.sites.encodings import ENCODINGS, JSON_LD, SCRIPTED
from engine.sandbox.sites.prices import price_blocks
from engine.sandbox.sites.site import PageKind, Shown, Site
from engine.sandbox.sites.socials import social_links
from engine.sandbox.sites.wording import DAYS, SENTENCES, WORDS


def blocks(site: Site, page: PageKind) -> list[str]:
    """The blocks of this page's body, in order."""
    rng = random.Random(f"{site.seed} {page}")
    makers = {
        "home": _home,
        "services": _services,
        "prices": _prices,
        "team": _team,
        "contact": _contact,
        "legal": _legal,
        "news": _news,
    }
    found = makers[page](site, rng)
    if site.one_page and page == "home":
        found += [*_services(site, rng), f'<div id="contact">{_contact_details(site, rng)}</div>', *_company(site, rng)]
    return found


def footer(site: Site) -> str:
    """Address line, the footer's mail address, the maker's credit."""
    rng = random.Random(f"{site.seed} footer")
    words, business = WORDS[site.language], site.business
    lines = [f"<p>© {html.escape(business.name)} – {words['rights']}</p>"]
    lines.append(f"<p>{html.escape(business.street)}, {business.commune.postal_code} {business.commune.name}</p>")
    lines += [_mail(one, rng) for one in site.shown if one.page is None and one.owner != "agency"]
    lines.append(social_links(site))
    if site.group:
        group = BY_DOMAIN[site.group]
        lines.append(f'<p>{words["group"]} <a href="https://www.{group.domain}/">{group.name}</a></p>')
    if site.agency:
        lines.append(_credit(site, BY_DOMAIN[site.agency], rng))
    return "\n".join(filter(None, lines))


def business_json(site: Site, page: PageKind) -> str:
    """The page's JSON-LD: the business, with its address where this page gives it that way; '' when there is none."""
    rng = random.Random(f"{site.seed} json {page}")
    company = [one for one in site.shown if one.method == JSON_LD and _stands_on(site, one, page)]
    if not company and not site.group and rng.random() < 0.5:
        return ""
    business = site.business
    thing: dict[str, object] = {
        "@type": rng.choice(("LocalBusiness", "Organization")),
        "name": business.name,
        "url": f"{site.root}/",
        "telephone": f"+33{business.phone.replace(' ', '')[1:]}",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": business.street,
            "postalCode": business.commune.postal_code,
            "addressLocality": business.commune.name,
        },
    }
    if company:
        given = rng.choice(("", "mailto:")) + company[0].address
        rest = [one.address for one in company[1:]]
        thing["email"] = [given, *rest] if rest or rng.random() < 0.2 else given
    if site.group:
        group = BY_DOMAIN[site.group]
        parent = {"@type": "Organization", "name": group.name, "url": f"https://www.{group.domain}/"}
        thing["parentOrganization"] = parent
    document = _wrapped(thing, site, rng)
    return f'<script type="application/ld+json">{document}</script>'


def _wrapped(thing: dict[str, object], site: Site, rng: random.Random) -> str:
    """The document in one of the shapes that sites use, some of them sloppy."""
    shape = rng.choice(("plain", "graph", "array", "comment", "trailing_comma"))
    single = json.dumps({"@context": "https://schema.org", **thing}, ensure_ascii=rng.random() < 0.5)
    if shape == "graph":
        page = {"@type": "WebSite", "url": site.root}
        return json.dumps({"@context": "https://schema.org", "@graph": [page, thing]})
    if shape == "array":
        return f"[{single}]"
    if shape == "comment":
        return f"<!-- {single} -->"
    if shape == "trailing_comma":
        return f"{single[:-1]},}}"
    return single


def _stands_on(site: Site, one: Shown, page: PageKind) -> bool:
    return one.page is None or one in site.on(page)


def _mail(one: Shown, rng: random.Random) -> str:
    """The address as markup; '' when the page gives it in its JSON-LD only."""
    if one.method == JSON_LD:
        return ""
    return (ENCODINGS.get(one.method) or SCRIPTED[one.method])(one.address, rng)


def _mails(site: Site, page: PageKind, rng: random.Random) -> str:
    wanted = site.on("home") if site.one_page else site.on(page)
    return "\n".join(_mail(one, rng) for one in wanted if one.owner in ("own", "group", "free"))


def _credit(site: Site, agency: Company, rng: random.Random) -> str:
    credit = (
        f'{WORDS[site.language]["made_by"]} : <a href="https://www.{agency.domain}/" rel="nofollow">{agency.name}</a>'
    )
    shown = [one for one in site.shown if one.owner == "agency"]
    mail = f' – <span class="agence">{_mail(shown[0], rng)}</span>' if shown else ""
    return f'<p class="credits">{credit}{mail}</p>'


def _sentences(site: Site, rng: random.Random, count: int) -> str:
    business = site.business
    pool = SENTENCES[site.language]
    chosen = rng.sample(pool, min(count, len(pool)))
    texts = (one.format(name=business.name, city=business.commune.name, first=business.first) for one in chosen)
    return "\n".join(f"<p>{html.escape(one, quote=False)}</p>" for one in texts)


def _hours(site: Site, rng: random.Random) -> str:
    words = WORDS[site.language]
    opening = rng.choice(("9h00 – 12h00, 14h00 – 18h30", "08:30 – 19:00", "10:00 – 18:00"))
    rows = (
        f"<li><span>{day}</span> {words['closed'] if index in (0, 6) else opening}</li>"
        for index, day in enumerate(DAYS[site.language])
    )
    return f'<h3>{words["hours"]}</h3>\n<ul class="hours">{"".join(rows)}</ul>'


def _phone(site: Site) -> str:
    phone = site.business.phone
    return f'<a href="tel:+33{phone.replace(" ", "")[1:]}">{phone}</a>'


def _home(site: Site, rng: random.Random) -> list[str]:
    business, words = site.business, WORDS[site.language]
    services = "".join(f"<li>{html.escape(one)}</li>" for one in business.category.services)
    found = [
        f"<h1>{html.escape(business.name)}</h1>\n{_sentences(site, rng, 3)}",
        f"<ul class='services'>{services}</ul>\n{_sentences(site, rng, 2)}",
        f"{_hours(site, rng)}\n<p>{words['phone']} : {_phone(site)}</p>",
    ]
    if not site.one_page:
        found.append(_mails(site, "home", rng))
    if site.traps:
        found.append(
            f"<h3>{words['reviews']}</h3><blockquote>@{business.last.lower()}_{business.commune.postal_code} : "
            f"{_sentences(site, rng, 1)}</blockquote>"
        )
    return [one for one in found if one]


def _services(site: Site, rng: random.Random) -> list[str]:
    return [
        f"<h2>{html.escape(one)}</h2>\n{_sentences(site, rng, rng.randint(2, 4))}"
        for one in site.business.category.services
    ]


def _prices(site: Site, rng: random.Random) -> list[str]:
    return [*price_blocks(site), _sentences(site, rng, 2)]


def _team(site: Site, rng: random.Random) -> list[str]:
    business = site.business
    head = f"<h2>{html.escape(business.first)} {html.escape(business.last)}</h2>"
    return [f"{head}\n{_sentences(site, rng, 2)}\n{_mails(site, 'team', rng)}", _sentences(site, rng, 3)]


def _contact(site: Site, rng: random.Random) -> list[str]:
    return [_contact_details(site, rng), _form(site), _hours(site, rng)]


def _contact_details(site: Site, rng: random.Random) -> str:
    business, words = site.business, WORDS[site.language]
    return (
        f"<h2>{html.escape(business.name)}</h2>\n<p>{words['address']} : {html.escape(business.street)}<br>"
        f"{business.commune.postal_code} {business.commune.name}</p>\n"
        f"<p>{words['phone']} : {_phone(site)}</p>\n{_mails(site, 'contact', rng)}"
    )


def _form(site: Site) -> str:
    words = WORDS[site.language]
    example = "nom@exemple.com" if site.language == "fr" else "name@example.com"
    return (
        f'<form method="post" action="/envoi"><h3>{words["write"]}</h3>'
        f'<label>{words["name"]} <input name="nom"></label>'
        f'<label>{words["mail"]} <input type="email" name="email" placeholder="{example}"></label>'
        f'<label>{words["message"]} <textarea name="message"></textarea></label>'
        f"<button>{words['send']}</button></form>"
    )


def _legal(site: Site, rng: random.Random) -> list[str]:
    company, host = _company(site, rng), _host(site, rng)
    # Every second site names its host before itself.
    found = [*host, *company] if rng.random() < 0.5 else [*company, *host]
    if site.legal == "two_companies":
        found.insert(rng.randint(0, 1), _brand_owner(site, rng))
    words = WORDS[site.language]
    found.append(f"<h2>{words['privacy']}</h2><p>{words['privacy_text']}</p>")
    if any(one.owner == "mediator" for one in site.shown):
        found.append(
            f"<h2>{words['mediator']}</h2><p>{MEDIATOR.name}, {MEDIATOR.address}, "
            f'<a href="mailto:{MEDIATOR.mail}">{MEDIATOR.mail}</a></p>'
        )
    return found


def _company(site: Site, rng: random.Random) -> list[str]:
    business, words = site.business, WORDS[site.language]
    return [
        f"<h2>{words['editor']}</h2>\n<p>{html.escape(business.name)}<br>{html.escape(business.street)}<br>"
        f"{business.commune.postal_code} {business.commune.name}<br>{own_lines(site)}<br>"
        f"{words['phone']} : {_phone(site)}</p>\n"
        f"<p>{words['director']} : {html.escape(business.first)} {html.escape(business.last)}</p>\n"
        + ("" if site.one_page else _mails(site, "legal", rng))
    ]


def _brand_owner(site: Site, rng: random.Random) -> str:
    """A second company on the legal page: whose brand the business bears."""
    last = rng.choice([one for one in LAST_NAMES if one != site.business.last]).replace("-", " ")
    name = f"SAS Enseignes {last} Développement"
    return (
        f"<h2>{WORDS[site.language]['brand']}</h2>\n<p>{name}<br>12 rue de la Boussole, 59800 Lille<br>"
        f"{foreign_lines(name)}</p>"
    )


def _host(site: Site, rng: random.Random) -> list[str]:
    shown = [one for one in site.shown if one.owner == "host"]
    if not shown:
        return []
    host = BY_DOMAIN[shown[0].address.partition("@")[2]]
    return [
        f"<h2>{WORDS[site.language]['host']}</h2>\n<p>{host.name}<br>{host.address}<br>{foreign_lines(host.name)}<br>{host.phone}</p>\n"
        f"{_mail(shown[0], rng)}"
    ]


def _news(site: Site, rng: random.Random) -> list[str]:
    published = WORDS[site.language]["published"]
    return [
        f"<article><h2>{html.escape(one)}</h2><time>{published} {rng.randint(1, 28)}/{rng.randint(1, 12)}/2025</time>\n"
        f"{_sentences(site, rng, 4)}</article>"
        for one in site.business.category.services[:3]
    ]
