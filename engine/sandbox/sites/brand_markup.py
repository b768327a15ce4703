"""A site's brand as markup and as the files behind it."""

import base64
import html
import json
from collections.abc import Callable
from functools import partial
from string import Template

from engine.sandbox.http import Reply, reply
from engine.sandbox.sites.brand import FAVICONS, OTHERS, PARTNERS, PHOTO, THEMES, Brand, brand_of, file_paths
from engine.sandbox.sites.brand_images import (
    HOSTILE,
    icon_ico,
    mark_png,
    mark_svg,
    mask_svg,
    oversized_png,
    photo_jpg,
)
from engine.sandbox.sites.site import Site

BADGE = ("#F9A825", "#5D4037")  # the colours of others' logos
KINDS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "ico": "image/x-icon",
    "webmanifest": "application/manifest+json",
}


def header_logo(site: Site) -> str:
    """What stands for the name in the header; '' where the name itself does."""
    return _filled(site, brand_of(site).logo.header)


def brand_head(site: Site) -> str:
    """What the head says of logo, icons and colour."""
    brand = brand_of(site)
    icons = "" if brand.favicon == "hosted" else FAVICONS[brand.favicon][0]
    parts = (icons, THEMES[brand.theme], brand.logo.head, PHOTO if brand.photo else "")
    return _filled(site, "\n".join(filter(None, parts)))


def others_block(site: Site) -> str:
    """Logos of others, for the home page; '' where there are none."""
    return _filled(site, OTHERS) if brand_of(site).others else ""


def brand_files(site: Site) -> dict[str, Callable[[], Reply]]:
    """The files that this site's brand has, by path, drawn when asked."""
    brand = brand_of(site)
    paths = file_paths(site, brand)
    page = f"{brand.logo.header}{brand.logo.head}{FAVICONS.get(brand.favicon, ('', ''))[0]}"
    drawers = _drawers(site, brand, paths)
    wanted = {name for name in drawers if f"{{{name}}}" in page}
    if brand.favicon == "root":
        wanted.add("ico")
    if "${manifest}" in page:
        wanted |= {"icon_512", "icon_of_manifest"}
    if brand.photo:
        wanted.add("photo")
    if brand.others:
        wanted |= {"badge", "card", "supplier"}
    return {paths[name]: partial(_served, paths[name], drawers[name]) for name in wanted}


def _served(path: str, draw: Callable[[], bytes]) -> Reply:
    return reply(200, draw(), content_type=KINDS[path.rpartition(".")[2]])


def _drawers(site: Site, brand: Brand, paths: dict[str, str]) -> dict[str, Callable[[], bytes]]:
    """How each file is drawn, by its name in the tables of `brand`; those that are missing are not among them."""

    def mark(width: int, height: int, ground: str) -> Callable[[], bytes]:
        return partial(mark_png, brand.main, brand.accent, width, height, ground)

    number = sum(site.seed.encode())
    svg = partial(mark_svg, brand.main, brand.accent)
    return {
        "mark": mark(480, 144, brand.ground),
        "logo": mark(240, 72, brand.ground),
        "logo_2x": mark(480, 144, brand.ground),
        "touch": mark(180, 180, "white"),
        "icon_512": mark(512, 512, "white"),
        "icon_of_manifest": mark(192, 192, "white"),
        "icon_192": mark(192, 192, "full"),
        "icon_32": mark(32, 32, "full"),
        "icon_16": mark(16, 16, "full"),
        "badge": partial(mark_png, *BADGE, 120, 36, "full"),
        "card": partial(mark_png, *BADGE, 60, 20, "white"),
        "ico": partial(icon_ico, brand.main, brand.accent),
        "svg": lambda: svg().encode(),
        "icon_svg": lambda: svg().encode(),
        "hostile": lambda: svg(extra=HOSTILE, attributes=' onload="alert(3)"').encode(),
        "supplier": lambda: mark_svg(*BADGE).encode(),
        "mask": lambda: mask_svg().encode(),
        "photo": partial(photo_jpg, number % 5),
        "huge": partial(oversized_png, number),
        "manifest": partial(_manifest, site, paths),
    }


def _manifest(site: Site, paths: dict[str, str]) -> bytes:
    icons = [
        {"src": paths["icon_of_manifest"], "sizes": "192x192", "type": "image/png"},
        {"src": paths["icon_512"], "sizes": "512x512", "type": "image/png", "purpose": "any"},
    ]
    return json.dumps({"name": site.business.name, "icons": icons, "display": "browser"}, ensure_ascii=False).encode()


def _filled(site: Site, text: str) -> str:
    """A template of the tables of `brand` for this site."""
    if not text:
        return ""
    brand = brand_of(site)
    red, green, blue = bytes.fromhex(brand.main[1:])
    values = {
        "root": site.root,
        "name": html.escape(site.business.name),
        "main": brand.main,
        "lower": brand.main.lower(),
        "rgb": f"rgb({red}, {green}, {blue})",
        "partners": PARTNERS[site.language],
    }
    if "${data}" in text:
        values["data"] = f"data:image/png;base64,{base64.b64encode(_small_mark(brand)).decode()}"
    if "${inline}" in text:
        label = f' class="logo" role="img" aria-label="Logo {values["name"]}"'
        values["inline"] = mark_svg(brand.main, brand.accent, attributes=label)
    return Template(text).substitute(file_paths(site, brand) | values)


def _small_mark(brand: Brand) -> bytes:
    return mark_png(brand.main, brand.accent, 120, 36, brand.ground)
