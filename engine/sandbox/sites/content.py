"""What stands on each kind of page, as HTML blocks that a layout then frames."""

import html
import json
import random

from engine.sandbox.sites.companies import BY_DOMAIN, Company
from engine.sandbox.sites.encodings import JSON_LD
from engine.sandbox.sites.legal_notice import company_blocks, footer_notice, legal_blocks
from engine.sandbox.sites.number_lures import maker_phone, number_lures
from engine.sandbox.sites.parts import mail_markup, mails, phone_link
from engine.sandbox.sites.phones import json_phones, phone_block
from engine.sandbox.sites.price_forms import home_lure, price_blocks
from engine.sandbox.sites.site import PageKind, Shown, Site
from engine.sandbox.sites.social_lures import maker_profiles, social_lures, vendor_credit
from engine.sandbox.sites.socials import same_as, social_links
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
        "legal": legal_blocks,
        "news": _news,
    }
    found = makers[page](site, rng)
    if site.one_page and page == "home":
        found += [
            *_services(site, rng),
            f'<div id="contact">{_contact_details(site, rng)}</div>',
            *company_blocks(site, rng),
        ]
    return found


def footer(site: Site) -> str:
    """Address line, the footer's mail address and numbers, profiles, a notice where no page has it, the credits."""
    rng = random.Random(f"{site.seed} footer")
    words, business = WORDS[site.language], site.business
    lines = [f"<p>© {html.escape(business.name)} – {words['rights']}</p>"]
    lines.append(f"<p>{html.escape(business.street)}, {business.commune.postal_code} {business.commune.name}</p>")
    lines += [mail_markup(one, rng) for one in site.shown if one.page is None and one.owner != "agency"]
    lines += [phone_block(site, "footer"), social_links(site, "footer"), footer_notice(site)]
    if site.group:
        group = BY_DOMAIN[site.group]
        lines.append(f'<p>{words["group"]} <a href="https://www.{group.domain}/">{group.name}</a></p>')
    if site.agency:
        lines.append(_credit(site, BY_DOMAIN[site.agency], rng))
    lines.append(vendor_credit(site))
    return "\n".join(filter(None, lines))


def page_json(site: Site, page: PageKind) -> str:
    """All JSON-LD of this page, as HTML."""
    return "\n".join(filter(None, (business_json(site, page), organization_json(site, page))))


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


def organization_json(site: Site, page: PageKind) -> str:
    """The home page's second JSON-LD: profiles and further numbers; '' when there is nothing to say."""
    found = json_phones(site)
    if listed := same_as(site):
        found["sameAs"] = listed
    if page != "home" or not found:
        return ""
    thing: dict[str, object] = {"@type": "Organization", "name": site.business.name, **found}
    document = _wrapped(thing, site, random.Random(f"{site.seed} organization"))
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


def _credit(site: Site, agency: Company, rng: random.Random) -> str:
    credit = (
        f'{WORDS[site.language]["made_by"]} : <a href="https://www.{agency.domain}/" rel="nofollow">{agency.name}</a>'
    )
    shown = [one for one in site.shown if one.owner == "agency"]
    mail = f' – <span class="agence">{mail_markup(shown[0], rng)}</span>' if shown else ""
    return f'<p class="credits">{credit}{maker_phone(site, agency)}{mail}{maker_profiles(site, agency)}</p>'


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


def _home(site: Site, rng: random.Random) -> list[str]:
    business, words = site.business, WORDS[site.language]
    services = "".join(f"<li>{html.escape(one)}</li>" for one in business.category.services)
    found = [
        f"<h1>{html.escape(business.name)}</h1>\n{_sentences(site, rng, 3)}",
        f"<ul class='services'>{services}</ul>\n{_sentences(site, rng, 2)}",
        f"{_hours(site, rng)}\n<p>{words['phone']} : {phone_link(site)}</p>",
    ]
    if not site.one_page:
        found.append(mails(site, "home", rng))
    if site.traps:
        found.append(
            f"<h3>{words['reviews']}</h3><blockquote>@{business.last.lower()}_{business.commune.postal_code} : "
            f"{_sentences(site, rng, 1)}</blockquote>"
        )
    found += [phone_block(site, "home"), social_links(site, "home"), number_lures(site), social_lures(site)]
    return [one for one in [*found, home_lure(site)] if one]


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
    return [f"{head}\n{_sentences(site, rng, 2)}\n{mails(site, 'team', rng)}", _sentences(site, rng, 3)]


def _contact(site: Site, rng: random.Random) -> list[str]:
    facts = (phone_block(site, "contact"), social_links(site, "contact"))
    return [_contact_details(site, rng), *filter(None, facts), _form(site), _hours(site, rng)]


def _contact_details(site: Site, rng: random.Random) -> str:
    business, words = site.business, WORDS[site.language]
    return (
        f"<h2>{html.escape(business.name)}</h2>\n<p>{words['address']} : {html.escape(business.street)}<br>"
        f"{business.commune.postal_code} {business.commune.name}</p>\n"
        f"<p>{words['phone']} : {phone_link(site)}</p>\n{mails(site, 'contact', rng)}"
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


def _news(site: Site, rng: random.Random) -> list[str]:
    published = WORDS[site.language]["published"]
    return [
        f"<article><h2>{html.escape(one)}</h2><time>{published} {rng.randint(1, 28)}/{rng.randint(1, 12)}/2025</time>\n"
        f"{_sentences(site, rng, 4)}</article>"
        for one in site.business.category.services[:3]
    ]
