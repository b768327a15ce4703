"""`outsend run` without a network: lists, graphs, files, refusals, Ctrl-C."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

pytestmark = pytest.mark.slow(60)

LEADS = "nom;ville;note;remarque\nAlpha;Tours;4,5;à rappeler\nBêta;Lyon;3,9;\nGamma;Tours;4,8;=1+1\n"


def graph(*nodes: tuple[str, dict[str, object]]) -> str:
    """A straight line of nodes as the text of a file."""
    made = [{"id": f"n{i}", "type": kind, "config": config} for i, (kind, config) in enumerate(nodes)]
    edges = [{"from": f"n{i}", "to": f"n{i + 1}"} for i in range(len(nodes) - 1)]
    return json.dumps({"name": "Test", "definition": {"nodes": made, "edges": edges}})


def rows_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_a_graph_in_a_file_works_on_the_list_that_is_given(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS)
    recipe = graph(("import", {}), ("filter", {"rating_min": 4}), ("sort", {"sort_by": "note"}))
    terminal.write("recipe.json", recipe)

    said = terminal.run("run", "recipe.json", "--input", "leads.csv", "--output", "best.csv", "--json")

    assert said.code == 0, said.err
    assert said.json["status"] == "done" and said.json["rows"] == 2
    assert [row["nom"] for row in rows_in(terminal.folder / "best.csv")] == ["Gamma", "Alpha"]


def test_every_column_of_the_list_comes_out_again(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS.encode("cp1252"))

    said = terminal.run("run", "filter", "--input", "leads.csv", "--output", "out.csv")

    assert said.code == 0, said.err
    rows = rows_in(terminal.folder / "out.csv")
    assert list(rows[0]) == ["nom", "ville", "note", "remarque"]
    assert [row["remarque"] for row in rows] == ["à rappeler", "", "'=1+1"]


def test_without_a_wish_the_rows_go_to_a_new_file_of_this_folder(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS)

    said = terminal.run("run", "filter", "--input", "leads.csv", "--json")

    assert len(rows_in(terminal.folder / said.json["file"])) == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("run", "nosuch", "--input", "leads.csv"), "unknown_module", "Module inconnu : nosuch"),
        (("run", "filter,nosuch", "--input", "leads.csv"), "unknown_module", "Module inconnu : nosuch"),
        (("run", "filter,sort"), "input_needed", "a besoin d'une liste en entrée"),
        (("run", "filter", "--input", "absent.csv"), "no_such_file", "Fichier introuvable : absent.csv"),
        (("run", "absent.json"), "no_such_file", "Fichier introuvable : absent.json"),
        (("run", "broken.json"), "not_a_pipeline", "Ce fichier n'est pas un pipeline"),
        (("run", "filter", "--input", "leads.csv", "--output", "x.pdf"), "unknown_format", ".pdf"),
        (("run", "filter", "--input", "leads.csv", "--output", "no/x.csv"), "not_writable", "no/x.csv"),
        (("run", "emails", "--input", "leads.csv"), "no_website", "Aucun établissement avec site web"),
        (("run", "--resume", "j_unknown"), "job_missing", "Job introuvable : j_unknown"),
        (
            ("run", "scrap", "--query", "x", "--zone", "Nulleparten"),
            "zone_unknown",
            "Zone introuvable : « Nulleparten »",
        ),
        (("run", "import", "--input", "picture.png"), "import_unreadable", "Import illisible"),
        (("run", "filter", "--input", "picture.png"), "import_unreadable", "Import illisible"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_refusal_is_one_clear_sentence_and_a_non_zero_exit_code(
    terminal: Terminal, words: tuple[str, ...], code: str, says: str
) -> None:
    terminal.write("leads.csv", LEADS)
    terminal.write("broken.json", "{not json")
    terminal.write("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))

    said = terminal.run(*words, "--json")

    assert said.code == 1
    told = said.json.get("error") or {}
    sentence = told if isinstance(told, str) else told.get("message", "")
    assert says in sentence, said
    assert "Traceback" not in said.err
    if isinstance(told, dict):
        assert told["code"] == code and told["hint"]


@pytest.mark.parametrize("words", [("run", "filter"), ("demo",), ("worker",), ("doctor",), ("migrate",)], ids=" ".join)
def test_a_bad_setting_is_named(terminal: Terminal, words: tuple[str, ...]) -> None:
    terminal.environment["OUTSEND_SERIAL_SLOTS"] = "many"

    said = terminal.run(*words)

    assert said.code == 1
    assert "OUTSEND_SERIAL_SLOTS" in said.err and "Traceback" not in said.err


def test_a_data_directory_that_cannot_be_is_named(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS)
    terminal.environment["OUTSEND_DATA_DIR"] = str(terminal.folder / "leads.csv" / "data")

    said = terminal.run("run", "filter", "--input", "leads.csv")

    assert said.code == 1
    assert "OUTSEND_DATA_DIR" in said.err and "Traceback" not in said.err


def test_an_output_that_was_there_stays_when_the_run_fails(terminal: Terminal) -> None:
    terminal.write("leads.csv", LEADS)
    terminal.write("best.csv", "mine")

    said = terminal.run("run", "sort", "--input", "leads.csv", "--output", "best.csv")

    assert said.code == 1
    assert (terminal.folder / "best.csv").read_text() == "mine"
