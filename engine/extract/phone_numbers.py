"""What the numbering plans tell of a telephone number: its E.164 form, kind and country. Nothing is asked of a network.

Source: the metadata of phonenumbers (Google's libphonenumber), and for France the plan of its regulator.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from engine.lazy import load
from engine.rows.columns import fold
from engine.rows.sites import host_of, is_aggregator
from engine.rows.types import Row, text_of

PhoneType = Literal["mobile", "fixed", "voip", "special", "unknown"]

HOME_COUNTRY = "FR"  # where a number without a country code is, if nothing says otherwise
LENGTH_MAX = 60  # characters of a text that may be one number
# The names by libphonenumber's own numbers for them (phonenumberutil.PhoneNumberType). 2 is a fixed or a mobile line,
# which plans such as that of the USA do not tell apart.
TYPES: Mapping[int, PhoneType] = {
    0: "fixed",
    1: "mobile",
    3: "special",  # toll-free
    4: "special",  # premium rate
    5: "special",  # shared cost
    6: "voip",
    7: "special",  # personal number
    8: "special",  # pager
    9: "special",  # universal access number
    10: "special",  # voicemail
}
# They share the national form of France, and have codes of their own abroad.
OVERSEAS = ("RE", "GP", "MQ", "GF", "YT", "PM")
_GENERIC_SUFFIXES = frozenset(
    ("co", "io", "me", "tv", "ai", "cc", "ws", "fm", "ly", "to", "gg", "sh", "ac", "im", "la")
)
_COUNTRY_COLUMNS = ("pays", "country", "country_code", "code_pays")
_COUNTRIES: Mapping[str, str] = {
    **dict.fromkeys(("allemagne", "germany", "deutschland"), "DE"),
    **dict.fromkeys(("autriche", "austria", "osterreich"), "AT"),
    **dict.fromkeys(("belgique", "belgium", "belgie", "belgien"), "BE"),
    **dict.fromkeys(("canada",), "CA"),
    **dict.fromkeys(("espagne", "spain", "espana"), "ES"),
    **dict.fromkeys(("etats-unis", "united states", "usa", "united states of america"), "US"),
    **dict.fromkeys(("france",), "FR"),
    **dict.fromkeys(("guadeloupe",), "GP"),
    **dict.fromkeys(("guyane", "guyane francaise", "french guiana"), "GF"),
    **dict.fromkeys(("irlande", "ireland"), "IE"),
    **dict.fromkeys(("italie", "italy", "italia"), "IT"),
    **dict.fromkeys(("la reunion", "reunion"), "RE"),
    **dict.fromkeys(("luxembourg", "luxemburg"), "LU"),
    **dict.fromkeys(("maroc", "morocco"), "MA"),
    **dict.fromkeys(("martinique",), "MQ"),
    **dict.fromkeys(("mayotte",), "YT"),
    **dict.fromkeys(("monaco",), "MC"),
    **dict.fromkeys(("pays-bas", "netherlands", "nederland", "the netherlands"), "NL"),
    **dict.fromkeys(("pologne", "poland", "polska"), "PL"),
    **dict.fromkeys(("portugal",), "PT"),
    **dict.fromkeys(("royaume-uni", "united kingdom", "uk", "england", "great britain"), "GB"),
    **dict.fromkeys(("suisse", "switzerland", "schweiz", "svizzera"), "CH"),
    **dict.fromkeys(("tunisie", "tunisia"), "TN"),
}
# The country where most sites in a language are. English is written everywhere.
_BY_LANGUAGE: Mapping[str, str] = {"de": "DE", "es": "ES", "it": "IT", "nl": "NL", "pl": "PL", "pt": "PT"}
_FRENCH_MOBILE = re.compile(r"(?:\+33|0033|33|0)?([67]\d{8})")
_FRENCH_PAIRS = re.compile(r"0[1-59](?:[ .-]\d\d){4}")  # mobiles in pairs are Dutch as well
_WRITING = re.compile(r"[\s().\-/\u00b7\u2010-\u2015]")
_BETWEEN_NUMBERS = re.compile(r"[,;|\n]+|\s/\s")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """`country` is an ISO 3166 code, '' for numbers of no country."""

    e164: str
    type: PhoneType
    country: str


def read_number(text: str, country: str) -> PhoneNumber | None:
    """The number that `text` is, in international form or in the national one of `country`; None when it is none."""
    return _read(text, country) if len(text) <= LENGTH_MAX else None


@lru_cache(maxsize=8_192)  # the pages of a site share their numbers
def _read(text: str, country: str) -> PhoneNumber | None:
    library: Any = load("phonenumbers")
    for region in (country, *(OVERSEAS if country == HOME_COUNTRY else ())):
        try:
            number = library.parse(text, region)
        except library.NumberParseException:
            continue
        if library.is_valid_number(number):
            return _told(number)
    return _french_mobile(text) if country == HOME_COUNTRY or text.startswith(("+33", "0033")) else None


def first_number(text: str, country: str) -> PhoneNumber | None:
    """The first of the numbers in a cell; None when there is none."""
    return next(iter(numbers_in(text, country)), None)


def numbers_in(text: str, country: str) -> list[PhoneNumber]:
    """The numbers in a cell that may hold several, in their order."""
    text = text.removesuffix(".0")  # of a spreadsheet that took it for an amount
    if (whole := read_number(text.strip(), country)) is not None:
        return [whole]
    parts = _BETWEEN_NUMBERS.split(text[: 10 * LENGTH_MAX])
    return [number for part in parts if (number := read_number(part.strip(), country)) is not None]


def carrier_of(number: PhoneNumber) -> str | None:
    """The operator to whom the range of a mobile number was given; None where the plan does not tell it.

    Loads 44 MB at its first use: the ranges of all countries.
    """
    parsed = load("phonenumbers").parse(number.e164, None)
    return str(load("phonenumbers.carrier").name_for_valid_number(parsed, "en")).strip() or None


def is_short_number(text: str, country: str) -> bool:
    """Whether the text is a short number of that country, such as 3949: it has no international form."""
    digits = _WRITING.sub("", text)
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 6):
        return False
    library: Any = load("phonenumbers")
    try:
        number = library.parse(digits, country)
    except library.NumberParseException:
        return False
    return bool(load("phonenumbers.shortnumberinfo").is_valid_short_number_for_region(number, country))


def country_of(row: Row, *, language: str = "") -> str:
    """Where a number of the row that has no country code is dialled: an ISO 3166 code.

    By the row's country column, the end of its address, the way its `telephone` is written, the ending of its site's
    name, then the site's language.
    """
    for column in _COUNTRY_COLUMNS:
        if country := _country_named(text_of(row.get(column))):
            return country
    address = text_of(row.get("adresse")).rpartition(",")[2]
    return (
        _COUNTRIES.get(fold(address).strip())
        or _by_writing(text_of(row.get("telephone")))
        or _by_suffix(text_of(row.get("site_web")))
        or _BY_LANGUAGE.get(language[:2])
        or HOME_COUNTRY
    )


def _told(number: Any) -> PhoneNumber:
    library: Any = load("phonenumbers")
    e164 = str(library.format_number(number, library.PhoneNumberFormat.E164))
    kind = TYPES.get(int(library.number_type(number)), "unknown")
    return PhoneNumber(e164, kind, _code(str(library.region_code_for_number(number) or "")))


def _french_mobile(text: str) -> PhoneNumber | None:
    """A number of the blocks 06 and 07, which the plan gives to mobiles as a whole.

    The library leaves out what is given to no operator, such as 06 39 98, which is kept for fiction.
    """
    found = _FRENCH_MOBILE.fullmatch(_WRITING.sub("", text.replace("(0)", "")))
    return PhoneNumber(f"+33{found[1]}", "mobile", "FR") if found else None


def _country_named(text: str) -> str:
    code = text.upper()
    return _COUNTRIES.get(fold(text), "") or (code if code in load("phonenumbers").SUPPORTED_REGIONS else "")


def _by_writing(telephone: str) -> str:
    """The country of a number with its code, or in the five pairs of a French fixed line; '' for other forms."""
    if _FRENCH_PAIRS.fullmatch(telephone):
        return "FR"
    number = read_number(telephone, HOME_COUNTRY) if telephone.startswith("+") else None
    return number.country if number else ""


def _by_suffix(site: str) -> str:
    """The country that the ending of a site's name belongs to; '' for endings that the whole world uses.

    What leads to a platform or a link service (`linktr.ee`, `youtu.be`) tells of no country.
    """
    if is_aggregator(site):
        return ""
    suffix = host_of(site).rpartition(".")[2]
    code = "GB" if suffix == "uk" else suffix.upper()
    known = len(suffix) == 2 and suffix not in _GENERIC_SUFFIXES
    return code if known and code in load("phonenumbers").SUPPORTED_REGIONS else ""


def _code(region: str) -> str:
    return region if region.isalpha() else ""  # 001 stands for the whole world
