"""A German workshop: Kontakt, Impressum, Datenschutz, everything in its place."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story


def handwerk(site: Site) -> Pages:
    """/, /kontakt/, /impressum/, /datenschutz/, /ueber-uns/, /leistungen/."""
    pages = {
        "/": f"<h1>{site.name}</h1><p>{pitch(site)}</p><p>{story(site)}</p>{site.at('home')}",
        "/leistungen/": "<ul>" + "".join(f"<li>Leistung {number}</li>" for number in range(1, 12)) + "</ul>",
        "/ueber-uns/": f"<h1>Über uns</h1><p>{story(site)}</p>{site.at('team')}",
        "/kontakt/": f"<h1>Kontakt</h1><p>Tel. {phone_of(site)}</p>{site.at('contact')}",
        "/impressum/": f"<h1>Impressum</h1><h2>Angaben gemäß § 5 DDG</h2><p>{site.name}</p>{site.at('legal')}",
        "/datenschutz/": f"<h1>Datenschutzerklärung</h1><p>{story(site)}</p>",
    }
    return {path: _page(site, content) for path, content in pages.items()}


def _page(site: Site, content: str) -> str:
    entries = (("/", "Start"), ("/leistungen/", "Leistungen"), ("/ueber-uns/", "Über uns"), ("/kontakt/", "Kontakt"))
    menu = "".join(
        f'<li class="nav-item"><a class="nav-link" href="{path}">{label}</a></li>' for path, label in entries
    )
    body = f"""<body class="page frontend"><header class="site-header"><div class="logo">{site.name}</div>
{site.at("header")}<ul class="nav">{menu}</ul></header><div class="ce-bodytext">{content}</div>
<footer class="site-footer"><div class="frame">{site.at("footer")}</div><a href="/impressum/">Impressum</a>
<a href="/datenschutz/">Datenschutz</a></footer></body>"""
    return document(site, f"{site.name} | {site.city}", body)
