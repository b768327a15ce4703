"""A hosted site builder of the Wix kind: deep anonymous boxes, generated ids, a large JSON model in the page."""

import json
import random
from collections.abc import Callable

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = random.Random(f"{frame.seed} builder")

    def component() -> str:
        return f"comp-{rng.getrandbits(40):x}"

    boxes = "\n".join(_box(block, component) for block in frame.blocks)
    model = {
        "siteId": f"{rng.getrandbits(64):x}",
        "features": [component() for _ in range(150)],
        "lang": frame.language,
    }
    menu = '<li class="_5ilyi"><a data-testid="linkElement" href="{href}" target="_self"><p>{text}</p></a></li>'
    return f"""<!DOCTYPE html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
<title>{frame.shown_title}</title>
{frame.generator("Wix.com Website Builder")}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" sizes="192x192" href="https://static.wixstatic.com/media/{rng.getrandbits(48):x}.png">
<link rel="canonical" href="{frame.root}{frame.path}">
<meta http-equiv="X-Wix-Meta-Site-Id" content="{rng.getrandbits(64):x}">
{frame.style("_a", 160)}
{frame.head}
</head>
<body>
{frame.top}
<script type="application/json" id="wix-essential-viewer-model">{json.dumps(model)}</script>
<div id="SITE_CONTAINER"><div id="main_MF"><div id="site-root">
<header id="SITE_HEADER"><div class="_C0cVf"><span class="logo">{frame.brand}</span>
<nav aria-label="Site"><ul class="wixui-dropdown-menu">
{frame.items(menu)}
</ul></nav></div></header>
<main id="PAGES_CONTAINER" tabindex="-1"><div id="SITE_PAGES">
{boxes}
</div></main>
<footer id="SITE_FOOTER"><div class="wixui-footer">
{frame.footer}
</div></footer>
</div></div></div>
{frame.tail}
</body>
</html>
"""


def _box(block: str, component: Callable[[], str]) -> str:
    return (
        f'<section id="{component()}" class="wixui-section _3d64y"><div class="_1uldx" data-testid="columns">'
        f'<div id="{component()}" class="YzqVVZ wixui-column-strip__column"><div data-mesh-id="inlineContent">'
        f'<div id="{component()}" class="wixui-rich-text" data-testid="richTextElement">{block}</div>'
        f"</div></div></div></section>"
    )
