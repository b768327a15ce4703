"""How footers and legal texts announce makers and insurers: 'Création : Agence Kastell', 'Garantie décennale : …'.

Everywhere else the same words are what a business does: creation is a hairdresser's trade, insurance that of an agent.
"""

import re

from engine.extract.literals import Literals
from engine.rows.columns import fold

TITLE_MAX = 120  # characters of a heading

# Works that a site is made of. Behind such a word, a colon and the name of somebody say who did it.
_WORK = (
    r"(?:cr[ée]ation|conception|r[ée]alisation|d[ée]veloppement|int[ée]gration|design|webdesign|graphisme|maquette"
    r"|charte|logo|identit[ée]|photos?|photograph(?:ies?|es?)|illustrations?|r[ée]daction|development|photography)"
)
# Nobody's name: 'Création : en 1998', 'Création : Mars 2012'.
_TIME = (
    r"(?:le|en|depuis|janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre"
    r"|d[ée]cembre)\b"
)
_MAKER = re.compile(
    rf"(?:^|[|•·–—©.,-]\s)(?i:{_WORK}(?:\s?(?:&|et|/|,|\+|and)\s?{_WORK}){{0,3}}"
    r"(?:\s(?:du\ssite|web|internet|graphique|technique|visuelle)){0,2})\s?:\s?"
    rf"(?!(?i:{_TIME}))(?:[^\W\d_a-zß-ÿ]|(?i:(?:l['’])?(?:agence|studio))\b|©|@|[\w-]{{2,40}}\.[a-z]{{2,12}}\b)"
)
_NUMBER = re.compile(r"\d(?:[ .]?\d){8}")

_COVER = (
    r"(?:professionnel(?:le)?s?|pro|rc|responsabilites?|civiles?|decennales?|biennales?|financieres?|financiers?"
    r"|obligatoires?|exploitation|dommages?|ouvrages?|travaux|juridique)"
)
_FILLERS = r"(?:(?:et|de la|de|d'|la|du|des|en|assurances?|garanties?|souscrite) ?){0,3}"
_COVERS = rf"(?:[\s,/&(-]{{1,3}}{_FILLERS}{_COVER}\)?)"
_INSURER = re.compile(
    r"^(?:\d{1,2} ?[.)] ?)?(?:notre |nos |votre )?"
    rf"(?:(?:(?:assurances?|garanties?|polices? d'assurance|responsabilite|rc){_COVERS}|assureurs?|garants?|decennale"
    rf"|compagnie d'assurances?|(?:caisse|organisme|societe) de garantie){_COVERS}{{0,5}}"
    r"|r\.?c\.?p\.?|(?:professional (?:indemnity|liability)|public liability)(?: insurance)?|insurers?"
    r"|\w{0,20}haftpflichtversicherung|versicherer|aseguradora) ?(?P<end>[:|]|[–—-] |$)"
    r"|\b(?:assuree?s?|souscri(?:te?s?|vons)|contractee?s?) (?:[\w',-]{1,20} ){0,5}aupres d"
    r"|\binsured (?:with|by)\b|\bversichert bei\b"
)
_INSURANCE = re.compile(r"^(?:\d{1,2} ?[.)] ?)?(?:assurances?|garanties?|insurance|versicherung) ?(?:[:|]|$)")
# A line without any of these is not worth the expressions above.
_STEMS = Literals(
    (
        *("cré", "cre", "conc", "réal", "real", "velop", "intégr", "integr", "design", "graphi", "maquette", "charte"),
        *("logo", "identit", "photo", "illustr", "rédac", "redac", "assur", "garant", "responsab", "rc ", "rcp"),
        *("r.c", "décennale", "decennale", "indemnity", "liability", "insur", "versicher", "asegur", "souscri"),
        *("contract",),
    )
)
_LEGAL_TITLE = re.compile(
    r"^(?:\d{1,2} ?[.)] ?)?(?:mentions? legales?|informations? legales?|notices? legales?|conditions generales"
    r"|legal notice|imprint|impressum|aviso legal|note legali|credits?)\b"
)


def may_announce(line: str) -> bool:
    """Whether a line, in lower case, is worth the two questions below."""
    return _STEMS.occur_in(line)


def is_of_maker(line: str) -> bool:
    """Whether a work's name announces who did it. Not behind a telephone number, which is the owner's then."""
    found = _MAKER.search(line)
    return found is not None and _NUMBER.search(line, 0, found.start()) is None


def is_of_insurer(folded: str, *, legal: bool) -> bool:
    """Whether a folded line announces an insurer or a guarantor.

    In a footer (`legal` is false) only what goes on behind the label: a column there may list contracts that are sold.
    """
    found = _INSURER.search(folded)
    if found is not None and (legal or found["end"] != ""):
        return True
    return legal and _INSURANCE.search(folded) is not None


def is_legal_title(heading: str) -> bool:
    """Whether a heading begins a legal text: 'Mentions légales', 'Impressum', 'Conditions générales de vente'."""
    return len(heading) <= TITLE_MAX and _LEGAL_TITLE.search(fold(heading)) is not None
