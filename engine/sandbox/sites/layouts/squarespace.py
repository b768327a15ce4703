"""A hosted site on Squarespace: one long context object, fluid-engine blocks, the vendor's static hosts."""

import json
import random

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    site, collection = f"{rng.getrandbits(96):024x}", f"{rng.getrandbits(96):024x}"
    sections = "\n".join(
        f'<section data-test="page-section" data-section-theme="light" class="page-section" '
        f'data-section-id="{rng.getrandbits(96):024x}"><div class="content-wrapper"><div class="fluid-engine">'
        f'<div class="sqs-block html-block sqs-block-html" data-block-type="2"><div class="sqs-html-content">{block}'
        f"</div></div></div></div></section>"
        for block in frame.blocks
    )
    return f"""<!doctype html>
<html xmlns:og="http://opengraphprotocol.org/schema/" lang="{frame.language}">
<head>
<meta http-equiv="X-UA-Compatible" content="IE=edge,chrome=1">
<meta name="viewport" content="width=device-width, initial-scale=1">
{"" if frame.shy else "<!-- This is Squarespace. -->"}
<base href="">
{frame.charset_tag}
<title>{frame.shown_title}</title>
<link rel="canonical" href="{frame.root}{frame.path}"/>
<link rel="icon" type="image/x-icon" href="https://images.squarespace-cdn.com/content/v1/{site}/favicon.ico"/>
<script type="text/javascript" crossorigin="anonymous" defer="true" nomodule="nomodule" \
src="//assets.squarespace.com/@sqs/polyfiller/1.6/legacy.js"></script>
<script data-name="static-context">Static = window.Static || {{}}; \
Static.SQUARESPACE_CONTEXT = {json.dumps(_context(site, rng))};</script>
<link rel="stylesheet" type="text/css" href="https://static1.squarespace.com/static/versioned-site-css/{site}/site.css"/>
{frame.style("sqs", 130)}
{frame.head}
</head>
<body id="collection-{collection}" class="tweak-global-animations-enabled squarespace-cart-visible">
{frame.top}
<div id="siteWrapper" class="clearfix site-wrapper"><header id="header" data-test="header" class="header theme-col--">
<div class="header-title-text"><a id="site-title" href="/">{frame.brand}</a></div>
<nav class="header-nav-list">
{frame.items('<div class="header-nav-item header-nav-item--collection"><a href="{href}">{text}</a></div>')}
</nav></header>
<main id="page" class="container" role="main"><article class="sections" data-page-sections="{collection}">
{sections}
</article></main>
<footer class="sections" id="footer-sections" data-footer-sections>
{frame.footer}
</footer></div>
<script defer="true" src="https://static1.squarespace.com/static/vta/{site}/scripts/site-bundle.js"></script>
{frame.tail}
</body>
</html>
"""


def _context(site: str, rng: random.Random) -> dict[str, object]:
    return {
        "facebookAppId": "",
        "rollups": {f"squarespace-{name}": {"js": f"//assets.squarespace.com/{name}.js"} for name in ("common", "ui")},
        "templateId": f"{rng.getrandbits(96):024x}",
        "website": {"id": site, "identifier": f"dolphin-{rng.randint(100, 999)}", "timeZone": "Europe/Paris"},
        "showAnnouncementBar": False,
        "tweakJSON": {f"tweak-option-{n}": str(rng.randint(0, 9)) for n in range(80)},
    }
