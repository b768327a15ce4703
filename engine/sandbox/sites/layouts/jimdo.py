"""A site made with Jimdo Creator: cc- ids, modules in a matrix, the vendor's static host."""

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    site, matrix = f"s{rng.getrandbits(52):x}", rng.randint(10**9, 2 * 10**9)
    return f"""<!DOCTYPE html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
<link rel="dns-prefetch preconnect" href="https://u.jimcdn.com/" crossorigin="anonymous"/>
<link rel="dns-prefetch preconnect" href="https://assets.jimstatic.com/" crossorigin="anonymous"/>
<link rel="preload" href="https://assets.jimstatic.com/web.css.{rng.getrandbits(128):032x}.css" as="style"/>
<title>{frame.shown_title}</title>
<meta http-equiv="X-UA-Compatible" content="IE=edge"/>
<meta name="robots" content="index, follow, archive"/>
{frame.generator("Jimdo Creator")}
<meta property="og:site_name" content="{frame.shown_name}"/>
<link rel="canonical" href="{frame.root}{frame.path}"/>
<link rel="stylesheet" href="https://u.jimcdn.com/cms/o/{site}/userlayout/css/layout.css?t={matrix}" \
id="cc-layout-css"/>
<script>/* <![CDATA[ */
jimdoData = {{"isTestserver":false,"shopOptions":{{}},"cstok":"{rng.getrandbits(128):032x}",\
"siteId":"{site}","pageId":{matrix}}};
/* ]]> */</script>
<script src="https://assets.jimstatic.com/ckies.js.{rng.getrandbits(128):032x}.js"></script>
{frame.style("j-grid", 150)}
{frame.head}
</head>
<body class="body cc-page j-m-gallery-styles j-m-video-styles cc-indexpage" id="page-{matrix}">
{frame.top}
<div id="cc-inner" class="cc-content-parent"><div class="jtpl-main cc-content-parent">
<div class="jtpl-header"><div class="jtpl-title"><div id="cc-website-title" class="cc-single-module-element">
<a href="/"><span class="j-website-title-content">{frame.brand}</span></a></div></div>
<nav class="jtpl-navigation__inner" data-dropdown="true"><div data-container="navigation">
<ul class="cc-nav-level-0 j-nav-level-0">
{frame.items('<li class="jmd-nav__list-item-0"><a href="{href}" data-link-title="{text}">{text}</a></li>')}
</ul></div></nav></div>
<div class="jtpl-content content-options cc-content-parent"><div id="content_area" data-container="content">
<div id="content_start"></div><div id="cc-matrix-{matrix}">
{_modules(frame, matrix)}
</div></div></div>
<footer class="jtpl-footer footer-options"><div id="contentfooter" data-container="footer">
<div class="j-meta-links">{frame.footer}</div>
</div></footer></div></div>
{frame.tail}
</body>
</html>
"""


def _modules(frame: Frame, first: int) -> str:
    return "\n".join(
        f'<div id="cc-m-{first + n}" class="j-module n j-text">{block}</div>'
        f'<div id="cc-m-{first + 500 + n}" class="j-module n j-spacing"><div class="cc-m-spacer"></div></div>'
        for n, block in enumerate(frame.blocks)
    )
