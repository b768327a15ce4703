"""One long page with sections and anchors, and a legal notice beside it."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of

STYLE = "<style>:root{--encre:#1d2b3a}section{padding:6rem 8vw}.carte{display:grid;gap:2rem}</style>"


def vitrine(site: Site) -> Pages:
    """The page itself and /mentions-legales; who wants to write finds the section #contact."""
    words = words_of(site)
    cards = "".join(
        f"<article class='carte__bloc'><h3>Étape {number}</h3><p>{story(site)}</p></article>" for number in (1, 2, 3)
    )
    home = f"""<section id="accueil" class="hero"><h1>{site.name}</h1><p class="lead">{pitch(site)}</p></section>
<section id="prestations"><h2>{words.services}</h2><div class="carte">{cards}</div>{site.at("home")}</section>
<section id="equipe"><h2>{words.about}</h2><p>{story(site)}</p>{site.at("team")}</section>
<section id="contact"><h2>{words.contact}</h2><address>{site.city}<br>
<a href="tel:+33{phone_of(site).replace(" ", "")[1:]}">{phone_of(site)}</a></address>{site.at("contact")}</section>"""
    legal = (
        f"<section><h1>{words.legal}</h1><p>Site édité par {site.name}, {site.city}.</p>{site.at('legal')}</section>"
    )
    return {"/": _page(site, site.name, home), "/mentions-legales": _page(site, words.legal, legal)}


def _page(site: Site, title: str, content: str) -> str:
    words = words_of(site)
    links = "".join(
        f'<li><a href="/#{anchor}">{label}</a></li>'
        for anchor, label in (
            ("prestations", words.services),
            ("equipe", words.about),
            ("contact", words.contact),
        )
    )
    body = f"""<body class="page-unique"><header class="barre"><a href="/" class="marque">{site.name}</a>
<nav aria-label="Navigation"><ul>{links}</ul></nav>{site.at("header")}</header>
<main>{content}</main>
<footer class="pied"><small>{site.name} - <a href="/mentions-legales">{words.legal}</a></small>
{site.at("footer")}</footer></body>"""
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return document(site, title, body, head=viewport + STYLE)
