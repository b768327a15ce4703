"""A hosted shop of the Shopify kind: announcement bar, section groups, policies in the footer."""

import random

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = random.Random(f"{frame.seed} shop")
    number = rng.randrange(10**9)
    shop = f"shop-{number:x}.myshopify.com"
    sections = "\n".join(
        f'<section id="shopify-section-template--{number}__{index}" class="shopify-section section">'
        f'<div class="page-width rte">{block}</div></section>'
        for index, block in enumerate(frame.blocks)
    )
    return f"""<!doctype html>
<html class="no-js" lang="{frame.language}">
<head>
{frame.charset_tag}
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="canonical" href="{frame.root}{frame.path}">
<link rel="preconnect" href="https://cdn.shopify.com" crossorigin>
<title>{frame.shown_title}</title>
<meta property="og:site_name" content="{frame.shown_name}">
<script>var Shopify = Shopify || {{}};
Shopify.shop = "{shop}"; Shopify.theme = {{"name":"Dawn","id":{number}}};</script>
<link href="//cdn.shopify.com/s/files/1/{number}/t/1/assets/base.css?v={number}" rel="stylesheet">
{frame.style("card", 80)}
{frame.head}
</head>
<body class="gradient">
{frame.top}
<a class="skip-to-content-link button visually-hidden" href="#MainContent">Aller au contenu</a>
<div id="shopify-section-announcement-bar" class="shopify-section">
<p class="announcement-bar__message">Livraison 48 h</p>
</div>
<sticky-header class="header-wrapper"><header class="header page-width">
<a href="/" class="header__heading-link"><span class="h2">{frame.brand}</span></a>
<details class="menu-drawer"><summary>Menu</summary><ul class="list-menu" role="list">
{frame.items('<li><a href="{href}" class="header__menu-item link link--text">{text}</a></li>')}
</ul></details></header></sticky-header>
<main id="MainContent" class="content-for-layout focus-none" role="main" tabindex="-1">
{sections}
</main>
<footer class="footer color-background-1">
<div class="footer__blocks-wrapper grid"><div class="footer-block__details-content">
{frame.footer}
</div><div class="footer__copyright caption"><ul class="policies list-unstyled">
{frame.items('<li><small class="copyright__content"><a href="{href}">{text}</a></small></li>')}
</ul></div></div></footer>
{frame.tail}
</body>
</html>
"""
