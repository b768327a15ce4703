"""Links to networks that are no profile of the business: buttons, posts, other people's profiles."""

import random
from urllib.parse import quote

from engine.sandbox.draw import slug
from engine.sandbox.sites.companies import Company
from engine.sandbox.sites.site import Family, Site
from engine.sandbox.sites.socials import socials

# Of buttons, tools and posts; `{url}` is the page's address, `{word}` a word, `{id}` letters and digits.
LURES = (
    '<a href="https://www.facebook.com/sharer/sharer.php?u={url}">Partager</a> '
    '<a href="https://twitter.com/intent/tweet?text={word}&amp;url={url}">Tweeter</a>',
    '<a href="https://www.linkedin.com/shareArticle?mini=true&amp;url={url}">LinkedIn</a> '
    '<a href="https://www.linkedin.com/sharing/share-offsite/?url={url}">Partager</a>',
    '<a href="https://pinterest.com/pin/create/button/?url={url}&amp;media=photo.jpg">Épingler</a>',
    '<a href="https://api.whatsapp.com/send?text={url}">Envoyer</a> <a href="https://wa.me/?text={url}">WhatsApp</a>',
    '<iframe src="https://www.youtube.com/embed/{id}?rel=0" width="560" height="315"></iframe>',
    '<a href="https://www.youtube.com/watch?v={id}">Voir la vidéo</a> <a href="https://youtu.be/{id}">Vidéo</a>',
    '<a href="https://www.instagram.com/p/{id}/">Notre photo du jour</a> '
    '<a href="https://www.instagram.com/reel/{id}/">En vidéo</a>',
    '<a href="https://www.instagram.com/explore/tags/{word}/">#{word}</a> '
    '<a href="https://www.facebook.com/hashtag/{word}">#{word}</a> <a href="https://x.com/hashtag/{word}">#{word}</a>',
    '<a href="https://twitter.com/search?q=%23{word}">#{word}</a> '
    '<a href="https://www.tiktok.com/search?q={word}">{word}</a> '
    '<a href="https://www.pinterest.fr/search/pins/?q={word}">{word}</a>',
    '<a href="https://www.facebook.com/login/?next={url}">Se connecter avec Facebook</a> '
    '<a href="https://www.facebook.com/dialog/oauth?client_id=1234">Facebook</a>',
    '<a href="https://twitter.com/i/status/17000{n}">Un mot de presse</a> '
    '<a href="https://www.facebook.com/events/{n}/">Portes ouvertes</a>',
    '<a href="https://www.facebook.com/photo.php?fbid={n}&amp;set=a.1">Photo</a> '
    '<a href="https://www.facebook.com/policies/cookies/">Cookies de Facebook</a> '
    '<a href="https://www.linkedin.com/legal/cookie-policy">Cookies de LinkedIn</a>',
    '<a href="https://www.facebook.com/">Facebook</a> <a href="https://www.instagram.com/">Instagram</a> '
    '<a href="https://www.tiktok.com/">TikTok</a> <a href="https://fr.linkedin.com/">LinkedIn</a>',
)
# Profiles of who sells the product behind the layout, as its themes link them.
VENDORS: dict[Family, str] = {
    "wordpress": "https://twitter.com/wordpress",
    "builder": "https://www.facebook.com/wix",
    "prestashop": "https://www.facebook.com/prestashop",
    "squarespace": "https://www.instagram.com/squarespace",
    "jimdo": "https://www.facebook.com/jimdo",
    "shop": "https://www.instagram.com/shopify",
    "joomla": "https://www.facebook.com/joomla",
}
PRODUCTS: dict[Family, str] = {"wordpress": "WordPress", "builder": "Wix", "shop": "Shopify"}
PARTNERS = {
    "facebook": "https://www.facebook.com/tourisme.{city}",
    "instagram": "https://www.instagram.com/les_marches_de_{city}/",
    "youtube": "https://www.youtube.com/@tele-{city}",
}


def social_lures(site: Site) -> str:
    """What the home page of two sites in three holds of them."""
    rng = random.Random(f"{site.seed} social lures")
    found = rng.sample(LURES, rng.choice((0, 2, 3)))
    word = slug(site.business.category.label).replace("-", "")
    facts = {
        "url": quote(f"{site.root}/", safe=""),
        "word": word,
        "id": f"C{rng.getrandbits(40):010x}",
        "n": str(rng.randint(10**9, 10**10)),
    }
    texts = [one.format(**facts) for one in found]
    return f'<div class="partage">{" ".join([*texts, *_partner(site, rng)])}</div>' if texts else ""


def vendor_credit(site: Site) -> str:
    """Who sells the product, with his profile: in the footer of every third site that has such a product."""
    address = VENDORS.get(site.family)
    if address is None or random.Random(f"{site.seed} vendor").random() > 0.34:
        return ""
    product = PRODUCTS.get(site.family, site.family.capitalize())
    return f'<p class="powered">Propulsé par {product} <a href="{address}" rel="nofollow">{product}</a></p>'


def maker_profiles(site: Site, agency: Company) -> str:
    """The profiles of who made the site, in his credits on every second of his sites."""
    if random.Random(f"{site.seed} maker profiles").random() < 0.5:
        return ""
    handle = slug(agency.name).replace("-", "")
    return (
        f' <a href="https://www.facebook.com/{handle}">Facebook</a>'
        f' <a href="https://www.linkedin.com/company/{slug(agency.name)}/">LinkedIn</a>'
    )


def _partner(site: Site, rng: random.Random) -> list[str]:
    """A partner's profile, where the business has one of its own in that network to be preferred."""
    own = [network for network in PARTNERS if network in socials(site)]
    if not own or rng.random() < 0.5:
        return []
    address = PARTNERS[own[0]].format(city=slug(site.business.commune.name))
    return [f'Nos partenaires : <a href="{address}">{site.business.commune.name} et ses marchés</a>']
