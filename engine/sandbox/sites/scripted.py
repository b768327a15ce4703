"""The files behind a site that only its script draws."""

import html
import json

from engine.sandbox.sites import content
from engine.sandbox.sites.encodings import SCRIPTED, slot_of
from engine.sandbox.sites.layouts.app import Model, bundle
from engine.sandbox.sites.layouts.frame import Frame
from engine.sandbox.sites.paths import page_paths, page_titles
from engine.sandbox.sites.site import PageKind, Site
from engine.sandbox.sites.wording import WORDS

FETCHED = "script_fetched"
LINK = '<a href="{href}">{text}</a>'


def bundle_text(site: Site, frame: Frame, blocks: dict[PageKind, tuple[str, ...]]) -> str:
    """The script; `frame` is that of any page, `blocks` are the bodies of all."""
    words, titles = WORDS[site.language], page_titles(site)
    model = Model(
        name=html.escape(site.business.name),
        nav=frame.items(LINK),
        footer=content.footer(site),
        pages={
            path: (f"{titles[kind]} – {site.business.name}", blocks[kind]) for kind, path in page_paths(site).items()
        },
        missing=(words["missing"], (f"<h1>{words['missing']}</h1><p>{words['missing_text']}</p>",)),
    )
    return bundle(model, None if asks_api(site) else boxes(site))


def asks_api(site: Site) -> bool:
    return any(one.method == FETCHED for one in site.shown)


def contact_json(site: Site) -> bytes:
    """What the site's API says of its addresses."""
    return json.dumps({"name": site.business.name, "boxes": boxes(site)}).encode()


def boxes(site: Site) -> dict[str, tuple[str, str]]:
    """Slot -> local part and domain of each address that the script shows."""
    found: dict[str, tuple[str, str]] = {}
    for one in site.shown:
        if one.method in SCRIPTED:
            local, _, domain = one.address.partition("@")
            found[slot_of(one.address)] = (local, domain)
    return found
