"""A small shop: product grid, cart, policies, addresses that begin with /pages/."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, pitch, story, words_of

PRODUCTS = ("savon", "bougie", "panier", "tablier", "carafe", "plateau", "coussin", "lampe", "miroir", "vase")


def boutique(site: Site) -> Pages:
    """/, /pages/nous-contacter, /pages/a-propos, /policies/mentions-legales, conditions of sale, ten products."""
    words = words_of(site)
    grid = "".join(
        f'<li class="grille__article"><a href="/products/{slug}">'
        f'<img src="/files/{slug}_480x480.jpg" alt="{slug}" loading="lazy">'
        f'<span class="prix">{12 + 7 * place},90 €</span></a></li>'
        for place, slug in enumerate(PRODUCTS)
    )
    terms = f"<h1>Conditions générales de vente</h1><p>{story(site)}</p>" + f"<p>{story(site)}</p>" * 12
    pages = {
        "/": f'<h1 class="sr">{site.name}</h1><p>{pitch(site)}</p><ul class="grille">{grid}</ul>{site.at("home")}',
        "/pages/nous-contacter": f"<h1>{words.contact}</h1><form method='post'>"
        f"<input type='email' name='contact[email]'><textarea name='contact[body]'></textarea>"
        f"<button>Envoyer</button></form>{site.at('contact')}",
        "/pages/a-propos": f"<h1>À propos</h1><p>{story(site)}</p>{site.at('team')}",
        "/policies/mentions-legales": f"<h1>{words.legal}</h1><p>{site.name}, {site.city}</p>{site.at('legal')}",
        "/policies/cgv": terms,
    }
    pages |= {f"/products/{slug}": f"<h1>{slug.title()}</h1><p>{story(site)}</p>" for slug in PRODUCTS}
    return {path: _page(site, content) for path, content in pages.items()}


def _page(site: Site, content: str) -> str:
    words = words_of(site)
    body = f"""<body class="gabarit-index"><a class="evitement" href="#principal">Aller au contenu</a>
<div class="annonce">Livraison offerte dès 60 €</div>
<header class="entete">{site.at("header")}<a href="/cart" aria-label="Panier">0</a><details><summary>Menu</summary>
<nav><a href="/collections/all">Tous les produits</a><a href="/pages/a-propos">À propos</a></nav></details></header>
<main id="principal">{content}</main>
<footer class="pied-boutique"><h2>Besoin d'aide ?</h2><ul><li><a href="/pages/nous-contacter">Nous contacter</a></li>
<li><a href="/policies/cgv">CGV</a></li><li><a href="/policies/mentions-legales">{words.legal}</a></li></ul>
{site.at("footer")}<p>&copy; {site.name}</p></footer></body>"""
    return document(site, site.name, body)
