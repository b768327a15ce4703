"""`POST /api/jobs/parse-list`: pasted text becomes items, its columns told."""

import json
from typing import Any

import httpx
import pytest


def parsed(client: httpx.Client, text: str) -> dict[str, Any]:
    response = client.post("/api/jobs/parse-list", json={"text": text})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("dupont.fr\nhttps://martin.fr/contact\n", [{"site_web": "dupont.fr"}, {"site_web": "https://martin.fr/contact"}]),
        ("a@b.fr, c@d.fr", [{"email": "a@b.fr"}, {"email": "c@d.fr"}]),
        ("01 23 45 67 89\n+33 6 12 34 56 78", [{"telephone": "01 23 45 67 89"}, {"telephone": "+33 6 12 34 56 78"}]),
        ("dupont.fr\na@b.fr\n06 01", [{"colonne_1": "dupont.fr"}, {"colonne_1": "a@b.fr"}, {"colonne_1": "06 01"}]),
        ("a.fr\na@b.fr\n0123456789", [{"site_web": "a.fr"}, {"email": "a@b.fr"}, {"telephone": "0123456789"}]),
        ("Société\tSite\nDupont\tdupont.fr", [{"nom": "Dupont", "site_web": "dupont.fr"}]),
        ('[{"name": "A", "tags": ["x"]}]', [{"nom": "A", "tags": ["x"]}]),
    ],
)  # fmt: skip
def test_pasted_text_becomes_items(api: httpx.Client, text: str, items: list[dict[str, Any]]) -> None:
    """C-163, C-346."""
    found = parsed(api, text)

    assert found["items"] == items
    assert found["row_count"] == len(items)
    assert {column["column"] for column in found["columns"]} == {name for item in items for name in item}


def test_the_items_of_a_pasted_list_start_a_job(api: httpx.Client) -> None:
    """C-163."""
    found = parsed(api, "Entreprise;Site;Note\nDupont;dupont.example;4,5")

    assert found["mapping"] == {"Entreprise": "nom", "Site": "site_web", "Note": "note"}
    assert api.post("/api/jobs/filter", json={"items": found["items"], "require_website": True}).status_code == 200


def test_a_pasted_list_of_hundreds_in_one_line_is_a_column(api: httpx.Client) -> None:
    assert len(parsed(api, ", ".join(f"a{n}@b.fr" for n in range(500)))["items"]) == 500


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("  ", "Import vide"),
        ("<html>", "Import illisible"),
        ("a.fr\n" * 10_001, "Liste trop longue : 10 001 lignes, 10 000 au plus"),
        (json.dumps("\ud800")[1:-1], None),
    ],
)
def test_a_list_that_can_not_be_items_is_refused(api: httpx.Client, text: str, detail: str | None) -> None:
    response = api.post("/api/jobs/parse-list", json={"text": text})

    assert response.status_code == (400 if detail else 200)
    assert (detail or "") in response.text


@pytest.mark.parametrize("body", [{}, {"text": None}, {"text": 3}, []])
def test_a_body_without_text_is_unprocessable(api: httpx.Client, body: object) -> None:
    assert api.post("/api/jobs/parse-list", json=body).status_code == 422
