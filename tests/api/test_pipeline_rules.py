"""The rules of a definition over HTTP: what `validate` says in words, creation refuses with 400 in the same words."""

from typing import Any

import httpx
import pytest

from tests.api.graphs import CHAIN, IMPORT, SCRAP, chain, created, node, shown
from tests.api_house import ApiHouse

SOURCE = node("n1", "scrap", **SCRAP)
FILTERS = [node(f"f{i}", "filter", require_phone=True) for i in range(20)]
EMAILS, VERIFY = node("n2", "emails"), node("n3", "verify")


def linked(nodes: list[dict[str, Any]], *edges: str) -> dict[str, Any]:
    """A graph with edges such as `n1>n2`."""
    return {"nodes": nodes, "edges": [dict(zip(("from", "to"), edge.split(">"), strict=True)) for edge in edges]}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"nodes": [], "edges": []}, "Pipeline vide"),
    "too many nodes": (chain(SOURCE, *FILTERS), "Trop de nodes (max 20)"),
    "double ids": (linked([SOURCE, node("n1", "emails")]), "IDs de nodes en doublon"),
    "unknown type": (chain(SOURCE, node("n2", "seo_audit")), "Type de node inconnu : seo_audit"),
    "edge to nowhere": (linked([SOURCE], "n1>n9"), "Edge référence un node inexistant"),
    "edge from nowhere": (linked([SOURCE, EMAILS], "n9>n2"), "Edge référence un node inexistant"),
    "self loop": (linked([SOURCE, EMAILS], "n1>n2", "n2>n2"), "Edge vers soi-même interdit"),
    "root as successor": (
        chain(SOURCE, node("n2", "import", **IMPORT)),
        "Le node 'n2' ne peut pas avoir de prédécesseur",
    ),
    "incompatible": (chain(SOURCE, node("n2", "verify")), "Connexion scrap → verify incompatible"),
    "verified feeds no enrichment": (
        chain(SOURCE, EMAILS, VERIFY, node("n4", "dead_check")),
        "Connexion verify → dead_check incompatible",
    ),
    "incompatible through a filter": (
        chain(SOURCE, node("n2", "filter"), VERIFY),
        "Connexion filter → verify incompatible",
    ),
    "fan-in": (
        linked([SOURCE, EMAILS, node("n3", "filter"), node("n4", "sort", sort_by="nom")],
               "n1>n2", "n1>n3", "n2>n4", "n3>n4"),
        "Le node n4 a plusieurs prédécesseurs",
    ),
    "missing option": (linked([node("n1", "scrap", zones=["Paris"])]), "Node 'n1' : champ requis manquant « queries »"),
    "missing source of a list": (linked([node("n1", "import")]), "Node 'n1' : champ requis manquant « content »"),
    "wrong type": (
        chain(SOURCE, node("n2", "sort", sort_by="nom", top_n="dix")),
        "Node 'n2', champ « top_n » : nombre entier attendu",
    ),
    "bad enum value": (
        linked([node("n1", "scrap", **SCRAP, scrape_mode="turbo")]),
        "Node 'n1', champ « scrape_mode » : valeur non admise (attendu : 'fast', 'advanced', 'ultra')",
    ),
    "deep without normal": (
        chain(SOURCE, node("n2", "emails", mode="deep")),
        "Node 'n2', champ « mode » : le mode deep demande un node du même type en mode normal en amont",
    ),
    "no root": (linked([EMAILS]), "Le node 'n2' doit avoir un prédécesseur"),
    "cycle": (
        linked([SOURCE, node("a", "filter"), node("b", "filter")], "a>b", "b>a"),
        "Le graphe contient un cycle",
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", REFUSED)
def test_a_broken_rule_is_told_by_validate_and_refuses_the_creation(broken: str, api: httpx.Client) -> None:
    """C-262, C-263, C-264, C-265, C-266, C-267, C-268, C-269, C-270, C-271, C-272, C-273, C-275, C-277, C-280."""
    body, message = REFUSED[broken]

    told = api.post("/api/pipelines/validate", json=body)
    refused = api.post("/api/pipelines", json={"name": "x", "definition": body})

    assert (told.status_code, told.json()) == (200, {"ok": False, "error": message})
    assert (refused.status_code, refused.json()["detail"]) == (400, message)
    assert refused.json()["hint"] and refused.json()["code"]
    assert api.get("/api/pipelines").json() == []


ACCEPTED: dict[str, dict[str, Any]] = {
    "twenty nodes in a row": chain(SOURCE, *FILTERS[:19]),
    "fan-out": linked([SOURCE, EMAILS, node("n3", "dead_check"), node("n4", "filter")], "n1>n2", "n1>n3", "n1>n4"),
    "verify behind a filter": chain(SOURCE, EMAILS, node("f", "filter"), node("s", "sort", sort_by="nom"), VERIFY),
    "two roots": linked([SOURCE, node("n2", "import", **IMPORT)]),
    "deep below normal": chain(SOURCE, EMAILS, node("f", "filter"), node("n3", "emails", mode="deep", details=True)),
    "the slug of verify": chain(SOURCE, EMAILS, node("n3", "verify_emails")),
    "params for config": linked([{"id": "n1", "type": "scrap", "params": SCRAP}]),
}


@pytest.mark.parametrize("graph", ACCEPTED)
def test_a_good_graph_is_accepted_and_summed_up(graph: str, api: httpx.Client) -> None:
    """C-252, C-263, C-274, C-276, C-279."""
    body = ACCEPTED[graph]

    told = api.post("/api/pipelines/validate", json=body).json()

    assert set(told) == {"ok", "definition", "summary"}
    assert told["ok"] is True
    assert (told["summary"]["n_nodes"], told["summary"]["n_edges"]) == (len(body["nodes"]), len(body["edges"]))
    assert told["summary"]["types"] == list(dict.fromkeys(one["type"] for one in told["definition"]["nodes"]))


def test_validating_needs_a_session_and_creates_nothing(nobody: httpx.Client, api: httpx.Client) -> None:
    """C-240, C-278, C-281."""
    assert nobody.post("/api/pipelines/validate", json=CHAIN).status_code == 401

    complete = api.post("/api/pipelines/validate", json=CHAIN).json()["definition"]

    assert api.get("/api/pipelines").json() == []
    assert shown(api, created(api, complete)["id"])["definition"] == complete


def test_what_is_given_and_good_stays_as_it_is(api: httpx.Client) -> None:
    """C-260."""
    given: dict[str, Any] = {
        "nodes": [
            {"id": "début", "type": "import", "config": IMPORT, "x": -1.5, "y": 3},
            {"id": "2", "type": "sort", "config": {"sort_by": "note", "order": "asc", "top_n": 2}, "x": 0, "y": 0},
        ],
        "edges": [{"id": "arc", "from": "début", "to": "2"}],
    }

    found = api.post("/api/pipelines/validate", json=given).json()["definition"]

    assert found["edges"] == given["edges"]
    for before, after in zip(given["nodes"], found["nodes"], strict=True):
        assert [after[name] for name in ("id", "type", "x", "y")] == [before[name] for name in ("id", "type", "x", "y")]
        assert before["config"].items() <= after["config"].items()


@pytest.mark.parametrize(
    "body", [[], 3, "x", {"definition": []}, {"definition": {"nodes": {}}}, {"schema_version": 9, "definition": CHAIN}]
)
def test_what_is_no_graph_is_refused_in_words(body: object, api: httpx.Client) -> None:
    told = api.post("/api/pipelines/validate", json=body).json()
    refused = api.post("/api/pipelines", json=body)

    assert told["error"].startswith("Définition de pipeline illisible : ")
    assert (refused.status_code, refused.json()["code"]) == (400, "pipeline_unreadable")


@pytest.mark.parametrize("path", ["", "/validate", "/estimate"])
def test_a_body_that_is_no_json_is_malformed(path: str, api: httpx.Client) -> None:
    """C-014."""
    answer = api.post(f"/api/pipelines{path}", content=b"{nodes", headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")


ODD: dict[str, bytes] = {
    "deep": b'{"nodes": [{"type": "filter", "config": {"rules": %s1%s}}]}' % (b'{"a":' * 58, b"}" * 58),
    "large numbers": b'{"nodes": [{"type": "scrap", "x": 1e999, "y": %s}]}' % (b"9" * 3_000),
    "half a character": b'{"nodes": [{"id": "\\ud800", "type": "\\ud800"}], "name": "\\udfff"}',
    "half a character in a key": b'{"\\ud800": 1, "nodes": [{"\\ud800": 2}]}',
    "nothing in a text": b'{"nodes": [{"type": "import", "config": {"url": "\\u0000"}}], "name": "\\u0000"}',
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_json_is_answered_and_not_stumbled_over(odd: str, house: ApiHouse) -> None:
    """C-018, C-020."""
    with house.client("odd@example.com") as api:
        node_path = f"/{created(api, CHAIN)['id']}/nodes/n2/filter-preview"
        bodies = {
            "": ODD[odd],
            "/validate": ODD[odd],
            "/estimate": b'{"definition": %s}' % ODD[odd],
            node_path: b'{"rules": %s}' % ODD[odd],
        }
        for path, body in bodies.items():
            answer = api.post(f"/api/pipelines{path}", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code < 500, (path, answer.text)
            assert answer.json()
