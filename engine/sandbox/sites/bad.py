"""Sites that are gone, broken or hostile, one answer a kind."""

import html
from collections.abc import Callable
from dataclasses import replace

from engine.sandbox.http import Reply, Request, redirect, reply, small_page
from engine.sandbox.sites.bombs import gzip_bomb
from engine.sandbox.sites.faults import FAULTS, Handler, fault
from engine.sandbox.sites.render import SiteServer
from engine.sandbox.sites.site import BadKind, Site

SLOW_SECONDS = 9.0  # just under the ten seconds that a reader waits for the first byte
HUGE_BYTES = 15 * 1024 * 1024
METADATA_URL = "http://169.254.169.254/latest/meta-data/"
RESALE_TARGETS = ("casino-neon-bonus.com", "paris-express-cotes.net")
PARKING_NAMESERVERS = ("ns1.sedoparking.com", "ns2.sedoparking.com")
DIRECTORIES = ("www.doctolib.fr", "www.pagesjaunes.fr", "www.yelp.fr")

# Kinds that never answer over HTTP: the zone or the proxy already says no.
MUTE: frozenset[BadKind] = frozenset({"nxdomain", "dns_failure", "refused"})
# Kinds whose server is an ordinary one: the fault lies elsewhere.
ORDINARY: frozenset[BadKind] = frozenset(
    {"tls_expired", "tls_wrong_name", "tls_untrusted", "expiring_soon", "rebinding"}
)


def handler(site: Site) -> Handler:
    """What this site's server does, healthy or not."""
    if site.bad is None or site.bad in ORDINARY:
        return SiteServer(site).answer
    if site.bad == "slow":
        return _slow(site)
    if site.bad == "huge":
        return _huge(site)
    if site.bad in FAULTS:
        return fault(site, site.bad)
    maker = MAKERS[site.bad]
    return lambda request: maker(site, request)


def _parked_by_nameserver(site: Site, _: Request) -> Reply:
    script = "window.park = 'eyJ1dWlkIjoiN2Y0' + location.search;"
    return small_page(site.domain, f'<div id="target" style="opacity:0"></div><script>{script}</script>')


def _parked_by_phrase(site: Site, _: Request) -> Reply:
    name = html.escape(site.domain)
    return small_page(
        f"{name} - domaine à vendre",
        f"<h1>{name}</h1><p>Ce nom de domaine est à vendre !</p><p>This domain is for sale. "
        f'<a href="https://www.sedo.com/search/details/?domain={name}">Buy this domain</a></p>'
        "<ul><li>Assurance auto</li><li>Crédit en ligne</li><li>Voyages</li></ul>",
    )


def _resold(site: Site, request: Request) -> Reply:
    target = RESALE_TARGETS[len(site.domain) % len(RESALE_TARGETS)]
    return redirect(f"https://{target}/?from={site.domain}", status=302)


def _suspended(site: Site, request: Request) -> Reply:
    if request.path != "/cgi-sys/suspendedpage.cgi":
        return redirect("/cgi-sys/suspendedpage.cgi", status=302)
    return small_page(
        "Account Suspended",
        "<h1>Account Suspended</h1><p>This Account has been suspended.</p><p>Contact your hosting provider.</p>",
    )


def _default_page(site: Site, _: Request) -> Reply:
    if len(site.domain) % 2:
        return small_page(
            "Welcome to nginx!", "<h1>Welcome to nginx!</h1><p>The web server is installed and working.</p>"
        )
    return small_page(
        "Apache2 Debian Default Page: It works", "<h1>It works!</h1><p>Replace /var/www/html/index.html</p>"
    )


def _soft_404(site: Site, _: Request) -> Reply:
    return small_page("Page non trouvée", "<h1>Erreur 404</h1><p>Oups ! Cette page est introuvable.</p>")


def _redirect_loop(site: Site, request: Request) -> Reply:
    return redirect("/b" if request.path == "/a" else "/a", status=302)


def _redirect_to_metadata(site: Site, _: Request) -> Reply:
    return redirect(METADATA_URL, status=302)


def _server_error(site: Site, _: Request) -> Reply:
    status = 503 if len(site.domain) % 2 else 500
    return small_page("Erreur", "<h1>Error establishing a database connection</h1>", status=status)


def _challenge(site: Site, _: Request) -> Reply:
    return small_page(
        "Just a moment...",
        '<div id="challenge-running"><p>Vérification de la sécurité de la connexion</p></div>',
        head='<meta name="robots" content="noindex"><script src="/cdn-cgi/challenge-platform/orchestrate"></script>',
        status=403,
        headers=(("cf-mitigated", "challenge"), ("CF-RAY", "8f1c2d3e4a5b6c7d-CDG")),
    )


def _bomb(site: Site, _: Request) -> Reply:
    return gzip_bomb()


def _slow(site: Site) -> Handler:
    """The home page takes nine seconds; the other pages are quick."""
    server = SiteServer(site)

    def answer(request: Request) -> Reply:
        ready = server.answer(request)
        canonical = request.host == site.host and request.secure == site.secure
        return replace(ready, delay_seconds=SLOW_SECONDS) if canonical and request.path == "/" else ready

    return answer


def _huge(site: Site) -> Handler:
    """The home page goes on for fifteen megabytes after its ordinary beginning."""
    server = SiteServer(site)
    line = b"<!-- catalogue 0000000000000000000000000000000000000000000000000 -->\n"
    chunk = line * (64 * 1024 // len(line))
    chunks = HUGE_BYTES // len(chunk) + 1

    def answer(request: Request) -> Reply:
        if request.path != "/" or request.host != site.host or request.secure != site.secure:
            return server.answer(request)
        body = server.answer(replace(request, headers={})).body
        return replace(reply(200, body, length=len(body) + len(chunk) * chunks), chunk=chunk, chunks=chunks)

    return answer


def directory_page(request: Request) -> Reply:
    """A listing on a directory: says where the business is, gives no address of its own."""
    if request.path == "/robots.txt":
        return reply(200, b"User-agent: *\nAllow: /\n", content_type="text/plain")
    name = html.escape(request.path.rsplit("/", 1)[-1].replace("-", " ").title() or "Annuaire")
    return small_page(
        f"{name} - annuaire",
        f"<h1>{name}</h1><p>Prenez rendez-vous en ligne, consultez les avis et les horaires.</p>"
        '<nav><a href="/a-propos">À propos</a> <a href="/contact">Contact</a></nav>',
    )


def resale_page(request: Request) -> Reply:
    """Where resold domains lead."""
    if request.path == "/robots.txt":
        return reply(404, b"", content_type="text/plain")
    return small_page(
        "Bonus et cotes du jour", "<h1>Jouez maintenant</h1><p>Les meilleures machines à sous en ligne.</p>"
    )


MAKERS: dict[BadKind, Callable[[Site, Request], Reply]] = {
    "parked_nameserver": _parked_by_nameserver,
    "parked_phrase": _parked_by_phrase,
    "resold": _resold,
    "suspended": _suspended,
    "default_page": _default_page,
    "soft_404": _soft_404,
    "redirect_loop": _redirect_loop,
    "redirect_to_metadata": _redirect_to_metadata,
    "server_error": _server_error,
    "challenge": _challenge,
    "bomb": _bomb,
}
