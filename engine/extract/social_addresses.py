"""Tell which profile on a social network an address leads to, in one form per profile. Pure.

What only goes through a network (sharing, log-in, search, hashtags, posts, adverts, help) leads to no profile.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias, get_args
from urllib.parse import parse_qs, quote, unquote, urlsplit

Network = Literal["facebook", "instagram", "linkedin", "x_twitter", "youtube", "tiktok", "pinterest", "whatsapp"]
NETWORKS: tuple[Network, ...] = get_args(Network)

LENGTH_MAX = 500  # characters of an address that is looked at


class Profile(NamedTuple):
    """`address` is canonical, `name` what the profile is called there; `person`: it is one human being's by its form.

    `opaque`: the name is a number or letters that say nothing.
    """

    network: Network
    address: str
    name: str
    person: bool = False
    opaque: bool = False


_Path: TypeAlias = Sequence[str]
_Query: TypeAlias = Mapping[str, list[str]]
_Reader: TypeAlias = Callable[[_Path, _Query], Profile | None]

_ADDRESS = re.compile(
    r"(?:https?:)?/{0,3}(?:([a-z0-9-]{1,20})\.)?"
    r"(facebook\.com|fb\.com|fb\.me|instagram\.com|instagr\.am|linkedin\.com|twitter\.com|x\.com|youtube\.com"
    r"|tiktok\.com|pinterest(?:\.[a-z]{2,3}){1,2}|whatsapp\.com|wa\.me)(?::443)?(?=[/?#]|$)",
    re.IGNORECASE,
)
_APP = re.compile(r"whatsapp:/{0,2}send/?(?=\?)", re.IGNORECASE)
# Subdomains that show the same profiles: www, mobile ones, languages and countries.
_SAME = re.compile(r"www|web|m|mobile|touch|[a-z]{2}|[a-z]{2}-[a-z]{2}")
_LATIN = re.compile(r"[A-Za-z0-9._-]{2,80}")
_FACEBOOK_OTHERS = frozenset(
    (
        *("sharer", "sharer.php", "share", "share.php", "dialog", "plugins", "tr", "login", "login.php", "hashtag"),
        *("events", "event.php", "watch", "photo", "photo.php", "photos", "story.php", "stories", "permalink.php"),
        *("help", "policies", "policy.php", "legal", "privacy", "terms", "terms.php", "business", "ads", "gaming"),
        *("marketplace", "settings", "l.php", "search", "public", "home.php", "media", "notes", "video", "videos"),
        *("video.php", "reel", "reels", "groups", "group.php", "ajax", "sdk", "sdk.js", "careers", "about", "apps"),
        *("recover", "r.php", "reg", "signup", "messages", "messenger", "live", "download", "docs", "pg", "people"),
        *("pages", "p", "profile.php", "lite", "mobile", "bookmarks", "friends", "saved", "fundraisers", "offers"),
        *("ad_campaign", "campaign", "index.php", "connect", "whatsapp", "games", "jobs", "places", "support"),
    )
)
_INSTAGRAM_OTHERS = frozenset(
    (
        *("p", "reel", "reels", "tv", "explore", "stories", "accounts", "direct", "about", "developer", "legal"),
        *("share", "web", "s", "ar", "create", "privacy", "terms", "challenge", "oauth", "api", "graphql", "session"),
        *("sharer.php", "embed.js", "download", "directory", "popular", "invites", "emails", "lite", "static"),
    )
)
_X_OTHERS = frozenset(
    (
        *("intent", "share", "home", "search", "hashtag", "i", "login", "widgets", "widgets.js", "settings"),
        *("explore", "privacy", "tos", "about", "signup", "download", "jobs", "messages", "notifications", "compose"),
        *("oauth", "statuses", "account", "goodies", "who_to_follow", "logout", "following", "followers", "rules"),
        *("en", "fr", "de", "personalization", "terms", "help", "welcome", "invitations", "status", "javascripts"),
    )
)
_YOUTUBE_OTHERS = frozenset(
    (
        *("watch", "embed", "playlist", "results", "shorts", "live", "feed", "hashtag", "t", "about", "premium"),
        *("iframe_api", "player_api", "v", "vi", "e", "subscription_center", "redirect", "s", "yt", "account"),
        *("signin", "ads", "creators", "howyoutubeworks", "kids", "gaming", "music", "oembed", "attribution_link"),
        *("channel", "c", "user", "youtubei", "clip", "post", "movies", "trending", "upload", "playables", "new"),
        *("live_chat", "channels", "my_videos", "all_comments", "static", "img", "videos", "logout", "tv", "index"),
    )
)
_PINTEREST_OTHERS = frozenset(
    (
        *("pin", "search", "ideas", "today", "explore", "login", "business", "js", "about", "categories", "topics"),
        *("resource", "settings", "source", "join", "password", "invited", "_", "videos", "shop", "signup", "news_hub"),
        *("homefeed", "discover", "convert-business", "privacy", "terms", "oauth", "logout", "email"),
    )
)
_TIKTOK = re.compile(r"@[A-Za-z0-9_.]{2,40}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{20,24}")
_FACEBOOK_NAMED = re.compile(r"(.{2,80}?)-(\d{8,20})")
_LINKEDIN_PAGES = frozenset(("company", "school", "showcase", "in"))
_CHAT_CODE = re.compile(r"[A-Z0-9]{8,20}", re.IGNORECASE)


@lru_cache(maxsize=8_192)  # the pages of a site share their links
def profile_of(url: str) -> Profile | None:
    """The profile behind an address as written in a link, scheme or not; None when it leads to none.

    A person's page on LinkedIn and a profile that bears a number on Facebook count. Short addresses, which tell no
    name, do not.
    """
    text = url.strip()
    if len(text) > LENGTH_MAX:
        return None
    if _APP.match(text):
        return _whatsapp((), parse_qs(text.partition("?")[2]))
    found = _ADDRESS.match(text)
    if found is None:
        return None
    sub, host = (found[1] or "").lower(), found[2].lower()
    read = _READERS[host.partition(".")[0]]
    if sub and not (_SAME.fullmatch(sub) or (read is _whatsapp and sub == "api")):
        return None
    try:
        parts = urlsplit(text[found.end() :])
    except ValueError:
        return None
    path = [unquote(part).strip() for part in (parts.path or "").split("/")]
    if parts.fragment.startswith("!/"):  # as addresses were written once
        path = parts.fragment[2:].partition("?")[0].split("/")
    return read([part for part in path if part], parse_qs(parts.query))


def _facebook(path: _Path, query: _Query) -> Profile | None:
    first = path[0].lower() if path else ""
    if first == "pg":
        path, first = path[1:], path[1].lower() if len(path) > 1 else ""
    if first == "profile.php":
        number = next(iter(query.get("id", ())), "")
        address = f"https://www.facebook.com/profile.php?id={number}"
        return Profile("facebook", address, number, opaque=True) if number.isdecimal() else None
    if first in ("pages", "people") and len(path) >= 3:
        return _facebook_numbered(path, first)
    if first == "p" and len(path) > 1 and _FACEBOOK_NAMED.fullmatch(path[1]):
        return Profile("facebook", f"https://www.facebook.com/p/{quote(path[1])}", path[1])
    if not first or first in _FACEBOOK_OTHERS or first.endswith(".php") or _is_version(first):
        return None
    if len(path) > 2 and path[1] in ("posts", "photos", "videos", "events", "permalink", "notes"):
        return None  # a post
    name = path[0].lstrip("@")
    usable = _LATIN.fullmatch(name) or _FACEBOOK_NAMED.fullmatch(name)
    return _profile("facebook", f"https://www.facebook.com/{quote(name)}", name) if usable else None


def _facebook_numbered(path: _Path, first: str) -> Profile | None:
    """`/pages/Name/123`, `/pages/category/Trade/Name-123`, `/people/Name/123`."""
    if path[1] == "category" and len(path) >= 4 and _FACEBOOK_NAMED.fullmatch(path[3]):
        return Profile("facebook", f"https://www.facebook.com/{quote(path[3])}", path[3])
    if path[2].isdecimal():
        return Profile("facebook", f"https://www.facebook.com/{first}/{quote(path[1])}/{path[2]}", path[1])
    return None


def _is_version(first: str) -> bool:
    return first[0] == "v" and first[1:].replace(".", "").isdecimal()  # of the programming interface


def _instagram(path: _Path, query: _Query) -> Profile | None:
    names = path[1:] if path and path[0] == "_u" else path
    if not names or names[0].lower() in _INSTAGRAM_OTHERS:
        return None
    if len(names) > 1 and names[1] in ("p", "reel", "tv"):
        return None  # a post
    name = names[0].lstrip("@")
    fits = len(name) <= 30 and re.fullmatch(r"[A-Za-z0-9._]+", name)
    return _profile("instagram", f"https://www.instagram.com/{name}", name) if fits else None


def _linkedin(path: _Path, query: _Query) -> Profile | None:
    parts = path[1:] if path and path[0].lower() == "organization-guest" else path
    if len(parts) < 2:
        return None
    kind, name = parts[0].lower(), parts[1]
    kind = "company" if kind == "companies" else kind
    if kind not in _LINKEDIN_PAGES or not 1 < len(name) <= 120:
        return None
    return _profile("linkedin", f"https://www.linkedin.com/{kind}/{quote(name)}", name, person=kind == "in")


def _x_twitter(path: _Path, query: _Query) -> Profile | None:
    name = path[0].lstrip("@") if path else ""
    if len(path) > 1 and path[1].lower() not in ("with_replies", "media", "likes"):
        return None  # a post, a list
    fits = name.lower() not in _X_OTHERS and re.fullmatch(r"[A-Za-z0-9_]{1,15}", name)
    return _profile("x_twitter", f"https://x.com/{name}", name) if fits else None


def _youtube(path: _Path, query: _Query) -> Profile | None:
    first = path[0] if path else ""
    if first.startswith("@") and 2 < len(first) <= 60:
        return _profile("youtube", f"https://www.youtube.com/@{quote(first[1:])}", first[1:])
    if first == "channel" and len(path) > 1:
        known = _CHANNEL.fullmatch(path[1])
        return Profile("youtube", f"https://www.youtube.com/channel/{path[1]}", path[1], opaque=True) if known else None
    if first in ("c", "user") and len(path) > 1:
        return _profile("youtube", f"https://www.youtube.com/{first}/{quote(path[1])}", path[1])
    named = first.lower() not in _YOUTUBE_OTHERS and re.fullmatch(r"[A-Za-z0-9_-]{3,60}", first)
    return _profile("youtube", f"https://www.youtube.com/{first}", first) if named else None


def _tiktok(path: _Path, query: _Query) -> Profile | None:
    if len(path) != 1 or not _TIKTOK.fullmatch(path[0]):
        return None
    return _profile("tiktok", f"https://www.tiktok.com/{path[0]}", path[0][1:])


def _pinterest(path: _Path, query: _Query) -> Profile | None:
    name = path[0] if path else ""
    fits = name.lower() not in _PINTEREST_OTHERS and re.fullmatch(r"[A-Za-z0-9_.-]{2,40}", name)
    return _profile("pinterest", f"https://www.pinterest.com/{name}", name) if fits else None


def _whatsapp(path: _Path, query: _Query) -> Profile | None:
    """The chat with a number; a text to send on to anybody, a group or a channel is none."""
    if len(path) == 2 and path[0] == "message" and _CHAT_CODE.fullmatch(path[1]):
        return Profile("whatsapp", f"https://wa.me/message/{path[1]}", path[1], opaque=True)
    if path and path[0] == "c":
        path = path[1:]
    given = path[0] if path and path[0] != "send" else next(iter(query.get("phone", ())), "")
    digits = re.sub(r"[\s().+-]", "", given).removeprefix("00")
    fits = digits.isascii() and digits.isdecimal() and 8 <= len(digits) <= 15 and digits[0] != "0"
    return Profile("whatsapp", f"https://wa.me/{digits}", digits, opaque=True) if fits else None


def _profile(network: Network, address: str, name: str, *, person: bool = False) -> Profile:
    return Profile(network, address, name, person, opaque=name.isdecimal())


_READERS: Mapping[str, _Reader] = {
    "facebook": _facebook,
    "fb": _facebook,
    "instagram": _instagram,
    "instagr": _instagram,
    "linkedin": _linkedin,
    "twitter": _x_twitter,
    "x": _x_twitter,
    "youtube": _youtube,
    "tiktok": _tiktok,
    "pinterest": _pinterest,
    "whatsapp": _whatsapp,
    "wa": _whatsapp,
}
