"""WordPress with a page builder: many head links, block classes, widgets in the footer."""

import random

from engine.sandbox.sites.layouts.frame import Frame

THEMES = ("astra", "oceanwp", "generatepress", "hello-elementor", "divi-child")


def page(frame: Frame) -> str:
    rng = random.Random(f"{frame.seed} theme")
    theme, version = rng.choice(THEMES), f"6.{rng.randint(1, 8)}.{rng.randint(0, 3)}"
    content = f"{frame.root}/wp-content"
    return f"""<!DOCTYPE html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="profile" href="https://gmpg.org/xfn/11">
<link rel="pingback" href="{frame.root}/xmlrpc.php">
<title>{frame.shown_title}</title>
<meta name="robots" content="index, follow, max-image-preview:large">
<link rel="canonical" href="{frame.root}{frame.path}">
<meta property="og:title" content="{frame.shown_title}">
<meta property="og:site_name" content="{frame.shown_name}">
<link rel="alternate" type="application/rss+xml" title="Flux" href="{frame.root}/feed/">
{frame.style("wp-block", 120)}
<link rel="stylesheet" id="{theme}-css" href="{content}/themes/{theme}/style.css?ver={version}" media="all">
<script src="{frame.root}/wp-includes/js/jquery/jquery.min.js?ver=3.7.1" id="jquery-core-js"></script>
<link rel="https://api.w.org/" href="{frame.root}/wp-json/">
{frame.generator(f"WordPress {version}")}
{frame.head}
</head>
<body class="page-template page wp-custom-logo elementor-default theme-{theme}">
{frame.top}
<div id="page" class="hfeed site">
<header id="masthead" class="site-header"><div class="site-branding">
<a href="{frame.root}/" class="custom-logo-link" rel="home">{frame.brand}</a>
</div>
<nav id="site-navigation" class="main-navigation"><ul id="primary-menu" class="menu">
{frame.items('<li class="menu-item menu-item-type-post_type"><a href="{href}">{text}</a></li>')}
</ul></nav></header>
<div id="content" class="site-content"><main id="main" class="site-main"><article class="page type-page">
<div class="entry-content">
{_sections(frame, rng)}
</div></article></main></div>
<footer id="colophon" class="site-footer"><div class="footer-widgets"><aside class="widget widget_text">
{frame.footer}
</aside><aside class="widget widget_nav_menu"><ul class="menu">
{frame.items('<li><a href="{href}">{text}</a></li>')}
</ul></aside></div></footer>
</div>
<script src="{content}/plugins/elementor/assets/js/frontend.min.js?ver=3.21.4" id="elementor-frontend-js"></script>
{frame.tail}
</body>
</html>
"""


def _sections(frame: Frame, rng: random.Random) -> str:
    return "\n".join(
        f'<section class="elementor-section elementor-element elementor-element-{index:07x}" data-id="{index:07x}">'
        f'<div class="elementor-container"><div class="elementor-widget-wrap"><div class="elementor-widget-container">'
        f"{block}</div></div></div></section>"
        for index, block in enumerate(frame.blocks, start=rng.randrange(1 << 20))
    )
