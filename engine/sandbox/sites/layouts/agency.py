"""One long page by an agency: full-screen panels, anchors, sliders, inline vector drawings."""

from engine.sandbox.sites.layouts.frame import Frame

ICON = '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="{path}"/></svg>'


def page(frame: Frame) -> str:
    rng = frame.rng
    drawing = " ".join(f"M{rng.randint(0, 24)} {rng.randint(0, 24)}L{rng.randint(0, 24)} 12" for _ in range(60))
    panels = "\n".join(
        f'<section class="panel panel--{"dark" if n % 2 else "light"}" id="section-{n}" data-scroll-section>'
        f'<div class="panel__inner js-reveal" data-scroll data-scroll-speed="{n % 3}">{ICON.format(path=drawing)}'
        f'<div class="panel__text">{block}</div></div></section>'
        for n, block in enumerate(frame.blocks)
    )
    return f"""<!DOCTYPE html>
<html lang="{frame.language}" class="no-js">
<head>
{frame.charset_tag}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{frame.shown_title}</title>
<meta name="description" content="{frame.shown_title}">
<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>
<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Inter:wght@400;700&amp;display=swap">
<link rel="stylesheet" href="/dist/main.{rng.getrandbits(32):08x}.css">
<script>document.documentElement.classList.replace("no-js", "js")</script>
{frame.style("panel", 140)}
{frame.head}
</head>
<body class="is-loading" data-barba="wrapper">
{frame.top}
<header class="site-head js-head"><a href="/" class="site-head__logo">{frame.brand}</a>
<button class="burger js-burger" aria-expanded="false" aria-label="Menu"><span></span><span></span></button>
<nav class="overlay-menu" hidden><ol>
{frame.items('<li><a href="{href}" class="overlay-menu__link" data-scroll-to>{text}</a></li>')}
</ol></nav></header>
<main data-barba="container" data-barba-namespace="home">
{panels}
</main>
<footer class="site-foot">
{frame.footer}
</footer>
<script src="https://cdn.jsdelivr.net/npm/gsap@3.12.5/dist/gsap.min.js" defer></script>
<script src="/dist/main.{rng.getrandbits(32):08x}.js" defer></script>
{frame.tail}
</body>
</html>
"""
