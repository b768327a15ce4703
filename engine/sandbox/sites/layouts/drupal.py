"""Drupal: settings in JSON, blocks and regions, aggregated files, long class lists."""

import json
import random

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    major = rng.choice((7, 9, 10, 11))
    theme = rng.choice(("olivero", "bartik", "dsfr", "boutique"))
    blocks = "\n".join(
        f'<div class="block block-block-content block--{theme}-{n}" id="block-{theme}-{n}"><div '
        f'class="field field--name-body field--type-text-with-summary field__item">{block}</div></div>'
        for n, block in enumerate(frame.blocks)
    )
    return f"""<!DOCTYPE html>
<html lang="{frame.language}" dir="ltr" prefix="og: https://ogp.me/ns#">
<head>
{frame.charset_tag}
{frame.generator(f"Drupal {major} (https://www.drupal.org)")}
<link rel="canonical" href="{frame.root}{frame.path}" />
<meta name="MobileOptimized" content="width" />
<meta name="HandheldFriendly" content="true" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<link rel="shortlink" href="{frame.root}/node/{rng.randint(1, 90)}" />
<title>{frame.shown_title}</title>
<link rel="stylesheet" media="all" href="/sites/default/files/css/css_{rng.getrandbits(160):x}.css?delta=0" />
{frame.style("views", 150)}
{frame.head}
</head>
<body class="path-node page-node-type-page">
{frame.top}
<a href="#main-content" class="visually-hidden focusable skip-link">Aller au contenu principal</a>
<div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas><div class="layout-container">
<header role="banner"><div class="region region-header"><a href="/" rel="home">{frame.brand}</a>
<nav role="navigation" aria-labelledby="block-{theme}-main-menu-menu" class="block-menu navigation"><ul class="menu">
{frame.items('<li class="menu-item"><a href="{href}" data-drupal-link-system-path="node">{text}</a></li>')}
</ul></nav></div></header>
<main role="main"><a id="main-content" tabindex="-1"></a><div class="region region-content">
{blocks}
</div></main>
<footer role="contentinfo"><div class="region region-footer">
{frame.footer}
</div></footer></div></div>
{_scripts(major, rng)}
{frame.tail}
</body>
</html>
"""


def _scripts(major: int, rng: random.Random) -> str:
    """The settings, and the file that reads them: both changed after version 7."""
    settings = json.dumps(
        {
            "path": {"baseUrl": "/", "pathPrefix": "", "currentPath": f"node/{rng.randint(1, 90)}"},
            "pluralDelimiter": "\u0003",
            "ajaxTrustedUrl": {f"/views/ajax/{n}": True for n in range(60)},
            "user": {"uid": 0, "permissionsHash": f"{rng.getrandbits(256):064x}"},
        }
    )
    if major == 7:
        return (
            f"<script>jQuery.extend(Drupal.settings, {settings});</script>\n"
            '<script src="/misc/drupal.js?s1a2b3"></script>'
        )
    return (
        f'<script type="application/json" data-drupal-selector="drupal-settings-json">{settings}</script>\n'
        f'<script src="/core/misc/drupalSettingsLoader.js?v={major}.2.1"></script>'
    )
