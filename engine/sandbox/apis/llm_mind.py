"""What a sandbox model thinks of a prompt when nobody registered an answer: a few rules that give useful answers.

With tools at hand it uses one, then tells what came back. Asked for a graph, it composes one; for filter rules, it
gives rules; shown reviews, it sums them up. The user's own words are what stands in `<description>` (or `<request>`),
a definition to change what stands in `<definition>`; without such blocks, the user's first message.
"""

import json
import re
from collections.abc import Callable
from typing import Any, cast

from engine.sandbox.apis.llm_pipelines import compose, edit, rules
from engine.sandbox.apis.llm_reviews import sum_up
from engine.sandbox.apis.llm_types import Answer, Call, JsonObject, Prompt
from engine.sandbox.apis.llm_words import says, search_in

BLOCK = re.compile(r"<(?P<tag>[\w-]+)[^>]*>(?P<inner>.*?)</(?P=tag)>", re.DOTALL)
WISHES = ("description", "request", "demande", "wish", "instruction")
GRAPHS = ("definition", "pipeline", "current")
SEARCHES = r"cherche|trouve|recherche|scrape|find|search|look for|such|finde"
# What the user's words have to hold (folded) for a tool that needs no arguments.
READS: tuple[tuple[str, str], ...] = (
    ("get_usage", r"usage|quota|consomm|depens|spent|verbrauch"),
    ("list_veilles", r"veille|monitor"),
    ("list_pipelines", r"pipeline"),
    ("list_modules", r"module"),
    ("list_jobs", r"jobs?\b|travaux|taches?|en cours|list"),
)
SHOWN = 400  # letters of a result that are told


def think(prompt: Prompt) -> Answer:
    """The answer to a prompt: the same prompt has the same."""
    if prompt.tools:
        return _assist(prompt)
    text = prompt.text
    if "nodes" in text and "edges" in text:
        return _written(_pipeline(prompt))
    if "conditions" in text and "logic" in text:
        return _written(rules(_wish(prompt)))
    if "reviews" in text and "strengths" in text:
        return _written(sum_up(prompt.asked))
    return Answer("Je suis le modèle du bac à sable : je lis les demandes et j'y réponds par quelques règles.")


def _assist(prompt: Prompt) -> Answer:
    last = prompt.turns[-1]
    if last.results:
        return Answer("Voici ce que cela donne : " + " ".join(_told(result) for result in last.results))
    offered = {tool.name for tool in prompt.tools}
    asked, search = prompt.asked, search_in(prompt.asked)
    if "create_scrap_job" in offered and search.queries and search.zones and says(asked, SEARCHES):
        arguments: JsonObject = {"queries": search.queries, "zones": search.zones}
        return Answer("Je lance la recherche.", (Call("", "create_scrap_job", arguments),))
    for name, pattern in READS:
        if name in offered and says(asked, pattern):
            return Answer("Je regarde.", (Call("", name, {}),))
    return Answer("Dites-moi quoi chercher et où, par exemple : « trouve les plombiers à Lyon ».")


def _told(result: str) -> str:
    """A result in words: its own summary where it has one."""
    try:
        summary = json.loads(result).get("summary")
    except (ValueError, AttributeError):
        summary = None
    return str(summary or result)[:SHOWN]


def _pipeline(prompt: Prompt) -> JsonObject:
    wish, current = _wish(prompt), _current(prompt)
    schema = prompt.text.replace(wish, "")
    return compose(wish, schema) if current is None else edit(wish, current, schema)


def _current(prompt: Prompt) -> JsonObject | None:
    """The definition to change, out of its block; None where there is none."""
    for inner in _inner(prompt, lambda tag: tag in GRAPHS):
        try:
            found: Any = json.loads(inner)
        except ValueError:
            continue
        if isinstance(found, dict):
            graph = cast("JsonObject", found)
            return graph.get("definition", graph)
    return None


def _wish(prompt: Prompt) -> str:
    """The user's own words."""
    marked = _inner(prompt, lambda tag: tag in WISHES)
    first = next((turn.text for turn in prompt.turns if turn.role == "user"), "")
    return (marked[0] if marked else BLOCK.sub("", first)).strip()


def _inner(prompt: Prompt, wanted: Callable[[str], bool]) -> list[str]:
    said = "\n".join(turn.text for turn in prompt.turns if turn.role == "user")
    return [found["inner"] for found in BLOCK.finditer(said) if wanted(found["tag"].lower())]


def _written(answer: JsonObject) -> Answer:
    return Answer(json.dumps(answer, ensure_ascii=False))
