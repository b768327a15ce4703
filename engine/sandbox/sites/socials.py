"""The profiles of a business on other people's networks, and how its pages link them."""

import random
from dataclasses import dataclass

from engine.sandbox.draw import slug
from engine.sandbox.sites.phones import extra_phones
from engine.sandbox.sites.site import Site

# Canonical addresses; `{}` is the handle.
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
# Other forms of a profile that is canonical as it is; `{}` the handle, `{n}` a number, `{id}` a channel's id.
ODD = {
    "facebook": "https://www.facebook.com/profile.php?id=1000{n}",
    "linkedin": "https://www.linkedin.com/in/{person}-{n}",
    "youtube": "https://www.youtube.com/channel/UC{id}",
}
# How else each network's canonical address is linked; `{path}` is what follows the host.
LINKED = {
    "facebook": (
        *("https://m.facebook.com{path}", "http://facebook.com{path}/", "https://fr-fr.facebook.com{path}/"),
        *("https://www.facebook.com{path}/?ref=bookmarks", "//www.facebook.com{path}?locale=fr_FR"),
    ),
    "instagram": (
        *("https://instagram.com{path}?igshid=YmMyMTA2M2Y=", "https://www.instagram.com{path}/?hl=fr"),
        "http://www.instagram.com{path}/",
    ),
    "linkedin": (
        *("https://fr.linkedin.com{path}/", "https://www.linkedin.com{path}/?viewAsMember=true"),
        "https://www.linkedin.com{path}/about/",
    ),
    "x_twitter": (
        *("https://twitter.com{path}", "https://www.twitter.com{path}?lang=fr", "https://mobile.twitter.com{path}"),
        "http://twitter.com{path}/",
    ),
    "youtube": ("https://youtube.com{path}", "https://m.youtube.com{path}", "https://www.youtube.com{path}/videos"),
    "tiktok": ("https://tiktok.com{path}?lang=fr", "https://www.tiktok.com{path}?_t=8abc&amp;_r=1"),
    "pinterest": ("https://www.pinterest.fr{path}/", "https://fr.pinterest.com{path}/", "https://pinterest.com{path}"),
    "whatsapp": (
        *("https://api.whatsapp.com/send?phone={path}", "https://wa.me{path}?text=Bonjour"),
        "https://api.whatsapp.com/send/?phone=%2B{path}&amp;text&amp;type=phone_number",
    ),
}
WHERE = (*("footer",) * 5, "top", "top", "top_and_footer", "home", "contact", "json_ld", "json_ld_and_footer")


@dataclass(frozen=True, slots=True)
class Profile:
    """`address` is canonical; `linked` is what the page's link says, as HTML."""

    network: str
    address: str
    linked: str


def socials(site: Site) -> dict[str, str]:
    """Canonical profile address by network; empty for a third of the sites."""
    return {one.network: one.address for one in profiles(site)}


def profiles(site: Site) -> tuple[Profile, ...]:
    """The business's profiles, one a network."""
    rng = random.Random(f"{site.seed} socials")
    handle = slug(site.business.name).replace("-", rng.choice(("", ".", "_")))
    if rng.random() < 0.35:
        return ()
    chosen = {*COMMON[: rng.randint(1, 2)], *rng.sample(sorted(NETWORKS), rng.randint(0, 2))}
    forms = random.Random(f"{site.seed} social forms")
    found = [_profile(network, handle, site, forms) for network in NETWORKS if network in chosen]
    mobile = next((one for one in extra_phones(site) if one.mobile), None)
    if mobile and forms.random() < 0.7:
        number = mobile.e164[1:]
        found.append(Profile("whatsapp", f"https://wa.me/{number}", _linked("whatsapp", f"/{number}", forms)))
    return tuple(found)


def social_links(site: Site, place: str) -> str:
    """The profiles that stand here, as a row of icons: 'top', 'footer' or a page's body; '' for none."""
    rng = random.Random(f"{site.seed} social links")
    where = _where(site)
    # A chat link belongs to the eye, not to the data: it is linked wherever the profiles are.
    if place not in where.split("_and_") and not (where == "json_ld" and place == "footer"):
        return ""
    named = rng.random() < 0.3
    links = "".join(
        f'<a class="social social--{one.network}" href="{one.linked}" target="_blank" rel="noopener" '
        f'aria-label="{one.network}">{_icon(one.network, named=named)}</a>'
        for one in profiles(site)
        if where != "json_ld" or one.network == "whatsapp"
    )
    return f'<div class="socials">{links}</div>' if links else ""


def same_as(site: Site) -> list[str]:
    """What the home page's JSON-LD lists; [] for nothing."""
    if "json_ld" not in _where(site):
        return []
    return [one.address for one in profiles(site) if one.network != "whatsapp"]


def _where(site: Site) -> str:
    chosen = random.Random(f"{site.seed} social place").choice(WHERE)
    readable = "contact" in site.pages and not site.contact_unlinked and not site.contact_disallowed
    return "home" if chosen == "contact" and not readable else chosen


def _icon(network: str, *, named: bool) -> str:
    return network.replace("_", " / ").capitalize() if named else '<svg viewBox="0 0 24 24" width="20"></svg>'


def _profile(network: str, handle: str, site: Site, rng: random.Random) -> Profile:
    if network in ODD and rng.random() < 0.25:
        person = slug(f"{site.business.first} {site.business.last}")
        odd = ODD[network].format(n=rng.randint(10**8, 10**9), person=person, id=f"{rng.getrandbits(88):022x}")
        return Profile(network, odd, odd)
    canonical = NETWORKS[network].format(_handle(network, handle, rng))
    if network == "youtube" and rng.random() < 0.4:
        canonical = canonical.replace("/@", rng.choice(("/user/", "/c/")))
    return Profile(network, canonical, _linked(network, "/" + canonical.split("/", 3)[3], rng))


def _handle(network: str, handle: str, rng: random.Random) -> str:
    """The handle in the letters that the network takes."""
    if network == "linkedin":
        return handle.replace(".", "-").replace("_", "-")
    if network == "x_twitter":
        return handle.replace(".", "_")[:15]
    if network == "pinterest":
        return handle.replace(".", "").replace("_", "")
    if network == "facebook":
        handle = handle.replace("_", ".")
        return handle.title() if rng.random() < 0.3 else handle
    return handle


def _linked(network: str, path: str, rng: random.Random) -> str:
    """As canonical, with a slash, or in another of the network's forms."""
    if network == "whatsapp":
        form = rng.choice(("https://wa.me{path}", *LINKED[network]))
        return form.format(path=path if "wa.me" in form else path[1:])
    # The canonical host, without and with the slash at the end, then the others.
    host = f"https://{'' if network == 'x_twitter' else 'www.'}{network.removesuffix('_twitter')}.com"
    return rng.choice((f"{host}{{path}}", f"{host}{{path}}/", *LINKED[network])).format(path=path)
