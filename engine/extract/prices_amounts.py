"""Find amounts of money in a line of text: how much, in which currency, for what, with or without tax.

A line is as `prices_boxes` reads it: white space folded. Amounts that are no price of anything (shipping, a fine, the
company's capital, a rebate) are told apart by the words around them.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from engine.rows.columns import fold

Period = Literal["month", "quarter", "year", "week", "day", "night", "hour", "session", "once"]
Tax = Literal["HT", "TTC", ""]

BEFORE_MAX, AFTER_MAX = 70, 45  # characters around an amount that say what it is
RANGE_MAX = 24  # characters that 'de 60 à' takes before the amount
VALUE_MAX = 1_000_000.0  # beyond, it is turnover or funding

_NUMBER = r"(?:\d{1,3}(?:[ .'’]\d{3}){1,2}(?!\d)|\d{1,7}(?!\d))(?:[.,](?:\d{1,2}(?!\d)|[-–—]{1,2}))?"
_SIGNS: Mapping[str, str] = {
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "$": "USD",
    "usd": "USD",
    "us$": "USD",
    "ca$": "CAD",
    "cad": "CAD",
    "£": "GBP",
    "gbp": "GBP",
    "chf": "CHF",
    "fr.": "CHF",
    "sfr.": "CHF",
}
_SIGN = r"(?:€|EUR\b|[Ee]uros?\b|(?:US|CA)?\$|USD\b|CAD\b|£|GBP\b|CHF\b|S?Fr\.)"
_AMOUNT = re.compile(
    rf"(?<![\w.,/])(?P<number>{_NUMBER}) ?(?P<sign>{_SIGN})(?P<cents>\d{{2}}(?!\d))?"
    rf"|(?<!\w)(?P<first_sign>{_SIGN}) ?(?P<second_number>{_NUMBER})(?![\d%])"
)
_RANGE = re.compile(rf"(?<![\w.,/])({_NUMBER}) ?(?:à|a|-|–|to|bis|et|ou|/) ?$")
_TO = re.compile(r" ?(?:à|a|-|–|to|bis) ?")
_MARK = re.compile(r"[€$£]|EUR|[Ee]uro|CHF|GBP|USD|CAD|Fr\.")

_UNITS: Mapping[Period, str] = {
    "month": r"mois|mensualites?|month|mo|mth|monat|mes|mese",
    "quarter": r"trimestre|quarter|quartal",
    "year": r"ans?|annees?|year|yr|jahr|ano|anno|saison",
    "week": r"semaine|sem|week|wk|woche|semana|settimana",
    "day": r"jours?|journee|jr|j|day|tag|dia|giorno",
    "night": r"nuits?|nuitee|night|nacht|noche|notte",
    "hour": r"heures?|h|hour|hr|std|stunde|hora|ora",
    "session": r"seances?|sessions?|consultations?|lecon|sitzung|sesion|seduta",
}
_ADJECTIVES: Mapping[Period, str] = {
    "month": r"mensuel(?:le)?s?|mensualise\w?|monthly|monatlich|mensual|mensile",
    "quarter": r"trimestriel(?:le)?s?|quarterly",
    "year": r"annuel(?:le)?s?|annually|yearly|jahrlich|anual|annuale",
    "week": r"hebdomadaires?|weekly|wochentlich",
    "day": r"journaliers?|daily",
    "night": r"nightly",
    "hour": r"horaires?|hourly",
}
_PER = r"(?:(?<!km)(?<!kw)/ ?|\b(?:par|per|pro|le|la|chaque|each|every|al|por|im|a|the|je)\s|\bl['’ ])"
_PERIOD = re.compile(
    rf"{_PER}(?:(?:1 )?personne / ?|pers\.? ?/ ?|user ?/ ?|utilisateur ?/ ?|1 )?"
    rf"(?:{'|'.join(f'(?P<{period}>{words})' for period, words in _UNITS.items())})(?![\w-])"
    rf"|\b(?:{'|'.join(f'(?P<{period}_>{words})' for period, words in _ADJECTIVES.items())})\b"
)
_UNTAXED = re.compile(r"\bht\b|\bhors tax|\bhtva\b|\bexcl\.? (?:vat|tax)|\bzzgl|\bnetto\b|\bplus vat\b|\+ ?tva\b")
_TAXED = re.compile(r"\bttc\b|\btoutes taxes|\btvac\b|\binkl|\bincl\.? (?:vat|tax)|\bbrutto\b|\biva incl")
# Said of amounts that nobody pays for what the business does.
_OTHER_BEFORE = re.compile(
    r"livraison|frais de (?:port|transport|dossier|deplacement)|\bport (?:offert|gratuit)|expedition|shipping|delivery"
    r"|versand|lieferung|\bpanier\b|\bcart\b|warenkorb|\btotal\b|capital|\bamendes?\b|penalite|indemnite|\bfined?\b"
    r"|chiffre d.affaires|economis|remise|reduction|rabais|\bsave\b|\bspare?n?\b|ersparnis|bon d.achat|\bcaution\b"
    r"|acompte|arrhes|plafond|jusqu.a\b|up to|\bbis zu\b|franco|minimum de (?:commande|perception)|commande minim"
    r"|au lieu de|\binstead of|\bstatt\b|ancien prix|\bavant\s*:|prix barre|\buvp\b|\bwas:? ?$|subvention|\baides? de"
    r"|credit d.impot|\bprime\b|salaire|remuneration|\bbudget|\bdons?\b|levee de fonds|turnover|revenue|\bworth\b"
    r"|cout d.un appel|prix d.un appel|\bappel\b|surtaxe|\bmontant (?:maximal|minimum|de)|seuil|franchise|rembours"
    r"|\bau dela de|a partir de ?\d{0,3} ?(?:articles|personnes)|cheques?[- ]cadeau|carte cadeau|gift card|\bgagne"
    r"|\bdes achats?\b|\bsoit$|^(?:ou|or|oder)$"  # the same price, told for another period
    r"|pour tout achat|supplement|\bdepot de garantie|honoraires d.agence|parrainage|cadeau|\bgeldstrafe"
)
_OTHER_AFTER = re.compile(
    r"^[\s.,)-]{0,3}(?:/ ?min\b|(?:la|par|per|pro) min|(?:de |d['’])?(?:achats?|amende|capital|remise|reduction|rabais"
    r"|frais|economie|caution|chiffre|subvention|bonus|cadeau|commande|penalit\w+|dommages)|offerts?\b|off\b|sparen"
    r"|k\b|m\b|mio|mrd|millions?|milliards?|bn\b|billion|rembours\w*|d.achats?|minimum d.achat|hors livraison"
    r"|de livraison|livraison|shipping)"
)
_OLD_BEFORE_MAX = 14  # an amount directly behind 'au lieu de' alone is the old one


class Amount(NamedTuple):
    """`low` and `high` differ for a range; `currency` is ISO 4217. `start`, `end`: where it stands in the line."""

    low: float
    high: float
    currency: str
    start: int
    end: int
    period: Period | None
    tax: Tax
    is_price: bool  # False: shipping, a rebate, a fine, ...


def may_hold_amounts(text: str) -> bool:
    """Whether a text names a currency at all: quick, as most lines don't."""
    return _MARK.search(text) is not None


def amounts_in(line: str, following: str = "") -> list[Amount]:
    """The amounts of a line from left to right. `following` is what stands below it, and may say the period."""
    found = [match for match in _AMOUNT.finditer(line) if _is_written_well(match)]
    ends = [*(match.start() for match in found[1:]), None]
    starts = [0, *(match.end() for match in found)]
    amounts = [
        amount
        for match, start, end in zip(found, starts, ends, strict=False)
        if (amount := _amount(match, line, start, end, following)) is not None
    ]
    return _with_ranges(amounts, line)


def _with_ranges(amounts: list[Amount], line: str) -> list[Amount]:
    """Two amounts that a dash or an 'à' joins are one: 'de 25 € à 110 €'."""
    found: list[Amount] = []
    for amount in amounts:
        last = found[-1] if found else None
        if last and last.low < amount.high and _TO.fullmatch(line, last.end, amount.start):
            found[-1] = amount._replace(low=last.low, start=last.start, is_price=last.is_price and amount.is_price)
        else:
            found.append(amount)
    return found


def period_in(text: str) -> Period | None:
    """The first period that a text names: 'Tarif mensuel', '/mois', 'par nuit'."""
    match = _PERIOD.search(fold(text))
    if match is None or match.lastgroup is None:
        return None
    name = match.lastgroup.removesuffix("_")
    return next(period for period in _UNITS if period == name)


def tax_in(text: str) -> Tax:
    """Whether a text says that a price is without tax (HT) or with it (TTC); '' when it says neither, or both."""
    folded = fold(text)
    untaxed, taxed = _UNTAXED.search(folded) is not None, _TAXED.search(folded) is not None
    return "" if untaxed == taxed else "HT" if untaxed else "TTC"


def is_of_others(label: str) -> bool:
    """Whether a label says that its amount is no price of the business's: 'Livraison', 'Total', 'Caution'."""
    return bool(label) and _OTHER_BEFORE.search(fold(label)) is not None


def _is_written_well(match: re.Match[str]) -> bool:
    return (match["sign"] or match["first_sign"]).lower() in _SIGNS


def _amount(match: re.Match[str], line: str, start: int, end: int | None, following: str) -> Amount | None:
    before = line[max(start, match.start() - BEFORE_MAX) : match.start()]
    after = line[match.end() : end][:AFTER_MAX]
    high = _value(match["number"] or match["second_number"], match["cents"])
    if high > VALUE_MAX:
        return None
    other = _RANGE.search(before[-RANGE_MAX:]) if match["number"] else None
    low = _value(other[1], None) if other else high
    start = match.start()
    if other and 0 < low < high:
        start -= len(before[-RANGE_MAX:]) - other.start()
    else:
        low = high
    currency = _SIGNS[(match["sign"] or match["first_sign"]).lower()]
    told = f"{after} {following}" if end is None and following else after
    is_price = not _is_other(before, after)
    return Amount(low, high, currency, start, match.end(), period_in(told), tax_in(told), is_price)


def _is_other(before: str, after: str) -> bool:
    return _OTHER_BEFORE.search(fold(before)) is not None or _OTHER_AFTER.search(fold(after)) is not None


def _value(number: str, cents: str | None) -> float:
    """`1 234,50`, `1.234,50`, `49.-` as a number."""
    whole, decimals = re.sub(r"[.,][-–—]{1,2}$", "", number), cents or ""
    if (match := re.search(r"[.,](\d{1,2})$", whole)) is not None:
        whole, decimals = whole[: match.start()], match[1]
    digits = "".join(filter(str.isdigit, whole))
    return float(f"{digits}.{decimals or 0}")
