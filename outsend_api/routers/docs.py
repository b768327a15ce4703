"""The documentation: for people as HTML, for agents as Markdown, one page, one section or everything at a time.

Public and the same for everybody. The texts are `llms/pages`; `outsend docs build` writes the same files.
"""

from functools import cache
from pathlib import PurePosixPath

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from engine.errors import OutsendError
from llms import bundle
from llms.bundle import Page
from outsend_api import markdown
from outsend_api.access import TheServices
from outsend_api.cacheable import cacheable
from outsend_api.pages import HOME, html
from outsend_api.security import CONTENT_POLICY

METHODS = ["GET", "HEAD"]
MEDIA_TYPES = {".md": "text/markdown; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
HTML = "text/html; charset=utf-8"
CLIENTS = ("claude-code", "claude-desktop", "cursor", "vscode")
# The Copy menu is a script of ours that fetches texts of ours.
POLICY = f"{CONTENT_POLICY}; script-src 'self'; connect-src 'self'"
START = "Start"  # how the section without a name is called
CONTENTS_FROM = 3  # headings

router = APIRouter(include_in_schema=False)


class DocsPageMissing(OutsendError):
    code = "docs_page_missing"
    kind = "missing"
    message = "Page de documentation inconnue"
    hint = "GET /docs/llms.txt lists every page."


@router.api_route("/llms.txt", methods=METHODS)
@router.api_route("/llms-full.txt", methods=METHODS)
def text_at_the_root(request: Request, services: TheServices) -> Response:
    """The index and the full bundle, where programs look for them unasked."""
    return _file(request, request.url.path.removeprefix("/"), services.settings.public_url)


@router.api_route(HOME, methods=METHODS)
@router.api_route(f"{HOME}/{{path:path}}", methods=METHODS)
def docs(request: Request, services: TheServices, path: str = "") -> Response:
    """A page by its slug, as Markdown with `.md` behind it; the index and the bundles by their names.

    Raises:
        DocsPageMissing: the client is no browser; one gets a page that says so.
    """
    public_url = services.settings.public_url
    name = PurePosixPath(path)
    if path in bundle.files(public_url):
        return _file(request, path, public_url)
    page = bundle.page_of(str(name.with_suffix("")) if name.suffix == ".md" else path.rstrip("/"))
    accepted = request.headers.get("accept", "")
    if page is None:
        if "text/html" not in accepted:
            raise DocsPageMissing()
        return HTMLResponse(_missing(), 404, headers={"Content-Security-Policy": POLICY})
    if name.suffix == ".md":
        return _file(request, f"{page.name}.md", public_url)
    if _prefers_markdown(accepted):
        return cacheable(request, page.text.encode(), media_type=MEDIA_TYPES[".md"], headers={"Vary": "Accept"})
    headers = {"Vary": "Accept", "Content-Security-Policy": POLICY}
    return cacheable(request, _html(page, public_url), media_type=HTML, headers=headers)


def _file(request: Request, path: str, public_url: str) -> Response:
    body = bundle.files(public_url)[path].encode()
    return cacheable(request, body, media_type=MEDIA_TYPES[PurePosixPath(path).suffix])


def _prefers_markdown(accepted: str) -> bool:
    """Whether the client names Markdown, and HTML not before it."""
    at = accepted.find("text/markdown")
    return at >= 0 and "text/html" not in accepted[:at]


@cache
def _html(page: Page, public_url: str) -> bytes:
    text = markdown.render(page.body)
    contents = [heading for heading in text.headings if heading.level <= 3]
    pages = bundle.pages()
    at = pages.index(page)
    return html(
        "docs_page.html",
        page=page,
        text=text.html,
        contents=contents if len(contents) >= CONTENTS_FROM else [],
        section=page.section or START,
        section_file=f"{HOME}/_bundle/{bundle.SECTIONS[page.section]}.txt",
        sections=_sections(),
        before=pages[at - 1] if at else None,
        after=pages[at + 1] if at + 1 < len(pages) else None,
        public_url=public_url,
        clients=CLIENTS,
    ).encode()


@cache
def _missing() -> str:
    return html("docs_missing.html", page=None, sections=_sections())


def _sections() -> list[tuple[str, list[Page]]]:
    return [(section or START, pages) for section, pages in bundle.by_section().items()]
