"""The map's HTML: the page of a search or a place, consent, the captcha that nobody solves, a page that crashes."""

import json
from html import escape
from pathlib import Path

from engine.sandbox.apis.maps_documents import Json, written
from engine.sandbox.apis.maps_languages import Language
from engine.sandbox.apis.maps_search import Query, altitude
from engine.sandbox.http import Reply, reply, small_page

SCRIPT = Path(__file__).with_name("maps_page.js").read_text(encoding="utf-8")
STYLE = """body{margin:0;font:14px sans-serif}#pane{width:408px;height:100vh}[role=feed],[role=main]>.DxyBCb
{height:100vh;overflow-y:auto}.Nv2PK{height:130px;position:relative}.jftiEf{min-height:110px}
.hfpxzc{position:absolute;inset:0}"""
COOKIE = "SOCS"
COOKIE_OF = {
    "false": "CAISNQgDEitib3FfaWRlbnRpdHk",
    "true": "CAESHAgBEhIaAB",
}  # of `set_eom`: all accepted, all refused
COOKIE_SECONDS = 34_128_000
# Lists of numbers, each eight megabytes, until the script engine gives up and takes its process with it.
CRASH = "const kept=[];for(;;)kept.push(new Array(1<<20).fill(1.1));"


def search_page(query: Query, told: Language) -> Reply:
    """The page of a search; its script asks for the results."""
    given: dict[str, Json] = {
        "query": query.text,
        "latitude": query.latitude,
        "longitude": query.longitude,
        "altitude": altitude(query),
    }
    return _page(query.text, given, told, words={"results": query.text, "nothing": query.text})


def place_page(name: str, feature: str, preview: list[Json], told: Language) -> Reply:
    """The page of a place, which also holds the document that its script asks for."""
    state: list[Json] = [None, None, None, [None, None, None, None, None, None, written(preview).decode()]]
    return _page(name, {"feature": feature}, told, words={}, state=state)


def _page(
    title: str, given: dict[str, Json], told: Language, *, words: dict[str, str], state: list[Json] | None = None
) -> Reply:
    said: dict[str, Json] = {
        **told.words,
        "end": told.end,
        "results": told.results.format(words.get("results", "")),
        "nothing": told.nothing.format(words.get("nothing", "")),
        "sorts": list[Json](told.sorts),
    }
    page = _in_script({**given, "hl": told.code, "words": said})
    html = (
        f'<!DOCTYPE html><html lang="{told.code}"><head><meta charset="utf-8"><title>{escape(title)} - Google Maps'
        f"</title><style>{STYLE}</style><script>window.APP_INITIALIZATION_STATE={_in_script(state)};"
        f'</script></head><body><div id="pane"></div><script>const PAGE={page};</script>'
        f"<script>{SCRIPT}</script></body></html>"
    )
    return reply(200, html.encode())


def _in_script(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def consent_page(onward: str) -> Reply:
    """Two forms, one to accept and one to refuse; both lead on to `onward`."""
    forms = "".join(
        f'<form action="https://consent.google.com/save" method="POST">'
        f'<input type="hidden" name="continue" value="{escape(onward)}"><input type="hidden" name="gl" value="FR">'
        f'<input type="hidden" name="hl" value="fr"><input type="hidden" name="set_eom" value="{refused}">'
        f'<button aria-label="{text}" jsname="b3VHJd"><span>{text}</span></button></form>'
        for refused, text in (("true", "Tout refuser"), ("false", "Tout accepter"))
    )
    return small_page("Avant d'accéder à Google Maps", f"<h1>Avant d'accéder à Google</h1>{forms}")


def consented(onward: str, *, set_eom: str) -> Reply:
    """The choice is kept in a cookie of all of the map's hosts, and the browser sent on."""
    cookie = f"{COOKIE}={COOKIE_OF.get(set_eom, COOKIE_OF['true'])}; Domain=.google.com; Path=/"
    kept = f"{cookie}; Max-Age={COOKIE_SECONDS}; Secure; SameSite=Lax"
    return reply(303, b"", headers=(("Location", onward), ("Set-Cookie", kept)))


def sorry_page(onward: str) -> Reply:
    """The page of an egress that asked too much: a captcha, status 429."""
    body = (
        '<form id="captcha-form" action="index" method="post"><div id="recaptcha" class="g-recaptcha"></div></form>'
        "<p><b>À propos de cette page</b></p><p>Nos systèmes ont détecté un trafic inhabituel provenant de votre réseau"
        " informatique. Cette page vérifie que c'est bien vous qui envoyez des requêtes, et non un robot.</p>"
    )
    return small_page(escape(onward), body, status=429)


def crash_page() -> Reply:
    """A page whose process doesn't survive its script: half a gigabyte is gone in a second, then all there is."""
    return small_page("Google Maps", f"<script>{CRASH}</script>")
