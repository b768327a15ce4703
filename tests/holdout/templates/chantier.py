"""A craftsman's page made to be found: long addresses, a page for each town around, a sticky telephone."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of

TOWNS = tuple(
    f"{name}-{number}" for name in ("saint-remy", "villeneuve", "beaumont", "montfort") for number in range(12)
)


def chantier(site: Site) -> Pages:
    """/, /contact-devis-gratuit, /qui-sommes-nous, /mentions-legales-et-credits and 48 town pages."""
    words = words_of(site)
    steps = "".join(
        f"<div class='col-md-4'><h3>{number}. Chantier</h3><p>{story(site)}</p></div>" for number in (1, 2, 3)
    )
    pages = {
        "/": f"<h1>{site.trade} {site.city}</h1><p>{pitch(site)}</p><div class='row'>{steps}</div>{site.at('home')}",
        "/contact-devis-gratuit": f"<h1>Devis gratuit</h1><p>{phone_of(site)}</p>{site.at('contact')}",
        "/qui-sommes-nous": f"<h1>{words.about}</h1><p>{story(site)}</p>{site.at('team')}",
        "/mentions-legales-et-credits": f"<h1>{words.legal}</h1><p>{site.name}</p>{site.at('legal')}",
    }
    pages |= {f"/intervention-{town}": f"<h1>{site.trade} {town}</h1><p>{pitch(site)}</p>" for town in TOWNS}
    return {path: _page(site, content) for path, content in pages.items()}


def _page(site: Site, content: str) -> str:
    towns = " | ".join(f'<a href="/intervention-{town}">{site.trade} {town.replace("-", " ")}</a>' for town in TOWNS)
    body = f"""<body><div class="container"><div class="navbar"><a class="navbar-brand" href="/">{site.name}</a>
{site.at("header")}<a href="/qui-sommes-nous">Qui sommes-nous ?</a>
<a class="btn btn-warning" href="/contact-devis-gratuit">Devis gratuit</a></div>
{content}
<div class="villes">{towns}</div>
<div class="footer row"><div class="col">{site.at("footer")}</div>
<div class="col"><a href="/mentions-legales-et-credits">Mentions l&#233;gales et cr&#233;dits</a></div></div></div>
<a class="telephone-fixe" href="tel:{phone_of(site).replace(" ", "")}">Appeler</a></body>"""
    return document(site, f"{site.trade.capitalize()} à {site.city} - {site.name}", body)
