"""What a page's style does to its text: which elements nobody sees, and which show their text right to left."""

import re
from collections.abc import Iterator, Mapping

_TURNED = re.compile("bidi-override")
_NOT_SHOWN = re.compile(r"display:\s?none")
_STYLED = frozenset(("style", "hidden", "dir"))
_SELECTOR_MAX = 400
_CLASS = re.compile(r"\.([\w-]{1,60})\s{0,5}(?=$|,)")


class Styles:
    """The classes of a page that hide or turn text, learnt from its style sheets in their order."""

    def __init__(self) -> None:
        self.classes: set[str] = set()  # that hide or turn
        self._turned: set[str] = set()
        self._hidden: set[str] = set()

    def learn(self, sheet: str) -> None:
        """Take in one style sheet of the page."""
        for classes, declaration in ((self._turned, _TURNED), (self._hidden, _NOT_SHOWN)):
            found = set(classes_with(declaration, sheet))
            classes |= found
            self.classes |= found

    def concern(self, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element with these attributes is perhaps hidden or turned; nearly none is."""
        if not _STYLED.isdisjoint(attributes):
            return True
        return bool(self.classes) and not self.classes.isdisjoint((attributes.get("class") or "").split())

    def hides(self, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element with these attributes is not shown."""
        if "hidden" in attributes:
            return True
        style = attributes.get("style")
        if style and "display" in style and "display:none" in style.replace(" ", "").lower():
            return True
        return bool(self._hidden) and not self._hidden.isdisjoint((attributes.get("class") or "").split())

    def turns(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element shows its text right to left."""
        if tag == "bdo":
            return (attributes.get("dir") or "").lower() == "rtl"
        style = attributes.get("style")
        if style and "bidi-override" in style and "rtl" in style:
            return True
        return bool(self._turned) and not self._turned.isdisjoint((attributes.get("class") or "").split())


def classes_with(declaration: re.Pattern[str], sheet: str) -> Iterator[str]:
    """Classes whose rule in the style sheet has the declaration."""
    for found in declaration.finditer(sheet):
        brace = sheet.rfind("{", max(0, found.start() - _SELECTOR_MAX), found.start())
        if brace >= 0:
            start = max(sheet.rfind(mark, max(0, brace - _SELECTOR_MAX), brace) for mark in "{}") + 1
            yield from _CLASS.findall(sheet, max(start, brace - _SELECTOR_MAX), brace)
