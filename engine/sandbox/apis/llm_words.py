"""What the sandbox's models understand of French, English and German: a search, a place, a few wishes."""

import re
from dataclasses import dataclass

from engine.sandbox.communes import COMMUNES
from engine.sandbox.draw import folded, words

PLACE = r"(?:[A-ZÀ-Ý][\w'’]+|\d{5})(?:[ -](?:[A-ZÀ-Ý][\w'’]*|\d+(?:er?|e|ème)?\b|(?:sur|en|de|la|le|les)-[\w'’-]+))*"
WHERE = re.compile(
    rf"(?:\b(?:[àÀ]|au|aux|en|[Dd]ans(?: l[ea]s?)?|sur|[Ii]n|near|around|autour de|près de|bei|rund um|im)\s+)"
    rf"({PLACE}(?:\s*(?:,| et| and| und|,? ou| or| oder)\s+(?:à |in |en )?{PLACE})*)"
)
# `les dentistes de Tours`: what follows may be anything, so that only the world's own towns count.
TOWN_OF = re.compile(rf"\b(?:de |d['’]|of |von )({'|'.join(commune.name for commune in COMMUNES)})\b")
PLACES_APART = re.compile(r"\s*(?:,| et | and | und | ou | or | oder )\s*(?:à |in |en )?")
TRADES_APART = re.compile(r"\s*(?:,|\bet\b|\band\b|\bund\b|\bou\b|\bor\b|\boder\b)\s*")
SENTENCES = re.compile(r"[.:;!?\n]")
# Words around a trade that are not part of it.
AROUND = frozenset(
    words(
        "je j' tu il nous cherche cherchez chercher trouve trouver trouvez liste lister donne donner moi veux voudrais "
        "aimerais récupère recense scrape tous toutes tout toute les le la l' des de du d' un une mes ma mon s'il te "
        "plaît merci emails email e-mails adresses adresse site sites avec coordonnées pipeline fais crée lance "
        "une-recherche recherche i we want need find list search for get give me all the a an of every please to "
        "collect scrape look emails addresses create build ich wir suche suchen finde finden möchte brauche alle die "
        "der das den dem ein eine einen bitte nach von liste mir e-mail-adressen unsere show start "
        "best meilleurs besten top premiers first"
    )
)
FROM_FILE = re.compile(
    r"\b(mon|ma|ce|cette|notre|un|my|our|this|the|meine[rn]?|unsere[rn]?|diese[rn]?)\s+(fichier|liste|csv|tableau|file|"
    r"list|spreadsheet|datei|tabelle)|google sheet|\bcsv\b"
)
URL = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>.,;]")


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, and where. Either may be empty."""

    queries: list[str]
    zones: list[str]


def search_in(text: str) -> Search:
    """The trades and places that a text names: `plombiers et coiffeurs à Lyon` gives two and one."""
    found = WHERE.search(text) or TOWN_OF.search(text)
    if found is None:
        return Search([], [])
    sentence = SENTENCES.split(text[: found.start()])[-1]
    trades = [_trade(part) for part in TRADES_APART.split(sentence)]
    return Search([trade for trade in trades if trade], PLACES_APART.split(found[1]))


def says(text: str, pattern: str) -> re.Match[str] | None:
    """Where a text, folded (lower case, no accents), says something."""
    return re.search(pattern, folded(text))


def from_file(text: str) -> bool:
    """Whether the rows come from the user, not from a search."""
    return FROM_FILE.search(folded(text)) is not None


def _trade(part: str) -> str:
    """The trade without the verbs and articles before it and what surrounds it."""
    spoken = re.sub(r"\b([ldjLDJ])['’]", r"\1' ", part).split()
    last = max((place for place, word in enumerate(spoken) if word.lower() in AROUND or word.isdecimal()), default=-1)
    return " ".join(spoken[last + 1 :]).strip(" \"'«»")
