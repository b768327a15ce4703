"""Find technologies in the evidence of a page: one automaton for all literals, regexes only around what it hits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from engine.extract.technologies.evidence import SEPARATOR, Evidence, Text
from engine.extract.technologies.table import CERTAIN, NAMED, Pattern, Place, Technology, read_technologies
from engine.lazy import load
from engine.network.types import Page

REPORTED_MIN = 50  # percent: less is a hint, not a finding
FOREIGN_SHARE = 0.4  # of a path's confidence when another site's server has it: two such paths are a hint, three proof
WINDOW = 200  # characters before and after a literal that a regex sees
NAMED_MAX = 500  # characters of a header or a meta element that are looked at
EVIDENCE_MAX = 3  # kept of one technology
SHOWN_MAX = 120  # characters of a piece of evidence
TRIES_MAX = 200  # of one pattern on one page: hostile pages repeat a literal for ever
COMMENT_STEPS_MAX = 20
LINE_COMMENT_MAX = 300  # a longer line is minified code, which has no line comments
_LINE_COMMENT = re.compile(r"(?:^|[\s;{}(),])//", re.MULTILINE)
_OPENS_COMMENT = frozenset(" \t\r\n;{}(),>\x00")


class Proof(NamedTuple):
    """One piece of evidence. `where` is a place, or 'implied'; `what` is what stands there, cut."""

    where: str
    what: str


@dataclass(slots=True)
class Finding:
    """One technology of a page. `weight` adds up its signs without a limit; `confidence` is in percent."""

    technology: Technology
    weight: int = 0
    version: str = ""
    proofs: list[Proof] = field(default_factory=list[Proof])

    @property
    def confidence(self) -> int:
        return min(CERTAIN, self.weight)


class Automaton(Protocol):
    """What we use of pyahocorasick's."""

    def add_word(self, word: str, value: object, /) -> bool: ...
    def make_automaton(self) -> None: ...
    def iter(self, text: str, /) -> Iterator[tuple[int, Mapping[Place, Sequence[Pattern]]]]: ...


class Matcher:
    """All signatures, compiled. Shared freely: it keeps no state of a page."""

    def __init__(self, technologies: Mapping[str, Technology]) -> None:
        self.technologies = technologies
        self._automaton = cast("Automaton", load("ahocorasick").Automaton())
        self._named: dict[tuple[Place, str], list[Pattern]] = {}
        self._cookies: list[Pattern] = []
        literals: dict[str, dict[Place, list[Pattern]]] = {}
        for pattern in (pattern for technology in technologies.values() for pattern in technology.patterns):
            if pattern.place in NAMED:
                self._named.setdefault((pattern.place, pattern.name), []).append(pattern)
            elif pattern.place == "cookie":
                self._cookies.append(pattern)
            else:
                literals.setdefault(pattern.literal, {}).setdefault(pattern.place, []).append(pattern)
        for literal, patterns in literals.items():
            self._automaton.add_word(literal, patterns)
        self._automaton.make_automaton()

    def detect(self, pages: Iterable[Page | Evidence]) -> list[Finding]:
        """The technologies of one site's pages, surest first, then by slug. Never raises, whatever the pages."""
        found = _Found(self.technologies)
        for page in pages:
            evidence = page if isinstance(page, Evidence) else Evidence(page)
            found.begin_page()
            self._read_names(evidence, found)
            for place, text in evidence.texts.items():
                self._read(place, text, evidence, found)
        return found.findings()

    def _read_names(self, evidence: Evidence, found: "_Found") -> None:
        for name, contents in evidence.metas.items():
            for content in contents:
                self._read_named("meta", name, content, found)
        for name, value in evidence.page.headers.items():
            self._read_named("header", name.lower(), value, found)
        for cookie in evidence.cookies:
            for pattern in self._cookies:
                if cookie.lower().startswith(pattern.literal):
                    found.add(pattern, cookie, "")

    def _read_named(self, place: Place, name: str, value: str, found: "_Found") -> None:
        for pattern in self._named.get((place, name), ()):
            if hit := _regex(pattern.match).search(value[:NAMED_MAX]):
                found.add(pattern, f"{name}: {value}", _version(hit))

    def _read(self, place: Place, text: Text, evidence: Evidence, found: "_Found") -> None:
        for last, patterns in self._automaton.iter(text.folded):
            for pattern in patterns.get(place, ()):
                if found.wants(pattern):
                    _verify(pattern, text, last, evidence, found)


class _Found:
    """What has been found so far; each pattern counts once, with its best hit."""

    def __init__(self, technologies: Mapping[str, Technology]) -> None:
        self._technologies = technologies
        self._best: dict[Pattern, int] = {}
        self._tries: dict[Pattern, int] = {}
        self._findings: dict[str, Finding] = {}

    def begin_page(self) -> None:
        self._tries.clear()

    def wants(self, pattern: Pattern) -> bool:
        """Whether another hit of this pattern on this page can bring more; counts it as tried."""
        tries = self._tries.get(pattern, 0)
        self._tries[pattern] = tries + 1
        # A selector has one answer for the whole page.
        return tries < (1 if pattern.place == "dom" else TRIES_MAX) and self._best.get(pattern, 0) < pattern.confidence

    def add(self, pattern: Pattern, what: str, version: str, *, share: float = 1.0) -> None:
        finding = self._findings.setdefault(pattern.slug, Finding(self._technologies[pattern.slug]))
        weight, before = int(pattern.confidence * share), self._best.get(pattern, 0)
        if weight > before:
            self._best[pattern] = weight
            finding.weight += weight - before
        if len(version) > len(finding.version):
            finding.version = version
        if not before and len(finding.proofs) < EVIDENCE_MAX:
            finding.proofs.append(Proof(pattern.place, " ".join(what.split())[:SHOWN_MAX]))

    def findings(self) -> list[Finding]:
        sure = {slug: finding for slug, finding in self._findings.items() if finding.weight >= REPORTED_MIN}
        for finding in list(sure.values()):
            self._imply(finding, sure)
        return sorted(sure.values(), key=lambda finding: (-finding.confidence, finding.technology.slug))

    def _imply(self, finding: Finding, sure: dict[str, Finding]) -> None:
        for slug in finding.technology.implies:
            if slug not in sure:
                name = finding.technology.name
                sure[slug] = Finding(self._technologies[slug], finding.confidence, proofs=[Proof("implied", name)])
                self._imply(sure[slug], sure)


def _verify(pattern: Pattern, text: Text, last: int, evidence: Evidence, found: _Found) -> None:
    """Look at one hit of a literal, which ends at `last`: does it stand as the pattern wants it?"""
    if pattern.place == "dom":
        if evidence.tree.css_matches(pattern.css):
            found.add(pattern, pattern.css, "")
        return
    first = last - len(pattern.literal) + 1
    inline = pattern.place == "inline"
    start, end = _around(text.whole, first, last, SEPARATOR if inline else "\n")
    window = text.whole[start:end]
    for position, shown, version in _hits(pattern, window, first - start):
        if not (inline and _is_comment(text.whole, start + position)):
            own = not pattern.is_path or evidence.is_own(window)
            found.add(pattern, shown if inline else window, version, share=1.0 if own else FOREIGN_SHARE)
            return


def _hits(pattern: Pattern, window: str, literal: int) -> Iterator[tuple[int, str, str]]:
    """Position in the window, text and version of each hit; `literal` is the position of the literal."""
    if pattern.match:
        yield from ((hit.start(), hit[0], _version(hit)) for hit in _regex(pattern.match).finditer(window))
    else:
        yield literal, window[literal:], ""


def _around(text: str, first: int, last: int, border: str) -> tuple[int, int]:
    """The window around a hit: of code some characters, of an address all of it."""
    reach = WINDOW if border == SEPARATOR else len(text)
    start = text.rfind(border, max(0, first - reach), first)
    end = text.find(border, last, last + reach)
    return (start + len(border) if start >= 0 else max(0, first - reach)), (end if end >= 0 else last + 1 + reach)


def _is_comment(code: str, position: int) -> bool:
    """Whether a place in code stands in a comment, as far as can be told without reading all of it."""
    script = code.rfind("\x00", 0, position) + 1
    line = code.rfind("\n", script, position) + 1
    if 0 <= position - line <= LINE_COMMENT_MAX and _LINE_COMMENT.search(code, max(line, script), position):
        return True
    opened = position
    for _ in range(COMMENT_STEPS_MAX):
        opened = code.rfind("/*", script, opened)
        # '/*' inside a word is a media type ("image/*"), not a comment.
        if opened <= script or code[opened - 1] in _OPENS_COMMENT:
            break
    return opened >= script and code.find("*/", opened + 2) >= position


def _version(hit: re.Match[str]) -> str:
    return (hit[1] or "").rstrip(".") if hit.re.groups else ""


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def matcher_of(folder: Path) -> Matcher:
    """The matcher of a folder of signatures, compiled on its first use and shared by all modules."""
    return Matcher(read_technologies(folder))
