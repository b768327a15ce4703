"""Published filter lists at their real hosts: our own short ones, in the real syntax, with ETags.

Source of the syntax: the Adblock Plus and uBlock Origin filter documentation.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping

from engine.sandbox.http import Reply, Request, reply

TEXT = "text/plain; charset=utf-8"
CHANGED = "Mon, 02 Nov 2026 06:00:00 GMT"

EASYLIST = """[Adblock Plus 2.0]
! Title: EasyList
! Expires: 4 days (update frequency)
! *** general rules ***
/adserver/banner.js$script
||adspirit.de^$third-party
||amazon-adsystem.com^$third-party
||openx.net^$third-party
||pagead2.googlesyndication.com^$third-party
||smartadserver.com^
||taboola.com^$third-party,script
||widgets.outbrain.com^
@@||amazon-adsystem.com/consent/
example.com##.banner
"""
EASYPRIVACY = """[Adblock Plus 2.0]
! Title: EasyPrivacy
! Expires: 4 days (update frequency)
/collecte-mesure.js$script,third-party
||adroll.com^$third-party
||adsrvr.org^$third-party
||analytics.tiktok.com^$third-party
||bat.bing.com^
||connect.facebook.net/*/fbevents.js
||creativecdn.com^
||criteo.com^$third-party
||criteo.net^$third-party
||facebook.com/tr?$image
||google-analytics.com^$third-party
||googletagmanager.com/gtag/js
||snap.licdn.com/li.lms-analytics/
"""
UBLOCK_FILTERS = """! Title: uBlock filters
! Expires: 5 days
! License: none, for the sandbox alone
||dwin1.com^$3p
||metaffiliation.com^$3p
||openx.net^$script,3p
||media.net^$3p
||seedtag.com^$3p
example.org##+js(set-constant, ads, true)
"""
UBLOCK_PRIVACY = """! Title: uBlock filters – Privacy
! Expires: 7 days
||google-analytics.com/analytics.js$script,redirect=google-analytics_analytics.js:5
||googletagmanager.com/gtm.js$script,3p
||hotjar.com^$3p
||clarity.ms^$3p
||mc.yandex.ru^$3p
"""
FILTER_LISTS: Mapping[str, Mapping[str, str]] = {
    "easylist.to": {"/easylist/easylist.txt": EASYLIST, "/easylist/easyprivacy.txt": EASYPRIVACY},
    "ublockorigin.github.io": {
        "/uAssets/filters/filters.min.txt": UBLOCK_FILTERS,
        "/uAssets/filters/privacy.min.txt": UBLOCK_PRIVACY,
    },
}


def filter_list_hosts() -> Iterator[tuple[str, Callable[[Request], Reply]]]:
    """Each host with what it answers."""
    for host, lists in FILTER_LISTS.items():
        yield host, _server(lists)


def _server(lists: Mapping[str, str]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        text = lists.get(request.path)
        if text is None:
            return reply(404, b"", content_type=TEXT)
        body = text.encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = (("ETag", tag), ("Last-Modified", CHANGED))
        if request.headers.get("if-none-match") == tag:
            return reply(304, b"", content_type=TEXT, headers=headers)
        return reply(200, body, content_type=TEXT, headers=headers)

    return answer
