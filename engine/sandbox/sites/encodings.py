"""The ways in which sites write a mail address. Each takes the address and gives markup for the page's body."""

import random
import zlib
from collections.abc import Callable
from urllib.parse import quote

Encoding = Callable[[str, random.Random], str]


def mailto(address: str, rng: random.Random) -> str:
    return f'<a class="mail" href="mailto:{address}">{rng.choice((address, "Écrivez-nous", "E-mail"))}</a>'


def mailto_subject(address: str, rng: random.Random) -> str:
    subject = quote(rng.choice(("Demande de devis", "Réservation", "Prise de contact")))
    return f'<a href="mailto:{address}?subject={subject}&amp;body=Bonjour">E-mail</a>'


def mailto_quoted(address: str, rng: random.Random) -> str:
    before = rng.choice(("", "%20"))
    return f'<a href="mailto:{before}{address.replace("@", "%40")}" title="E-mail"><i class="fa fa-envelope"></i></a>'


def text(address: str, rng: random.Random) -> str:
    shown = rng.choice((address, address, address.capitalize()))
    return rng.choice(("<span>{}</span>", "E-mail : {}.", "<strong>Mail</strong>&nbsp;: {}", "({})")).format(shown)


def entities(address: str, rng: random.Random) -> str:
    form = rng.choice(("&#{:d};", "&#x{:x};"))
    hidden = "".join(form.format(ord(character)) for character in address)
    scheme = "".join(form.format(ord(character)) for character in "mailto:")
    return rng.choice((f"<span>{hidden}</span>", f'<a href="{scheme}{hidden}">{hidden}</a>'))


def cloudflare(address: str, rng: random.Random) -> str:
    key = rng.randrange(1, 256)
    code = f"{key:02x}" + "".join(f"{byte ^ key:02x}" for byte in address.encode())
    shown = f'<span class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</span>'
    return rng.choice((shown, f'<a href="/cdn-cgi/l/email-protection#{code}">{shown}</a>'))


def brackets(address: str, rng: random.Random) -> str:
    at, dot = rng.choice(((" [at] ", " [point] "), ("[at]", "[dot]"), (" (at) ", "."), ("(at)", "(point)")))
    local, _, domain = address.partition("@")
    return f"<p>{local}{at}{domain.replace('.', dot)}</p>"


def arobase(address: str, rng: random.Random) -> str:
    at, dot = rng.choice(((" arobase ", " point "), ("[arobase]", "."), (" (arobase) ", " (point) ")))
    local, _, domain = address.partition("@")
    return f"<p>{local}{at}{domain.replace('.', dot)}</p>"


def js_concatenation(address: str, rng: random.Random) -> str:
    local, _, domain = address.partition("@")
    joined = f"'{local}' + '@' + '{domain}'"
    if rng.random() < 0.5:
        cut = len(domain) // 2
        joined = f"'{local}'+'@'+'{domain[:cut]}'+'{domain[cut:]}'"
    return f"<script>document.write('<a href=\"mail' + 'to:' + {joined} + '\">' + {joined} + '</a>');</script>"


def js_array(address: str, rng: random.Random) -> str:
    local, _, domain = address.partition("@")
    name, _, ending = domain.rpartition(".")
    parts = f'["{local}", "@", "{name}", ".", "{ending}"].join("")'
    mark = f"m{rng.randrange(10_000)}"
    return f'<span id="{mark}"></span><script>document.getElementById("{mark}").innerHTML = {parts};</script>'


def js_unescape(address: str, rng: random.Random) -> str:
    code = "".join(f"%{byte:02x}" for byte in f'<a href="mailto:{address}">{address}</a>'.encode())
    function = rng.choice(("unescape", "decodeURIComponent"))
    return f"<script>document.write({function}('{code}'));</script>"


def reversed_text(address: str, rng: random.Random) -> str:
    style = rng.choice(("unicode-bidi:bidi-override; direction:rtl;", "direction: rtl; unicode-bidi: bidi-override"))
    return f'<span style="{style}">{address[::-1]}</span>'


def data_pair(address: str, rng: random.Random) -> str:
    local, _, domain = address.partition("@")
    user, host = rng.choice((("data-user", "data-domain"), ("data-name", "data-domain"), ("data-local", "data-host")))
    return f'<a class="js-mail" href="#" {user}="{local}" {host}="{domain}">Afficher l\'adresse</a>'


def script_slot(address: str, rng: random.Random) -> str:
    """The empty place that a script fills; see `layouts.app`."""
    return f'<span data-slot="{slot_of(address)}"></span>'


def slot_of(address: str) -> str:
    return f"s{zlib.crc32(address.encode()):08x}"


# JSON-LD stands in the head of the page, see `content.business_json`.
JSON_LD = "json_ld"
ENCODINGS: dict[str, Encoding] = {
    "mailto": mailto,
    "mailto_subject": mailto_subject,
    "mailto_quoted": mailto_quoted,
    "text": text,
    "entities": entities,
    "cloudflare": cloudflare,
    "brackets": brackets,
    "arobase": arobase,
    "js_concatenation": js_concatenation,
    "js_array": js_array,
    "js_unescape": js_unescape,
    "reversed": reversed_text,
    "data_pair": data_pair,
}
METHODS = (*ENCODINGS, JSON_LD)
SCRIPTED: dict[str, Encoding] = {"script_built": script_slot, "script_fetched": script_slot}
