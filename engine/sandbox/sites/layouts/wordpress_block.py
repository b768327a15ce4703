"""WordPress with a block theme and no page builder: global styles, template parts, sometimes WooCommerce."""

from engine.sandbox.sites.layouts.frame import Frame

THEMES = ("twentytwentyfour", "twentytwentyfive", "ollie", "frost")


def page(frame: Frame) -> str:
    rng = frame.rng
    theme, version = rng.choice(THEMES), f"6.{rng.randint(4, 8)}.{rng.randint(0, 3)}"
    shop = _woocommerce(frame.root) if rng.random() < 0.3 else ""
    presets = "".join(f"--wp--preset--spacing--{n}: {n / 40}rem;" for n in range(20, 100, 10))
    return f"""<!DOCTYPE html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name='robots' content='max-image-preview:large' />
<title>{frame.shown_title}</title>
<link rel="alternate" type="application/rss+xml" title="{frame.shown_name} &raquo; Flux" href="{frame.root}/feed/" />
{frame.style("wp-elements", 150)}
<style id='global-styles-inline-css'>:root{{{presets}}}:where(.is-layout-flex){{gap: 0.5em;}}</style>
<script type="importmap" id="wp-importmap">{{"imports":{{"@wordpress/interactivity":
"{frame.root}/wp-includes/js/dist/script-modules/interactivity/index.min.js?ver={version}"}}}}</script>
{shop}
<link rel="https://api.w.org/" href="{frame.root}/wp-json/" />
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{frame.root}/xmlrpc.php?rsd" />
{frame.generator(f"WordPress {version}")}
<link rel='shortlink' href='{frame.root}/?p={rng.randint(2, 900)}' />
{frame.head}
</head>
<body class="wp-singular page page-id-{rng.randint(2, 900)} wp-embed-responsive wp-theme-{theme}">
{frame.top}
<div class="wp-site-blocks"><header class="wp-block-template-part">
<div class="wp-block-group alignwide is-layout-flex wp-block-group-is-layout-flex">
<p class="wp-block-site-title"><a href="{frame.root}" rel="home">{frame.brand}</a></p>
<nav class="is-responsive wp-block-navigation is-layout-flex" aria-label="Navigation">
<ul class="wp-block-navigation__container is-responsive wp-block-navigation">
{frame.items('<li class="wp-block-navigation-item"><a href="{href}"><span>{text}</span></a></li>')}
</ul></nav></div></header>
<main class="wp-block-group has-global-padding is-layout-constrained" id="wp--skip-link--target">
<div class="entry-content alignfull wp-block-post-content has-global-padding is-layout-constrained">
{_groups(frame)}
</div></main>
<footer class="wp-block-template-part"><div class="wp-block-group has-small-font-size">
{frame.footer}
</div></footer></div>
<script src="{frame.root}/wp-includes/js/comment-reply.min.js?ver={version}" id="comment-reply-js" async></script>
{frame.tail}
</body>
</html>
"""


def _groups(frame: Frame) -> str:
    return "\n".join(
        f'<div class="wp-block-group alignwide is-layout-constrained"><div class="wp-block-column">{block}</div></div>'
        for block in frame.blocks
    )


def _woocommerce(root: str) -> str:
    assets = f"{root}/wp-content/plugins/woocommerce/assets"
    return (
        f"<link rel='stylesheet' id='woocommerce-general-css' href='{assets}/css/woocommerce-blocktheme.css?ver=9.4.2' "
        f'media=\'all\' />\n<script src="{assets}/js/frontend/woocommerce.min.js?ver=9.4.2" id="woocommerce-js" defer>'
        "</script>"
    )
