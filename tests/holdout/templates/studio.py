"""A page that a JavaScript framework rendered on its server: utility classes, hashed files, its state as JSON."""

import json

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of


def studio(site: Site) -> Pages:
    """/, /contact, /a-propos, /legal; 'Écrivez-nous' and 'À propos' in the bar."""
    words = words_of(site)
    tiles = "".join(
        f'<div class="rounded-2xl p-8 ring-1 ring-zinc-200 md:col-span-2"><p class="text-sm">{story(site)}</p></div>'
        for _ in range(6)
    )
    pages = {
        "/": f'<h1 class="text-5xl font-semibold">{pitch(site)}</h1><div class="grid grid-cols-6 gap-4">{tiles}</div>'
        + site.at("home"),
        "/contact": f'<h1 class="text-3xl">{words.contact}</h1><p>{phone_of(site)}</p>{site.at("contact")}',
        "/a-propos": f'<h1 class="text-3xl">{words.about}</h1><p>{story(site)}</p>{site.at("team")}',
        "/legal": f'<h1 class="text-3xl">{words.legal}</h1><p>{site.name}</p>{site.at("legal")}',
    }
    return {path: _page(site, path, content) for path, content in pages.items()}


def _page(site: Site, path: str, content: str) -> str:
    state = {"props": {"pageProps": {"name": site.name, "city": site.city}}, "page": path, "buildId": "pQ7x_2@rc1"}
    body = f"""<body class="antialiased bg-white text-zinc-900"><div id="__next"><header class="sticky top-0 flex">
<a href="/" class="font-bold">{site.name}</a>{site.at("header")}<a href="/a-propos" class="ml-6">À propos</a>
<a href="/contact" class="ml-auto rounded-full bg-zinc-900 px-4 py-2 text-white">Écrivez-nous</a></header>
<main class="mx-auto max-w-5xl px-6">{content}</main>
<footer class="mt-24 border-t py-10 text-sm">{site.at("footer")}<a href="/legal">Mentions</a></footer></div>
<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script></body>"""
    head = '<link rel="preload" href="/_next/static/css/0f1e2d3c4b5a6978.css" as="style">'
    return document(site, site.name, body, head=head)
