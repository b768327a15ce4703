"""A hosted French site of the e-monsite kind: files from the vendor's hosts, widgets in columns."""

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    number = rng.randint(100, 999)
    rows = "\n".join(
        f'<div id="rows-{rng.getrandbits(96):024x}" class="rows" data-total-pages="1"><div class="row-container">'
        f'<div class="row-content"><div class="row"><div class="column column1"><div id="cell-{rng.getrandbits(80):x}" '
        f'class="widget widget-text"><div class="widget-content">{block}</div></div></div></div></div></div></div>'
        for block in frame.blocks
    )
    return f"""<!DOCTYPE html>
<html lang="{frame.language}">
<head>
<title>{frame.shown_title}</title>
{frame.generator("e-monsite (e-monsite.com)")}
{frame.charset_tag}
<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=1">
<link href="//www.e-monsite.com/medias/static/themes/bootstrap_v4/js/bootstrap/css/bootstrap.min.css?v=0" \
rel="stylesheet" type="text/css" media="all">
<link href="//s3.e-monsite.com/themes/{number}/css/theme.css?v=7b40" rel="stylesheet" type="text/css" media="all">
<link rel="canonical" href="{frame.root}{frame.path}">
<script src="//www.e-monsite.com/medias/static/themes/bootstrap_v4/js/jquery-3.6.3.min.js?v=0"></script>
<script>var ems = {{"lang":"{frame.language}","theme":{number}}};</script>
{frame.style("widget", 150)}
{frame.head}
</head>
<body id="pages_run_index_default" class="theme-{number} default social-top">
{frame.top}
<div id="header" class="fixed"><div class="header-wrapper"><a class="brand" href="{frame.root}/">{frame.brand}</a>
<nav id="menu" class="navbar"><ul class="nav navbar-nav">
{frame.items('<li class="nav-item"><a class="nav-link" href="{href}" onclick="">{text}</a></li>')}
</ul></nav></div></div>
<div id="wrapper"><div id="content" class="container"><div id="main"><div class="view view-pages">
{rows}
</div></div></div></div>
<footer id="footer"><div class="container"><div class="contentinfo">
{frame.footer}
</div></div></footer>
{frame.tail}
</body>
</html>
"""
