"""Web addresses in cells: their registrable domain, whether they are the business's own, how they are asked."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.lazy import load
from engine.rows.data import words

if TYPE_CHECKING:
    from tldextract import TLDExtract

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_HTTP = re.compile(r"https?(?::/*|//+)", re.IGNORECASE)  # `http:/`, `https//` and the right form
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[^\W\d_]{{2,}}|xn--[a-z0-9-]+)")
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_NEXT_ADDRESS = re.compile(r"[,;](?=https?:|www\.|$)", re.IGNORECASE)
_WRAPPING = "\"'<>()[]{}«»“”„`*|\u200b\ufeff "


def normal_site(url: str) -> str:
    """The address to ask for what a cell names; '' when it names none.

    `WWW.Dupont.fr/contact` becomes `https://www.dupont.fr/contact`: a scheme is added, the host is in lower case, the
    fragment goes. Of several addresses the first counts. E-mail addresses, words, other schemes give ''.
    """
    text = _first_address(url)
    if match := _HTTP.match(text):
        scheme, rest = text[: 5 if text[:5].lower() == "https" else 4].lower(), text[match.end() :]
    elif _SCHEME.match(text):
        return ""
    else:
        scheme, rest = "https", text.lstrip("/")
    authority, slash, tail = _cut(rest)
    host, _, port = authority.lower().rstrip(".").partition(":")
    host = host.rstrip(".")
    if not (_HOST.fullmatch(host) or _IPV4.fullmatch(host)) or len(host) > 253 or not _is_port(port):
        return ""
    return f"{scheme}://{host}{':' + port if port else ''}{slash}{tail}"


@lru_cache(maxsize=8_192)  # a site's pages name the same few domains again and again
def registrable_domain(url_or_host: str) -> str:
    """The domain somebody registered, in lower case: `dupont.co.uk` of `https://www.dupont.co.uk/contact`.

    By the bundled public suffix list. Under an unknown suffix: the last two labels. An IP address is its own domain.
    '' for text that holds no host.
    """
    return _registrable(host_of(url_or_host))


def has_known_suffix(host: str) -> bool:
    """Whether the bundled public suffix list knows the ending of a host name. A very new ending may be missing."""
    return bool(_extractor().extract_str(host).suffix)


def is_aggregator(url: str) -> bool:
    """True when the address lies on a directory, platform or social network instead of a site of the business's own."""
    host = host_of(url)
    if not host:
        return False
    labels = host.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    listed = words("aggregators")
    if any(f"!{parent}" in listed for parent in parents):
        return False
    return any(parent in listed for parent in parents) or is_brand_listed(host, listed)


def is_brand_listed(host: str, listed: frozenset[str]) -> bool:
    """Whether `listed` holds `name.*` for the registrable domain of `host`: `yelp.*` for `m.yelp.co.uk`."""
    domain = _registrable(host)
    return bool(domain) and f"{domain.partition('.')[0]}.*" in listed


def host_of(url: str) -> str:
    """The host of an address in any form that `normal_site` takes; '' when there is none."""
    site = normal_site(url)
    return (urlsplit(site).hostname or "") if site else ""


@cache
def _extractor() -> "TLDExtract":
    # Only the list inside the package: nothing is fetched, nothing is written.
    return load("tldextract").TLDExtract(suffix_list_urls=(), cache_dir=None)


def _registrable(host: str) -> str:
    found = _extractor().extract_str(host)
    if found.suffix or "." in found.domain:
        return found.top_domain_under_public_suffix or found.domain
    last = found.subdomain.rpartition(".")[2]
    return f"{last}.{found.domain}" if last and found.domain else ""


def _first_address(url: str) -> str:
    first = next(iter(url.strip(_WRAPPING).split()), "")
    return _NEXT_ADDRESS.split(first)[0].strip(_WRAPPING).rstrip(".")


def _cut(rest: str) -> tuple[str, str, str]:
    """The authority, then `/` or `` before a query, then what follows, without the fragment."""
    rest = rest.partition("#")[0]
    for position, char in enumerate(rest):
        if char in "/?\\":
            return rest[:position], "/", rest[position:].replace("\\", "/").removeprefix("/")
        if char in ",;":  # another address follows
            return rest[:position], "", ""
    return rest, "", ""


def _is_port(port: str) -> bool:
    return not port or (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536)
