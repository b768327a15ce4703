"""A PrestaShop shop with the classic theme: the `prestashop` object, hook blocks, an account and a cart."""

import json

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    token = f"{rng.getrandbits(128):032x}"
    shop: dict[str, object] = {
        "cart": {"products": [], "totals": {"total": {"type": "total", "amount": 0, "value": "0,00 €"}}},
        "currency": {"id": 1, "name": "Euro", "iso_code": "EUR", "sign": "€"},
        "urls": {"base_url": f"{frame.root}/", "theme_assets": "/themes/classic/assets/"},
        "static_token": token,
        "modules": {f"ps_module_{n}": rng.randint(0, 1) for n in range(90)},
    }
    blocks = "\n".join(f'<section class="page-content card card-block">{block}</section>' for block in frame.blocks)
    theme = f"{frame.root}/themes/classic/assets"
    return f"""<!doctype html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
<meta http-equiv="x-ua-compatible" content="ie=edge">
<title>{frame.shown_title}</title>
<meta name="description" content="{frame.shown_title}">
{frame.generator("PrestaShop")}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{theme}/cache/theme-{rng.getrandbits(24):06x}24.css" type="text/css" media="all">
<link rel="stylesheet" href="{frame.root}/modules/blockreassurance/views/dist/front.css" type="text/css" media="all">
<script type="text/javascript">
var prestashop = {json.dumps(shop, ensure_ascii=False)};
</script>
{frame.style("product-miniature", 140)}
{frame.head}
</head>
<body id="cms" class="lang-{frame.language} country-fr currency-eur layout-full-width page-cms tax-display-enabled">
{frame.top}
<main><header id="header"><nav class="header-nav"><div id="_desktop_user_info"><a href="{frame.root}/mon-compte" \
rel="nofollow">Connexion</a></div><div id="_desktop_cart"><div class="blockcart cart-preview"></div></div></nav>
<div class="header-top"><div id="_desktop_logo"><a href="{frame.root}/">{frame.brand}</a></div>
<div class="menu js-top-menu position-static" id="_desktop_top_menu"><ul class="top-menu" id="top-menu">
{frame.items('<li class="cms-page"><a class="dropdown-item" href="{href}" data-depth="0">{text}</a></li>')}
</ul></div></div></header>
<section id="wrapper"><div class="container"><div id="content-wrapper" class="js-content-wrapper">
{blocks}
</div></div></section>
<footer id="footer" class="js-footer"><div class="footer-container"><div class="block-contact links wrapper">
{frame.footer}
</div></div></footer></main>
<script src="{theme}/cache/bottom-{rng.getrandbits(24):06x}23.js"></script>
{frame.tail}
</body>
</html>
"""
