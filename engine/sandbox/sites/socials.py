"""The profiles that a business links from its footer."""

import random

from engine.sandbox.draw import slug
from engine.sandbox.sites.site import Site

# Canonical addresses, `{}` is the handle.
NETWORKS = {
    "facebook": "https://www.facebook.com/{}",
    "instagram": "https://www.instagram.com/{}",
    "linkedin": "https://www.linkedin.com/company/{}",
    "x_twitter": "https://x.com/{}",
    "youtube": "https://www.youtube.com/@{}",
    "tiktok": "https://www.tiktok.com/@{}",
    "pinterest": "https://www.pinterest.com/{}",
}
COMMON = ("facebook", "instagram")


def socials(site: Site) -> dict[str, str]:
    """Canonical profile address by network; empty for a third of the sites."""
    rng = random.Random(f"{site.seed} socials")
    handle = slug(site.business.name).replace("-", rng.choice(("", ".", "_")))
    if rng.random() < 0.35:
        return {}
    chosen = {*COMMON[: rng.randint(1, 2)], *rng.sample(sorted(NETWORKS), rng.randint(0, 2))}
    return {network: NETWORKS[network].format(handle) for network in NETWORKS if network in chosen}


def social_links(site: Site) -> str:
    """The footer's row of icons; '' without profiles."""
    rng = random.Random(f"{site.seed} social links")
    ending = rng.choice(("", "/"))
    links = "".join(
        f'<a class="social social--{network}" href="{address}{ending}" target="_blank" rel="noopener" '
        f'aria-label="{network}"><svg viewBox="0 0 24 24" width="20" height="20"></svg></a>'
        for network, address in socials(site).items()
    )
    return f'<div class="socials">{links}</div>' if links else ""
