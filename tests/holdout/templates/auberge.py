"""A house with rooms or tables: a language in each address, a carousel, a booking bar, facts as JSON-LD."""

import json

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of


def auberge(site: Site) -> Pages:
    """Under /fr/: the home page and contact-acces, notre-equipe, mentions-legales, la-carte, les-chambres (.html)."""
    words = words_of(site)
    menu = "".join(f"<li>Plat du jour n° {number} <b>{11 + number} €</b></li>" for number in range(1, 15))
    slides = "".join(f'<figure class="vue" data-rang="{rank}"></figure>' for rank in range(6))
    pages = {
        "/fr/": f'<div class="diapo">{slides}</div><h1>{site.name}</h1><p>{pitch(site)}</p>{site.at("home")}',
        "/fr/les-chambres.html": f"<h1>Les chambres</h1><p>{story(site)}</p>",
        "/fr/la-carte.html": f"<h1>La carte</h1><ul>{menu}</ul>",
        "/fr/notre-equipe.html": f"<h1>{words.about}</h1><p>{story(site)}</p>{site.at('team')}",
        "/fr/contact-acces.html": f"<h1>Contact et accès</h1><p>{phone_of(site)}</p>{site.at('contact')}",
        "/fr/mentions-legales.html": f"<h1>{words.legal}</h1><p>{site.name}</p>{site.at('legal')}",
    }
    built = {path: _page(site, content) for path, content in pages.items()}
    return built if site.home != "/" else {"/": built["/fr/"], **built}


def _page(site: Site, content: str) -> str:
    facts = {
        "@context": "http://schema.org",
        "@type": "LodgingBusiness",
        "name": site.name,
        "telephone": phone_of(site),
        "address": {"@type": "PostalAddress", "addressLocality": site.city, "addressCountry": "FR"},
    }
    entries = (
        ("les-chambres", "Les chambres"),
        ("la-carte", "La carte"),
        ("notre-equipe", "Notre équipe"),
        ("contact-acces", "Contact & accès"),
    )
    menu = "".join(f'<a class="onglet" href="/fr/{name}.html">{label}</a>' for name, label in entries)
    body = f"""<body data-page="auberge"><div class="langues"><a href="/fr/">FR</a> <a href="/en/">EN</a></div>
<div class="bandeau">{site.at("header")}<div class="menu-principal">{menu}</div></div>
<form class="reserver" action="/fr/reserver"><input type="date" name="du"><input type="date" name="au"></form>
<article>{content}</article><aside>{phone_of(site)}</aside>
<section class="fin">{site.at("footer")}
<a href="/fr/mentions-legales.html">Mentions l&eacute;gales</a></section></body>"""
    head = f'<script type="application/ld+json">{json.dumps(facts, ensure_ascii=False)}</script>'
    return document(site, f"{site.name} - {site.city}", body, head=head)
