"""A marketing site that Next.js rendered on its server: chunks, utility classes, its data once more in JSON."""

import json

from engine.sandbox.sites.layouts.frame import Frame


def page(frame: Frame) -> str:
    rng = frame.rng
    build = f"{rng.getrandbits(90):x}"[:21]
    data = {
        "props": {"pageProps": {"title": frame.title, "tokens": [f"{rng.getrandbits(64):016x}" for _ in range(180)]}},
        "page": "/[[...slug]]",
        "query": {"slug": frame.path.strip("/").split("/")},
        "buildId": build,
        "isFallback": False,
        "gsp": True,
        "locale": frame.language,
    }
    chunks = "\n".join(
        f'<script src="/_next/static/chunks/{name}-{rng.getrandbits(64):016x}.js" defer=""></script>'
        for name in ("webpack", "framework", "main", "pages/_app", "pages/%5B%5B...slug%5D%5D")
    )
    sections = "\n".join(
        f'<section class="mx-auto max-w-7xl px-6 py-24 sm:py-32 lg:px-8"><div class="prose prose-lg text-gray-600">'
        f"{block}</div></section>"
        for block in frame.blocks
    )
    return f"""<!DOCTYPE html><html lang="{frame.language}"><head>{frame.charset_tag}\
<meta name="viewport" content="width=device-width"/><title>{frame.shown_title}</title>\
<meta name="next-head-count" content="3"/>\
<link rel="preload" href="/_next/static/css/{rng.getrandbits(64):016x}.css" as="style"/>\
<link rel="stylesheet" href="/_next/static/css/{rng.getrandbits(64):016x}.css" data-n-g=""/>\
<noscript data-n-css=""></noscript>{frame.style("tw", 160)}
{chunks}
<script src="/_next/static/{build}/_buildManifest.js" defer=""></script>
{frame.head}
</head><body>
{frame.top}
<div id="__next"><div class="bg-white"><header class="absolute inset-x-0 top-0 z-50"><nav class="flex items-center \
justify-between p-6 lg:px-8" aria-label="Global"><a href="/" class="-m-1.5 p-1.5">{frame.brand}</a>\
<div class="hidden lg:flex lg:gap-x-12">
{frame.items('<a href="{href}" class="text-sm font-semibold leading-6 text-gray-900">{text}</a>')}
</div></nav></header><main class="isolate">
{sections}
</main><footer class="bg-gray-900"><div class="mx-auto max-w-7xl px-6 pb-8 text-xs leading-5 text-gray-400">
{frame.footer}
</div></footer></div></div>
<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>
{frame.tail}
</body></html>
"""
