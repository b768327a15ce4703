"""Where a code may be sent. Sources: RFC 8252 section 7.3 (any port on loopback), RFC 9700 section 2.1 (exact)."""

from urllib.parse import SplitResult, urlsplit

from engine.limits import OAUTH_REDIRECT_MAX, OAUTH_REDIRECTS_MAX
from engine.oauth.errors import BadRedirect

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def checked(uris: list[str]) -> list[str]:
    """The redirects that a client names, if each may be used.

    Raises:
        BadRedirect: https or loopback alone, no fragment, no credentials.
    """
    if not 0 < len(uris) <= OAUTH_REDIRECTS_MAX:
        raise BadRedirect(problem=f"de 1 à {OAUTH_REDIRECTS_MAX} adresses")
    for uri in uris:
        problem = _problem(uri)
        if problem:
            raise BadRedirect(problem=problem)
    return uris


def matches(asked: str, registered: tuple[str, ...]) -> bool:
    """Whether a redirect was registered: letter by letter, but for the port of a loopback address."""
    return any(asked == one or _same_but_port(asked, one) for one in registered)


def is_local(uri: str) -> bool:
    """Whether a redirect leads to the person's own machine, where any program may listen."""
    return urlsplit(uri).hostname in LOOPBACK


def host_of(uri: str) -> str:
    """The host that a person is shown, with its port unless it is this machine's, where any port may be chosen."""
    parts = urlsplit(uri)
    return parts.hostname or "" if is_local(uri) else parts.netloc


def _problem(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "illisible"
    if len(uri) > OAUTH_REDIRECT_MAX or not uri.isascii() or not uri.isprintable() or "\\" in uri:
        return "illisible"
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK)):
        return "https, ou une adresse de cette machine"
    if "#" in uri:
        return "sans fragment"
    return "sans identifiants" if "@" in parts.netloc else None


def _same_but_port(asked: str, registered: str) -> bool:
    one, other = urlsplit(asked), urlsplit(registered)
    return one.scheme == other.scheme == "http" and one.hostname in LOOPBACK and _but_port(one) == _but_port(other)


def _but_port(parts: SplitResult) -> tuple[str | None, str, str, bool]:
    return parts.hostname, parts.path, parts.query, "@" in parts.netloc or bool(parts.fragment)
