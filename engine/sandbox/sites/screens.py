"""How a site behaves on screens: made for phones or not, and what sticks out to the side."""

import re
from dataclasses import dataclass, replace

from engine.sandbox.draw import card_of
from engine.sandbox.sites.site import Family, Site

# Made before phones had browsers: no viewport is declared, and nothing is added here.
OLD: frozenset[Family] = frozenset({"table", "frameset"})
# Neither does this product declare a viewport.
UNDECLARED: frozenset[Family] = frozenset({*OLD, "jimdo"})
VIEWPORT = re.compile(r'<meta [^<>]{0,200}\bname="viewport"[^<>]{0,200}>\n?')
# What a theme does so that nothing sticks out, whatever an editor writes.
RESET = """<style>*{box-sizing:border-box}html{overflow-wrap:anywhere;-webkit-text-size-adjust:100%}body{margin:0}
img,svg,video,iframe,table{max-width:100%}pre{white-space:pre-wrap}textarea,input,select{max-width:100%}</style>"""
CELLS = "".join(f"<td>Formule&nbsp;n°&nbsp;{n}&nbsp;à&nbsp;la&nbsp;carte</td>" for n in range(1, 8))
WIDE_TABLE = f'<table class="horaires-detail" style="max-width:none;min-width:1040px"><tr>{CELLS}</tr></table>'


@dataclass(frozen=True, slots=True)
class Screen:
    """CSS for the head, a block for the home page; on which screens the home page is then wider than the screen."""

    css: str = ""
    block: str = ""
    viewport: bool = True
    mobile: bool = False
    desktop: bool = False


SCREENS: dict[str, Screen] = {
    "fits": Screen(),
    "no_viewport": Screen(viewport=False),  # phones then lay it out at 980 pixels and show it small
    "fixed": Screen(css="<style>body{width:1000px;margin:0 auto}</style>", mobile=True),
    "fixed_wide": Screen(css="<style>#page,body{min-width:1500px}</style>", mobile=True, desktop=True),
    "fixed_no_viewport": Screen(css="<style>body{width:1200px;margin:0 auto}</style>", viewport=False, mobile=True),
    "wide_table": Screen(block=WIDE_TABLE, mobile=True),
    "wide_image": Screen(
        block='<p><img src="/images/atelier-panorama.jpg" width="1150" height="200" style="max-width:none" alt=""></p>',
        mobile=True,
    ),
    "scrolled_table": Screen(block=f'<div style="overflow-x:auto">{WIDE_TABLE}</div>'),
    "clipped": Screen(block=f'<div style="overflow:hidden;max-width:100%">{WIDE_TABLE}</div>'),
}
SCREEN_CARDS = (*("fits",) * 8, "no_viewport", *SCREENS)


def screen_of(site: Site) -> Screen:
    """The same each time for the same site."""
    screen = SCREENS["fits" if site.family in OLD else card_of(site.seed, "screens", SCREEN_CARDS)]
    return replace(screen, viewport=False) if site.family in UNDECLARED else screen


def screen_head(site: Site) -> str:
    """What the theme says of widths."""
    return "" if site.family in OLD else f"{RESET}{screen_of(site).css}"


def on_screens(site: Site, page: str) -> str:
    """The page as this site gives it: without its viewport where the site declares none."""
    return page if screen_of(site).viewport else VIEWPORT.sub("", page)
