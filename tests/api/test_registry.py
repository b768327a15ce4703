"""The registry of modules over HTTP: what it lists is what there is."""

from datetime import date
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from engine.module import Category, EntryCategory, Shape
from engine.modules.sort import Sort
from engine.registry.announced import ANNOUNCED, on_demand_slug
from engine.registry.load import modules, node_types
from engine.registry.snapshot import registry_of
from tests.api_house import ApiHouse

ROOT = Path(__file__).parents[2]
# What the documentation lists (api/registry).
MULTI_PROXY = {
    "dead_check", "emails", "legal_ids", "legal_mentions", "phones_extra", "pricing", "reviews", "scrap", "socials",
    "techstack",
}  # fmt: skip
PARALLEL = {
    "ads_intelligence", "brand_assets", "delivery_check", "filter", "import", "legal_data", "pagespeed", "sort",
    "verify_emails", "viewport_test",
}  # fmt: skip
ON_DEMAND = ["email_campaign", "phone_carrier", "sms_campaign", "whatsapp_campaign"]
COMING_SOON = [
    "ai_personalization", "ai_team_members", "bing_places", "campaign", "chrome_extension", "crm", "directories",
    "email_warmup", "funding", "hiring", "integrations", "job_changes", "linkedin", "mobile_phones", "multichannel",
    "natural_filter", "pagesjaunes", "press_monitoring", "public_api", "review_patterns", "seo_data", "tech_adoption",
    "tracking", "whatsapp", "yelp_tripadvisor",
]  # fmt: skip
CATEGORIES = {
    "extraction": {"scrap"},
    "enrichment": {"emails", "socials", "legal_ids"},
    "intelligence": {"pricing", "techstack", "ads_intelligence"},
    "verification": {"verify_emails", "delivery_check"},
    "pipeline": {"import", "filter", "sort"},
    "meta": {"pipeline", "veille"},
}
FLAGS = ("is_on_demand", "coming_soon", "alpha_unavailable")
FACTS = {
    "slug", "category", "label", "needs", "produces", "needs_columns", "produces_columns", "pipelinable", *FLAGS,
    "deprecated_at", "api_endpoint",
}  # fmt: skip


@pytest.fixture(scope="module")
def registry(house: ApiHouse) -> dict[str, Any]:
    with house.client(None) as nobody:
        return nobody.get("/api/modules-registry").json()


@pytest.fixture(scope="module")
def by_slug(registry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["slug"]: entry for entry in registry["modules"]}


def test_anybody_gets_all_the_buckets(nobody: httpx.Client) -> None:
    """C-208, C-209, C-214, C-215, C-216, C-217, C-219."""
    response = nobody.get("/api/modules-registry")
    found = response.json()

    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert {name: found[name] for name in ("on_demand", "meta", "coming_soon", "alpha_unavailable")} == {
        "on_demand": ON_DEMAND,
        "meta": ["pipeline", "veille"],
        "coming_soon": COMING_SOON,
        "alpha_unavailable": ["finance"],
    }
    assert isinstance(found["feature_pages"], dict)
    assert isinstance(found["modules"], list)
    assert isinstance(found["entries"], dict)


def test_active_are_the_documented_modules(registry: dict[str, Any]) -> None:
    """C-210, C-211, C-212, C-213."""
    assert registry["active"] == sorted(MULTI_PROXY | PARALLEL)
    assert registry["multi_proxy"] == sorted(MULTI_PROXY)
    assert registry["parallel"] == sorted(PARALLEL)


def test_pipelines_have_the_documented_node_types(api: httpx.Client) -> None:
    """C-246."""
    active = MULTI_PROXY | PARALLEL - {"delivery_check", "viewport_test"}

    nodes = api.get("/api/pipelines/schema").json()["nodes"]

    assert set(nodes) == active - {"verify_emails"} | {"verify", "phone_info"}


def test_each_active_module_has_its_feature_page_or_none(registry: dict[str, Any]) -> None:
    """C-218."""
    pages = registry["feature_pages"]

    assert list(pages) == registry["active"]
    assert pages["scrap"] == "scraper-google-maps-gratuit-export-csv"
    assert pages["emails"] == "email-finder-pro-rgpd-france"
    assert pages["sort"] is None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("scraper-google-maps-gratuit-export-csv", "scrap"),
        ("email-finder-pro-rgpd-france", "emails"),
        ("verify-emails", "verify_emails"),
        ("verify_emails", "verify_emails"),
        ("nothing", None),
        ("..%2Fmodules", None),
    ],
)
def test_a_feature_page_leads_to_the_page_of_its_module(nobody: httpx.Client, name: str, slug: str | None) -> None:
    """C-218."""
    response = nobody.get(f"/features/{name}")

    assert (response.status_code, response.headers.get("location")) == (
        (308, f"/docs/modules/{slug}") if slug else (404, None)
    )


def test_both_forms_tell_the_same_of_every_module_and_announcement(registry: dict[str, Any]) -> None:
    """C-219, C-220, C-222; a step of pipelines alone is in no bucket."""
    buckets = ("active", "on_demand", "meta", "coming_soon", "alpha_unavailable")
    steps = {slug for slug, module in modules().items() if not module.listed}
    slugs = sorted(steps.union(*(registry[bucket] for bucket in buckets)))

    assert [entry["slug"] for entry in registry["modules"]] == list(registry["entries"]) == slugs
    for one in registry["modules"]:
        other = registry["entries"][one["slug"]]
        assert set(one) == set(other) == FACTS
        differ = {"category", "needs", "produces"}
        assert {key: one[key] for key in FACTS - differ} == {key: other[key] for key in FACTS - differ}
        assert one["category"] in (*get_args(Category), "meta")
        assert other["category"] in get_args(EntryCategory)
        assert {one["needs"], one["produces"]} <= {*get_args(Shape), None}
        assert (other["needs"], other["produces"]) == (one["needs_columns"], one["produces_columns"])
        assert all(one["label"][language] for language in ("fr", "en"))


def test_scrap_is_told_as_documented(by_slug: dict[str, dict[str, Any]]) -> None:
    """C-221."""
    told = {
        "slug": "scrap",
        "category": "extraction",
        "label": {"fr": "Scrap Google Maps", "en": "Scrape Google Maps"},
        "needs": None,
        "produces": "poi_list",
        "pipelinable": True,
        "is_on_demand": False,
        "coming_soon": False,
        "api_endpoint": "/api/jobs/scrap",
    }

    assert by_slug["scrap"].items() >= told.items()


@pytest.mark.parametrize(
    ("slug", "needs", "produces"),
    [
        ("import", "csv_rows", "poi_list"),
        ("emails", "poi_list", "enriched_list"),
        ("verify_emails", "enriched_list", "enriched_list"),
        ("filter", "poi_list", "poi_list"),
        ("veille", None, None),
    ],
)
def test_shapes_tell_what_goes_in_and_out(
    by_slug: dict[str, dict[str, Any]], slug: str, needs: str | None, produces: str | None
) -> None:
    """C-220."""
    assert (by_slug[slug]["needs"], by_slug[slug]["produces"]) == (needs, produces)


def test_entries_name_columns(registry: dict[str, Any]) -> None:
    """C-222."""
    emails = registry["entries"]["emails"]

    assert (emails["category"], emails["needs"], emails["produces"][0]) == ("enrich", ["site_web"], "email")


def test_categories_are_those_of_the_documentation(by_slug: dict[str, dict[str, Any]]) -> None:
    """C-223."""
    found = {slug: by_slug[slug]["category"] for slugs in CATEGORIES.values() for slug in slugs & by_slug.keys()}

    assert found == {slug: name for name, slugs in CATEGORIES.items() for slug in slugs & by_slug.keys()}
    assert {by_slug[slug]["api_endpoint"] for slug in CATEGORIES["meta"]} == {None}


def test_the_flags_agree_with_the_buckets_and_exclude_each_other(registry: dict[str, Any]) -> None:
    """C-224, C-225, C-228."""
    for entry in registry["modules"]:
        slug = entry["slug"]
        assert [entry[flag] for flag in FLAGS] == [
            slug in registry[bucket] for bucket in ("on_demand", "coming_soon", "alpha_unavailable")
        ]
        assert sum(entry[flag] for flag in FLAGS) <= 1
        callable_ = slug in registry["active"] or entry["alpha_unavailable"]
        assert (entry["api_endpoint"] is not None) == callable_
    assert not {one.slug for one in ANNOUNCED} & modules().keys(), "built, so it is announced no more"
    assert len({one.slug for one in ANNOUNCED}) == len(ANNOUNCED)


def test_every_published_endpoint_exists(registry: dict[str, Any], nobody: httpx.Client, api: httpx.Client) -> None:
    """C-227: signed in, an empty request is wrong in itself; at a path that is none, it would be 404 or 405."""
    for slug in registry["active"]:
        path = registry["entries"][slug]["api_endpoint"]
        assert nobody.post(path, json={}).status_code == 401
        assert api.post(path, json={}).status_code in (400, 422), path


@pytest.mark.parametrize("path", ["/api/jobs/finance", "/api/jobs/finance?x=1"])
def test_a_frozen_module_says_so_once_signed_in(nobody: httpx.Client, api: httpx.Client, path: str) -> None:
    """C-226, C-225."""
    refused = api.post(path, json={"items": [{"siren": "732829320"}]})

    assert nobody.post(path, json={}).status_code == 401
    assert (refused.status_code, refused.json()["detail"]) == (503, "Module indisponible pendant l'alpha")
    assert refused.json()["code"] == "module_frozen"


def test_a_frozen_module_takes_no_votes(api: httpx.Client) -> None:
    """C-230."""
    assert api.post("/api/features/finance/interest").status_code == 404


@pytest.mark.parametrize("slug", [*ON_DEMAND, "email-campaign"])
def test_what_is_on_demand_has_no_endpoint_and_says_how_to_ask(api: httpx.Client, slug: str) -> None:
    """C-135, C-225."""
    refused = api.post(f"/api/jobs/{slug}", json={})

    assert (refused.status_code, refused.json()["code"]) == (404, "module_on_demand")
    assert "POST /api/feedback/threads" in refused.json()["hint"]


def test_what_is_to_come_has_no_endpoint(api: httpx.Client) -> None:
    """C-225."""
    assert api.post("/api/jobs/linkedin", json={}).json()["code"] == "unknown_module"


def test_a_deprecated_module_is_flagged_and_still_there() -> None:
    """C-228."""

    class OldSort(Sort):
        deprecated_at = date(2026, 5, 27)

    told = registry_of([OldSort()]).model_dump(mode="json")

    assert told["active"] == ["sort"]
    assert told["entries"]["sort"]["deprecated_at"] == "2026-05-27"
    assert told["entries"]["sort"]["api_endpoint"] == "/api/jobs/sort"


@pytest.mark.parametrize("slug", sorted(modules()))
def test_a_module_is_two_files_that_plug_it_in_everywhere(slug: str, registry: dict[str, Any]) -> None:
    """C-229: its own, and its page; X-50."""
    file = ROOT / "engine/modules" / f"{slug}{'_' if slug == 'import' else ''}.py"

    assert file.is_file()
    assert (ROOT / "llms/pages/modules" / f"{slug}.md").is_file()
    assert (slug in registry["active"]) == modules()[slug].listed
    assert registry["entries"][slug]["pipelinable"] == (modules()[slug].type in node_types())


def test_a_client_that_has_this_version_gets_no_body(nobody: httpx.Client) -> None:
    first = nobody.get("/api/modules-registry")
    tag = first.headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = nobody.get("/api/modules-registry", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = nobody.get("/api/modules-registry", headers={"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)
    assert first.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize(
    ("topic", "slug"),
    [
        ("on_demand_email", "email_campaign"),
        ("on_demand_sms", "sms_campaign"),
        ("on_demand_whatsapp", "whatsapp_campaign"),
        ("on_demand_phone_carrier", "phone_carrier"),
        *((f"on_demand_{slug}", slug) for slug in ON_DEMAND),
        ("on_demand_", None),
        ("on_demand_linkedin", None),
        ("general", None),
        ("email_campaign", None),
    ],
)
def test_a_topic_stands_for_an_on_demand_module(topic: str, slug: str | None) -> None:
    """C-094, C-097."""
    assert on_demand_slug(topic) == slug
