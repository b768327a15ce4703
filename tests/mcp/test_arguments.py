"""Wrong arguments, as an agent reads of them: which one, what is accepted, a call that passes. The texts are golden."""

import json
from typing import Any

import pytest

from engine.tools.catalog import TOOLS
from tests.api_house import ApiHouse
from tests.mcp.toolbox import connected, text_of

SECRET = "hunter2-planted"
GOLDEN = [
    (
        "list_jobs",
        {"status": SECRET},
        "Argument « status » : valeur non admise (attendu : 'pending', 'running', 'done', 'failed', 'cancelled', "
        "'expired')",
        "Correct status and call list_jobs again. Its arguments: status, job_type, limit, cursor, response_format. "
        'Example: {"status": "running"}.',
    ),
    (
        "get_job",
        {},
        "Argument « job_id » : argument requis",
        "Correct job_id and call get_job again. Its arguments: job_id, wait_s, sample, response_format. "
        'Example: {"job_id": "j_0123456789", "wait_s": 45}.',
    ),
    (
        "get_job",
        {"job_id": "j_1", "wait_s": 600},
        "Argument « wait_s » : doit être au plus 45",
        "Correct wait_s and call get_job again. Its arguments: job_id, wait_s, sample, response_format. "
        'Example: {"job_id": "j_0123456789", "wait_s": 45}.',
    ),
    (
        "create_scrap_job",
        {"queries": SECRET, "zones": ["Tours"]},
        "Argument « queries » : liste attendue",
        "Correct queries and call create_scrap_job again. Its arguments: idempotency_key, wait_s, queries, zones, "
        "include_reviews, extra_columns, scrape_mode, only_new, max_ef. "
        'Example: {"queries": ["dentiste"], "zones": ["Tours"]}.',
    ),
    (
        "create_scrap_job",
        {"queries": ["a"], "zones": ["Tours"], "webhook_url": f"https://{SECRET}.example"},
        "Argument « webhook_url » : argument inconnu",
        "Correct webhook_url and call create_scrap_job again. Its arguments: idempotency_key, wait_s, queries, zones, "
        "include_reviews, extra_columns, scrape_mode, only_new, max_ef. "
        'Example: {"queries": ["dentiste"], "zones": ["Tours"]}.',
    ),
    (
        "create_enrich_job",
        {"module": "sort", "items": []},
        "Argument « items » : au moins 1 valeur(s) attendue(s)",
        "Correct items and call create_enrich_job again. Its arguments: idempotency_key, wait_s, module, "
        "source_job_id, items, where, mode, capture_screenshot, options, max_ef. "
        'Example: {"module": "emails", "source_job_id": "j_0123456789"}.',
    ),
    (
        "create_enrich_job",
        {"module": "scrap", "items": [{"nom": "A"}]},
        "Module inconnu : scrap",
        "Known modules are ads_intelligence, brand_assets, dead_check, delivery_check, emails, filter, legal_data, "
        "legal_ids, legal_mentions, pagespeed, phones_extra, pricing, reviews, socials, sort, techstack, "
        "verify_emails, viewport_test.",
    ),
    (
        "create_enrich_job",
        {"module": "sort", "items": [{"nom": "A"}], "options": {"sort_buy": SECRET}},
        "Option inconnue pour le module sort : sort_buy",
        "Options of sort: sort_by, order, desc, top_n.",
    ),
    (
        "create_veille",
        {"name": "x", "source_job_id": "j_0123456789", "frequency_days": 7},
        "Argument « name » : au moins 2 caractère(s) attendu(s)",
        "Correct name and call create_veille again. Its arguments: idempotency_key, name, source_job_id, "
        "source_pipeline_id, frequency_days, new_only. Example: "
        '{"name": "Dentistes à Tours", "source_job_id": "j_0123456789", "frequency_days": 7}.',
    ),
    (
        "get_signals",
        {"veille_id": "j_1"},
        "Argument « veille_id » : nombre entier attendu",
        "Correct veille_id and call get_signals again. Its arguments: veille_id, run_id, kind, limit, cursor, "
        'response_format. Example: {"veille_id": 1}.',
    ),
    (
        "estimate_job",
        {},
        "Donne soit une recherche (queries, zones), soit un module avec ses lignes, soit un pipeline_id",
        'Give one of: {"queries": ["dentiste"], "zones": ["Tours"]}; module with source_job_id; pipeline_id.',
    ),
    (
        "list_modules",
        {"category": "sources"},
        "Argument « category » : valeur non admise (attendu : 'extraction', 'enrichment', 'intelligence', "
        "'verification', 'pipeline', 'meta')",
        "Correct category and call list_modules again. Its arguments: category, status, response_format. "
        'Example: {"status": "active", "response_format": "detailed"}.',
    ),
    (
        "get_usage",
        {"period": 30},
        "Argument « period » : valeur non admise (attendu : 'day', 'month')",
        'Correct period and call get_usage again. Its arguments: period. Example: {"period": "month"}.',
    ),
]


@pytest.mark.parametrize(("tool", "arguments", "message", "hint"), GOLDEN, ids=lambda value: str(value)[:20])
async def test_a_wrong_argument_is_named_with_what_is_accepted_and_an_example(
    idle: ApiHouse, mode: str, tool: str, arguments: dict[str, Any], message: str, hint: str
) -> None:
    """MCP security point 19."""
    async with connected(idle.url, idle.token(), mode=mode) as client:
        result = await client.call_tool(tool, arguments)

    told = json.loads(text_of(result))
    assert result.is_error
    assert (told["message"], told["hint"]) == (message, hint)
    assert SECRET not in result.model_dump_json()


async def test_every_tool_refuses_an_unknown_argument_by_name(idle: ApiHouse, mode: str) -> None:
    async with connected(idle.url, idle.token(), mode=mode) as client:
        for tool in TOOLS:
            told = json.loads(text_of(await client.call_tool(tool.name, {**tool.example, "colour": SECRET})))
            assert told["message"] == "Argument « colour » : argument inconnu", tool.name
            assert told["hint"].endswith(f"Example: {json.dumps(tool.example, ensure_ascii=False)}.")
