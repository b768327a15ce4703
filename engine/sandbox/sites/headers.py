"""Headers and cookies that the real products send with a page."""

import random
from collections.abc import Callable

from engine.sandbox.sites.site import Family, Site

Headers = tuple[tuple[str, str], ...]
Maker = Callable[[random.Random, str], Headers]


def page_headers(site: Site) -> Headers:
    """What this site's server says beside the page, the same each time; the canonical root stands in some of it."""
    rng = random.Random(f"{site.seed} headers")
    maker = MAKERS.get(site.family)
    return maker(rng, site.root) if maker else ()


def _php(rng: random.Random) -> Headers:
    # Every second host hides the version of its PHP.
    return (("X-Powered-By", f"PHP/8.{rng.randint(0, 3)}.{rng.randint(1, 20)}"),) if rng.random() < 0.5 else ()


def _hex(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(digits * 4):0{digits}x}"


def _wordpress(rng: random.Random, root: str) -> Headers:
    return (*_php(rng), ("Link", f'<{root}/wp-json/>; rel="https://api.w.org/"'))


def _shopify(rng: random.Random, _: str) -> Headers:
    return (
        ("X-Shopify-Stage", "production"),
        ("X-ShopId", str(rng.randint(10**9, 10**10))),
        ("powered-by", "Shopify"),
        ("Set-Cookie", f"_shopify_y={_hex(rng, 32)}; path=/; SameSite=Lax"),
        ("Set-Cookie", "localization=FR; path=/; SameSite=Lax"),
    )


def _wix(rng: random.Random, _: str) -> Headers:
    return (
        ("X-Wix-Request-Id", f"{rng.randint(10**9, 2 * 10**9)}.{rng.randint(10**9, 10**10)}"),
        ("X-Seen-By", _hex(rng, 24)),
        ("Set-Cookie", "XSRF-TOKEN=1719000000|aBcDeFgHiJkL; Path=/; Secure"),
    )


def _squarespace(rng: random.Random, _: str) -> Headers:
    return (("X-ContextId", f"{_hex(rng, 8)}/{_hex(rng, 8)}"), ("Set-Cookie", f"crumb={_hex(rng, 32)};Path=/"))


def _prestashop(rng: random.Random, _: str) -> Headers:
    return (
        *_php(rng),
        ("Powered-By", "PrestaShop"),
        ("Set-Cookie", f"PrestaShop-{_hex(rng, 32)}=def50200{_hex(rng, 40)}; path=/; HttpOnly; SameSite=Lax"),
    )


def _joomla(rng: random.Random, _: str) -> Headers:
    return (*_php(rng), ("Set-Cookie", f"{_hex(rng, 32)}={_hex(rng, 26)}; path=/; HttpOnly"))


def _drupal(rng: random.Random, _: str) -> Headers:
    cache = ("X-Drupal-Cache", rng.choice(("HIT", "MISS")))
    if rng.random() < 0.5:
        return (*_php(rng), cache)
    return (*_php(rng), cache, ("X-Generator", "Drupal 10 (https://www.drupal.org)"))


def _spip(rng: random.Random, _: str) -> Headers:
    return (*_php(rng), ("Composed-By", "SPIP 4.2.8 @ www.spip.net"), ("X-Spip-Cache", "3600"))


def _typo3(rng: random.Random, _: str) -> Headers:
    cookie = (("Set-Cookie", f"fe_typo_user={_hex(rng, 32)}; path=/; HttpOnly"),) if rng.random() < 0.5 else ()
    return (*_php(rng), *cookie)


def _jimdo(rng: random.Random, _: str) -> Headers:
    return (("X-Jimdo-Instance", f"i-{_hex(rng, 17)}"), ("X-Jimdo-Wid", f"s{_hex(rng, 13)}"))


def _next(_: random.Random, __: str) -> Headers:
    return (("X-Powered-By", "Next.js"),)


MAKERS: dict[Family, Maker] = {
    "wordpress": _wordpress,
    "wordpress_block": _wordpress,
    "shop": _shopify,
    "builder": _wix,
    "squarespace": _squarespace,
    "prestashop": _prestashop,
    "joomla": _joomla,
    "drupal": _drupal,
    "spip": _spip,
    "typo3": _typo3,
    "jimdo": _jimdo,
    "next_js": _next,
}
