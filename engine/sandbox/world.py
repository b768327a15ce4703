"""The whole invented world, built from a number of sites and a seed: hosts, names, mail, places."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from engine.clock import Clock
from engine.sandbox.apis.filter_lists import filter_list_hosts
from engine.sandbox.apis.llm import model_hosts
from engine.sandbox.apis.maps import MapsSite
from engine.sandbox.apis.overpass import OVERPASS_HOST, OverpassApi
from engine.sandbox.apis.pagespeed import pagespeed_hosts
from engine.sandbox.apis.places import PLACES_HOST, PlacesApi
from engine.sandbox.apis.rdap import RDAP_HOSTS, RdapServers, registrations
from engine.sandbox.apis.recherche_entreprises import register_hosts
from engine.sandbox.apis.seed_desk import SEED_DESK, SeedDesk
from engine.sandbox.apis.stubs import STUB_HOSTS, stub
from engine.sandbox.certificates import TlsState
from engine.sandbox.company_register import Registered, register_of
from engine.sandbox.draw import Deck
from engine.sandbox.epochs import Epoch, epochs_of, read_epoch
from engine.sandbox.http import Reply, Request, redirect, reply
from engine.sandbox.mail import MailServer
from engine.sandbox.mailboxes import OWN_SERVER, Mailbox, MailDomain, Temper
from engine.sandbox.places import Place, place_all
from engine.sandbox.seed_mail import SeedMail
from engine.sandbox.seed_rules import SEEDS, SENDERS
from engine.sandbox.sites.bad import DIRECTORIES, MUTE, RESALE_TARGETS, directory_page, handler, resale_page
from engine.sandbox.sites.companies import AGENCIES, GROUPS, HOSTS, MEDIATOR, Company
from engine.sandbox.sites.mail_plans import FREE_PROVIDERS
from engine.sandbox.sites.plan import deal
from engine.sandbox.sites.site import COMPANY, Site
from engine.sandbox.sites.special import special_domain, special_sites
from engine.sandbox.zone import NAMESERVERS, Records, mail_only_records, site_records, special_records

FIRST_ADDRESS = (198 << 24) + (18 << 16) + 256
ADDRESSES = (1 << 17) - 512  # 198.18.0.0/15 without its first and last 256
SHARED_MAIL = ("courrier-pro.net", "postes-unies.fr", "relais-mail.eu")
# Who verifies addresses: the name that it greets with and the domain that it sends from.
VERIFIER = "verification-tranquille.fr"
SMTP_HELO = f"mail.{VERIFIER}"
MAIL_FROM = f"verification@{VERIFIER}"

TEMPER_CARDS = (*(Temper.EXACT,) * 22, *(Temper.CATCH_ALL,) * 2, *Temper)
MAILBOX_CARDS = (*(Mailbox.LIVE,) * 24, *Mailbox)
PROVIDER_TEMPERS = {
    "wanadoo.fr": Temper.CATCH_ALL,
    "orange.fr": Temper.BLOCKED_AT_RECIPIENT,
    "laposte.net": Temper.GREYLIST_SHORT,
}
# Days until these names expire, against the register's chance; the busy one's server has to be asked again.
LAPSES = {
    special_domain("expired"): -40,
    special_domain("expired_busy"): -40,
    special_domain("expiring_soon"): 5,
}
BUSY_NAMES = (special_domain("expired_busy"),)
WEB_PORTS = frozenset({80, 443})


@dataclass(frozen=True, slots=True)
class Host:
    """One name that answers over HTTP. A port that is not in `ports` refuses connections."""

    name: str
    address: str
    answer: Callable[[Request], Reply]
    tls: TlsState = "good"
    ports: frozenset[int] = WEB_PORTS


@dataclass(slots=True)
class World:
    """`hosts` and `zone` by name, `mail_servers` by address. `addresses` are all that exist; others are unreachable."""

    seed: int
    sites: list[Site]
    places: list[Place]  # of epoch 0
    epochs: list[Epoch] = field(default_factory=list[Epoch])
    companies: list[Registered] = field(default_factory=list[Registered])  # of all epochs, by SIREN
    special: list[Site] = field(default_factory=special_sites)  # on no map; the same in every world
    seed_desk: SeedDesk = field(default_factory=lambda: SeedDesk(SeedMail(Clock())))
    hosts: dict[str, Host] = field(default_factory=dict[str, Host])
    zone: dict[str, Records] = field(default_factory=dict[str, Records])
    mail_domains: dict[str, MailDomain] = field(default_factory=dict[str, MailDomain])
    mail_servers: dict[str, MailServer] = field(default_factory=dict[str, MailServer])
    addresses: dict[str, str] = field(default_factory=dict[str, str])  # address -> the name it was given to
    open_ports: dict[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])  # of web servers

    def address_of(self, name: str) -> str:
        """The stable address of a name: from its hash, the next free one when taken."""
        start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        for step in range(ADDRESSES):
            number = FIRST_ADDRESS + (start + step) % ADDRESSES
            address = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
            if self.addresses.setdefault(address, name) == name:
                return address
        raise RuntimeError("198.18.0.0/15 is full: ask for fewer sites")


def build_world(sites: int = 400, seed: int = 7, *, epoch_file: Path | None = None) -> World:
    """The world of `sites` sites. The same arguments give the same world, byte by byte.

    `epoch_file` holds the number of the epoch whose places the map shows; without it, or while it is absent, 0.
    """
    dealt = deal(sites, seed)
    places = place_all(dealt, seed)
    world = World(seed=seed, sites=dealt, places=places, epochs=epochs_of(places, seed))
    _settle_mail(world)
    _settle_special_mail(world)
    for site in (*world.sites, *world.special):
        _settle_site(world, site)
    _settle_seed_domains(world)
    _settle_mail_servers(world)
    _settle_services(world)
    _settle_apis(world, epoch_file)
    world.open_ports = {host.address: host.ports for host in world.hosts.values()}
    return world


def _settle_mail(world: World) -> None:
    """Give every domain a temper and every shown address a mailbox."""
    rng = random.Random(f"{world.seed} mail")
    tempers = Deck(TEMPER_CARDS, rng)
    # Small worlds too hold every state at a server that tells, and a live mailbox at one of every temper.
    telling, others = Deck(MAILBOX_CARDS, rng), Deck(MAILBOX_CARDS, rng)
    met: set[Temper] = set()
    for name in FREE_PROVIDERS:
        temper = PROVIDER_TEMPERS.get(name, Temper.EXACT)
        world.mail_domains[name] = MailDomain(name, temper, free=True, hosts=(f"mx1.{name}", f"mx2.{name}"))
    for company in (*HOSTS, *AGENCIES, *GROUPS, MEDIATOR):
        local = company.mail.partition("@")[0]
        mailboxes = {local: Mailbox.LIVE}
        world.mail_domains[company.domain] = MailDomain(company.domain, hosts=_shared(rng), mailboxes=mailboxes)
    world.mail_domains[VERIFIER] = MailDomain(
        VERIFIER, hosts=(SMTP_HELO,), mailboxes={MAIL_FROM.partition("@")[0]: Mailbox.LIVE}
    )
    for site in world.sites:
        for shown in site.shown:
            if shown.owner in COMPANY:
                local, _, domain = shown.address.partition("@")
                if domain not in world.mail_domains:
                    world.mail_domains[domain] = _own_mail(domain, tempers.draw(), rng)
                mail = world.mail_domains[domain]
                if local not in mail.mailboxes:
                    first, deck = mail.temper not in met, telling if mail.temper is Temper.EXACT else others
                    mail.mailboxes[local] = Mailbox.LIVE if first else deck.draw()
                    met.add(mail.temper)


def _settle_special_mail(world: World) -> None:
    """The special sites' addresses exist, at servers without a temper: their faults lie elsewhere."""
    for site in world.special:
        mailboxes = {shown.address.partition("@")[0]: Mailbox.LIVE for shown in site.shown}
        if mailboxes:
            hosts = tuple(f"mx{number}.{SHARED_MAIL[0]}" for number in (1, 2))
            world.mail_domains[site.domain] = MailDomain(site.domain, hosts=hosts, mailboxes=mailboxes)


def _settle_seed_domains(world: World) -> None:
    """The seeds' providers, and the domains that write to them."""
    for seed in SEEDS:
        hosts = (f"mx1.{seed.domain}", f"mx2.{seed.domain}")
        domain = world.mail_domains.setdefault(seed.domain, MailDomain(seed.domain, free=True, hosts=hosts))
        domain.seeds.add(seed.local)
    for name in SENDERS:
        world.zone[name] = Records(a=(world.address_of(name),), txt=("v=spf1 a -all",))


def _own_mail(domain: str, temper: Temper, rng: random.Random) -> MailDomain:
    if temper in (Temper.NO_MX, Temper.NULL_MX):
        return MailDomain(domain, temper)
    return MailDomain(domain, temper, hosts=(f"mx.{domain}",) if temper in OWN_SERVER else _shared(rng))


def _shared(rng: random.Random) -> tuple[str, ...]:
    provider = rng.choice(SHARED_MAIL)
    return f"mx1.{provider}", f"mx2.{provider}"


def _settle_site(world: World, site: Site) -> None:
    """Names, address and server of one site."""
    if site.bad == "directory":
        return  # directories are hosts of their own
    address = world.address_of(site.domain)
    world.zone.update(site_records(site, address, world.mail_domains.get(site.domain)))
    ports = WEB_PORTS if site.secure else frozenset({80})
    if site.bad not in MUTE:
        answer = handler(site)
        for name in (site.domain, f"www.{site.domain}"):
            world.hosts[name] = Host(name, address, answer, site.tls, ports)
    if site.moved_from:
        _add_host(world, site.moved_from, lambda request: redirect(f"{site.root}{request.target}"), ports=ports)


def _settle_mail_servers(world: World) -> None:
    """One server a mail host; a domain without MX is served at its own address."""
    for domain in world.mail_domains.values():
        if domain.name not in world.zone:
            world.zone[domain.name] = mail_only_records(domain, world.address_of(domain.name))
        names = (domain.name,) if domain.temper is Temper.NO_MX else domain.hosts
        for name in names:
            address = world.address_of(name)
            world.zone.setdefault(name, Records(a=(address,)))
            if domain.temper is not Temper.CONNECTION_REFUSED:
                own = domain.temper if domain.temper in OWN_SERVER else Temper.EXACT
                server = world.mail_servers.setdefault(address, MailServer(name, own))
                server.domains[domain.name] = domain
                if domain.seeds:
                    server.deliver = world.seed_desk.mail.take


def _settle_services(world: World) -> None:
    """Companies' own sites, directories, name servers, the misbehaving names."""
    for company in (*HOSTS, *AGENCIES, *GROUPS, MEDIATOR):
        _add_host(world, company.domain, _company_page(company))
    for name in RESALE_TARGETS:
        _add_host(world, name, resale_page)
    for name in DIRECTORIES:
        _add_host(world, name.removeprefix("www."), directory_page)
    for name in NAMESERVERS:
        world.zone[name] = Records(a=(world.address_of(name),))
    special = special_records(world.address_of("piege-dns.net"))
    world.zone.update(special)
    for name in special:
        world.hosts[name] = Host(name, world.address_of("piege-dns.net"), _plain_page(name))


def _settle_apis(world: World, epoch_file: Path | None) -> None:
    """Public APIs at their real names, and the third parties that pages load."""
    _add_service(world, PLACES_HOST, PlacesApi(world.epochs, partial(read_epoch, epoch_file)).answer)
    _add_service(world, OVERPASS_HOST, OverpassApi(world.places).answer)
    for name in STUB_HOSTS:
        _add_service(world, name, stub)
    for name, answer in (*model_hosts(), *MapsSite(world.epochs, world.seed, partial(read_epoch, epoch_file)).hosts()):
        _add_service(world, name, answer)
    for name, answer in filter_list_hosts():
        _add_service(world, name, answer)
    nameservers = {name: records.ns for name, records in world.zone.items() if records.ns}
    every_site = (*world.sites, *world.special)
    in_places = (place.business for epoch in world.epochs for place in epoch.places)
    world.companies = register_of((*(site.business for site in every_site), *in_places), world.seed)
    _add_service(world, SEED_DESK, world.seed_desk.answer)
    for name, answer in (*register_hosts(world.companies), *pagespeed_hosts(every_site, world.hosts.__contains__)):
        _add_service(world, name, answer)
    rdap = RdapServers(registrations(nameservers, LAPSES, Clock()), BUSY_NAMES, Clock())
    for name in RDAP_HOSTS:
        _add_service(world, name, rdap.handler(name))


def _add_service(world: World, name: str, answer: Callable[[Request], Reply]) -> None:
    """One host name, without www."""
    world.hosts[name] = Host(name, world.address_of(name), answer)
    world.zone[name] = Records(a=(world.hosts[name].address,))


def _add_host(
    world: World, domain: str, answer: Callable[[Request], Reply], *, ports: frozenset[int] = WEB_PORTS
) -> None:
    """A domain with its www, both answered by the same server."""
    address = world.address_of(domain)
    for name in (domain, f"www.{domain}"):
        world.hosts[name] = Host(name, address, answer, ports=ports)
        world.zone.setdefault(name, Records(a=(address,), ns=() if name.startswith("www.") else NAMESERVERS))


def _company_page(company: Company) -> Callable[[Request], Reply]:
    return _plain_page(f"{company.name}, {company.address}, {company.phone}, {company.mail}")


def _plain_page(text: str) -> Callable[[Request], Reply]:
    body = f"<!DOCTYPE html><html><head><title>{text[:40]}</title></head><body><p>{text}</p></body></html>".encode()
    page, missing = reply(200, body), reply(404, b"")

    def answer(request: Request) -> Reply:
        return page if request.path == "/" else missing

    return answer
