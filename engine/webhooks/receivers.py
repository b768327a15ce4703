"""Which addresses may be named as receivers. The guard looks again, at what they resolve to, before each delivery."""

from collections.abc import Sequence
from ipaddress import IPv4Address

from yarl import URL

from engine.limits import WEBHOOK_URL_MAX
from engine.network.guard import WEB_PORTS, Address, Network, host_of, is_public, is_trusted, parse_url
from engine.network.types import Unreachable
from engine.webhooks.errors import BadWebhookUrl

FIELD = "webhook_url"
LOOPBACK = IPv4Address("127.0.0.1")


def checked_url(url: object, *, trusted: Sequence[Network], field: str = FIELD) -> str:
    """The address as it will be asked for. `trusted` are the operator's exceptions.

    Raises:
        BadWebhookUrl: it can't be a public receiver, whatever its name resolves to.
    """
    if not isinstance(url, str):
        raise BadWebhookUrl(field=field, problem="texte attendu")
    if len(url) > WEBHOOK_URL_MAX:
        raise BadWebhookUrl(field=field, problem=f"au plus {WEBHOOK_URL_MAX} caractères")
    try:
        parsed = parse_url(url)
    except Unreachable:
        raise BadWebhookUrl(field=field, problem="adresse http(s) complète attendue, sans identifiants") from None
    problem = _problem(parsed, trusted)
    if problem:
        raise BadWebhookUrl(field=field, problem=problem)
    return str(parsed)


def receiver_of(account_id: int, url: str) -> str:
    """What is paused and gets few messages at once: a host and port, of one account, so that none slows another's."""
    parsed = URL(url)
    return f"{account_id} {parsed.raw_host}:{parsed.port}"


def host_shown(url: str) -> str:
    """The receiver without its path, which may hold a secret."""
    return URL(url).host or ""


def _problem(parsed: URL, trusted: Sequence[Network]) -> str | None:
    host = _host(parsed)
    if not isinstance(host, str) and is_trusted(host, trusted):
        return None
    if not isinstance(host, str) and not is_public(host):
        return "adresse d'un réseau privé"
    # A name may lead into a trusted network, where any port goes; that is for the guard to see.
    if parsed.port not in WEB_PORTS and not (isinstance(host, str) and trusted):
        return "port non admis (80, 443, 8080 ou 8443)"
    return None


def _host(parsed: URL) -> str | Address:
    host = host_of(parsed.raw_host or "")
    return LOOPBACK if isinstance(host, str) and (host == "localhost" or host.endswith(".localhost")) else host
