"""A small business abroad (Italian, Spanish, English): a hero, a strip of services, a footer in three columns."""

from tests.holdout.kinds import Language, Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of

PATHS: dict[Language, tuple[str, str, str]] = {  # contact, about, legal
    "it": ("/contatti", "/chi-siamo", "/note-legali"),
    "es": ("/contacto", "/quienes-somos", "/aviso-legal"),
    "en": ("/contact-us", "/about", "/legal-notice"),
    "fr": ("/contact", "/apropos", "/mentions"),
    "de": ("/kontakt", "/ueber", "/impressum"),
}


def bottega(site: Site) -> Pages:
    """Home, contact, about and legal pages under the usual addresses of the site's language."""
    words = words_of(site)
    contact, about, legal = PATHS[site.language]
    pages = {
        "/": f"<div class='hero'><h1>{pitch(site)}</h1></div><p class='strip'>{story(site)}</p>{site.at('home')}",
        contact: f"<h2>{words.contact}</h2><p>{words.phone}: {phone_of(site)}</p>{site.at('contact')}",
        about: f"<h2>{words.about}</h2><p>{story(site)}</p>{site.at('team')}",
        legal: f"<h2>{words.legal}</h2><p>{site.name}, {site.city}</p>{site.at('legal')}",
    }
    return {path: _page(site, content) for path, content in pages.items()}


def _page(site: Site, content: str) -> str:
    words = words_of(site)
    contact, about, legal = PATHS[site.language]
    body = f"""<body><div class="topbar">{site.at("header")}<span>{phone_of(site)}</span></div>
<nav><a href="/">{words.home}</a><a href="{about}">{words.about}</a><a href="{contact}">{words.contact}</a></nav>
<div class="content">{content}</div>
<footer><div>{site.name}</div><div>{words.hours}</div><div><a href="{legal}">{words.legal}</a>{site.at("footer")}</div>
</footer></body>"""
    return document(site, f"{site.name} - {site.city}", body)
