"""The registries' RDAP servers at their real host names, IANA's bootstrap file and the redirector rdap.org.

Source: RFC 9082 (paths), RFC 9083 (JSON), RFC 9224 (bootstrap), RFC 8056 (states). An ending that has no server here
(.eu, .de) has none in the bootstrap file either.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import Clock
from engine.sandbox.http import Reply, Request, redirect, reply

RDAP_JSON = "application/rdap+json"
BOOTSTRAP_HOST, BOOTSTRAP_PATH = "data.iana.org", "/rdap/dns.json"
REDIRECTOR_HOST = "rdap.org"
DOMAIN_PATH = "domain/"
RETRY_AFTER_SECONDS = "1"
GRACE_DAYS = 30  # from here on an unpaid domain is in its redemption period
NO_PARAMETERS: dict[str, str] = {}  # of a vCard property (RFC 7095)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
SECOND_LEVEL = frozenset({"co.uk", "org.uk"})  # endings of two labels under which this world registers


@dataclass(frozen=True, slots=True)
class Registry:
    """One server: `base` is the path before `domain/NAME`, `endings` the top-level domains that it answers for."""

    host: str
    base: str
    endings: tuple[str, ...]
    registrar: str

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.base}"


REGISTRIES = (
    Registry("rdap.nic.fr", "/", ("fr", "re", "pm", "tf", "wf", "yt"), "BUREAU DES NOMS"),
    Registry("rdap.verisign.com", "/com/v1/", ("com",), "Bureau des Noms SAS"),
    Registry("rdap.verisign.com", "/net/v1/", ("net",), "Bureau des Noms SAS"),
    Registry("rdap.publicinterestregistry.org", "/rdap/", ("org",), "Bureau des Noms SAS"),
    Registry("rdap.nominet.uk", "/uk/", ("uk",), "Bureau des Noms SAS [Tag = BUREAU]"),
)
RDAP_HOSTS = (*dict.fromkeys(registry.host for registry in REGISTRIES), REDIRECTOR_HOST, BOOTSTRAP_HOST)


@dataclass(frozen=True, slots=True)
class Registration:
    """One registered name. `expires_in_days` counts from today, and is negative for a name that nobody renewed."""

    name: str
    nameservers: tuple[str, ...]
    registered: datetime
    expires_in_days: int


def registrations(
    nameservers: Mapping[str, Sequence[str]], lapses: Mapping[str, int], clock: Clock
) -> dict[str, Registration]:
    """The register: every registrable name of `nameservers`, which maps names of the zone to their name servers.

    `lapses` are names whose days until expiry are not left to chance.
    """
    today = clock.now().replace(hour=10, minute=17, second=42, microsecond=0)
    found: dict[str, Registration] = {}
    for name, servers in nameservers.items():
        domain = registrable(name)
        if domain is None or (domain in found and name != domain):
            continue
        digest = hashlib.sha256(domain.encode()).digest()
        age = timedelta(days=400 + int.from_bytes(digest[:2], "big") % 7_000)
        days = lapses.get(domain, 31 + int.from_bytes(digest[2:4], "big") % 330)
        found[domain] = Registration(domain, tuple(servers), today - age, days)
    return found


def registrable(name: str) -> str | None:
    """The name that somebody registered: the last label but the ending; None for what is no domain name."""
    labels = name.lower().rstrip(".").split(".")
    count = 3 if ".".join(labels[-2:]) in SECOND_LEVEL else 2
    if len(labels) < count or not all(LABEL.match(label) for label in labels):
        return None
    return ".".join(labels[-count:])


class RdapServers:
    """All of them; `busy` names are refused with 429 the first time, the third time, and so on."""

    def __init__(self, register: Mapping[str, Registration], busy: Iterable[str], clock: Clock) -> None:
        self._register = register
        self._busy = dict.fromkeys(busy, 0)
        self._clock = clock

    def handler(self, host: str) -> Callable[[Request], Reply]:
        """What this host answers; one of RDAP_HOSTS."""
        if host == BOOTSTRAP_HOST:
            return _bootstrap
        if host == REDIRECTOR_HOST:
            return _redirector
        served = [registry for registry in REGISTRIES if registry.host == host]
        return lambda request: self._answer(served, request)

    def _answer(self, served: Sequence[Registry], request: Request) -> Reply:
        for registry in served:
            prefix = registry.base + DOMAIN_PATH
            if request.path.startswith(prefix):
                return self._domain(registry, request.path.removeprefix(prefix).lower())
        return _error(404, "Not Found", "no such path on this server")

    def _domain(self, registry: Registry, name: str) -> Reply:
        if registrable(name) is None:
            return _error(400, "Bad Request", f"{name} is no valid domain name")
        if name in self._busy:
            self._busy[name] += 1
            if self._busy[name] % 2:
                return _error(429, "Too Many Requests", "the rate limit of your network is exceeded")
        known = self._register.get(name)
        if known is None or name.rpartition(".")[2] not in registry.endings:
            return _error(404, "Object not found", f"no object found for {name}")
        return _json(200, _document(registry, known, self._clock.now()))


def _document(registry: Registry, known: Registration, now: datetime) -> dict[str, object]:
    """RFC 9083 section 5.3. Times lie in whole days around today's, so that a name never expires in mid-test."""
    expiry = now.replace(hour=10, minute=17, second=42, microsecond=0) + timedelta(days=known.expires_in_days)
    changed = min(expiry - timedelta(days=365), now)
    events = (("registration", known.registered), ("expiration", expiry), ("last changed", changed))
    return {
        "rdapConformance": ["rdap_level_0"],
        "objectClassName": "domain",
        "handle": f"DOM{int.from_bytes(hashlib.sha256(known.name.encode()).digest()[:4], 'big'):012d}",
        # Verisign writes names in capitals: readers must not mind.
        "ldhName": known.name.upper() if registry.host == "rdap.verisign.com" else known.name,
        "status": _states(known.expires_in_days),
        "events": [
            *({"eventAction": action, "eventDate": f"{moment:%Y-%m-%dT%H:%M:%SZ}"} for action, moment in events),
            {"eventAction": "last update of RDAP database", "eventDate": f"{now:%Y-%m-%dT%H:%M:%SZ}"},
        ],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": server} for server in known.nameservers],
        "secureDNS": {"delegationSigned": False},
        "entities": [_registrar(registry.registrar)],
        "links": [
            {"rel": "self", "type": RDAP_JSON, "href": f"{registry.url}{DOMAIN_PATH}{known.name}"},
        ],
    }


def _states(days: int) -> list[str]:
    if days < -GRACE_DAYS:
        return ["redemption period"]
    return ["auto renew period"] if days < 0 else ["active"]


def _registrar(name: str) -> dict[str, object]:
    card: list[object] = ["vcard", [["version", NO_PARAMETERS, "text", "4.0"], ["fn", NO_PARAMETERS, "text", name]]]
    return {"objectClassName": "entity", "roles": ["registrar"], "handle": "1", "vcardArray": card}


def _bootstrap(request: Request) -> Reply:
    if request.path != BOOTSTRAP_PATH:
        return reply(404, b"", content_type="text/plain")
    document = {
        "description": "RDAP bootstrap file for Domain Name System registrations",
        "publication": "2026-01-01T00:00:00Z",
        "services": [[list(registry.endings), [registry.url]] for registry in REGISTRIES],
        "version": "1.0",
    }
    return reply(200, json.dumps(document).encode(), content_type="application/json")


def _redirector(request: Request) -> Reply:
    name = request.path.removeprefix(f"/{DOMAIN_PATH}").lower()
    if name == request.path.lower() or registrable(name) is None:
        return _error(400, "Bad Request", "ask for /domain/NAME")
    for registry in REGISTRIES:
        if name.rpartition(".")[2] in registry.endings:
            return redirect(f"{registry.url}{DOMAIN_PATH}{name}", status=302)
    return _error(404, "Not Found", f"no RDAP server is known for {name}")


def _error(status: int, title: str, description: str) -> Reply:
    document = {
        "rdapConformance": ["rdap_level_0"],
        "errorCode": status,
        "title": title,
        "description": [description],
    }
    return _json(status, document, headers=(("Retry-After", RETRY_AFTER_SECONDS),) if status == 429 else ())


def _json(status: int, document: Mapping[str, object], *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    cors = ("Access-Control-Allow-Origin", "*")
    return reply(status, json.dumps(document).encode(), content_type=RDAP_JSON, headers=(cors, *headers))
