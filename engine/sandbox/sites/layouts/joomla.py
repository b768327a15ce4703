"""Joomla: script options in JSON, template positions as modules, com_content items."""

import json

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    options = {
        "csrf.token": f"{rng.getrandbits(128):032x}",
        "system.paths": {"root": "", "rootFull": f"{frame.root}/", "base": ""},
        "joomla.jtext": {f"MESSAGE_{n}": "Message" for n in range(70)},
    }
    old = rng.random() < 0.4
    assets = "/media/jui/js/jquery.min.js" if old else "/media/system/js/core.min.js?2cb912"
    product = "Joomla! - Open Source Content Management"
    template = rng.choice(("cassiopeia", "protostar", "yootheme", "helixultimate"))
    articles = "\n".join(
        f'<div class="com-content-article item-page" itemscope itemtype="https://schema.org/Article">'
        f'<div itemprop="articleBody" class="com-content-article__body">{block}</div></div>'
        for block in frame.blocks
    )
    return f"""<!DOCTYPE html>
<html lang="{frame.language}" dir="ltr">
<head>
{frame.charset_tag}
<base href="{frame.root}{frame.path}">
<meta name="rights" content="{frame.shown_name}">
<meta name="viewport" content="width=device-width, initial-scale=1">
{frame.generator(product)}
<title>{frame.shown_title}</title>
<link href="/media/templates/site/{template}/css/template.min.css?{rng.getrandbits(24):x}" rel="stylesheet">
<script type="application/json" class="joomla-script-options new">{json.dumps(options)}</script>
<script src="{assets}"></script>
{frame.style("uk", 150)}
{frame.head}
</head>
<body class="site com_content wrapper-static view-article no-layout no-task itemid-{rng.randint(101, 240)}">
{frame.top}
<header class="header container-header full-width"><div class="grid-child"><div class="navbar-brand">
<a class="brand-logo" href="/">{frame.brand}</a></div></div>
<div class="grid-child container-nav"><ul class="mod-menu mod-list nav">
{frame.items('<li class="nav-item"><a href="{href}">{text}</a></li>')}
</ul></div></header>
<div class="site-grid"><div class="grid-child container-component"><main>
{articles}
</main></div></div>
<footer class="container-footer footer full-width"><div class="grid-child"><div class="mod-custom custom">
{frame.footer}
</div></div></footer>
{frame.tail}
</body>
</html>
"""
