"""What the invented domain names say: records by name, and the names whose servers misbehave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.sandbox.mailboxes import MailDomain, Temper
from engine.sandbox.sites.bad import PARKING_NAMESERVERS
from engine.sandbox.sites.site import BadKind, Site

DnsTemper = Literal["ok", "failure", "slow", "rebinding", "mx_failure"]
NAMESERVERS = ("ns1.dns-tranquille.net", "ns2.dns-tranquille.net")
REGISTRAR_NAMESERVERS = ("dns1.bureau-noms.net", "dns2.bureau-noms.net")
# Who serves the zone of a site of this kind; NAMESERVERS unless named here.
OTHER_NAMESERVERS: dict[BadKind, tuple[str, ...]] = {
    "parked_nameserver": PARKING_NAMESERVERS,
    "expired": REGISTRAR_NAMESERVERS,
    "expired_busy": REGISTRAR_NAMESERVERS,
}
DNS_TEMPERS: dict[BadKind, DnsTemper] = {"dns_failure": "failure", "rebinding": "rebinding"}
LONG_TEXTS = 12  # together more than a UDP answer holds

# Names for tests of resolvers and of the address guard; `{}` is an address of the world.
SPECIAL: dict[str, str] = {
    "rebinding": "rebond.piege-dns.net",  # an address of the world first, then 127.0.0.1
    "servfail": "panne.piege-dns.net",
    "slow": "lent.piege-dns.net",  # right, after SLOW_SECONDS
    "private": "prive.piege-dns.net",
    "mixed": "mixte.piege-dns.net",  # one address of the world and one of this machine
    "ipv6_only": "six.piege-dns.net",
    "mapped": "mappe.piege-dns.net",  # 127.0.0.1 in the clothes of IPv6
    "no_address": "vide.piege-dns.net",
    "long_text": "bavard.piege-dns.net",
    "alias": "alias.piege-dns.net",
}


@dataclass(frozen=True, slots=True)
class Records:
    """One name's records. `mx` are (preference, host); a null MX is (0, '.')."""

    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    mx: tuple[tuple[int, str], ...] = ()
    ns: tuple[str, ...] = ()
    txt: tuple[str, ...] = ()
    cname: str | None = None
    temper: DnsTemper = "ok"


def mail_records(domain: MailDomain) -> tuple[tuple[int, str], ...]:
    if domain.temper is Temper.NULL_MX:
        return ((0, "."),)
    return tuple((10 * (place + 1), host) for place, host in enumerate(domain.hosts))


def site_records(site: Site, address: str, mail: MailDomain | None) -> Iterable[tuple[str, Records]]:
    """The names of one site, apex and www; nothing for a domain that is gone."""
    if site.bad == "nxdomain":
        return
    web = DNS_TEMPERS.get(site.bad, "ok") if site.bad else "ok"
    mail_fails = mail is not None and mail.temper is Temper.DNS_FAILURE
    yield (
        site.domain,
        Records(
            a=(address,),
            mx=mail_records(mail) if mail else (),
            ns=OTHER_NAMESERVERS.get(site.bad, NAMESERVERS) if site.bad else NAMESERVERS,
            txt=("v=spf1 mx ~all",) if mail else (),
            temper="mx_failure" if mail_fails else web,
        ),
    )
    yield f"www.{site.domain}", Records(a=(address,), temper=web)


def mail_only_records(domain: MailDomain, address: str) -> Records:
    """A domain that is here for its mail: providers, hosts, agencies, groups."""
    return Records(a=(address,), mx=mail_records(domain), ns=NAMESERVERS, txt=("v=spf1 mx -all",))


def special_records(address: str) -> dict[str, Records]:
    """The misbehaving names; `address` is one of the world's."""
    texts = tuple(f"site-verification={number:064d}" for number in range(LONG_TEXTS))
    return {
        SPECIAL["rebinding"]: Records(a=(address,), temper="rebinding"),
        SPECIAL["servfail"]: Records(temper="failure"),
        SPECIAL["slow"]: Records(a=(address,), temper="slow"),
        SPECIAL["private"]: Records(a=("10.0.0.7",)),
        SPECIAL["mixed"]: Records(a=(address, "127.0.0.1")),
        SPECIAL["ipv6_only"]: Records(aaaa=("2001:db8::7",)),
        SPECIAL["mapped"]: Records(aaaa=("::ffff:127.0.0.1",)),
        SPECIAL["no_address"]: Records(txt=("nothing here",)),
        SPECIAL["long_text"]: Records(a=(address,), txt=texts),
        SPECIAL["alias"]: Records(cname=SPECIAL["long_text"]),
    }


def parents(names: Sequence[str]) -> set[str]:
    """Every name above those given: they exist, with no record of their own (RFC 8020)."""
    found: set[str] = set()
    for name in names:
        labels = name.split(".")
        found.update(".".join(labels[start:]) for start in range(1, len(labels)))
    return found
