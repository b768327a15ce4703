"""SPIP, as associations and town halls run it: spip classes, IMG and local folders, French template names."""

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    version = f"{rng.choice((3, 4))}.{rng.randint(0, 3)}.{rng.randint(0, 9)}"
    articles = "\n".join(
        f'<div class="cartouche"></div><div class="texte surlignable crayon article-texte-{n + 1}">{block}</div>'
        for n, block in enumerate(frame.blocks)
    )
    return f"""<!DOCTYPE HTML>
<!--[if gt IE 8]><!--><html class="page_article sans_composition ltr {frame.language} no-js" \
lang="{frame.language}" dir="ltr"><!--<![endif]-->
<head>
<script type='text/javascript'>/*<![CDATA[*/(function(H){{H.className=H.className.replace(/\\bno-js\\b/,'js')}})\
(document.documentElement);/*]]>*/</script>
<title>{frame.shown_title}</title>
{frame.charset_tag}
{frame.generator(f"SPIP {version}")}
<meta name="viewport" content="width=device-width, initial-scale=1" />
<link rel="alternate" type="application/rss+xml" title="Syndiquer tout le site" href="spip.php?page=backend" />
<link rel='stylesheet' href='local/cache-css/{rng.getrandbits(128):032x}.css?{rng.randint(10**9, 2 * 10**9)}' \
type='text/css' />
<script src='local/cache-js/{rng.getrandbits(128):032x}.js?{rng.randint(10**9, 2 * 10**9)}'></script>
{frame.style("spip", 140)}
{frame.head}
</head>
<body id="top" class="pas_surlignable page_article">
{frame.top}
<div class="page"><div class="header clearfix" role="banner"><h1 class="spip_logo_site">
<a rel="start home" href="/">{frame.brand}</a></h1></div>
<div class="nav clearfix" id="nav" role="navigation"><ul class="menu-liste menu-items">
{frame.items('<li class="menu-entree item menu-items__item"><a href="{href}" class="menu-items__lien">{text}</a></li>')}
</ul></div>
<div class="main" role="main"><div class="wrapper"><div class="content" id="content"><article>
{articles}
<p><img src='IMG/arton{rng.randint(1, 99)}.jpg' class='spip_logo spip_logo_right' alt='' /></p>
</article></div></div></div>
<div class="footer clearfix" role="contentinfo"><div class="colophon spip_doc_descriptif">
{frame.footer}
</div></div></div>
{frame.tail}
</body>
</html>
"""
