"""The lines of a page cut into parts, each with the party that it speaks of: the site's own company or another. Pure.

A legal notice may name several companies in one sentence: 'Ce site, édité par Dupont SARL, est hébergé par OVH SAS'.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from engine.extract.html import Block, Document
from engine.extract.literals import Literals
from engine.extract.sections import Section

# `other`: an insurer, the owner of a brand, a payment service and whoever else a notice names.
Whose = Literal["owner", "host", "agency", "mediator", "other"]

READ_MAX = 60_000  # characters of a page that are read
LABEL_MAX = 70  # characters of a line that may announce those behind it
CELL_LABEL_MAX = 45  # characters of a line that may announce the rest of its table row

_OWNER = (
    r"[ée]dit[ée]e?s?\s(?:et\s\w{1,20}\s)?par|publi[ée]e?s?\spar|exploit[ée]e?s?\spar|\b[ée]dit(?:eur|rice)"
    r"|\bqui\s[ée]dite|propri[ée]t[ée]\s(?:exclusive\s)?(?:de|du)\b|propri[ée]taires?\sdu\ssite|direct(?:eur|rice)\sde\s(?:la\s)?publication"
    r"|(?:published|operated|owned)\s(?:and\s\w{1,20}\s)?by|publisher|publication\sdirector|director\sof\spublication"
)
_HOST = (
    r"h[ée]berg[ée]e?s?\s(?:par|chez|aupr[eè]s|sur)|h[ée]berge(?:ur|use)|qui\sh[ée]berge\b"
    r"|h[ée]bergement\s(?:du\ssite|web|internet|est|assur)|^h[ée]bergement\s(?:[|:–—-]|(?-i:[A-Z])[\w&.-]{1,30}\b)"
    r"|hosted\s(?:by|on|at)|hosting\sprovider|webhoster|^[\d\s.)–-]{0,6}(?:h[ée]bergement|hosting)\s?:?$"
)
_AGENCY = (
    r"(?:r[ée]alis[ée]|con[çc]u|cr[ée][ée]|d[ée]velopp[ée])e?s?\s(?:et\s\w{1,20}\s)?par"
    r"|(?:conception|r[ée]alisation|cr[ée]ation)\s(?:et\s\w{1,20}\s)?(?:du\ssite|graphique|web|technique)"
    r"|webmaster|(?:designed|developed|built)\sby|webdesign|^(?:design|konzept(?:ion)?|conception|r[ée]alisation|cr[ée]ation|d[ée]veloppement)\s?(?:$|:\s?(?![\s\d]))"
    r"|(?:konzept(?:ion)?|umsetzung|realisierung|gestaltung)\s(?:und|&|der|von|durch)\b|(?:umsetzung|realisierung)\s?:"
)
_OTHER = (
    r"m[ée]diateur|m[ée]diation|assureur|assurances?\b|assur[ée]e?\saupr[eè]s|garantie\s(?:financi|d[ée]cennale)"
    r"|(?:titulaire|propri[ée]taire)\sde\sla\smarque|markeninhaber|owner\sof\sthe\s(?:brand|trade)"
    r"|(?:prestataire|service|solution)\sde\spaiement|payment\s(?:provider|service)|d[ée]l[ée]gu[ée]e?\s[àa]\sla\sprotection"
    r"|r[ée]gie\spublicitaire|nom\sde\sdomaine\s(?:est\s)?(?:enregistr|d[ée]pos|g[ée]r)|cr[ée]dits?\sphoto|franchiseur"
    r"|\bcnil\b|mit\sstreitbeilegung|verbraucherschlichtung"
)
_SAID = re.compile(
    "|".join(f"({said})" for said in (_OWNER, _HOST, _AGENCY, _OTHER)),
    re.IGNORECASE,
)
# A line without any of these is not worth the expression above.
_STEMS = Literals(
    (
        *(
            "éd",
            "publi",
            "exploit",
            "propri",
            "direct",
            "operated",
            "owned",
            "berg",
            "host",
            "réalis",
            "realis",
            "conç",
            "concu",
            "conce",
        ),
        *(
            "cré",
            "cree",
            "velop",
            "création",
            "creation",
            "webmaster",
            "design",
            "built",
            "umsetz",
            "gestalt",
            "webdes",
        ),
        *(
            "édia",
            "media",
            "assur",
            "garantie",
            "titulaire",
            "marke",
            "owner",
            "paiement",
            "payment",
            "élégu",
            "delegu",
        ),
        *("régie", "regie", "domaine", "crédit", "credit", "franchis", "cnil", "streit", "schlicht", "edit"),
    )
)
# Lines that are nothing but a label. The one word 'Hébergement' is also what a hotel calls its rooms, so it speaks of
# the line behind it alone.
_ALONE = re.compile(
    r"(?:l['’])?(?:[ée]dit(?:eur|rice)s?|h[ée]berge(?:ur|use)s?|h[ée]bergement(?=\s))(?:\s(?:du|de\sce)\ssite)?"
    r"(?:\s(?:web|internet))?",
    re.IGNORECASE,
)
_HOSTING = re.compile(r"h[ée]bergement\s?:?", re.IGNORECASE)
_WHOSE: tuple[Whose, ...] = ("owner", "host", "agency", "other")
_BY_SECTION: dict[Section, Whose] = {"host": "host", "agency": "agency", "mediator": "mediator", "insurer": "other"}


class Part(NamedTuple):
    """A piece of a line. `line` is the number of its block, `heading` as that of the block."""

    text: str
    whose: Whose
    section: Section
    line: int
    heading: int


def parts_of(document: Document) -> list[Part]:
    """The visible text in document order, no longer than `READ_MAX`."""
    return list(_parts(document))


def _parts(document: Document) -> Iterator[Part]:
    announced: Whose | None = None  # by a heading, or a label that fills its line
    beside: Whose | None = None  # by the first cell of a table row, by a term, or by the line above
    row, above = 0, ""
    left = READ_MAX
    blocks = document.blocks
    for number, block in enumerate(blocks):
        left -= len(block.text)
        if left < 0:
            return
        said = list(_SAID.finditer(block.text)) if _STEMS.occur_in(block.text.lower()) else []
        if block.row != row:
            row = block.row
            beside = _who(said[0]) if row and said and len(block.text) <= CELL_LABEL_MAX else None
        elif not row:
            beside = "host" if _HOSTING.fullmatch(above) and not said else None
        above = block.text
        if block.heading or (said and _is_label(block.text) and _is_row(blocks, number)):
            announced = _who(said[0]) if said else None
        whose = _BY_SECTION.get(block.section) or beside or announced or "owner"
        yield from _cut(block, number, whose, said)


def _is_label(text: str) -> bool:
    """Whether a line announces what follows: 'Assurance professionnelle :', 'Éditeur du site'."""
    return len(text) <= LABEL_MAX and (text.rstrip().endswith(":") or _ALONE.fullmatch(text) is not None)


def _is_row(blocks: Sequence[Block], number: int) -> bool:
    """Whether a line has no others beside it in a table row, and so speaks of what stands below."""
    row = blocks[number].row
    around = (*blocks[max(0, number - 1) : number], *blocks[number + 1 : number + 2])
    return not row or all(block.row != row for block in around)


def _who(said: re.Match[str]) -> Whose:
    return _WHOSE[(said.lastindex or 1) - 1]


def _cut(block: Block, number: int, whose: Whose, turns: Sequence[re.Match[str]]) -> Iterator[Part]:
    """The parts of a line: a new one begins where it turns to another party."""
    cuts: list[tuple[int, Whose]] = [(0, whose)]
    for said in turns:
        if _who(said) != cuts[-1][1]:
            cuts.append((said.start(), _who(said)))
    ends = [start for start, _ in cuts[1:]]
    for (start, who), end in zip(cuts, [*ends, len(block.text)], strict=True):
        if text := block.text[start:end].strip():
            yield Part(text, who, block.section, number, block.heading)
