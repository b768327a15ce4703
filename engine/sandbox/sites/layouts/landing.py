"""A modern static site by an agency: utility classes, anchors, icons, deferred scripts."""

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    sections = "\n".join(
        f'<section class="py-5 {"bg-light" if index % 2 else ""}" id="section-{index}"><div class="container">'
        f'<div class="row align-items-center"><div class="col-lg-8 mx-auto">{block}</div></div></div></section>'
        for index, block in enumerate(frame.blocks)
    )
    return f"""<!DOCTYPE html>
<html lang="{frame.language}" data-bs-theme="light">
<head>
{frame.charset_tag}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{frame.shown_title}</title>
<meta name="description" content="{frame.shown_title}">
<link rel="preload" as="font" href="/fonts/inter-var.woff2" crossorigin>
<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/css/bootstrap.min.css">
{frame.style("u", 40)}
{frame.head}
</head>
<body>
{frame.top}
<header class="navbar navbar-expand-lg sticky-top"><div class="container">
<a class="navbar-brand" href="/">{frame.brand}</a>
<button class="navbar-toggler" type="button" data-bs-toggle="collapse" data-bs-target="#nav" aria-label="Menu"></button>
<div class="collapse navbar-collapse" id="nav"><ul class="navbar-nav ms-auto">
{frame.items('<li class="nav-item"><a class="nav-link" href="{href}">{text}</a></li>')}
</ul></div></div></header>
<main>
{sections}
</main>
<footer class="py-4 bg-dark text-white"><div class="container small">
{frame.footer}
</div></footer>
<script src="/js/app.js" defer></script>
{frame.tail}
</body>
</html>
"""
