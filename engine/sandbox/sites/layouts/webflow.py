"""A designer's site on Webflow: ids in the root element, w- classes, everything from the vendor's content network."""

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    site, build = f"{rng.getrandbits(96):024x}", f"{rng.getrandbits(40):x}"
    assets = f"https://cdn.prod.website-files.com/{site}"
    sections = "\n".join(
        f'<section class="section {"is-alt" if index % 2 else ""}"><div class="w-layout-blockcontainer w-container">'
        f'<div data-w-id="{rng.getrandbits(64):x}" class="content-block w-richtext">{block}</div></div></section>'
        for index, block in enumerate(frame.blocks)
    )
    return f"""<!DOCTYPE html><!-- Last Published: Tue Mar {rng.randint(1, 28):02d} 2025 09:14:02 GMT+0000 -->
<html data-wf-domain="{frame.host}" data-wf-page="{rng.getrandbits(96):024x}" data-wf-site="{site}" \
lang="{frame.language}">
<head>
{frame.charset_tag}
<title>{frame.shown_title}</title>
<meta content="{frame.shown_title}" property="og:title"/>
<meta content="width=device-width, initial-scale=1" name="viewport"/>
{frame.generator("Webflow")}
<link href="{assets}/css/site.webflow.shared.{build}.css" rel="stylesheet" type="text/css"/>
<link href="https://fonts.googleapis.com" rel="preconnect"/>
<link href="{assets}/{rng.getrandbits(96):x}_favicon.png" rel="shortcut icon" type="image/x-icon"/>
<script type="text/javascript">document.documentElement.className += " w-mod-js";</script>
{frame.style("w-node", 170)}
{frame.head}
</head>
<body>
{frame.top}
<div data-animation="default" data-collapse="medium" data-duration="400" role="banner" class="navbar w-nav">
<div class="nav-container w-container"><a href="/" class="brand w-nav-brand">{frame.brand}</a>
<nav role="navigation" class="nav-menu w-nav-menu">
{frame.items('<a href="{href}" class="nav-link w-nav-link">{text}</a>')}
</nav><div class="menu-button w-nav-button"><div class="w-icon-nav-menu"></div></div></div></div>
{sections}
<div class="footer"><div class="w-container"><div class="w-row"><div class="w-col w-col-6">
{frame.footer}
</div></div></div></div>
<script src="https://d3e54v103j8qbb.cloudfront.net/js/jquery-3.5.1.min.dc5e7f18c8.js?site={site}"></script>
<script src="{assets}/js/webflow.{build}.js" type="text/javascript"></script>
{frame.tail}
</body>
</html>
"""
