"""From a site to the bytes of each of its addresses."""

import gzip
import html
import random
from collections.abc import Callable
from dataclasses import replace

from engine.sandbox.http import Reply, Request, chunked, redirect, reply
from engine.sandbox.sites import content, scripted
from engine.sandbox.sites.brand_markup import brand_files, brand_head, header_logo, others_block
from engine.sandbox.sites.headers import page_headers
from engine.sandbox.sites.layouts import (
    agency,
    app,
    builder,
    drupal,
    e_monsite,
    frameset,
    jimdo,
    joomla,
    landing,
    next_js,
    prestashop,
    shop,
    spip,
    squarespace,
    table,
    typo3,
    webflow,
    wordpress,
    wordpress_block,
)
from engine.sandbox.sites.layouts.frame import Frame
from engine.sandbox.sites.paths import ENTRANCE, MAIN_FRAME, page_paths, page_titles
from engine.sandbox.sites.screens import on_screens, screen_head, screen_of
from engine.sandbox.sites.site import Charset, Family, PageKind, Site
from engine.sandbox.sites.socials import social_links
from engine.sandbox.sites.technologies.markup import marks
from engine.sandbox.sites.traps import body_traps, head_traps
from engine.sandbox.sites.wording import WORDS

LAYOUTS: dict[Family, Callable[[Frame], str]] = {
    "wordpress": wordpress.page,
    "builder": builder.page,
    "shop": shop.page,
    "table": table.page,
    "landing": landing.page,
    "wordpress_block": wordpress_block.page,
    "webflow": webflow.page,
    "squarespace": squarespace.page,
    "prestashop": prestashop.page,
    "joomla": joomla.page,
    "drupal": drupal.page,
    "jimdo": jimdo.page,
    "typo3": typo3.page,
    "spip": spip.page,
    "e_monsite": e_monsite.page,
    "next_js": next_js.page,
    "agency": agency.page,
    "frameset": frameset.page,
    "app": app.page,
}
ZIPPED = frozenset({"wordpress", "wordpress_block", "builder", "webflow", "squarespace", "drupal", "next_js"})
TEXT = "text/plain; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
# Charset -> (codec, header's charset, meta's charset)
CHARSETS: dict[Charset, tuple[str, str, str]] = {
    "utf-8": ("utf-8", "; charset=UTF-8", "UTF-8"),
    "latin-1-header": ("cp1252", "; charset=ISO-8859-1", ""),
    "latin-1-meta": ("cp1252", "", "iso-8859-1"),
    "latin-1-mislabelled": ("cp1252", "", "utf-8"),
    "utf-16": ("utf-16", "", ""),  # with a byte order mark
}
HUGE_NAV_ENTRIES = 400
ASSET = (".css", ".js", ".png", ".jpg", ".gif", ".svg", ".woff2", ".ico")


class SiteServer:
    """Answers for one healthy site; a page is drawn when first asked, then kept as bytes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._paths = dict[str, PageKind]((path, kind) for kind, path in page_paths(site).items())
        self._headers = page_headers(site)
        self._files = _files(site)
        self._kept: dict[str, Reply] = {}

    def answer(self, request: Request) -> Reply:
        """The page behind the request, or the way to the canonical host."""
        site = self.site
        if request.host != site.host or request.secure != site.secure:
            return redirect(f"{site.root}{request.target}")
        path = request.target if request.target in self._paths else request.path
        zipped = "gzip" in request.headers.get("accept-encoding", "") and site.family in ZIPPED
        key = f"{path} gzip" if zipped else path
        kept = self._kept.get(key)
        if kept is None:
            kept = self._answer(path, zipped=zipped)
            if path in self._paths:
                self._kept[key] = kept
        return kept

    def _answer(self, path: str, *, zipped: bool) -> Reply:
        site = self.site
        if path in self._files:
            return self._files[path]()
        kind = self._paths.get(path)
        if kind is None and path.rstrip("/") + "/" in self._paths:
            return redirect(f"{site.root}{path}/")
        if kind is None:
            return self._missing(path)
        answer = self._page(kind, path, zipped=zipped)
        return chunked(answer) if site.family == "shop" else answer

    def _page(self, kind: PageKind, path: str, *, zipped: bool) -> Reply:
        codec, header, _ = CHARSETS[self.site.charset]
        body = draw(self.site, kind, path).encode(codec, errors="xmlcharrefreplace")
        packing = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")) if zipped else ()
        body = gzip.compress(body, 5, mtime=0) if zipped else body
        return reply(200, body, content_type=f"text/html{header}", headers=(*self._headers, *packing))

    def _missing(self, path: str) -> Reply:
        site = self.site
        if path.endswith(ASSET):
            return reply(404, b"", content_type="text/plain")
        if site.unknown == "home":
            return redirect(f"{site.root}/", status=302)
        if site.js_only:
            return self._page("home", path, zipped=False)  # its server gives the shell for every path
        words = WORDS[site.language]
        block = f"<h1>{words['missing']}</h1><p>{words['missing_text']}</p>"
        body = LAYOUTS[site.family](
            replace(_frame(site, "home", path), blocks=(block,), title=words["missing"], head="", top="", tail="")
        )
        codec, header, _ = CHARSETS[site.charset]
        encoded = body.encode(codec, errors="xmlcharrefreplace")
        return reply(200 if site.unknown == "soft_404" else 404, encoded, content_type=f"text/html{header}")


def draw(site: Site, kind: PageKind, path: str) -> str:
    """The page's HTML before its encoding into bytes."""
    return on_screens(site, LAYOUTS[site.family](_frame(site, kind, path)))


def _frame(site: Site, kind: PageKind, path: str) -> Frame:
    found = marks(site.stack, seed=site.seed, domain=site.domain)
    # The shell of a scripted site is the same for every page, so that no page's own facts stand in it.
    facts = "" if site.js_only else content.page_json(site, kind)
    icons = "" if site.js_only else social_links(site, "top")
    head = (brand_head(site), screen_head(site), found.head, head_traps(site) if site.traps else "", facts)
    return Frame(
        root=site.root,
        path=path,
        name=site.business.name,
        title=page_titles(site)[kind],
        language=site.language,
        charset=CHARSETS[site.charset][2],
        head="\n".join(filter(None, head)),
        nav=_navigation(site),
        blocks=_blocks(site, kind, found.block),
        footer=content.footer(site),
        seed=site.seed,
        top="\n".join(filter(None, (found.top, icons))),
        logo=header_logo(site),
        tail=found.tail,
        shy=site.shy,
    )


def _blocks(site: Site, kind: PageKind, lure: str) -> tuple[str, ...]:
    blocks = content.blocks(site, kind)
    if site.traps:
        blocks.append(body_traps(site))
    if kind == "home":
        blocks += filter(None, (lure, others_block(site), screen_of(site).block))
    return tuple(blocks)


def _files(site: Site) -> dict[str, Callable[[], Reply]]:
    """What stands beside the pages, drawn when asked."""
    files: dict[str, Callable[[], Reply]] = {
        "/robots.txt": lambda: reply(200, robots(site).encode(), content_type=TEXT)
    }
    files |= brand_files(site)
    if site.sitemap:
        files["/sitemap.xml"] = lambda: reply(200, sitemap(site).encode(), content_type="application/xml")
    if site.meta_refresh:
        files["/"] = lambda: reply(200, splash(site).encode())
    elif site.family == "frameset":
        files["/"] = lambda: _encoded(site, frameset.frames(_frame(site, "home", "/"), MAIN_FRAME))
        files[frameset.MENU] = lambda: _encoded(site, frameset.menu(_frame(site, "home", frameset.MENU)))
    elif site.js_only:
        frame = _frame(site, "home", "/")
        files[app.bundle_path(frame)] = lambda: reply(200, _bundle(site), content_type=SCRIPT)
        if scripted.asks_api(site):
            files[app.CONTACT_API] = lambda: reply(200, scripted.contact_json(site), content_type="application/json")
    return files


def _bundle(site: Site) -> bytes:
    lure = marks(site.stack, seed=site.seed, domain=site.domain).block
    blocks: dict[PageKind, tuple[str, ...]] = {kind: _blocks(site, kind, lure) for kind in site.pages}
    return scripted.bundle_text(site, _frame(site, "home", "/"), blocks).encode()


def _encoded(site: Site, text: str) -> Reply:
    """A page of the site in its charset."""
    codec, header, _ = CHARSETS[site.charset]
    return reply(200, text.encode(codec, errors="xmlcharrefreplace"), content_type=f"text/html{header}")


def _navigation(site: Site) -> tuple[tuple[str, str], ...]:
    titles, paths = page_titles(site), page_paths(site)
    if site.one_page:
        return (("#section-1", titles["services"]), ("#contact", titles["contact"]))
    absolute = random.Random(f"{site.seed} links").random() < 0.4
    base = site.root if absolute else ""
    links = [
        (f"{base}{path}", titles[kind])
        for kind, path in paths.items()
        if not (kind == "contact" and site.contact_unlinked)
    ]
    if site.huge_nav:
        services = site.business.category.services
        extra = [(f"{base}/produits/rayon-{n}", f"{services[n % len(services)]} {n}") for n in range(HUGE_NAV_ENTRIES)]
        links = [*links[:1], *extra, *links[1:]]
    return tuple(links)


def robots(site: Site) -> str:
    lines = ["User-agent: *", "Disallow: /wp-admin/"]
    if site.contact_disallowed:
        lines.append(f"Disallow: {page_paths(site)['contact']}")
    if site.sitemap:
        lines += ["", f"Sitemap: {site.root}/sitemap.xml"]
    return "\n".join(lines) + "\n"


def sitemap(site: Site) -> str:
    entries = "".join(f"<url><loc>{site.root}{path}</loc></url>" for path in page_paths(site).values())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>\n'
    )


def splash(site: Site) -> str:
    """The entrance that leads on by itself."""
    return (
        f'<html><head><meta http-equiv="refresh" content="0; URL={ENTRANCE.lstrip("/")}">'
        f"<title>{html.escape(site.business.name)}</title></head><body>"
        f'<p><a href="{ENTRANCE}">{WORDS[site.language]["open_site"]}</a></p></body></html>'
    )
