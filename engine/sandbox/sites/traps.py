"""Text that looks like a mail address of the company and is none."""

import hashlib
import random

from engine.sandbox.sites.site import Site


def head_traps(site: Site) -> str:
    """Error-reporting keys, versioned packages, a theme author's signature."""
    key = hashlib.md5(site.seed.encode(), usedforsecurity=False).hexdigest()
    number = int(key[:6], 16)
    return (
        f'<script src="https://cdn.jsdelivr.net/npm/swiper@11.0.{number % 9}/swiper-bundle.min.js"></script>\n'
        f'<script>window.reporting = {{dsn: "https://{key}@o{number}.ingest.sentry.io/{number}"}};'
        f' var backup = "{key[:16]}@sentry.wixpress.com";</script>\n'
        "<!-- theme Boutique Zen, by theme-author@boutique-zen-themes.com -->"
    )


def body_traps(site: Site) -> str:
    """Images for dense screens, handles, examples."""
    rng = random.Random(f"{site.seed} traps")
    handle = site.business.last.lower().replace("-", "")
    example = rng.choice(("prenom.nom@exemple.fr", "john.doe@example.com", "email@domain.com"))
    return (
        '<img src="/images/logo@2x.png" srcset="/images/logo@2x.png 2x, /images/p@1.5x.jpg 1.5x" alt="logo@2x.png">\n'
        f'<p><a href="https://www.tiktok.com/tag/{handle}">@{handle}</a></p>\n'
        f"<p><small>ex. : {example}</small></p>"
    )
