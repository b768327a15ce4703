"""Whole pages of small business sites in five build-ups, from a table of long ago to what a framework renders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

LEGAL_WORDS = ("mention", "impressum", "legal", "cgv", "conditions", "confidential")


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages of a site share: the language, the head, what stands above, at the foot, and the links."""

    name: str
    lang: str = "fr"
    head: str = ""
    top: str = ""
    foot: str = ""
    tail: str = ""  # at the very end of the body
    links: Sequence[tuple[str, str]] = ()

    def anchors(self, *, legal: bool | None = None, glue: str = "") -> str:
        """The links; the legal ones or the others alone, if so wished."""
        chosen = [link for link in self.links if legal is None or _is_legal(link[1]) == legal]
        return glue.join(f'<a href="{path}">{label}</a>' for path, label in chosen)


Shell: TypeAlias = Callable[[Frame, str, str], str]


def bandeau(frame: Frame, title: str, main: str) -> str:
    """Header with a menu, main, footer: what a careful web designer hands over."""
    return _page(
        frame,
        title,
        f'<body><header class="site-head">{frame.top}<nav class="menu"><a href="/">{frame.name}</a>'
        f"{frame.anchors(legal=False)}</nav></header><main>{main}</main>"
        f'<footer class="site-foot">{frame.foot}<p>{frame.anchors(legal=True, glue=" | ")}</p></footer>',
    )


def tableau(frame: Frame, title: str, main: str) -> str:
    """A page of the year 2004, laid out in a table."""
    return _page(
        frame,
        title,
        '<body bgcolor="#FFFFFF"><table width="800" align="center" border="0" cellpadding="4">'
        f'<tr><td colspan="2">{frame.top}<font size="5"><b>{frame.name}</b></font></td></tr>'
        f'<tr><td width="160" valign="top">{frame.anchors(glue="<br>")}</td><td valign="top">{main}</td></tr>'
        f'<tr><td colspan="2" align="center"><font size="1">{frame.foot}</font></td></tr></table>',
    )


def blocs(frame: Frame, title: str, main: str) -> str:
    """A page builder's soup of nested blocks without a single telling element."""
    return _page(
        frame,
        title,
        f'<body class="home page"><div id="wrap"><div id="top-area" class="row">{frame.top}</div>'
        f'<div class="menu-container"><ul class="menu">{_items(frame)}</ul></div>'
        f'<div class="section"><div class="row"><div class="col"><div class="mod text">{main}</div></div></div></div>'
        f'<div id="footer-area"><div class="row"><div class="col">{frame.foot}</div></div></div></div>',
    )


def sections(frame: Frame, title: str, main: str) -> str:
    """Sections under each other; the legal links close the page."""
    return _page(
        frame,
        title,
        f'<body><div class="hero"><div class="bar">{frame.top}</div><h1>{frame.name}</h1></div>'
        f'<section class="content">{main}</section><section class="links">{frame.anchors(legal=False, glue=" · ")}'
        f'</section><footer><div class="inner">{frame.foot}<small>{frame.anchors(legal=True, glue=" - ")}</small>'
        "</div></footer>",
    )


def application(frame: Frame, title: str, main: str) -> str:
    """What a front-end framework renders on its server."""
    return _page(
        frame,
        title,
        f'<body><div id="__app"><div class="sc-a1 flex"><header class="sticky"><a href="/" aria-label="{frame.name}">'
        f'</a>{frame.top}<ul class="flex gap-4">{_items(frame)}</ul></header><div class="sc-b2">{main}</div>'
        f'<footer class="sc-c3 grid">{frame.foot}</footer></div></div>',
    )


def site_of(
    shell: Shell, frame: Frame, home: str, pages: Mapping[str, tuple[str, str]], *, unlinked: bool = False
) -> dict[str, str]:
    """Path -> document; `pages` are path -> (label, content), all linked from each page unless `unlinked`."""
    links = () if unlinked else tuple((path, label) for path, (label, _) in pages.items())
    framed = Frame(frame.name, frame.lang, frame.head, frame.top, frame.foot, frame.tail, (*frame.links, *links))
    inner = {path: shell(framed, f"{label} - {frame.name}", content) for path, (label, content) in pages.items()}
    return {"/": shell(framed, frame.name, home)} | inner


def _page(frame: Frame, title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{frame.lang}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" '
        f'content="width=device-width">\n{frame.head}\n</head>\n{body}\n{frame.tail}</body>\n</html>\n'
    )


def _items(frame: Frame) -> str:
    return "".join(f'<li><a href="{path}">{label}</a></li>' for path, label in frame.links)


def _is_legal(label: str) -> bool:
    return any(word in label.casefold() for word in LEGAL_WORDS)
