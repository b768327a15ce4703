"""POST /api/jobs/{module}: a job of any module, on items of the request or on the rows of an earlier job."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from engine.jobs import operations as jobs
from engine.modules.emails import DeepNeedsNormal
from engine.rows.types import Row
from outsend_api.app import document
from tests.api.job_steps import ROWS, created, ended, imported, over, rows_of
from tests.api_house import ApiHouse, api_house

ITEM = {"nom": "Cabinet Dupont", "site_web": "https://dupont-dentiste.fr", "ville": "Paris"}
SITES = ("emails", "dead-check")
DOCUMENT = document()
SHORTCUTS = ("dead-check", "emails", "verify-emails", "import", "filter", "sort")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API without a worker: what is created stays pending."""
    with api_house(tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture(scope="module")
def busy_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    """The API with a worker, for modules that touch nothing outside."""
    with api_house(tmp_path_factory.mktemp("api"), works=True) as running:
        yield running


def refused(api: httpx.Client, path: str, body: Any) -> tuple[int, str]:
    """Status and message of a refused creation."""
    answer = api.post(f"/api/jobs/{path}", content=json.dumps(body), headers={"Content-Type": "application/json"})
    detail = answer.json()["detail"]
    return answer.status_code, detail if isinstance(detail, str) else detail["message"]


def source(house: ApiHouse, api: httpx.Client, rows: list[Row] | None = None, *, status: str = "done") -> str:
    """A job that has ended with these rows."""
    job = created(api, "/import", {"items": ROWS})
    ended(house.services, job["id"], ROWS if rows is None else rows, status=status)
    return job["id"]


def schema_of(slug: str) -> dict[str, Any]:
    """The documented body of a shortcut."""
    operation = DOCUMENT["paths"][f"/api/jobs/{slug}"]["post"]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    return {"name": name, **DOCUMENT["components"]["schemas"][name]}


@pytest.mark.parametrize("slug", SHORTCUTS)
def test_the_documented_example_is_taken_in_both_spellings(api: httpx.Client, slug: str) -> None:
    """C-125, C-126, C-127, C-227."""
    (example,) = schema_of(slug)["examples"]

    for spelling in (slug, slug.replace("-", "_")):
        job = created(api, f"/{spelling}", example)
        assert (job["status"], job["job_type"]) == ("pending", slug.replace("-", "_"))


def test_the_document_names_each_body_and_one_spelling_of_each_path() -> None:
    paths = [path for path in DOCUMENT["paths"] if path.startswith("/api/jobs/")]

    assert [schema_of(slug)["name"] for slug in SHORTCUTS] == [
        "DeadCheckJob", "EmailsJob", "VerifyEmailsJob", "ImportJob", "FilterJob", "SortJob",
    ]  # fmt: skip
    assert not [path for path in paths if "_" in path.replace("{job_id}", "")]


@pytest.mark.parametrize("slug", ["nonsense", "email_campaigns", "linkedin", "viewport_testing"])
def test_an_unknown_module_is_a_404_that_names_the_known_ones(api: httpx.Client, slug: str) -> None:
    """C-135, C-017."""
    answer = api.post(f"/api/jobs/{slug}", json={"items": [ITEM]})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_module")
    assert "emails" in answer.json()["hint"]
    assert api.get(f"/api/jobs/{slug}").status_code == 404
    assert api.delete(f"/api/jobs/{slug}").status_code == 404


@pytest.mark.parametrize("slug", ["emails", "filter", "import", "verify-emails"])
@pytest.mark.parametrize("items", [[], [ITEM] * 10_001, ["a"], "a", [{"a\ud800b": {"x": "\ud800"}, "site_web": 1}, 3]])
def test_items_are_1_to_10000_objects(api: httpx.Client, slug: str, items: Any) -> None:
    """C-128, C-430, C-018, C-013."""
    content = json.dumps({"items": items})
    answer = api.post(f"/api/jobs/{slug}", content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].split(".")[0] == "items"


def test_ten_thousand_items_are_taken(api: httpx.Client) -> None:
    """C-128, C-430."""
    assert created(api, "/filter", {"items": [ITEM] * 10_000})["grid_points_count"] == 10_000


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"items": [deep(40)]}, "item_too_deep"),
        ({"items": [{f"c{i}": i for i in range(201)}]}, "too_many_columns"),
        ({}, "no_items"),
        ({"items": [ITEM], "phone_prefix": deep(40)}, "bad_config"),
    ],
)
def test_what_can_not_be_stored_or_worked_is_a_422(api: httpx.Client, body: Any, code: str) -> None:
    """C-018, C-128."""
    answer = api.post("/api/jobs/filter", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_half_characters_are_replaced_and_the_job_is_taken(api: httpx.Client) -> None:
    """C-020, C-004."""
    body = '{"items": [{"nom \\ud800": "A \\udfff", "site_web": "https://a.example", "n": NaN}]}'
    answer = api.post("/api/jobs/emails", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200
    assert "site_web" in answer.json()["columns"]


@pytest.mark.parametrize("slug", SITES)
def test_items_without_any_website_are_refused_with_the_accepted_names(api: httpx.Client, slug: str) -> None:
    """C-134, C-431."""
    status, message = refused(api, slug, {"items": [{"nom": "Cabinet Dupont"}]})

    assert status == 400
    assert message.startswith("Aucun établissement avec site web")
    assert "website" in message.lower()


def test_items_without_any_address_are_a_422_with_the_accepted_names(api: httpx.Client) -> None:
    """C-134."""
    status, message = refused(api, "verify-emails", {"items": [{"nom": "Cabinet Dupont"}]})

    assert status == 422
    assert message.startswith("Aucune adresse email")
    assert "mail" in message


def test_items_without_website_are_dropped_before_billing(api: httpx.Client) -> None:
    """C-436, C-431, C-110."""
    one = created(api, "/emails", {"items": [ITEM]})
    mixed = created(api, "/emails", {"items": [ITEM, {"nom": "Sans site"}, {"nom": "Vide", "site_web": " "}]})

    assert (mixed["grid_points_count"], mixed["ef_cost"]) == (1, one["ef_cost"])
    assert "2" in mixed["notice"]
    assert "site_web" in mixed["notice"]


def test_the_mode_of_emails_is_normal_unless_asked_and_shown(api: httpx.Client) -> None:
    """C-131."""
    plain = created(api, "/emails", {"items": [ITEM]})

    assert plain["email_mode"] == "normal"
    assert created(api, "/dead-check", {"items": [ITEM]})["email_mode"] is None
    assert refused(api, "emails", {"items": [ITEM], "mode": "fast"}) == (
        400,
        "Mode email invalide : fast (attendu: normal | deep)",
    )  # C-438


def test_deep_extraction_without_a_normal_one_is_refused(house: ApiHouse, api: httpx.Client) -> None:
    """C-439."""
    never = "Le mode Deep Extract n'est dispo qu'après une extraction normale"
    rows = source(house, api)

    for body in ({"items": [ITEM]}, {"items": [ITEM], "source_job_id": rows}, {"source_job_id": rows}):
        status, message = refused(api, "emails", {**body, "mode": "deep"})
        assert (status, message[: len(never)]) == (400, never)


def test_deep_extraction_is_allowed_after_a_normal_one_named_itself_or_by_its_source(
    house: ApiHouse, api: httpx.Client
) -> None:
    """C-440, C-131."""
    rows = source(house, api)
    normal = created(api, "/emails", {"source_job_id": rows})
    ended(house.services, normal["id"], [{**ITEM, "email": None}, {**ITEM, "email": "a@b.fr"}, {"nom": "Sans site"}])

    for named, count in ((rows, 2), (normal["id"], 2)):
        deep = created(api, "/emails", {"mode": "deep", "source_job_id": named})
        assert (deep["email_mode"], deep["status"], deep["grid_points_count"]) == ("deep", "pending", count)
        assert deep["ef_cost"] == pytest.approx(3 * normal["ef_cost"])
    assert created(api, "/emails", {"mode": "deep", "items": [ITEM], "source_job_id": rows})["grid_points_count"] == 1


def test_somebody_elses_normal_extraction_allows_no_deep_one(
    house: ApiHouse, api: httpx.Client, other_api: httpx.Client
) -> None:
    """C-439, C-117."""
    normal = created(api, "/emails", {"items": [ITEM]})["id"]
    ended(house.services, normal, [ITEM])

    assert refused(other_api, "emails", {"mode": "deep", "source_job_id": normal, "items": [ITEM]})[0] == 403
    with pytest.raises(DeepNeedsNormal):
        house.caller("third@example.com").run(
            jobs.create, "emails", {"mode": "deep", "source_job_id": normal}, items=[ITEM]
        )


def test_the_columns_of_details_are_announced_when_they_are_asked_for(api: httpx.Client) -> None:
    detailed = created(api, "/emails", {"items": [ITEM], "details": True})

    assert detailed["columns"][-5:] == [
        "email", "email_personal", "emails_all", "email_source", "email_confidence",
    ]  # fmt: skip
    assert created(api, "/emails", {"items": [ITEM]})["columns"][-2:] == ["email", "email_personal"]


def test_a_source_is_shown_and_must_be_ones_own(house: ApiHouse, api: httpx.Client, other_api: httpx.Client) -> None:
    """C-129, C-130, C-117."""
    mine = source(house, api)

    assert created(api, "/emails", {"items": [ITEM], "source_job_id": mine})["source_job_id"] == mine
    for body in ({"items": [ITEM], "source_job_id": mine}, {"source_job_id": mine}):
        assert refused(other_api, "emails", body)[0] == 403
        assert refused(other_api, "filter", body)[0] == 403
    assert refused(api, "emails", {"items": [ITEM], "source_job_id": "j_unknown"})[0] == 404
    assert refused(api, "emails", {"items": [ITEM], "source_job_id": "j\0"})[0] == 404


def test_without_items_the_usable_rows_of_the_source_are_the_input(house: ApiHouse, api: httpx.Client) -> None:
    """C-129, C-436, C-435: rows without the needed column are left out before billing."""
    mine = source(house, api)
    job = created(api, "/emails", {"source_job_id": mine})

    assert (job["source_job_id"], job["grid_points_count"]) == (mine, 2)
    assert job["columns"] == ["nom", "site_web", "note", "email", "email_personal"]
    assert job["notice"] == "1 ligne ignorée : sans site_web."


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_partial_rows_of_an_interrupted_job_are_an_input(house: ApiHouse, api: httpx.Client, status: str) -> None:
    """C-145: what was written is kept and can be worked on."""
    mine = source(house, api, ROWS[:1], status=status)

    assert created(api, "/dead-check", {"source_job_id": mine})["grid_points_count"] == 1


def test_a_source_without_rows_to_give_is_refused_by_its_state(house: ApiHouse, api: httpx.Client) -> None:
    """C-143, C-134."""
    waiting = created(api, "/import", {"items": ROWS})["id"]
    broken = source(house, api, [], status="failed")
    empty = source(house, api, [{"nom": "B"}])

    assert refused(api, "emails", {"source_job_id": waiting})[0] == 400
    assert refused(api, "emails", {"source_job_id": broken})[0] == 410
    status, message = refused(api, "emails", {"source_job_id": empty})
    assert (status, message.split(" (")[0]) == (400, "Aucun établissement avec site web")


def test_where_chooses_among_the_rows_of_the_source(house: ApiHouse, api: httpx.Client) -> None:
    """C-436: only what is chosen and usable is billed."""
    mine = source(house, api)
    job = created(api, "/emails", {"source_job_id": mine, "where": {"rating_min": 4}})

    assert job["grid_points_count"] == 1
    assert job["notice"] == "1 ligne ignorée : sans site_web."
    conditions = {"conditions": [{"column": "nom", "op": "=", "value": "a"}]}
    assert created(api, "/dead-check", {"source_job_id": mine, "where": conditions})["grid_points_count"] == 1


def test_where_chooses_among_items_too(api: httpx.Client) -> None:
    job = created(api, "/emails", {"items": ROWS, "where": {"rating_min": 3.5}})

    assert job["grid_points_count"] == 1


@pytest.mark.parametrize(
    ("where", "status", "code"),
    [
        ({"rating_min": 9}, 422, "nothing_selected"),
        ({"couleur": "bleu"}, 400, "rule_invalid"),
        ({"conditions": [{"column": "note", "op": "~", "value": 1}]}, 400, "rule_invalid"),
        ("note > 3", 422, "bad_field"),
    ],
)
def test_a_where_that_is_wrong_or_keeps_nothing_is_told(
    house: ApiHouse, api: httpx.Client, where: Any, status: int, code: str
) -> None:
    """C-014, C-018."""
    answer = api.post("/api/jobs/emails", json={"source_job_id": source(house, api), "where": where})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_max_ef_bounds_a_job_on_items_and_on_rows(house: ApiHouse, api: httpx.Client) -> None:
    """C-433: the caller's own bound is refused in the same way as the quota."""
    mine = source(house, api)
    for body in ({"items": [ITEM]}, {"source_job_id": mine}, {"source_job_id": mine, "where": {"require_site": True}}):
        answer = api.post("/api/jobs/emails", json={**body, "max_ef": 0.00001})
        assert (answer.status_code, answer.json()["code"]) == (400, "max_ef_exceeded")


def test_a_job_above_the_quota_is_refused(house: ApiHouse, api: httpx.Client) -> None:
    """C-433, C-188."""
    rows: list[Row] = [{"site_web": f"https://s{i}.example"} for i in range(11_200)]
    status, message = refused(api, "emails", {"source_job_id": source(house, api, rows)})

    assert (status, message.split(" : ")[0]) == (400, "Quota dépassé")


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"content": " "}, 400, "Import vide"),
        ({"content": "<html><body>x</body></html>"}, 400, "Import illisible : "),
        ({"content": "a\nb", "url": "https://x.example/a.csv"}, 422, "Champ « url » : une seule source"),
        ({}, 422, "Champ « content » : champ requis manquant"),
        ({"content": "a;b\n1;2", "delimiter": "|"}, 422, "Champ « delimiter » : valeur non admise"),
        ({"config": {"content": "a;b\n1;2", "delimiter": "|"}}, 422, "Champ « delimiter » : valeur non admise"),
    ],
)
def test_an_import_says_what_is_wrong_with_it(api: httpx.Client, body: Any, status: int, says: str) -> None:
    """C-014, C-018."""
    found, message = refused(api, "import", body)

    assert (found, message[: len(says)]) == (status, says)


@pytest.mark.parametrize("slug", ["sort", "filter"])
def test_an_option_of_a_tool_that_is_wrong_is_named_wherever_it_stands(api: httpx.Client, slug: str) -> None:
    """C-013, C-018."""
    wrong = {"sort": {"sort_by": "note", "top_n": 0}, "filter": {"rating_min": -1}}[slug]

    for body in ({"items": ROWS, **wrong}, {"items": ROWS, "config": wrong}):
        answer = api.post(f"/api/jobs/{slug}", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == list(wrong)[-1]
        assert answer.json()["detail"]["errors"] == answer.json()["errors"]


def test_a_sort_without_its_column_is_told_so(api: httpx.Client) -> None:
    """C-018."""
    assert refused(api, "sort", {"items": ROWS}) == (422, "Champ « sort_by » : champ requis manquant")


def test_an_import_filter_and_sort_run_on_their_own(busy_house: ApiHouse) -> None:
    """C-343, C-342, C-126, C-141: with items, with the options beside them or in `config`, or on an earlier job."""
    with busy_house.client("tools@example.com") as api:
        first = imported(api)
        kept = over(
            api, created(api, "/filter", {"source_job_id": first["id"], "config": {"require_site": True}})["id"]
        )
        best = over(api, created(api, "/sort", {"source_job_id": kept["id"], "sort_by": "note"})["id"])
        alone = over(api, created(api, "/sort", {"items": ROWS, "config": {"sort_by": "nom"}, "top_n": 2})["id"])

        assert [row["nom"] for row in rows_of(api, first["id"])] == ["A", "B", "C"]
        assert [row["nom"] for row in rows_of(api, best["id"])] == ["C", "A"]
        assert [row["nom"] for row in rows_of(api, alone["id"])] == ["C", "B"]
        assert kept["output_filename"].startswith("results_")


def test_where_keeps_what_a_filter_job_keeps(busy_house: ApiHouse) -> None:
    """C-342: one meaning of the rules."""
    rules = {"conditions": [{"column": "note", "op": ">=", "value": 4}], "dedup_column": "note"}
    rows = [{"nom": f"N{i}", "note": i % 7} for i in range(60)]
    with busy_house.client("where@example.com") as api:
        first = imported(api, rows)["id"]
        filtered = over(api, created(api, "/filter", {"source_job_id": first, "rules": rules})["id"])
        chosen = over(api, created(api, "/sort", {"source_job_id": first, "where": rules, "sort_by": "nom"})["id"])

        expected = rows_of(api, filtered["id"])
        assert sorted(rows_of(api, chosen["id"]), key=lambda row: row["nom"]) == sorted(
            expected, key=lambda row: row["nom"]
        )
        assert len(expected) == 3
