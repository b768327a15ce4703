"""What a layout receives: one page's parts, to be framed."""

import html
from dataclasses import dataclass

from engine.sandbox.sites.site import Language


@dataclass(frozen=True, slots=True)
class Frame:
    """`charset` is the meta tag's value, '' for none; `nav` are (path, text); `blocks` and `footer` are HTML."""

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

    @property
    def charset_tag(self) -> str:
        return f'<meta charset="{self.charset}">' if self.charset else ""

    @property
    def shown_name(self) -> str:
        return html.escape(self.name)

    @property
    def shown_title(self) -> str:
        return html.escape(f"{self.title} – {self.name}")

    def items(self, form: str) -> str:
        """The navigation, each entry by `form` with {href} and {text}."""
        return "\n".join(form.format(href=href, text=html.escape(text)) for href, text in self.nav)


def style(prefix: str, rules: int) -> str:
    """Inline CSS of the size that site builders write."""
    lines = (
        f".{prefix}-{n}{{margin:{n % 7}px {n % 5}px;padding:{n % 11}px;color:#{n * 7919 % 4096:03x};display:flex}}"
        f".{prefix}-{n}:hover{{opacity:.{n % 9 + 1}}}"
        for n in range(rules)
    )
    return f"<style>{''.join(lines)}</style>"
