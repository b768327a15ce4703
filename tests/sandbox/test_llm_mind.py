"""What the sandbox's models answer by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.pipelines.normalize import normalize
from engine.pipelines.validate import validate
from engine.sandbox.apis.llm_mind import think
from engine.sandbox.apis.llm_types import Prompt, Tool, Turn

SCHEMA = "Answer with nodes and edges. Node types: scrap, import, filter, sort, dead_check, techstack, emails, verify."
OFFERED = tuple(
    Tool(name, name, {}) for name in ("list_jobs", "create_scrap_job", "list_veilles", "list_pipelines", "get_usage")
)


def composed(wish: str, current: dict[str, Any] | None = None) -> dict[str, Any]:
    block = "" if current is None else f"<definition>{json.dumps(current)}</definition>"
    turn = Turn("user", f"<description>{wish}</description>{block}")
    return json.loads(think(Prompt("m", SCHEMA, (turn,))).text)


def steps(definition: dict[str, Any]) -> list[str]:
    return [node["type"] for node in definition["nodes"]]


@pytest.mark.parametrize(
    ("wish", "types", "config"),
    [
        (
            "Trouve tous les plombiers et chauffagistes à Lyon et Tours avec leurs emails vérifiés, note dès 4,2",
            ["scrap", "filter", "emails", "verify"],
            {"queries": ["plombiers", "chauffagistes"], "zones": ["Lyon", "Tours"]},
        ),
        (
            "I want the 20 best restaurants in Nantes with a website and their email addresses",
            ["scrap", "filter", "emails", "sort"],
            {"queries": ["restaurants"], "zones": ["Nantes"]},
        ),
        (
            "Finde alle Bäckereien in Strasbourg mit Telefon, prüfe die E-Mail-Adressen",
            ["scrap", "filter", "emails", "verify"],
            {"queries": ["Bäckereien"], "zones": ["Strasbourg"]},
        ),
        (
            "Les dentistes dans le Rhône, recherche exhaustive, avec leur stack technique",
            ["scrap", "techstack"],
            {"queries": ["dentistes"], "zones": ["Rhône"], "scrape_mode": "ultra"},
        ),
        (
            "À partir de mon fichier https://exemple.fr/a.csv, vérifie que les sites ne sont pas fermés",
            ["import", "dead_check"],
            {"url": "https://exemple.fr/a.csv"},
        ),
    ],
)
def test_a_wish_becomes_a_pipeline_that_validates(wish: str, types: list[str], config: dict[str, Any]) -> None:
    definition = composed(wish)

    assert steps(definition) == types
    assert definition["nodes"][0]["config"] == config
    validate(normalize(definition))


def test_a_wish_without_a_search_is_answered_with_an_error() -> None:
    assert composed("Fais-moi un sandwich") == {
        "error": "Neither a trade and a place to search nor a list to start from is named."
    }


def test_node_types_that_the_prompt_does_not_name_are_not_used() -> None:
    assert steps(composed("Trouve les coiffeurs à Dijon et leurs réseaux sociaux")) == ["scrap"]


def test_a_definition_is_changed_as_asked() -> None:
    current = composed("Trouve les coiffeurs à Dijon et leurs emails")

    more = composed("Ajoute la vérification des emails et garde les 10 meilleurs", current)
    elsewhere = composed("Remplace Dijon par Tours", current)
    fewer = composed("Enlève les emails", current)

    assert steps(more) == ["scrap", "emails", "verify", "sort"]
    assert elsewhere["nodes"][0]["config"]["zones"] == ["Tours"]
    assert steps(fewer) == ["scrap"]


def test_filter_rules_are_read_from_the_wish() -> None:
    prompt = Prompt(
        "m", "Rules: logic, conditions.", (Turn("user", "au moins 4.5 étoiles et 20 avis, avec téléphone"),)
    )

    assert json.loads(think(prompt).text) == {"require_phone": True, "rating_min": 4.5, "reviews_min": 20}


def test_reviews_are_summed_up_with_the_numbers_of_those_that_say_it() -> None:
    lines = (
        "<reviews>",
        '{"n": 1, "rating": 5, "text": "Très sympa !"}',
        '{"n": 2, "text": "Bien trop cher."}',
        "</reviews>",
    )

    answer = think(Prompt("m", "Sum up reviews: strengths, weaknesses.", (Turn("user", "\n".join(lines)),)))

    found = json.loads(answer.text)
    assert found["summary"].startswith("2 avis lus, dont 1 favorables et 1 défavorables")
    assert [point["reviews"] for point in (*found["strengths"], *found["weaknesses"])] == [[1], [2]]
    assert found["themes"] == [{"name": "accueil", "reviews": [1]}, {"name": "prix", "reviews": [2]}]


@pytest.mark.parametrize(
    ("asked", "tool", "arguments"),
    [
        ("Trouve les plombiers à Lyon", "create_scrap_job", {"queries": ["plombiers"], "zones": ["Lyon"]}),
        ("Find bakeries in Tours please", "create_scrap_job", {"queries": ["bakeries"], "zones": ["Tours"]}),
        ("Où en sont mes jobs ?", "list_jobs", {}),
        ("Montre mes veilles", "list_veilles", {}),
        ("How much of my quota is left?", "get_usage", {}),
    ],
)
def test_with_tools_it_calls_the_one_that_helps(asked: str, tool: str, arguments: dict[str, Any]) -> None:
    [call] = think(Prompt("m", "", (Turn("user", asked),), OFFERED)).calls

    assert (call.name, call.arguments) == (tool, arguments)


def test_with_a_result_it_tells_it_in_words() -> None:
    turns = (Turn("user", "Mes jobs ?"), Turn("user", results=(json.dumps({"summary": "2 jobs, newest first."}),)))

    answer = think(Prompt("m", "", turns, OFFERED))

    assert answer.calls == ()
    assert "2 jobs, newest first." in answer.text


def test_the_mind_knows_every_built_type_by_the_name_that_the_schema_gives_it() -> None:
    schema = Path("tests/snapshots/pipeline_schema.json").read_text(encoding="utf-8")
    wish = "<description>Les coiffeurs à Dijon, emails vérifiés, sites fermés, stack technique, top 5</description>"

    answer = think(Prompt("m", schema + " nodes edges", (Turn("user", wish),)))

    assert steps(json.loads(answer.text)) == ["scrap", "dead_check", "techstack", "emails", "verify", "sort"]
