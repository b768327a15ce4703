"""TYPO3: the credit in a comment, files of typo3temp and fileadmin, content elements by number."""

from engine.sandbox.sites.layouts.frame import Frame

CREDIT = """<!--
\tThis website is powered by TYPO3 - inspiring people to share!
\tTYPO3 is a free open source Content Management Framework, licensed under GNU/GPL.
-->"""


def page(frame: Frame) -> str:
    rng = frame.rng
    number = rng.randint(10, 900)
    elements = "\n".join(
        f'<div id="c{number + n}" class="frame frame-default frame-type-text"><div class="frame-container">'
        f'<div class="ce-bodytext">{block}</div></div></div>'
        for n, block in enumerate(frame.blocks)
    )
    return f"""<!DOCTYPE html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
{"" if frame.shy else CREDIT}
<title>{frame.shown_title}</title>
{frame.generator("TYPO3 CMS")}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="index,follow">
<meta name="twitter:card" content="summary">
<link rel="stylesheet" href="/typo3temp/assets/compressed/merged-{rng.getrandbits(128):032x}.css?{number}" media="all">
<link rel="stylesheet" href="/typo3conf/ext/sitepackage/Resources/Public/Css/layout.min.css?{number}" media="all">
<script src="/typo3temp/assets/js/{rng.getrandbits(128):032x}.js?{number}"></script>
<link rel="canonical" href="{frame.root}{frame.path}"/>
{frame.style("ce", 150)}
{frame.head}
</head>
<body id="p{number}" class="page-{number} pagelevel-1 language-0 backendlayout-default layout-default">
{frame.top}
<div id="top"></div><div class="body-bg body-bg-top">
<header id="page-header" class="bp-page-header navbar navbar-mainnavigation navbar-default">
<div class="container"><a class="navbar-brand" href="/">\
<span>{frame.brand}</span></a><nav id="mainnavigation"><ul class="nav navbar-nav">
{frame.items('<li class="nav-item"><a href="{href}" class="nav-link"><span>{text}</span></a></li>')}
</ul></nav></div></header>
<!--TYPO3SEARCH_begin--><div id="page-content" class="bp-page-content main-section">
{elements}
</div><!--TYPO3SEARCH_end-->
<footer id="page-footer" class="bp-page-footer"><section class="section footer-section-meta">
{frame.footer}
</section></footer></div>
<script src="/typo3temp/assets/compressed/merged-{rng.getrandbits(128):032x}.js?{number}"></script>
{frame.tail}
</body>
</html>
"""
