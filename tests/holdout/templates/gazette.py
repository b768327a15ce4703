"""An association or a village shop with news: articles in columns, a sidebar, numbers in the addresses."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, pitch, story, words_of


def gazette(site: Site) -> Pages:
    """Addresses say nothing (/page-7): only the text of a link tells what lies behind it."""
    words = words_of(site)
    articles = "".join(
        f'<div class="billet"><h2><a href="/billet-{number}">Le billet n° {number}</a></h2><p>{story(site)}</p></div>'
        for number in range(1, 9)
    )
    pages = {
        "/": f"<p class='chapeau'>{pitch(site)}</p>{articles}{site.at('home')}",
        "/page-3": f"<h1>{words.about}</h1><p>{story(site)}</p>{site.at('team')}",
        "/page-7": f"<h1>{words.contact}</h1>{site.at('contact')}",
        "/page-9": f"<h1>{words.legal}</h1><p>{site.name}</p>{site.at('legal')}",
    }
    pages |= {f"/billet-{number}": f"<h1>Billet {number}</h1><p>{story(site)}</p>" for number in range(1, 9)}
    return {path: _page(site, content) for path, content in pages.items()}


def _page(site: Site, content: str) -> str:
    words = words_of(site)
    archive = "".join(f"<li><a href='/billet-{number}'>Mois {number}</a></li>" for number in range(1, 9))
    body = f"""<body id="gazette"><header><h1><a href="/">{site.name}</a></h1>{site.at("header")}</header>
<div class="deux-colonnes"><main>{content}</main><aside><h3>Archives</h3><ul>{archive}</ul>
<h3>Pratique</h3><ul><li><a href="/page-3">{words.about}</a></li><li><a href="/page-7">{words.contact}</a></li>
<li><a href="/page-9">{words.legal}</a></li></ul></aside></div>
<footer>{site.at("footer")}<p>{site.name}, {site.city}</p></footer></body>"""
    return document(site, f"{site.name} : {site.trade}", body)
