"""Servers that break off, fall silent, lie about what they send, or lead on for ever; one answer a kind."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.sandbox.http import HEAD_END, Reply, Request, redirect, reply, small_page
from engine.sandbox.sites.bombs import brotli_bomb, deflate_bomb
from engine.sandbox.sites.site import BadKind, Site

Handler = Callable[[Request], Reply]

DRIP_SECONDS = 0.5
DRIPS = 7_200  # an hour of single bytes
MISSING_BYTES = 100_000
ENDLESS_LINES = 64  # a chunk
ENDLESS_CHUNKS = 4_096  # 16 MB of headers
PRIVATE_URL = "http://10.0.0.1/admin/"
UNKNOWN_CHARSET = "x-caisse-enregistreuse"
DEAD: frozenset[BadKind] = frozenset({"hang_before_headers", "reset"})


def fault(site: Site, kind: BadKind) -> Handler:
    """What the server of a site of this kind does. Raises KeyError for a kind whose server behaves."""
    maker = FAULTS[kind]

    def answer(request: Request) -> Reply:
        # Readers ask for robots.txt first: they shall get to the page, unless nothing can be asked here at all.
        if request.path == "/robots.txt" and kind not in DEAD:
            return reply(404, content_type="text/plain")
        return maker(site, request)

    return answer


def _forbidden(site: Site, _: Request) -> Reply:
    return small_page("Accès refusé", "<h1>Accès refusé</h1>", status=403)


def _not_found(site: Site, _: Request) -> Reply:
    return small_page("Page introuvable", "<h1>Page introuvable</h1>", status=404)


def _gone(site: Site, _: Request) -> Reply:
    return small_page("Page retirée", "<h1>Page retirée</h1>", status=410)


def _too_many_requests(site: Site, _: Request) -> Reply:
    headers = (("Retry-After", "3600"),)
    return small_page("Trop de requêtes", "<h1>Trop de requêtes</h1>", status=429, headers=headers)


def _expired(site: Site, _: Request) -> Reply:
    """A registrar's page that sells nothing and says nothing: only the registry knows."""
    return small_page(
        site.domain,
        f"<h1>{site.domain}</h1><p>Cette page est fournie par le bureau d'enregistrement de ce nom de domaine.</p>"
        '<p>Vous en êtes le titulaire ? <a href="https://client.bureau-noms.net/">Accédez à votre espace</a>.</p>',
    )


def _hang_before_headers(site: Site, _: Request) -> Reply:
    return Reply(b"", then="hang")


def _hang_after_headers(site: Site, _: Request) -> Reply:
    return replace(reply(200, length=MISSING_BYTES), then="hang")


def _hang_in_body(site: Site, _: Request) -> Reply:
    return replace(reply(200, _beginning(site), length=MISSING_BYTES), then="hang")


def _drip(site: Site, _: Request) -> Reply:
    answer = reply(200, _beginning(site), length=MISSING_BYTES)
    return replace(answer, chunk=b" ", chunks=DRIPS, pause_seconds=DRIP_SECONDS)


def _reset(site: Site, _: Request) -> Reply:
    return Reply(b"HTTP/1.1 200 OK\r\nServer: ngi", then="abort")


def _length_too_long(site: Site, _: Request) -> Reply:
    """Promises more than it sends, then closes."""
    body = _beginning(site) + b"</body></html>"
    return replace(reply(200, body, length=len(body) + MISSING_BYTES), then="close")


def _length_too_short(site: Site, _: Request) -> Reply:
    """Sends more than it promises: what follows is no answer to anything."""
    body = _beginning(site)
    return replace(reply(200, body + b"<p>reste</p></body></html>" * 20, length=len(body)), then="close")


def _bad_chunks(site: Site, _: Request) -> Reply:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked" + HEAD_END
    body = _beginning(site)
    return Reply(head, b"%x\r\n%b\r\nzz-no-number\r\n<p>suite</p>\r\n" % (len(body), body), then="close")


def _bad_gzip(site: Site, _: Request) -> Reply:
    """Says gzip and sends plain text."""
    return reply(200, _beginning(site) + b"</body></html>", headers=(("Content-Encoding", "gzip"),))


def _endless_headers(site: Site, _: Request) -> Reply:
    lines = b"".join(b"X-Trace-%04d: %b\r\n" % (number, b"0" * 48) for number in range(ENDLESS_LINES))
    return Reply(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n", chunk=lines, chunks=ENDLESS_CHUNKS, then="close")


def _deflate_bomb(site: Site, _: Request) -> Reply:
    return deflate_bomb()


def _brotli_bomb(site: Site, _: Request) -> Reply:
    return brotli_bomb()


def _wrong_charset(site: Site, _: Request) -> Reply:
    """Windows-1252 under the name of an encoding that does not exist."""
    head = "<!DOCTYPE html><html><head><title>Café de l'Été</title></head>"
    page = f"{head}<body><h1>Où ?</h1>{_mail(site)}</body></html>"
    return reply(200, page.encode("cp1252"), content_type=f"text/html; charset={UNKNOWN_CHARSET}")


def _redirect_chain(site: Site, request: Request) -> Reply:
    """Each address leads to one that was never seen before."""
    number = request.path.rpartition("/")[2]
    return redirect(f"/etape/{int(number) + 1 if number.isdecimal() else 1}", status=302)


def _redirect_to_private(site: Site, _: Request) -> Reply:
    return redirect(PRIVATE_URL, status=302)


def _beginning(site: Site) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{site.business.name}</title></head><body>"
        f"<h1>{site.business.name}</h1><p>{site.business.address}</p>{_mail(site)}"
    ).encode()


def _mail(site: Site) -> str:
    """The link of the address that the site shows; '' when it shows none."""
    return "".join(f'<p><a href="mailto:{one.address}">{one.address}</a></p>' for one in site.shown)


FAULTS: Mapping[BadKind, Callable[[Site, Request], Reply]] = {
    "expired": _expired,
    "expired_busy": _expired,
    "hang_before_headers": _hang_before_headers,
    "hang_after_headers": _hang_after_headers,
    "hang_in_body": _hang_in_body,
    "drip": _drip,
    "reset": _reset,
    "length_too_long": _length_too_long,
    "length_too_short": _length_too_short,
    "bad_chunks": _bad_chunks,
    "bad_gzip": _bad_gzip,
    "endless_headers": _endless_headers,
    "bomb_deflate": _deflate_bomb,
    "bomb_brotli": _brotli_bomb,
    "wrong_charset": _wrong_charset,
    "redirect_chain": _redirect_chain,
    "redirect_to_private": _redirect_to_private,
    "http_403": _forbidden,
    "http_404": _not_found,
    "http_410": _gone,
    "http_429": _too_many_requests,
}
