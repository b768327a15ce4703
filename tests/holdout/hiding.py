"""The ways in which sites write, and hide, an e-mail address. Each takes an address and gives HTML."""

import json
from urllib.parse import quote

CLOUDFLARE_KEY = 0x5A
RIGHT_TO_LEFT_OVERRIDE = "\u202e"
POP = "\u202c"


def plain(address: str) -> str:
    return f"<p>Courriel : {address}</p>"


def in_a_sentence(address: str) -> str:
    return f"<p>Pour toute demande, écrivez-nous à {address}. Nous répondons sous 48 heures.</p>"


def mailto(address: str, text: str = "") -> str:
    return f'<a href="mailto:{address}">{text or address}</a>'


def mailto_with_subject(address: str) -> str:
    query = "subject=Demande%20de%20devis&amp;body=Bonjour%2C%20"
    return f'<a class="btn" href="mailto:{address}?{query}">Demander un devis</a>'


def mailto_percent(address: str) -> str:
    return f'<a href="mailto:{address.replace("@", "%40")}">Nous &eacute;crire</a>'


def mailto_shouted(address: str) -> str:
    return f'<A HREF="MAILTO:{address.upper()}">{address.upper()}</A>'


def entities(address: str) -> str:
    return "<span>" + "".join(f"&#{ord(letter)};" for letter in address) + "</span>"


def entities_in_mailto(address: str) -> str:
    hidden = "".join(f"&#x{ord(letter):x};" for letter in f"mailto:{address}")
    return f'<a href="{hidden}" rel="nofollow">Par courriel</a>'


def mixed_entities(address: str) -> str:
    """Some letters as they are, some decimal, some hexadecimal, as antispam functions of blogs write them."""
    forms = ("{}", "&#{:d};", "&#x{:x};")
    pieces = [
        forms[place % 3].format(letter if place % 3 == 0 else ord(letter)) for place, letter in enumerate(address)
    ]
    return f'<a href="mailto:{"".join(pieces)}">{"".join(pieces)}</a>'


def square_at(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>E-mail : {local} [at] {domain.replace('.', ' [dot] ')}</p>"


def tight_at(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>{local}[at]{domain}</p>"


def round_at(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>E-Mail: {local} (at) {domain}</p>"


def arobase(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>Mail : {local} (arobase) {domain.replace('.', ' (point) ')}</p>"


def arobase_square(address: str) -> str:
    local, domain = address.split("@")
    return f"<li>{local}[arobase]{domain.replace('.', '[point]')}</li>"


def spoken(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>Notre adresse : {local} AT {domain.replace('.', ' POINT ')}</p>"


def spaced_out(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>Courriel : {local} @ {domain.replace('.', ' . ')}</p>"


def picture_only(alt: str = "notre adresse e-mail") -> str:
    return f'<p><img src="/img/courriel.png" width="214" height="18" alt="{alt}"></p>'


def script_concatenation(address: str) -> str:
    local, domain = address.split("@")
    name, _, end = domain.rpartition(".")
    return (
        "<script>document.write('<a href=\"mai' + 'lto:' + '"
        f"{local}' + '@' + '{name}' + '.{end}\">' + '{local}' + '@' + '{name}' + '.{end}</a>');</script>"
    )


def script_variables(address: str) -> str:
    local, domain = address.split("@")
    return f"""<script type="text/javascript">
var qui = "{local}";
var ou = "{domain}";
document.write("<a href='mailto:" + qui + "@" + ou + "'>" + qui + "@" + ou + "</a>");
</script><noscript>Activez JavaScript pour voir l'adresse</noscript>"""


def script_array(address: str) -> str:
    local, domain = address.split("@")
    pieces = json.dumps([local, "@", *_halves(domain)])
    return f"<span id=\"m1\"></span><script>document.getElementById('m1').textContent = {pieces}.join('');</script>"


def script_unescape(address: str) -> str:
    hidden = "".join(f"%{ord(letter):02x}" for letter in f'<a href="mailto:{address}">{address}</a>')
    return f"<script>document.write(unescape('{hidden}'));</script>"


def on_click(address: str) -> str:
    local, domain = address.split("@")
    return f"<a href=\"#\" onclick=\"location.href='mailto:'+'{local}'+'@'+'{domain}';return false\">Nous écrire</a>"


def cloudflare(address: str) -> str:
    hidden = _cloudflare(address)
    return (
        f'<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="{hidden}">[email&#160;protected]</a>'
    )


def cloudflare_in_link(address: str) -> str:
    return f'<a class="bouton" href="/cdn-cgi/l/email-protection#{_cloudflare(address)}">Contactez l\'accueil</a>'


def data_pair(address: str) -> str:
    local, domain = address.split("@")
    return f'<a href="#" class="js-mail" data-user="{local}" data-domain="{domain}">Afficher l\'adresse e-mail</a>'


def data_pair_french(address: str) -> str:
    local, domain = address.split("@")
    return f'<button type="button" class="voir-courriel" data-nom="{local}" data-domaine="{domain}">Courriel</button>'


def data_whole(address: str) -> str:
    return f'<span class="revele" data-email="{address}">cliquer pour afficher</span>'


def reversed_by_style(address: str) -> str:
    return f'<span style="unicode-bidi:bidi-override; direction: rtl;">{address[::-1]}</span>'


def reversed_by_class(address: str) -> str:
    style = "<style>.envers { direction: rtl; unicode-bidi: bidi-override; }</style>"
    return f'{style}<p>Écrire : <span class="envers">{address[::-1]}</span></p>'


def reversed_by_character(address: str) -> str:
    return f"<p>{RIGHT_TO_LEFT_OVERRIDE}{address[::-1]}{POP}</p>"


def split_by_tags(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>Mél. <b>{local}</b><i>@</i><b>{domain}</b></p>"


def split_by_comments(address: str) -> str:
    local, domain = address.split("@")
    return f"<p>{local}<!-- anti -->@<!-- spam -->{domain}</p>"


def json_ld(address: str, name: str) -> str:
    facts = {"@context": "https://schema.org", "@type": "LocalBusiness", "name": name, "email": address}
    return f'<script type="application/ld+json">{json.dumps(facts, ensure_ascii=False)}</script>'


def json_ld_graph(address: str, name: str) -> str:
    point = {"@type": "ContactPoint", "contactType": "customer service", "email": f"mailto:{address}"}
    graph = [{"@type": "WebSite", "name": name}, {"@type": "Organization", "name": name, "contactPoint": [point]}]
    facts = {"@context": "https://schema.org", "@graph": graph}
    return f'<script type="application/ld+json">\n{json.dumps(facts, indent=2)}\n</script>'


def microdata(address: str) -> str:
    return f'<div itemscope itemtype="https://schema.org/Dentist"><span itemprop="email">{address}</span></div>'


def percent_all(address: str) -> str:
    """Every letter percent-encoded inside the link."""
    hidden = "".join(f"%{byte:02X}" for byte in address.encode())
    return f'<a href="mailto:{hidden}?subject={quote("Réservation")}">Réserver par e-mail</a>'


def _cloudflare(address: str) -> str:
    return f"{CLOUDFLARE_KEY:02x}" + "".join(f"{byte ^ CLOUDFLARE_KEY:02x}" for byte in address.encode())


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


def glued_to_neighbours(address: str) -> str:
    """Inline elements without a blank between them, as page builders write them."""
    return f"<p><span>01 99 00 00 34</span><span>{address}</span><span>Ouvert le lundi</span></p>"


def mailto_with_blanks(address: str) -> str:
    return f'<a href="mailto: {address} " target="_blank"><img src="/img/enveloppe.svg" alt="Écrire"></a>'


def named_entities(address: str) -> str:
    return f"<p>{address.replace('@', '&commat;').replace('.', '&period;')}</p>"


def breakable(address: str) -> str:
    """With the places where a narrow screen may break the line."""
    return f"<p>{address.replace('@', '@<wbr>').replace('-', '-<wbr>')}</p>"
