"""What a legal notice says of the site's publisher and of its host: names, capital, register, director. Pure.

Values are as written. What a notice leaves open, or says of another party, is None.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from engine.extract.legal_ids import is_siren
from engine.extract.legal_parts import Part
from engine.extract.literals import Literals

NAME_MAX = 100  # characters of a company's name
NAME_WORDS_MAX = 12
SHOWN_MAX = 160
PROSE_MIN = 3  # words that make what stands before a capital a sentence

_CAP = r"[A-ZÀ-ÖØ-Þ][\w’'-]{0,30}+"
_PARTICLE = r"(?:(?:de la|de|du|des|la|le|van|von|der|den|di|da|del|della|zu)\s|d['’]\s?)"
_TITLE = r"(?:(?:M\.|Mr\.?|Monsieur|Mme\.?|Madame|Mlle|Dr\.?|Docteur|Maître|Me|Mrs\.?|Ms\.?|Herr|Frau)\s{1,2}){0,2}"
_PERSON = rf"{_TITLE}({_CAP}(?:\s(?:{_PARTICLE})?{_CAP}){{1,3}})"
_TOWN = rf"{_CAP}(?:\s(?:(?:en|sur|le|la|les|de|du|des|lès)\s){{0,2}}{_CAP}){{0,4}}"
_SIREN = r"\d{3}[ .]?\d{3}[ .]?\d{3}(?!\d)"
_AMOUNT = r"(?:(?:€|EUR)\s?\d[\d .,'’]{0,20}\d|\d(?:[\d .,'’]{0,20}\d)?\s?(?:k?€|euros?\b|EUR\b|CHF\b))"

# Labels before a colon, or alone on their line.
_COMPANY = (
    r"(?:d[ée]nomination|raison)(?:\s(?:sociale?|commerciale))?(?:\sde\s(?:la\ssoci[ée]t[ée]|l['’]entreprise))?"
    r"|nom\s(?:de\s(?:la\ssoci[ée]t[ée]|l['’]entreprise|l['’][ée]diteur)|l[ée]gal)|soci[ée]t[ée](?:\s[ée]ditrice)?"
    r"|entreprise|(?:legal|company)\s(?:entity\s)?name|company|firma"
)
_PUBLISHER = (
    r"(?:l['’])?(?:identit[ée]\sde\sl['’])?[ée]dit(?:eur|rice)s?(?:\s(?:du|de\sce)\ssite)?(?:\s(?:web|internet))?"
    r"|qui\s[ée]dite\s(?:ce|le)\ssite(?:\s(?:web|internet))?|(?:site\s)?(?:[ée]dit[ée]|publi[ée])\spar"
    r"|propri[ée]taires?(?:\sdu\ssite)?(?:\s(?:web|internet))?|publisher|(?:site\s)?owner"
    r"|herausgeber|(?:dienste)?anbieter|angaben\s(?:zum\sanbieter|gem(?:ä|ae)(?:ß|ss)[^:]{0,30})"
)
_DIRECTOR = (
    r"(?:le\s|la\s)?(?:[a-zà-ÿ-]{5,20}(?:\sg[ée]n[ée]rale?)?\s(?:et|&|/)\s)?"
    r"(?:direct(?:eur|rice)(?:\(?.rice\)?)?|responsable)(?:\set\sresponsable)?\s(?:de\s(?:la\s)?)?"
    r"(?:publication|r[ée]daction|[ée]ditoriale?|l[ée]gale?)(?:\sdu\ssite)?(?:\s(?:et|&|/)\s[a-zà-ÿ-]{5,20})?"
    r"|(?:publication|publishing|managing|editorial)\s(?:director|manager)|director\sof\s(?:the\s)?publication"
    r"|(?:inhaltlich\s)?verantwortlich\w{0,3}(?:\sf(?:ü|ue)r\sden\sinhalt[^:]{0,30})?|vertreten\sdurch|gesch(?:ä|ae)ftsf(?:ü|ue)hrer(?:in)?"
)
_HEAD = (
    r"(?:le\s|la\s)?(?:g[ée]rante?|pr[ée]sidente?|dirigeante?|repr[ée]sentante?\sl[ée]gale?|repr[ée]sent[ée]e?\spar"
    r"|legal\srepresentative|inhaber(?:in)?|chef\sd['’]entreprise)"
)
_HOST = (
    r"(?:l['’])?h[ée]berge(?:ur|use)s?(?:\s(?:du|de\sce)\ssite)?(?:\s(?:web|internet))?|(?:site\s)?h[ée]berg[ée]\spar"
    r"|qui\sh[ée]berge\s(?:ce|le)\ssite(?:\s(?:web|internet))?|h[ée]bergement(?:\s(?:du\ssite|web|internet))?"
    r"|(?:nom|soci[ée]t[ée])\s(?:de\sl['’])?h[ée]berge(?:ur|ment)|(?:prestataire|soci[ée]t[ée])\sd['’]h[ée]bergement"
    r"|(?:web\s?)?host(?:ing)?(?:\s(?:provider|company))?|hosted\sby|webhoster"
)
_IS_LABEL = re.compile(
    rf"{_COMPANY}|{_PUBLISHER}|{_DIRECTOR}|{_HEAD}|{_HOST}|nom|name|adresse|address|si[èe]ge(?:\ssocial)?|contact",
    re.IGNORECASE,
)
# Some part of each label and sentence above and below.
_STEMS = Literals(
    (
        *("dénom", "denom", "raison", "nom", "name", "soci", "entreprise", "compan", "firma", "éditeur", "editeur"),
        *("propri", "publish", "owne", "owned", "operated", "herausgeber", "anbieter", "angaben", "édit", "edité"),
        *("publi", "exploit", "capital", "kapital", "rcs", "r.c", "r c", "registre", "sire", "direct", "responsable"),
        *("verantwort", "vertreten", "führer", "fuehrer", "gérant", "gerant", "présid", "presid", "dirigeant"),
        *(
            "représent",
            "represent",
            "inhaber",
            "chef",
            "berge",
            "bergé",
            "host",
            "sarl",
            "sas",
            "eurl",
            "selarl",
            "sa ",
        ),
        *(
            "selas",
            "scm",
            "scea",
            "scop",
            "scic",
            "earl",
            "gaec",
            "gie ",
            "srl",
            "sprl",
            " nv",
            " bv",
            "edit",
            "association",
        ),
        *("ei ", " ei", " sa", "snc", "scp", "sci", "eirl", " ag", " ug", "gmbh", "ltd", "manager", "s.a", "editorial"),
    )
)
_NAME_LABEL = re.compile(rf"(?:{_COMPANY}|nom|name)\s?:\s?", re.IGNORECASE)

_SAYS_PUBLISHER = re.compile(
    r"(?:[ée]dit[ée]e?s?|publi[ée]e?s?|exploit[ée]e?s?)\s(?:et\s\w{1,20}\s)?par\b[\s:]{0,3}(.{2,160})"
    r"|(?:published|operated|owned)\s(?:and\s\w{1,20}\s)?by[\s:]{1,3}(.{2,160})"
    r"|\best\sla\spropri[ée]t[ée]\s(?:exclusive\s)?(?:de|du)\s(.{2,160})",
    re.IGNORECASE,
)
_SAYS_HOST = re.compile(
    r"h[ée]berg[ée]e?s?\s(?:par|chez|aupr[eè]s\sde|sur\sles\sserveurs\sde)\b[\s:]{0,3}(.{2,160})"
    r"|h[ée]berge(?:ur|use|ment)[^.:]{0,40}\sest\s(?:assur[ée]\spar\s)?(.{2,160})"
    r"|h[ée]bergement\s(?:du\ssite\s)?assur[ée]\spar[\s:]{1,3}(.{2,160})|hosted\s(?:by|on|at)[\s:]{1,3}(.{2,160})",
    re.IGNORECASE,
)
_FORM = (
    r"(?:SARL|S\.A\.R\.L\.?|SASU|SAS|S\.A\.S\.?|EURL|E\.U\.R\.L\.?|SELARL|SELAS|SCP|SCI|SCM|SCEA|SCOP|SCIC|SNC|SA|S\.A\."
    r"|EARL|GAEC|GIE|EIRL|EI|SRL|SPRL|NV|BV|GmbH|UG|AG|Ltd)"
)
# 'Dupont SARL au capital de …', 'SARL Dupont au capital de …'
_BEGINS_WITH_NAME = re.compile(
    rf"^.{{2,80}}?(?:[,\s–—-]\s?)(?:{_FORM}\s)?au\scapital\b|^(?=.{{0,60}}?\b{_FORM}(?=[\s,]))[^:]{{2,80}}?\s[–—-]\s"
)
_IN_SENTENCE = re.compile(rf"(?i:\b(?:avec|entre|par|de)\s(?:la\s|le\s|l['’]))({_FORM}\s[A-ZÀ-Þ«\"“].{{1,160}})")
_SAYS_REGISTERED = re.compile(r"\bcapital\b|\br\.?c\.?s\b|\bsire[nt]\b|\bconclu", re.IGNORECASE)
# 'présentes conditions sont conclues'; a name has few words that are neither capitalised nor particles.
_PROSE_WORD = re.compile(r"(?<![\w'’-])(?!(?:les|des|aux|sur|sous)\b)[a-zà-ÿ]{3,20}(?![\w'’-])")
_BEARS_FORM = re.compile(rf"(?:^|\s){_FORM}(?=\s|,|$)")
_FORM_BEHIND = re.compile(rf",\s({_FORM})(?=\s|,|$)")
# 'Société Hôtelière du Lac' is a name, where 'Société Dupont' only says what Dupont is.
_BEGINS_NAME = (
    r"(?-i:Soci[ée]t[ée]|SOCI[ÉE]T[ÉE]|Entreprise|ENTREPRISE|Compagnie|COMPAGNIE)\s(?:(?:de|des|du|pour)\s|d['’]"
    r"|(?:nouvelle|g[ée]n[ée]rale|coop[ée]rative|fran[çc]aise|europ[ée]enne|internationale|industrielle|commerciale"
    r"|immobili[èe]re|h[ôo]teli[èe]re|agricole|fonci[èe]re|fermi[èe]re|nationale|r[ée]gionale|centrale|mutuelle)\s"
    r"|\w{2,20}(?:[èe]re|enne|aise|oise|elle|ale|ive|ique|aine)\s(?:(?:de|des|du)\s|d['’]))"
)
_ARTICLE = re.compile(
    rf"^(?:(?:la|le|the)\s|l['’]\s?)(?=(?-i:{_FORM})\s|association\s|{_BEGINS_NAME})|^(?!{_BEGINS_NAME})"
    r"(?:(?:la|le|l['’]|une?)\s?)?(?:soci[ée]t[ée]|entreprise(?!\sindividuelle)|company|compagnie|firma)\s(?!par\b|à\b|anonyme\b|civile\b)",
    re.IGNORECASE,
)
_NAME_END = re.compile(
    r"\s{0,2}(?:[,;(|•\n:]|\s[-–—]\s|\.\s|\.$|(?:\bau\s(?=capital|\d)|\bdont\s|\bimmatricul|\binscrit|\benregistr|\bsise?\b|\bsitu[ée]|\bdomicili"
    r"|\brepr[ée]sent|\bRCS\b|\bR\.C\.S|\bSIRE[NT]\b|\bN°|\bT[ée]l\b|\bt[ée]l[ée]phone\b|\bci-apr|\bcapital\b|(?-i:\best\s)"
    r"|\bayant\b|\bwith\sa?\b|\bregistered\b|\bwhose\b|\ba\s(?:private|simplified|limited)\b|\bet\sh[ée]berg|https?:|www\.|[\w.+-]{1,60}+@))",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?!association\s[A-ZÀ-Þ«\"“])[a-zà-ÿ]{1,12}\s(?!\w{1,3}['’-])|(?i:[cl]es?|notre|votre|this|the)\s(?:\w{1,20}\s)?(?i:site)\b"
    r"|[\w-]{1,60}\.[a-z]{2,6}$|\d{1,4}[\s,]|[\w.+-]{1,60}+@"
)
_CAPITAL = re.compile(rf"(?:\bcapital|kapital)\b[^\d€\n]{{0,40}}?({_AMOUNT})", re.IGNORECASE)
_AMOUNT_ALONE = re.compile(_AMOUNT, re.IGNORECASE)
_REGISTER = r"(?:\bR\.?\s?C\.?\s?S\.?|(?i:registre\s(?:du|de)\scommerce(?:\set\sdes\ssoci[ée]t[ée]s)?)(?:\s\(RCS\))?)"
_REGISTER_LABEL = r"(?:n[°o]\s)?(?:rcs|r\.c\.s\.?|registre\sdu\scommerce(?:\set\sdes\ssoci[ée]t[ée]s)?)"
_RCS = re.compile(rf"{_REGISTER}(?:\s?:|\s(?:de|du)\b|\sd['’]|,)?\s?({_TOWN})([^\d\n]{{0,50}})({_SIREN})")
_RCS_BEHIND = re.compile(rf"(?<!\d)({_SIREN})[\s,(]{{0,3}}(?:au\s)?{_REGISTER}(?:\s(?:de|du)\b|\sd['’])?\s?({_TOWN})")
_RCS_TOWN = re.compile(rf"{_REGISTER}(?:\s?:|\s(?:de|du)\b|\sd['’])?\s?({_TOWN})")
_ANY_SIREN = re.compile(r"(?i:siren|siret)[^\d\n]{0,30}(\d{3}[ .]?\d{3}[ .]?\d{3})(?=\D|\d{5}(?!\d)|$)")
_NO_TOWN = frozenset(
    (
        "a",
        "b",
        "c",
        "d",
        "n",
        "siren",
        "siret",
        "rcs",
        "numero",
        "numéro",
        "sous",
        "tva",
        "ape",
        "naf",
        "code",
        "capital",
    )
)
_IS_PERSON = re.compile(rf"{_PERSON}(?=\s{{0,2}}(?:[,;.(|:–—-]|en\squalit|g[ée]rant|pr[ée]sident|$|\s))")
_PERSON_SAYS = re.compile(
    rf"{_PERSON},?\s(?:en\s(?:sa\s)?qualit[ée]\sde\s|en\stant\sque\s)?(?i:direct(?:eur|rice)\sde\s(?:la\s)?publication)"
)
_DIRECTOR_SAYS = re.compile(rf"(?i:{_DIRECTOR})(?:[^.:\n]{{0,40}}?)\s(?:est|is|ist)\s:?\s?{_PERSON}")
_HEAD_SAYS = re.compile(rf"(?i:{_HEAD})(?:\s(?:est|de))?(?:,|\s:)?\s{_PERSON}")
_NO_PERSON = frozenset(
    (
        *("sarl", "sas", "sasu", "eurl", "sa", "sci", "selarl", "scp", "gmbh", "ltd", "inc", "société", "societe"),
        *("agence", "cabinet", "groupe", "association", "entreprise", "company", "adresse", "email", "direction"),
        *("téléphone", "tel", "tél", "mail", "contact", "hébergeur", "hébergement", "rcs", "siret", "siren", "site"),
        *("conception", "crédits", "directeur", "directrice", "gérant", "gérante", "président", "présidente", "e-mail"),
    )
)


class Said(NamedTuple):
    """A value with the line it was read from and the way: `label`, `sentence`, `form`, `heading`."""

    value: str
    shown: str
    way: str


class Notice(NamedTuple):
    """What one page's notice says."""

    company: Said | None
    capital: Said | None
    rcs: Said | None
    director: Said | None
    host: Said | None


class _Side:
    """What a page says of one party. `telling` are the parts that hold some word of a notice."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._places = [at for at, part in enumerate(parts) if _STEMS.occur_in(part.text.lower())]
        self.telling = [parts[at] for at in self._places]

    def labelled(self, label: str) -> Iterator[tuple[str, Part]]:
        """What follows a label: behind its colon, or in the next part where it fills its own line."""
        pattern = _label_pattern(label)
        for at in self._places:
            part = self._parts[at]
            found = pattern.match(part.text)
            if found is None:
                continue
            if found[1]:
                yield found[1], part
            elif at + 1 < len(self._parts) and not self._parts[at + 1].heading:
                yield self._parts[at + 1].text, self._parts[at + 1]

    def run_in(self, label: str) -> Iterator[tuple[str, Part]]:
        """What follows a label with no sign between them, where it is a name with its form: 'Hébergement OVH SAS'."""
        pattern = _run_in_pattern(label)
        return ((found[1], part) for part in self.telling if (found := pattern.match(part.text)))


def read_notice(parts: Sequence[Part]) -> Notice:
    """What the parts of a page say, as far as they are a notice."""
    owner = _Side([part for part in parts if part.whose == "owner"])
    return Notice(
        company=_company(owner),
        capital=_capital(owner),
        rcs=_rcs(owner),
        director=_director(owner),
        host=_host(_Side([part for part in parts if part.whose == "host"])),
    )


def _company(owner: _Side) -> Said | None:
    """The publisher's name: what is called so, what a sentence says, else what stands before form and numbers."""
    said = [(_first(found), part) for part in owner.telling if (found := _SAYS_PUBLISHER.search(part.text))]
    ways = (
        ("label", owner.labelled(_COMPANY)),
        ("sentence", said),
        ("label", owner.labelled(_PUBLISHER)),
        ("label", owner.run_in(_PUBLISHER)),
        ("form", _by_form(owner)),
    )
    named = ((company_name(value), part, way) for way, found in ways for value, part in found)
    return next((_said(name, part, way) for name, part, way in named if name), None)


def _by_form(owner: _Side) -> Iterator[tuple[str, Part]]:
    """What stands before form and capital, or in a sentence behind an article: 'conclu avec la SCEA Cave du Lac'."""
    for part in owner.telling:
        begins = _BEGINS_WITH_NAME.search(part.text)
        if (found := _IN_SENTENCE.search(part.text)) and (begins or _SAYS_REGISTERED.search(part.text)):
            yield found[1], part
        elif begins and len(_PROSE_WORD.findall(begins[0])) < PROSE_MIN:
            yield part.text, part


def company_name(text: str) -> str | None:
    """The name at the beginning of a text, with its legal form as written; None where it begins with prose."""
    text = _ARTICLE.sub("", _NAME_LABEL.sub("", text.strip(' :«»"“”-–'), count=1), count=1).strip(' :«»"“”')
    if _NO_NAME.match(text):
        return None
    end = _NAME_END.search(text)
    name = text[: end.start()] if end else text
    if end and not _BEARS_FORM.search(name) and (form := _FORM_BEHIND.match(text, end.start())):
        name = f"{name}, {form[1]}"
    name = name.strip(' .,:;«»"“”-–')
    # 'Nous écrire à contact@dupont.fr' gives no name.
    if _IS_LABEL.fullmatch(name) or (end and end[0].endswith("@") and not _BEARS_FORM.search(name)):
        return None
    is_name = 2 <= len(name) <= NAME_MAX and len(name.split()) <= NAME_WORDS_MAX and any(map(str.isalpha, name))
    return name if is_name else None


def _capital(owner: _Side) -> Said | None:
    for part in owner.telling:
        if found := _CAPITAL.search(part.text):
            return _said(found[1], part, "sentence")
    for value, part in owner.labelled(r"(?:stamm|share\s)?[ck]apital(?:\ssocial)?"):
        if found := _AMOUNT_ALONE.match(value):
            return _said(found[0], part, "label")
    return None


def _rcs(owner: _Side) -> Said | None:
    """The entry as `RCS Town 912 345 678`; the number must be sound."""
    found = ((_entry(town, number), part, way) for town, number, part, way in _register_places(owner))
    return next((_said(entry, part, way) for entry, part, way in found if entry), None)


def _register_places(owner: _Side) -> Iterator[tuple[str, str, Part, str]]:
    """Town, number, part and way wherever both may stand, the surest first."""
    for part in owner.telling:
        for found in _RCS.finditer(part.text):
            yield found[1], found[3], part, "sentence"
        for found in _RCS_BEHIND.finditer(part.text):
            yield found[2], found[1], part, "sentence"
    for value, part in owner.labelled(_REGISTER_LABEL):
        if found := _RCS.match(f"RCS {value}"):
            yield found[1], found[3], part, "label"
    # The town in one line, the number in another.
    sirens = {re.sub(r"\D", "", found[1]) for part in owner.telling for found in _ANY_SIREN.finditer(part.text)}
    if len(sirens) == 1:
        towns = ((_RCS_TOWN.search(part.text), part) for part in owner.telling)
        yield from ((found[1], siren, part, "parts") for found, part in towns if found for siren in sirens)


def _entry(town: str, number: str) -> str | None:
    digits = re.sub(r"\D", "", number)
    words = town.split()
    while words and words[-1].lower().strip(".") in _NO_TOWN:
        words.pop()
    if not words or words[0].lower() in _NO_TOWN or not is_siren(digits):
        return None
    return f"RCS {' '.join(words)} {digits[:3]} {digits[3:6]} {digits[6:]}"


def _director(owner: _Side) -> Said | None:
    """The director of the publication; else the person at the head of the company."""
    ways = (
        ("label", ((_IS_PERSON.match(value), part) for value, part in owner.labelled(_DIRECTOR))),
        ("sentence", ((_DIRECTOR_SAYS.search(part.text), part) for part in owner.telling)),
        ("sentence", ((_PERSON_SAYS.search(part.text), part) for part in owner.telling)),
        ("label", ((_IS_PERSON.match(value), part) for value, part in owner.labelled(_HEAD))),
        ("sentence", ((_HEAD_SAYS.search(part.text), part) for part in owner.telling)),
    )
    found = ((_person(found[1]), part, way) for way, places in ways for found, part in places if found)
    return next((_said(person, part, way) for person, part, way in found if person), None)


def _person(name: str) -> str | None:
    return None if any(word.lower() in _NO_PERSON for word in name.split()) else name.strip(" -'’")


def _host(host: _Side) -> Said | None:
    said = [(_first(found), part) for part in host.telling if (found := _SAYS_HOST.search(part.text))]
    ways = (("sentence", said), ("label", host.labelled(_HOST)), ("label", host.run_in(_HOST)))
    named = ((company_name(value), part, way) for way, found in ways for value, part in found)
    return next((_said(name, part, way) for name, part, way in named if name), None)


@cache
def _label_pattern(label: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\d{{1,2}}[\s.)–-]{{1,4}})?(?:{label})\s?(?:[:|–—-]\s?(.{{1,200}})|[:?]?$)", re.IGNORECASE)


@cache
def _run_in_pattern(label: str) -> re.Pattern[str]:
    return re.compile(rf"(?i:{label})\s(?=[A-ZÀ-Þ«\"“])(?=.{{0,60}}?\b{_FORM}(?=[\s,.]|$))(.{{1,200}})")


def _first(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)


def _said(value: str, part: Part, way: str) -> Said:
    return Said(" ".join(value.split()), part.text[:SHOWN_MAX], way)
