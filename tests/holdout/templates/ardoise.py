"""A page of 2004: tables, font tags, file names that end in .htm, and no styles to speak of."""

from tests.holdout.kinds import Pages, Site
from tests.holdout.wording import document, phone_of, pitch, story, words_of

DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">'


def ardoise(site: Site) -> Pages:
    """The home page under two names, contact.htm, equipe.htm, mentions.htm, tarifs.htm."""
    words = words_of(site)
    home = f"<p><font size='+1'>{pitch(site)}</font></p><p>{story(site)}</p>{site.at('home')}"
    contact = f"<h2>{words.contact}</h2><p>{words.phone} : {phone_of(site)}<br>{words.hours}</p>{site.at('contact')}"
    legal = f"<h2>{words.legal}</h2><p>{site.name}, {site.city}.</p>{site.at('legal')}"
    prices = "".join(
        f"<tr><td>Forfait {number}</td><td align=right>{35 + 15 * number},00 &euro;</td></tr>" for number in range(1, 9)
    )
    return {
        "/": _page(site, site.name, home),
        "/index.html": _page(site, site.name, home),
        "/contact.htm": _page(site, words.contact, contact),
        "/equipe.htm": _page(site, words.about, f"<h2>{words.about}</h2><p>{story(site)}</p>{site.at('team')}"),
        "/mentions.htm": _page(site, words.legal, legal),
        "/tarifs.htm": _page(site, "Tarifs", f"<table border=1>{prices}</table>"),
    }


def _page(site: Site, title: str, content: str) -> str:
    words = words_of(site)
    entries = (
        ("/", words.home),
        ("contact.htm", words.contact),
        ("equipe.htm", words.about),
        ("tarifs.htm", "Tarifs"),
        ("mentions.htm", words.legal),
    )
    menu = "".join(f'<tr><td bgcolor="#DDDDCC"><a href="{path}">{label}</a></td></tr>' for path, label in entries)
    body = f"""<body bgcolor="#FFFFF0" text="#222222" link="#663300">
<center><table width="760" cellpadding="6" border="0">
<tr><td colspan="2"><h1>{site.name}</h1>{site.at("header")}</td></tr>
<tr><td valign="top" width="160"><table>{menu}</table></td><td valign="top">{content}</td></tr>
<tr><td colspan="2" align="center"><hr><font size="1">&copy; 2009 {site.name} {site.at("footer")}</font></td></tr>
</table></center></body>"""
    return document(site, f"{title} - {site.city}", body, doctype=DOCTYPE)
