"""What a layout receives: one page's parts, to be framed."""

import html
import random
from dataclasses import dataclass
from functools import lru_cache

from engine.sandbox.sites.site import Language


@dataclass(frozen=True, slots=True)
class Frame:
    """`charset` is the meta tag's value, '' for none; `nav` are (path, text); `blocks` and `footer` are HTML.

    `head`, `top` and `tail` are what others put into the page: in its head, right after <body>, before </body>.
    `logo` is the logo as HTML, '' where the name stands alone.
    """

    root: str
    path: str
    name: str
    title: str
    language: Language
    charset: str
    head: str
    nav: tuple[tuple[str, str], ...]
    blocks: tuple[str, ...]
    footer: str
    seed: str
    top: str = ""
    tail: str = ""
    logo: str = ""
    shy: bool = False  # the owner took the generator tag out, as guides to security advise

    @property
    def charset_tag(self) -> str:
        return f'<meta charset="{self.charset}">' if self.charset else ""

    @property
    def shown_name(self) -> str:
        return html.escape(self.name)

    @property
    def brand(self) -> str:
        """What the header shows: the logo, else the name."""
        return self.logo or self.shown_name

    @property
    def shown_title(self) -> str:
        return html.escape(f"{self.title} – {self.name}")

    @property
    def host(self) -> str:
        return self.root.partition("//")[2]

    @property
    def rng(self) -> random.Random:
        """Chance of the site, not of the page: versions and ids are the same on every page."""
        return random.Random(f"{self.seed} layout")

    def generator(self, product: str) -> str:
        return "" if self.shy else f'<meta name="generator" content="{product}">'

    def style(self, prefix: str, rules: int) -> str:
        """Inline CSS as site builders write it: as much as this, or on a heavy site up to four times that."""
        return _style(prefix, rules * self.rng.choice((1, 1, 2, 3, 4)))

    def items(self, form: str) -> str:
        """The navigation, each entry by `form` with {href} and {text}."""
        return "\n".join(form.format(href=href, text=html.escape(text)) for href, text in self.nav)


@lru_cache(maxsize=128)
def _style(prefix: str, rules: int) -> str:
    lines = (
        f".{prefix}-{n}{{margin:{n % 7}px {n % 5}px;padding:{n % 11}px;color:#{n * 7919 % 4096:03x};display:flex}}"
        f".{prefix}-{n}:hover{{opacity:.{n % 9 + 1}}}"
        for n in range(rules)
    )
    return f"<style>{''.join(lines)}</style>"
