"""The opt-out list over HTTP, and what it does to jobs that ran before and after it."""

import json
from typing import Any

import httpx
import pytest

from engine.limits import SUPPRESSIONS_CALL_MAX
from tests.api.graphs import chain, node, run
from tests.api.job_steps import created, imported, over
from tests.api_house import ApiHouse

PEOPLE: list[dict[str, Any]] = [
    {"nom": "A", "email": "jean@exemple.fr"},
    {"nom": "B", "email": "luc@autre.fr"},
    {"nom": "C", "email": "z@sous.noire.fr"},
]
LEFT_TWO = "2 contacts laissés de côté : ils sont sur ta liste d'exclusion."


def add(api: httpx.Client, *entries: str, **more: Any) -> dict[str, Any]:
    answer = api.post("/api/suppressions", json={"entries": list(entries), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_entries_are_added_listed_searched_and_removed(api: httpx.Client) -> None:
    told = add(api, "Jean@Exemple.fr", "@noire.fr", "noire.fr", "*@x.fr", reason="a demandé à ne plus être contacté")

    assert told == {
        "added": 2,
        "known": 1,
        "invalid": 1,
        "problems": [
            {
                "index": 3,
                "entry": "*@x.fr",
                "reason": "pas de joker : un domaine vaut aussi pour ses sous-domaines",
            }
        ],
    }
    page = api.get("/api/suppressions").json()
    assert [(one["kind"], one["value"]) for one in page["items"]] == [
        ("domain", "noire.fr"),
        ("email", "jean@exemple.fr"),
    ]
    assert (page["total"], page["next_cursor"]) == (2, None)
    assert page["items"][0]["reason"] == "a demandé à ne plus être contacté"
    assert page["items"][0]["created_at"].endswith("Z")

    found = api.get("/api/suppressions", params={"search": "jean", "kind": "email"}).json()["items"]
    gone = api.delete(f"/api/suppressions/{found[0]['id']}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert api.delete(f"/api/suppressions/{found[0]['id']}").status_code == 404
    assert [one["value"] for one in api.get("/api/suppressions").json()["items"]] == ["noire.fr"]


def test_pages_are_followed_by_their_cursor(api: httpx.Client) -> None:
    add(api, *[f"a{n}@x.fr" for n in range(5)])

    shown, cursor = list[str](), None
    while True:
        page = api.get("/api/suppressions", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        shown += [one["value"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break

    assert shown == [f"a{n}@x.fr" for n in reversed(range(5))]


def test_a_token_to_read_reads_and_one_to_run_changes(house: ApiHouse) -> None:
    """C-016."""
    with (
        house.bearer("token-owner@example.com", scope="run") as runs,
        house.bearer("token-owner@example.com", scope="read") as reads,
    ):
        add(runs, "a@x.fr")
        (entry,) = reads.get("/api/suppressions").json()["items"]
        refused = [
            reads.post("/api/suppressions", json={"entries": ["b@x.fr"]}),
            reads.delete(f"/api/suppressions/{entry['id']}"),
        ]

        assert {(one.status_code, one.json()["code"]) for one in refused} == {(403, "scope_missing")}
        assert runs.delete(f"/api/suppressions/{entry['id']}").status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {}, {"entries": []}, {"entries": "a@x.fr"}, {"entries": [None]}, {"entries": ["a@x.fr"], "reason": "a\u0000b"},
        {"entries": ["a@x.fr"], "reason": "x" * 201}, {"entries": ["a@x.fr"] * (SUPPRESSIONS_CALL_MAX + 1)},
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_by_field(api: httpx.Client, body: dict[str, Any]) -> None:
    """C-018."""
    refused = api.post("/api/suppressions", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_field")
    assert api.get("/api/suppressions").json()["total"] == 0


@pytest.mark.parametrize(
    "params", [{"cursor": "0"}, {"cursor": "9" * 30}, {"limit": "x"}, {"kind": "phone"}, {"search": "x" * 255}]
)
def test_a_bad_parameter_is_refused(api: httpx.Client, params: dict[str, str]) -> None:
    """C-018."""
    assert api.get("/api/suppressions", params=params).status_code == 422


def test_odd_but_possible_parameters_find_nothing(api: httpx.Client) -> None:
    add(api, "a@x.fr")

    for search in ("\0", "%", "_", "\u202e", "'"):
        assert api.get("/api/suppressions", params={"search": search}).json()["items"] == []
    assert len(api.get("/api/suppressions", params={"limit": -5}).json()["items"]) == 1


@pytest.mark.slow(30)
def test_ten_thousand_entries_come_in_one_call(api: httpx.Client) -> None:
    entries = [f"person-{n}@domain-{n % 97}.example" for n in range(SUPPRESSIONS_CALL_MAX)]

    assert add(api, *entries)["added"] == SUPPRESSIONS_CALL_MAX


def test_rows_show_nobody_who_was_suppressed_before_or_after(api: httpx.Client) -> None:
    before = imported(api, PEOPLE)
    add(api, "jean@exemple.fr", "noire.fr")
    after = imported(api, PEOPLE)

    for job, noticed in ((before, False), (after, True)):
        shown = api.get(f"/api/jobs/{job['id']}/items").json()
        assert [row["email"] for row in shown["items"]] == [None, "luc@autre.fr", None]
        assert (LEFT_TWO in (job["notice"] or "")) == noticed
        file = api.get(f"/api/jobs/{job['id']}/download", params={"format": "json"})
        assert [row["email"] for row in json.loads(file.content)] == [None, "luc@autre.fr", None]
    assert api.get(f"/api/jobs/{before['id']}/results").json()["notice"] == LEFT_TWO


def test_a_table_job_on_rows_of_before_shows_none_either(api: httpx.Client) -> None:
    source = imported(api, PEOPLE)
    add(api, "jean@exemple.fr", "noire.fr")

    job = over(api, created(api, "/sort", {"source_job_id": source["id"], "sort_by": "nom"})["id"])

    assert job["notice"] == LEFT_TWO
    assert [row["email"] for row in api.get(f"/api/jobs/{job['id']}/items").json()["items"]] == [
        None,
        "luc@autre.fr",
        None,
    ]


def test_a_filters_preview_shows_what_the_filter_would_keep(api: httpx.Client) -> None:
    table = {"content": json.dumps(PEOPLE), "filename": "people.json"}
    pipeline = run(api, chain(node("n1", "import", **table), node("n2", "filter", rules={"require_email": True})))
    add(api, "jean@exemple.fr", "noire.fr")
    place = f"/api/pipelines/{pipeline['id']}/nodes/n2"

    shown = api.post(f"{place}/filter-preview", json={"rules": {"require_email": True}}).json()
    columns = api.get(f"{place}/input-columns").text

    assert (shown["matched"], shown["total"], shown["notice"]) == (1, 3, LEFT_TWO)
    assert shown["samples"] == [{"nom": "B", "email": "luc@autre.fr"}]
    assert "exemple.fr" not in columns and "noire.fr" not in columns


def test_another_account_keeps_seeing_its_rows(api: httpx.Client, other_api: httpx.Client) -> None:
    add(api, "jean@exemple.fr", "noire.fr")
    job = imported(other_api, PEOPLE)

    shown = other_api.get(f"/api/jobs/{job['id']}/items").json()

    assert shown == {"count": 3, "items": PEOPLE}
    assert other_api.get("/api/suppressions").json()["items"] == []
