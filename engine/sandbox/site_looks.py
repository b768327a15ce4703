"""What a right run finds of a site's marketing tools, of its brand and of its behaviour on screens, by column.

A column that is left out has no single right answer on that site.
"""

from dataclasses import replace
from typing import TypeAlias

from engine.sandbox.sites.brand import FAVICONS, TELLING_THEMES, WITH_ICONS, brand_of, file_paths
from engine.sandbox.sites.screens import screen_of
from engine.sandbox.sites.site import Site
from engine.sandbox.sites.technologies.stack import NOTHING, Stack

Cell: TypeAlias = str | float | bool | None
# Vendors of retargeting and of nothing else; what other pixels are used for doesn't show.
RETARGETING = frozenset({"criteo", "adroll"})


def look_columns(site: Site) -> dict[str, Cell]:
    """Column -> value, for healthy sites; nothing of broken ones."""
    if site.bad is not None:
        return {}
    return {**_marketing(site.stack), **_brand(site), **_screens(site)}


def _marketing(stack: Stack) -> dict[str, Cell]:
    """Columns of ads_intelligence. A script that waits for consent counts; a container of tags alone doesn't."""
    cells: dict[str, Cell] = {
        "pixels_detected": _joined(stack.pixels),
        "pixel_meta": "meta" in stack.pixels,
        "pixel_google_ads": "google_ads" in stack.pixels,
        "crm_detected": stack.crm or None,
        "crm_marketing": stack.crm or None,
        "chat_widgets": _joined(stack.chats),
        "cmp_vendor": stack.consent or None,
    }
    if len(stack.chats) < 2:
        cells["chat_widget"] = _joined(stack.chats)
    if stack.pixels or not stack.networks:
        cells["ads_active"] = bool(stack.pixels)  # whether rented space is advertising too, readers may differ
    if set(stack.pixels) <= RETARGETING:
        cells["retargeting"] = _joined(stack.pixels)
    if not stack.pixels:
        cells["ads_networks"] = _joined(stack.networks)
    if replace(stack, gated=False, lure="", mimic="") == NOTHING:
        cells["ads_score"] = 0
    return cells


def _brand(site: Site) -> dict[str, Cell]:
    """Columns of brand_assets, of what the home page says without a script."""
    brand, root = brand_of(site), site.root
    form, paths = brand.logo, file_paths(site, brand)
    cells: dict[str, Cell] = {}
    # The header of a scripted site is drawn by its script, that of a frame set stands in another page.
    readable = not form.header or not (site.js_only or site.family == "frameset")
    if readable and form.source:
        cells["logo_source"] = form.source
    if readable and form.url:
        cells["logo_url"] = f"{root}{paths[form.url]}"
    if brand.form == "none":
        cells |= {"logo_url": None, "logo_source": None}
    if brand.favicon in FAVICONS and brand.form not in WITH_ICONS:
        cells |= _favicon(brand.favicon, root, paths)
    if brand.theme in TELLING_THEMES or (brand.theme == "none" and readable and form.raster):
        cells["brand_color"] = brand.main
    return cells


def _favicon(kind: str, root: str, paths: dict[str, str]) -> dict[str, Cell]:
    """Of an icon that stands in its own address, or whose file is gone, readers may say this or that."""
    best = FAVICONS[kind][1]
    if best:
        return {"favicon_url": f"{root}{paths[best]}"}
    return {"favicon_url": None} if kind == "none" else {}


def _screens(site: Site) -> dict[str, Cell]:
    """Columns of viewport_test for the home page, at 390 and 1366 pixels."""
    screen = screen_of(site)
    return {
        "has_viewport_meta": screen.viewport,
        "overflow_mobile": screen.mobile,
        "overflow_desktop": screen.desktop,
    }


def _joined(slugs: tuple[str, ...]) -> str | None:
    return ", ".join(sorted(slugs)) or None
