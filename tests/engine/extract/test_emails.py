"""Addresses of a page however it writes them, what is refused, and which one is best."""

import base64
import codecs
from collections.abc import Iterator
from itertools import permutations

import pytest

from engine.extract.emails import Candidate, Domains, find_candidates, rank
from engine.extract.pages import PageKind
from tests.engine.extract.reading import OWN, addresses, document, ranked

ADDRESS = "contact@dupont.fr"
# How WordPress' Email Encoder Bundle writes 'contact@dupont.fr'.
EEB_LETTERS = "contac@dupr.f"
EEB_PLACES = "".join(chr(48 + EEB_LETTERS.index(letter)) for letter in ADDRESS)


def cloudflare(address: str, key: int = 0x7B) -> str:
    return bytes([key, *(octet ^ key for octet in address.encode())]).hex()


def typo3(text: str, by: int) -> str:
    runs = ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A))
    shifted = ""
    for char in text:
        first, last = next((run for run in runs if run[0] <= ord(char) <= run[1]), (0, 0))
        shifted += chr(first + (ord(char) - first + by) % (last - first + 1)) if last else char
    return shifted


def script(code: str) -> str:
    return f"<p>Écrivez-nous : <script>{code}</script></p>"


ENCODINGS = {
    "mailto": f'<a href="mailto:{ADDRESS}">Écrire</a>',
    "mailto with a subject": '<a href="MAILTO:Contact@Dupont.fr?subject=Bonjour&amp;cc=other@elsewhere.fr">Écrire</a>',
    "mailto percent-encoded": '<a href="mailto:%63ontact%40dupont%2Efr">Écrire</a>',
    "mailto as entities": '<a href="&#109;&#97;ilto&#58;contact&#x40;dupont.fr">Écrire</a>',
    "mailto with blanks": '<a href="mailto: contact@dupont.fr ">Écrire</a>',
    "mailto to= in the query": '<a href="mailto:?to=contact@dupont.fr&amp;subject=x">Écrire</a>',
    "mailto spelled out": '<a href="mailto:contact[at]dupont.fr">Écrire</a>',
    "mailto in an image map": f'<map><area href="mailto:{ADDRESS}" alt=""></map>',
    "text": f"<p>E-mail : {ADDRESS}.</p>",
    "text in capitals": "<p>CONTACT@DUPONT.FR</p>",
    "text in a noscript": f"<noscript><p>{ADDRESS}</p></noscript>",
    "text glued to the next word": f"<p>{ADDRESS}Tél</p>",
    "text glued to a phone number": f"<p>01.02.03.04.05{ADDRESS}</p>",
    "text before a sentence without a blank": f"<p>{ADDRESS}.Réponse sous 24 h</p>",
    "full-width sign": "<p>contact＠dupont.fr</p>",
    "entities": "<p>&#99;ontact&#64;dupont&#46;fr</p>",
    "hexadecimal entities": "<p>contact&#x40;dupont&period;fr</p>",
    "entities encoded twice": "<p>contact&amp;#64;dupont&amp;#46;fr</p>",
    "split over elements": "<p><span>contact</span><span>@</span><span>dupont</span>.fr</p>",
    "split by a comment": "<p>contact<!-- no -->@<!-- spam -->dupont.fr</p>",
    "decoy inside": '<p>contact@<span style="display:none">no.</span>dupont.fr</p>',
    "zero-width marks": "<p>contact\u200b@\u200bdupont.fr</p>",
    "sign as an icon": '<p>contact<i class="fas fa-at"></i>dupont.fr</p>',
    "sign as an image": '<p>contact<img src="a.png" alt="@">dupont.fr</p>',
    "whole address as an image": f'<img src="mail.png" alt="{ADDRESS}">',
    "title of a link": f'<a href="#" title="{ADDRESS}">Écrire</a>',
    "microdata": f'<meta itemprop="email" content="{ADDRESS}">',
    "json-ld": f'<script type="application/ld+json">{{"@graph": [{{"email": "mailto:{ADDRESS}",}}]}}</script>',
    "json-ld contact point": f'<script type="application/ld+json">{{"point": [{{"email": "{ADDRESS}"}}]}}</script>',
    "cloudflare attribute": f'<a href="/cdn-cgi/l/email-protection" data-cfemail="{cloudflare(ADDRESS)}">[email]</a>',
    "cloudflare link": f'<a href="/cdn-cgi/l/email-protection#{cloudflare(ADDRESS + "?subject=x")}">Écrire</a>',
    "[at]": "<p>contact [at] dupont.fr</p>",
    "(at) [point]": "<p>contact(at)dupont[point]fr</p>",
    "{at} (dot)": "<p>contact {at} dupont (dot) fr</p>",
    "(a)": "<p>contact(a)dupont.fr</p>",
    "[@] [.]": "<p>contact[@]dupont[.]fr</p>",
    "<at>": "<p>contact&lt;at&gt;dupont.fr</p>",
    "(arobase) (point)": "<p>contact (arobase) dupont (point) fr</p>",
    "arobase point": "<p>contact arobase dupont point fr</p>",
    "« chez »": "<p>contact « chez » dupont.fr</p>",
    "chez": "<p>contact <span>chez</span> dupont.fr</p>",
    "at dot": "<p>contact at dupont dot fr</p>",
    "AT with a real dot": "<p>contact AT dupont.fr</p>",
    "_at_ _dot_": "<p>contact_at_dupont_dot_fr</p>",
    "blanks around": "<p>contact @ dupont . fr</p>",
    "chiocciola": "<p>contact chiocciola dupont punto fr</p>",
    "NOSPAM": "<p>contact@NOSPAM.dupont.fr</p>",
    "js sum": script("document.write('con' + 'tact' + '@' + \"dupont\" + '.fr')"),
    "js variables": script("var u='contact';var d='dupont.fr';document.write('<a href=\"mailto:'+u+'@'+d+'\">x</a>')"),
    "js array": script("var p=['contact','dupont.fr'];document.write(p.join('@'))"),
    "js letters": script("e.href='mail'+'to:'+['c','o','n','t','a','c','t','@','dupont','.fr'].join('')"),
    "js several writes": script("document.write('contact');document.write('@');document.write('dupont.fr');"),
    "js append": script("var s='contact'; s += '@'; s += 'dupont.fr'; e.innerHTML = s;"),
    "js template": script("const u = 'contact', d = 'dupont.fr'; e.textContent = `${u}@${d}`"),
    "js unescape": script("document.write(unescape('%63%6F%6Etact%40dupont%2Efr'))"),
    "js decodeURIComponent": script("e.href = decodeURIComponent('mailto%3Acontact%40dupont.fr')"),
    "js escapes": script(r"e.href = 'mailto:contact\x40dupont\u002efr'"),
    "js char codes": script(f"document.write(String.fromCharCode({','.join(str(ord(c)) for c in ADDRESS)}))"),
    "js char code of the sign": script("document.write('contact' + String.fromCharCode(64) + 'dupont.fr')"),
    "js base64": script(f"e.innerHTML = window.atob('{base64.b64encode(ADDRESS.encode()).decode()}')"),
    "js reversed": script(f"document.write('{ADDRESS[::-1]}'.split('').reverse().join(''))"),
    "js replace": script("document.write('contact#dupont.fr'.replace('#', '@'))"),
    "js rot13": script(
        f"document.write('{codecs.encode(ADDRESS, 'rot13')}'.replace(/[a-zA-Z]/g,function(c){{"
        "return String.fromCharCode((c<='Z'?90:122)>=(c=c.charCodeAt(0)+13)?c:c-26);}))"
    ),
    "js handler": "<a href='#' onclick=\"location.href='mai'+'lto:contact'+'@'+'dupont.fr'\">Écrire</a>",
    "js link": "<a href=\"javascript:void(location.href='mailto:'+'contact'+'%40'+'dupont.fr')\">Écrire</a>",
    "js call": "<a href=\"javascript:sendMail('contact','dupont.fr')\">Écrire</a>",
    "js call with suffix": "<a href='#' onclick='antispam(\"contact\", \"dupont\", \"fr\")'>Écrire</a>",
    "js in json state": '<script type="application/json">{"mail":"contact\\u0040dupont.fr"}</script>',
    "joomla": script(
        "var prefix='&#109;a'+'i&#108;'+'&#116;o';var addy1='c&#111;nt&#97;ct'+'&#64;';"
        "addy1=addy1+'dup&#111;nt'+'&#46;'+'fr';document.write(addy1);"
    ),
    "typo3 token": f'<a href="#" data-mailto-token="{typo3("mailto:" + ADDRESS, 3)}" data-mailto-vector="3">x</a>',
    "typo3 call": f"<a href=\"javascript:linkTo_UnCryptMailto(%27{typo3('mailto:' + ADDRESS, -2)}%27);\">x</a>",
    "email encoder bundle": script(
        f'(function(){{var ml="{EEB_LETTERS}",mi="{EEB_PLACES}",o="";for(var j=0,l=mi.length;j<l;j++)'
        "{o+=ml.charAt(mi.charCodeAt(j)-48);}document.getElementById('eeb-1').innerHTML=decodeURIComponent(o);}());"
    ),
    "rtl style": f'<span style="unicode-bidi: bidi-override; direction: rtl">{ADDRESS[::-1]}</span>',
    "rtl class": f"<style>.rv{{direction:rtl;unicode-bidi:bidi-override}}</style><b class=rv>{ADDRESS[::-1]}</b>",
    "bdo": f'<bdo dir="rtl">{ADDRESS[::-1]}</bdo>',
    "rtl override mark": f"<p>\u202e{ADDRESS[::-1]}\u202c</p>",
    "turned by a style sheet elsewhere": f"<p class=rv>{ADDRESS[::-1]}</p>",
    "data pair": '<span data-user="contact" data-domain="dupont.fr"></span>',
    "data pair with suffix": '<a href="#" data-name="contact" data-domain="dupont" data-tld="fr">Écrire</a>',
    "data parts of a mail": '<a data-email-local="contact" data-email-host="dupont.fr">Écrire</a>',
    "data attribute": f'<span data-email="{ADDRESS}"></span>',
    "data attribute reversed": f'<span data-email="{ADDRESS[::-1]}"></span>',
    "data attribute in base64": f'<span data-mail="{base64.b64encode(ADDRESS.encode()).decode()}"></span>',
    "data attribute in rot13": f'<span data-mail="{codecs.encode(ADDRESS, "rot13")}"></span>',
}  # fmt: skip


@pytest.mark.parametrize("html", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_reads_each_way_to_write_an_address(html: str) -> None:
    assert addresses(html) == [ADDRESS]


def test_reads_all_recipients_of_one_link() -> None:
    assert addresses('<a href="mailto:a.b@dupont.fr,c.d@dupont.fr;e.f@dupont.fr">x</a>') == [
        "a.b@dupont.fr",
        "c.d@dupont.fr",
        "e.f@dupont.fr",
    ]


def test_an_address_in_a_comment_is_shown_to_nobody() -> None:
    assert addresses(f"<!-- {ADDRESS} --><script>/* {ADDRESS} */ var a = 1; // {ADDRESS}\n</script>") == []


REFUSED = {
    "image name": '<img src="logo@2x.png" alt="logo@2x.png"><p>logo@3x.webp</p>',
    "unknown suffix": "<p>contact@dupont.tnopud</p>",
    "reversed text without a style": "<p>moc.elgnuj@tcatnoc</p>",
    "package versions": "<script>load('https://cdn.x.fr/npm/vue@3.2.1/dist/vue.min.js')</script>",
    "handle in an address": "<p>https://medium.com/@dupont.fr</p>",
    "user of an address": "<p>https://key:secret@host.fr/path</p>",
    "tracker's key": '<script>Sentry.init({dsn:"https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/2"})</script>',
    "key alone": "<p>0123456789abcdef01234567@errors.io</p>",
    "vendor": "<p>605a7baede844d278b89dc95ae0a9123@sentry-next.wixpress.com, support@wix.com</p>",
    "host by name": "<p>support@ovh.com</p>",
    "sample in a placeholder": '<input placeholder="nom@dupont.fr"><input value="vous@dupont.fr">',
    "samples": "<p>nom@domaine.fr, votre@email.com, exemple@exemple.com, john.doe@example.org, you@yourdomain.com</p>",
    "sample on the own domain": "<p>prenom.nom@dupont.fr</p>",
    "nobody reads it": "<p>noreply@dupont.fr, no-reply@dupont.fr, mailer-daemon@dupont.fr</p>",
    "host's block": "<h2>Hébergeur</h2><p>Toile SAS</p><p>contact@toile-sas.fr</p>",
    "host's block in an old table": (
        "<table><tr><td><font><h2>Hébergement</h2><p>Toile SAS</p>E-mail : hi@toile-sas.fr</font></td></tr></table>"
    ),
    "agency's line in German": (
        '<footer><p>Umsetzung der Website : <a href="https://www.toile-sas.fr">Toile</a> – hallo@anders.de</p></footer>'
    ),
    "agency's line": "<footer><p>Site réalisé par Toile, hello@toile-sas.fr</p></footer>",
    "agency's free mailbox": "<footer><p>Création du site : jean.toile@gmail.com</p></footer>",
    "agency's mailbox elsewhere": (
        '<footer><p>Réalisation : <a href="https://www.toile-sas.fr">Toile</a></p>'
        '<a href="mailto:hi@toile-sas.fr">x</a></footer>'
    ),
    "mediator": "<h3>Médiation de la consommation</h3><p>contact@mediateurs-conso.fr</p>",
    "prose": "<p>Look at google.fr or meet us at amazon.fr. Rendez-vous chez carrefour.fr</p>",
    "prose with point": "<p>That project at that point in time was in France</p>",
    "handle": "<p>Suivez-nous sur Instagram @dupont.fr et @marie.dupont</p>",
    "author of a script": "<script>/*! v1 by Jo <jo@carousel-plugin.com> */ var a='x@unrelated-shop.com'</script>",
}  # fmt: skip


@pytest.mark.parametrize("html", REFUSED.values(), ids=REFUSED.keys())
def test_refuses_what_is_no_address_of_the_business(html: str) -> None:
    assert addresses(html) == []


def test_never_refuses_the_own_domain_beside_the_host() -> None:
    assert addresses("<h2>Hébergeur</h2><p>Toile SAS, webmaster@dupont.fr, patron.dupont@gmail.com</p>") == [
        "webmaster@dupont.fr",
        "patron.dupont@gmail.com",
    ]


def test_after_the_host_s_cell_the_page_speaks_of_its_owner_again() -> None:
    html = """<table><tr><td><font><h2>Hébergement</h2>contact@toile-sas.fr</font></td></tr>
    <tr><td><font>contact@martin-conseil.fr</font></td></tr></table>"""

    assert addresses(html) == ["contact@martin-conseil.fr"]


def test_a_trade_that_shapes_gardens_is_no_web_agency() -> None:
    assert addresses("<h2>Gestaltung von Gärten</h2><p>garten.meier@gmx.de</p>") == ["garten.meier@gmx.de"]


def test_own_domain_then_group_then_free_then_other() -> None:
    html = """<script type="application/ld+json">{"@type": "Store", "telephone": "1",
    "parentOrganization": {"url": "https://www.groupe-martin.com"}}</script>
    <p>a.a@unrelated.fr b.b@gmail.com c.c@groupe-martin.com d.d@du-pont.com info@dupont.fr</p>"""

    assert [(entry.candidate.address, entry.relation) for entry in ranked(html)] == [
        ("info@dupont.fr", "own"),
        ("c.c@groupe-martin.com", "group"),
        ("d.d@du-pont.com", "group"),
        ("b.b@gmail.com", "free"),
        ("a.a@unrelated.fr", "other"),
    ]


def test_a_person_ranks_above_a_role() -> None:
    assert addresses("<p>contact@dupont.fr info@dupont.fr z.martin@dupont.fr</p>") == [
        "z.martin@dupont.fr",
        "contact@dupont.fr",
        "info@dupont.fr",
    ]


def candidates(*given: tuple[str, PageKind]) -> Iterator[Candidate]:
    return (Candidate(address, "text", f"https://dupont.fr/{kind}", kind, "main") for address, kind in given)


def test_the_contact_page_ranks_above_the_legal_notice_and_that_above_home() -> None:
    found = candidates(("a@dupont.fr", "home"), ("b@dupont.fr", "legal"), ("c@dupont.fr", "contact"))

    assert [entry.candidate.address for entry in rank(found, Domains(OWN))] == [
        "c@dupont.fr",
        "b@dupont.fr",
        "a@dupont.fr",
    ]


def test_ranking_depends_on_nothing_but_the_addresses_and_their_places() -> None:
    given: list[tuple[str, PageKind]] = [
        ("a.b@dupont.fr", "home"),
        ("a.b@dupont.fr", "contact"),
        ("x@dupont.fr", "contact"),
        ("p@gmail.com", "legal"),
    ]

    rankings = {
        tuple((entry.candidate.address, entry.candidate.kind) for entry in rank(candidates(*order), Domains(OWN)))
        for order in permutations(given)
    }

    assert rankings == {(("a.b@dupont.fr", "contact"), ("x@dupont.fr", "contact"), ("p@gmail.com", "legal"))}


def test_every_candidate_keeps_where_and_how() -> None:
    html = f'<footer><a href="mailto:{ADDRESS}">x</a></footer>'

    (found,) = find_candidates(document(html), page="https://dupont.fr/contact", kind="contact", own=OWN)

    assert found == Candidate(ADDRESS, "mailto", "https://dupont.fr/contact", "contact", "footer")


@pytest.mark.parametrize(
    "text",
    [
        "@" * 200_000,
        "a@" * 100_000,
        ("x" * 64 + "@") * 3_000,
        "a@" + "b." * 100_000,
        "a(at)" * 40_000,
        " at " * 50_000,
        "a @ " * 50_000,
        "://" * 60_000 + "@b.fr",
        "a.NO-" * 40_000 + "@b.fr",
    ],
    ids=lambda text: text[:8],
)
def test_hostile_text_costs_little(text: str) -> None:
    document_of_one = document(f"<p>{text}</p><script>var a='{text}'</script>")

    find_candidates(document_of_one, page="https://dupont.fr/", kind="home", own=OWN)


@pytest.mark.parametrize(
    "code", ["'@'+" * 5_000, "[" * 19_000 + "'@'", "a='@';" + "a+=a;" * 3_000, "'@" * 9_000, "/*'@'" * 4_000]
)
def test_hostile_scripts_cost_little(code: str) -> None:
    addresses(f"<script>{code}</script>")


@pytest.mark.parametrize(
    ("address", "personal"),
    [
        ("dupont@dupont.fr", False),
        ("dupont69@free.fr", False),
        ("workshop@dupont.fr", False),
        ("marie@dupont.fr", True),
        ("marie.dupont@dupont.fr", True),
        ("m-dupont@dupont.fr", True),
        ("contact@dupont.fr", False),
    ],
)
def test_a_mailbox_that_bears_the_name_of_the_business_is_nobodys_own(address: str, personal: bool) -> None:
    candidate = Candidate(address, "mailto", "https://dupont.fr/", "contact", "main")

    (best,) = rank([candidate], Domains(frozenset({"dupont.fr"})))

    assert best.personal is personal
