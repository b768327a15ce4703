"""How the sandbox's models compose a pipeline: a search or a list, then what the wish names, in an order that fits."""

import json
import re
from typing import Any, TypeAlias

from engine.sandbox.apis.llm_types import JsonObject
from engine.sandbox.apis.llm_words import URL, from_file, says, search_in

Step: TypeAlias = tuple[str, JsonObject]  # a node's type and options
# In the order in which they may follow one another; what the wish has to say for each (folded).
ENRICHMENTS: dict[str, str] = {
    "dead_check": r"ferme|closed|alive|vivant|geschlossen|inactif|still open|encore ouvert|dead|actifs? en ligne",
    "techstack": r"techno|\bcms\b|wordpress|shopify|\bstack\b|analytics",
    "socials": r"reseaux sociaux|socials?\b|facebook|instagram|linkedin|soziale",
    "emails": r"e-?mail|courriel|mailadress|adresses? mail",
    "verify": r"verif|valid|gepruft|prufe",
}
NEEDS = {"verify": "emails"}
STAR = r"(?:etoiles?|stars?|sterne)"
STARS = rf"(?:note|rating|rated|bewertung|{STAR})\D{{0,25}}?(\d(?:[.,]\d)?)|(\d(?:[.,]\d)?)\s*{STAR}"
REVIEWS = r"(\d+)\s*(?:avis|reviews|bewertungen)"
HAVING = r"(?:avec|ont|having|with|have|mit|haben)\s+(?:un |une |a |leur |einer? )?"
FLAGS: dict[str, str] = {
    "require_phone": rf"{HAVING}(?:numero de )?(?:telephone|phone|telefon)",
    "require_site": rf"{HAVING}(?:site|website|webseite)",
    "exclude_aggregators": r"annuaire|doctolib|director|aggregat|verzeichnis",
    "alive_only": r"vivants?|alive|only open|encore ouvert",
    "has_personal_email": r"personnel|personal|personlich|nominati",
}
MOBILE = r"mobile|portable|\b06\b|handy"
BEST = r"(?:meilleur\w*|best|besten|premier\w*|first|ersten)"
TOP = rf"(?:top|{BEST})\D{{0,12}}?(\d+)|(\d+)\s+{BEST}"
SORTED = r"\btri|classe|sort|order(?:ed)? by"
MODES = {
    "ultra": r"ultra|exhausti|vollstandig|every single|sans exception",
    "advanced": r"advanced|approfondi|grundlich|thorough|avance",
}
REMOVES = r"(?:enleve|retire|supprime|sans|remove|drop|without|entferne|ohne)\w*\b[^.]{0,30}"
CHANGEABLE = {**ENRICHMENTS, "sort": SORTED, "filter": "filtr|filter"}
REPLACES = re.compile(
    r"(?:remplace|change|replace|ersetze)\w*\s+(.+?)\s+(?:par|en|by|with|to|durch)\s+([\w' -]+)", re.IGNORECASE
)


def compose(wish: str, schema: str) -> JsonObject:
    """A definition for a wish, of the node types that the schema's text names; `{error}` where it names no search."""
    root = _root(wish)
    if root is None:
        return {"error": "Neither a trade and a place to search nor a list to start from is named."}
    known = [name for name in ENRICHMENTS if re.search(rf"\b{name}\b", schema)]
    named = {name for name in known if says(wish, ENRICHMENTS[name])}
    named -= {name for name in named & NEEDS.keys() if NEEDS[name] not in named}
    steps = [root, *_filters(wish, late=False)]
    steps += [(name, {}) for name in known if name in named]
    return definition([*steps, *_filters(wish, late=True), *_sort(wish)])


def edit(wish: str, current: JsonObject, schema: str) -> JsonObject:
    """A given definition, changed as the wish says: nodes taken out or put in, a word replaced."""
    steps: list[Step] = [(node["type"], dict(node.get("config", {}))) for node in current.get("nodes", [])]
    gone = {name for name, pattern in CHANGEABLE.items() if says(wish, f"{REMOVES}(?:{pattern})")}
    steps = [step for step in steps if step[0] not in gone]
    for name in ENRICHMENTS.keys() - gone:
        if says(wish, ENRICHMENTS[name]) and re.search(rf"\b{name}\b", schema):
            steps = _with(steps, name)
    steps = _replaced(wish, steps)
    if "filter" not in gone and not any(name == "filter" for name, _ in steps):
        steps += [*_filters(wish, late=False), *_filters(wish, late=True)]
    sort = [] if "sort" in gone else _sort(wish)
    return definition([*(step for step in steps if step[0] != "sort" or not sort), *sort])


def rules(wish: str) -> JsonObject:
    """Filter rules for a wish: flags, bounds and conditions; no key where it says nothing."""
    return _early(wish) | _late(wish)


def definition(steps: list[Step]) -> JsonObject:
    """The steps as a straight line of nodes."""
    nodes = [{"id": f"n{place}", "type": name, "config": config} for place, (name, config) in enumerate(steps, 1)]
    edges = [{"id": f"e{place}", "from": f"n{place}", "to": f"n{place + 1}"} for place in range(1, len(steps))]
    return {"nodes": nodes, "edges": edges}


def _root(wish: str) -> Step | None:
    address = URL.search(wish)
    if from_file(wish):
        return "import", {"url": address[0]} if address else {"content": "nom,site_web\nExemple,https://example.org"}
    search = search_in(wish)
    if not search.queries or not search.zones:
        return None
    mode = next((name for name, pattern in MODES.items() if says(wish, pattern)), None)
    return "scrap", {"queries": search.queries, "zones": search.zones, **({"scrape_mode": mode} if mode else {})}


def _replaced(wish: str, steps: list[Step]) -> list[Step]:
    """The steps with one word in the place of another, where the wish says so."""
    asked = REPLACES.search(wish)
    if asked is None:
        return steps
    old, new = (part.strip(" \"'«»") for part in asked.groups())
    written = json.dumps(steps, ensure_ascii=False).replace(json.dumps(old, ensure_ascii=False)[1:-1], new)
    return [(name, config) for name, config in json.loads(written)]


def _with(steps: list[Step], name: str) -> list[Step]:
    """The steps with one more at the place that the order of the enrichments gives it."""
    if any(step[0] == name for step in steps):
        return steps
    steps = _with(steps, NEEDS[name]) if name in NEEDS else steps
    order = list(ENRICHMENTS)
    before = [place for place, step in enumerate(steps) if step[0] in order[: order.index(name)]]
    place = (before[-1] if before else 0) + 1
    return [*steps[:place], (name, {}), *steps[place:]]


def _early(wish: str) -> JsonObject:
    """What a row's own columns decide."""
    found: JsonObject = {
        flag: True for flag in ("require_phone", "require_site", "exclude_aggregators") if says(wish, FLAGS[flag])
    }
    stars, reviews = says(wish, STARS), says(wish, REVIEWS)
    if stars:
        found["rating_min"] = float((stars[1] or stars[2]).replace(",", "."))
    if reviews:
        found["reviews_min"] = int(reviews[1])
    if says(wish, MOBILE):
        found["phone_prefix"] = {"prefixes": ["06", "07"]}
    return found


def _late(wish: str) -> JsonObject:
    """What is known after the enrichments alone."""
    return {flag: True for flag in ("alive_only", "has_personal_email") if says(wish, FLAGS[flag])}


def _filters(wish: str, *, late: bool) -> list[Step]:
    found = _late(wish) if late else _early(wish)
    return [("filter", found)] if found else []


def _sort(wish: str) -> list[Step]:
    top = says(wish, TOP)
    if not top and not says(wish, SORTED):
        return []
    config: dict[str, Any] = {
        "sort_by": "nb_avis" if says(wish, r"nombre d'avis|most review|meisten bewert") else "note"
    }
    return [("sort", config | ({"top_n": int(top[1] or top[2])} if top else {}))]
