"""A practice (law, health, accounting): sober pages, definition lists, a sidebar with practical information."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of

ARTICLES = ("succession", "bail", "rendez-vous", "honoraires", "mediation", "urgence", "patrimoine", "litiges")


def cabinet(site: Site) -> Pages:
    """/, /le-cabinet/, /l-equipe/, /acces-et-contact/, /informations-legales/ and eight articles."""
    words = words_of(site)
    rows = "".join(f"<dt>Domaine {number}</dt><dd>{story(site)}</dd>" for number in range(1, 7))
    contact = f"""<h1>Accès et contact</h1><dl class="infos"><dt>{words.phone}</dt><dd>{phone_of(site)}</dd>
<dt>Horaires</dt><dd>{words.hours}</dd></dl>{site.at("contact")}"""
    legal = f"<h1>Informations légales</h1><h2>Éditeur</h2><p>{site.name}, {site.city}</p>{site.at('legal')}"
    pages = {
        "/": f"<h1>{site.name}</h1><p>{pitch(site)}</p><dl>{rows}</dl>{site.at('home')}",
        "/le-cabinet/": f"<h1>Le cabinet</h1><p>{story(site)}</p>",
        "/l-equipe/": f"<h1>{words.about}</h1><p>{story(site)}</p>{site.at('team')}",
        "/acces-et-contact/": contact,
        "/informations-legales/": legal,
    }
    pages |= {f"/actualites/{slug}/": f"<h1>{slug.title()}</h1><p>{story(site)}</p>" for slug in ARTICLES}
    return {path: _page(site, content) for path, content in pages.items()}


def _page(site: Site, content: str) -> str:
    words = words_of(site)
    news = "".join(f'<li><a href="/actualites/{slug}/">Fiche : {slug}</a></li>' for slug in ARTICLES)
    body = f"""<body><div id="wrap"><div id="top" role="banner"><p class="nom">{site.name}</p>{site.at("header")}
<ul id="menu"><li><a href="/">{words.home}</a></li><li><a href="/le-cabinet/">Le cabinet</a></li>
<li><a href="/l-equipe/">L'équipe</a></li><li><a href="/acces-et-contact/">Nous rencontrer</a></li></ul></div>
<div id="colonne-gauche"><h4>À lire</h4><ul>{news}</ul></div>
<div id="contenu">{content}</div>
<div id="bas" role="contentinfo"><p>{site.name} &middot; {site.city} &middot; {phone_of(site)}</p>
<p><a href="/informations-legales/">Informations légales</a></p>{site.at("footer")}</div></div></body>"""
    return document(site, f"{site.name} | {site.trade} {site.city}", body)
