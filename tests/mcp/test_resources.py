"""What is read by address, over real Streamable HTTP, by clients of both revisions."""

import asyncio
import base64
import json
import logging
from random import Random
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import BlobResourceContents, TextResourceContents

from engine.context import Caller
from engine.tools.get_job import Result as JobResult
from engine.tools.get_job_results import Result as RowsResult
from llms.bundle import pages
from outsend_mcp.resources import FILE_BYTES_MAX, KINDS, Resources
from tests.api_house import ApiHouse
from tests.engine.tools.hostile import HOSTILE
from tests.engine.tools.toolshed import expire, job_with
from tests.mcp.test_tools import ENVELOPE
from tests.mcp.test_tools import told as created
from tests.mcp.toolbox import SECRET, connected

UNKNOWN = "j_0123456789"
PUBLIC = [resource.uri for resource in Resources.listed()]


async def text(client: Client, uri: str) -> str:
    [content] = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def told(client: Client, uri: str) -> dict[str, Any]:
    """What is read as JSON, within the budget of results."""
    read = await text(client, uri)
    assert len(read) <= 20_000
    return json.loads(read)


async def refusal(client: Client, uri: str) -> tuple[int, str, Any]:
    with pytest.raises(MCPError) as refused:
        await client.read_resource(uri)
    error = refused.value.error
    return error.code, error.message, {name: text for name, text in error.data.items() if name != "uri"}


def rows(count: int, **more: str) -> list[Any]:
    return [{"nom": f"Chez {at}", "email": f"a{at}@b.fr", **more} for at in range(count)]


def owner(house: ApiHouse, mode: str) -> tuple[str, Caller]:
    email = f"reads-{mode}@example.com"
    return house.token(email), house.caller(email)


async def test_the_schema_and_every_page_are_listed(idle: ApiHouse, mode: str) -> None:
    async with connected(idle.url, idle.token(), mode=mode) as client:
        listed = (await client.list_resources()).resources

    assert [one.uri for one in listed] == PUBLIC
    assert {f"outsend://docs/{page.name}" for page in pages()} <= set(PUBLIC)
    assert all(one.title and one.description and one.mime_type for one in listed)


async def test_the_forms_of_the_other_addresses_are_listed(idle: ApiHouse, mode: str) -> None:
    async with connected(idle.url, idle.token(), mode=mode) as client:
        listed = (await client.list_resource_templates()).resource_templates

    assert [one.uri_template for one in listed] == [
        "outsend://jobs/{id}",
        "outsend://jobs/{id}/rows{?offset,limit}",
        "outsend://jobs/{id}/export.{fmt}",
        "outsend://pipelines/{id}",
        "outsend://docs/{+slug}",
    ]


async def test_a_job_reads_as_the_tool_tells_it(idle: ApiHouse, mode: str) -> None:
    token, me = owner(idle, mode)
    job = job_with(me, rows(3))

    async with connected(idle.url, token, mode=mode) as client:
        read = await client.read_resource(f"outsend://jobs/{job.id}")
        called = await client.call_tool("get_job", {"job_id": job.id})

    [content] = read.contents
    assert isinstance(content, TextResourceContents) and content.mime_type == "application/json"
    assert (content.meta or {})["untrusted_content"] is True
    seen = json.loads(content.text)
    assert seen.keys() == (called.structured_content or {}).keys()
    assert JobResult.model_validate(seen).job.results_count == 3


async def test_rows_are_read_from_any_place(idle: ApiHouse, mode: str) -> None:
    token, me = owner(idle, mode)
    base = f"outsend://jobs/{job_with(me, rows(30)).id}/rows"
    asked = {
        "": range(20),
        "?limit=2": range(2),
        "?offset=13": range(13, 30),
        "?offset=3&limit=5": range(3, 8),
        "?limit=5&offset=28": range(28, 30),
        "?offset=99": range(0),
    }

    async with connected(idle.url, token, mode=mode) as client:
        read = {query: RowsResult.model_validate(await told(client, base + query)) for query in asked}

    assert {query: [row["nom"] for row in page.rows] for query, page in read.items()} == {
        query: [f"Chez {at}" for at in places] for query, places in asked.items()
    }
    assert {page.total for page in read.values()} == {30}


async def test_long_rows_are_cut_to_the_budget_and_say_so(idle: ApiHouse, mode: str) -> None:
    token, me = owner(idle, mode)
    job = job_with(me, rows(100, avis="long " * 500))

    async with connected(idle.url, token, mode=mode) as client:
        page = await told(client, f"outsend://jobs/{job.id}/rows?limit=100")

    assert 0 < len(page["rows"]) < 100 and page["next_cursor"]
    assert "next_cursor gives the others" in page["summary"]


async def test_a_page_that_cannot_be_is_refused_in_one_line(idle: ApiHouse, mode: str) -> None:
    token, me = owner(idle, mode)
    base = f"outsend://jobs/{job_with(me, rows(1)).id}/rows"
    wrong = ("?limit=0", "?limit=101", "?offset=-1", "?limit=many", "?offset=1e3", f"?offset={'9' * 30}")

    async with connected(idle.url, token, mode=mode) as client:
        refused = [await refusal(client, base + query) for query in wrong]

    hint = {"code": "bad_page", "hint": "Read outsend://jobs/{id}/rows?offset=0&limit=20."}
    assert refused == [(-32602, "Page invalide : offset à partir de 0, limit de 1 à 100", hint)] * len(wrong)


@pytest.mark.parametrize("fmt", ["csv", "json", "xlsx"])
async def test_a_small_file_is_handed_over_as_it_is_downloaded(idle: ApiHouse, mode: str, fmt: str) -> None:
    """MCP security point 18: the same file as by REST, with formulas made harmless."""
    token, me = owner(idle, mode)
    job = job_with(me, rows(3, avis="=1+1"))

    async with connected(idle.url, token, mode=mode) as client:
        [content] = (await client.read_resource(f"outsend://jobs/{job.id}/export.{fmt}")).contents

    assert isinstance(content, BlobResourceContents)
    with idle.client(f"reads-{mode}@example.com") as http:
        downloaded = http.get(f"/api/jobs/{job.id}/download", params={"format": fmt})
    assert base64.b64decode(content.blob) == downloaded.content
    assert content.mime_type == downloaded.headers["content-type"]
    assert (content.meta or {})["untrusted_content"] is True


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
async def test_a_large_file_is_a_link_that_opens_without_signing_in(idle: ApiHouse, mode: str, fmt: str) -> None:
    token, me = owner(idle, mode)
    noise = Random(7)
    job = job_with(me, [{"nom": noise.randbytes(400).hex()} for _ in range(800)])

    async with connected(idle.url, token, mode=mode) as client:
        [content] = (await client.read_resource(f"outsend://jobs/{job.id}/export.{fmt}")).contents

    assert isinstance(content, TextResourceContents) and content.mime_type == "text/uri-list"
    [link] = content.text.splitlines()
    assert link.startswith(f"{idle.url}/api/jobs/{job.id}/download?")
    file = await asyncio.to_thread(httpx.get, link)
    assert file.status_code == 200 and len(file.content) > FILE_BYTES_MAX


async def test_a_format_that_there_is_not_is_told_with_those_there_are(idle: ApiHouse, mode: str) -> None:
    token, me = owner(idle, mode)
    job = job_with(me, rows(1))

    async with connected(idle.url, token, mode=mode) as client:
        code, message, data = await refusal(client, f"outsend://jobs/{job.id}/export.pdf")

    assert code == -32602 and message.startswith("Format non pris en charge : pdf")
    assert data == {"code": "unsupported_format", "hint": "Ask for one of csv, json, xlsx."}


async def test_rows_that_are_gone_are_told_as_the_tool_tells_them(idle: ApiHouse, mode: str) -> None:
    token, me = owner(idle, mode)
    job = job_with(me, rows(1))
    expire(me, job)

    async with connected(idle.url, token, mode=mode) as client:
        refused = {code_of(await refusal(client, f"outsend://jobs/{job.id}/{what}")) for what in ("rows", "export.csv")}
        seen = await told(client, f"outsend://jobs/{job.id}")

    assert refused == {(-32602, "output_gone")}
    assert seen["job"]["status"] == "expired"


def code_of(refused: tuple[int, str, Any]) -> tuple[int, str]:
    return refused[0], refused[2]["code"]


async def test_a_pipeline_reads_as_the_tool_tells_it(idle: ApiHouse, mode: str) -> None:
    token, _ = owner(idle, mode)

    async with connected(idle.url, token, mode=mode) as client:
        made = (await created(client, "create_pipeline", **ENVELOPE))["pipeline"]["id"]
        seen = await told(client, f"outsend://pipelines/{made}")

    assert seen["pipeline"]["id"] == made and len(seen["nodes"]) == 2


async def test_the_schema_reads_as_rest_tells_it(idle: ApiHouse, mode: str) -> None:
    """C-427."""
    async with connected(idle.url, idle.token(), mode=mode) as client:
        seen = json.loads(await text(client, "outsend://schema/pipeline"))

    rest = await asyncio.to_thread(httpx.get, f"{idle.url}/api/pipelines/schema")
    assert seen == rest.json()


async def test_every_page_reads_as_it_is_written(idle: ApiHouse) -> None:
    async with connected(idle.url, idle.token()) as client:
        read = {page.name: await text(client, f"outsend://docs/{page.name}") for page in pages()}
        other = await text(client, "outsend://docs/modules/verify-emails")

    assert read == {page.name: page.text for page in pages()}
    assert other == read["modules/verify_emails"]


NOT_THERE = (
    "outsend://", "outsend://jobs", "outsend://jobs/", f"outsend://jobs/{'x' * 99}", f"outsend://jobs/{UNKNOWN}",
    f"outsend://jobs/{UNKNOWN}/rows", f"outsend://jobs/{UNKNOWN}/export.csv", f"outsend://jobs/{UNKNOWN}/logs",
    "outsend://jobs/%00%ff", "outsend://jobs/%25", "outsend://jobs/..%2F..%2Fetc%2Fpasswd", "outsend://pipelines/x",
    "outsend://docs/../../etc/passwd", "outsend://docs/%2e%2e/secret", "outsend://schema/job",
)  # fmt: skip


async def test_what_is_not_there_is_refused_in_the_same_words(idle: ApiHouse, mode: str) -> None:
    async with connected(idle.url, idle.token(), mode=mode) as client:
        refused = [await refusal(client, uri) for uri in NOT_THERE]
        foreign = [await refusal(client, uri) for uri in ("file:///etc/passwd", "http://169.254.169.254/latest", "")]

    assert refused == [(-32602, "No such resource.", {})] * len(NOT_THERE)
    assert [code for code, *_ in foreign] == [-32602] * 3


async def test_an_account_that_may_only_read_reads_everything(idle: ApiHouse, mode: str) -> None:
    """C-429; MCP security point 14."""
    email = f"only-{mode}@example.com"
    job = job_with(idle.caller(email), rows(2))

    async with connected(idle.url, idle.token(email, scope="read"), mode=mode, query="?tools=read") as client:
        page = await told(client, f"outsend://jobs/{job.id}/rows")
        [file] = (await client.read_resource(f"outsend://jobs/{job.id}/export.csv")).contents

    assert len(page["rows"]) == 2 and isinstance(file, BlobResourceContents)


async def test_the_lockdown_holds_for_what_is_read(idle: ApiHouse, mode: str) -> None:
    """MCP security point 17."""
    token, me = owner(idle, mode)
    hostile: list[Any] = [{"nom": text, "avis": text, "telephone": "+33123456789"} for text in HOSTILE]
    base = f"outsend://jobs/{job_with(me, hostile, warnings=2).id}"

    async with connected(idle.url, token, mode=mode) as client:
        free = await text(client, f"{base}/rows?limit=100")
    async with connected(idle.url, token, mode=mode, query="?lockdown=1") as client:
        locked = [await text(client, uri) for uri in (base, f"{base}/rows?limit=100")]
        file = await text(client, f"{base}/export.csv")

    assert "OBEY" in free and not any("OBEY" in one for one in locked)
    assert "+33123456789" in locked[1]
    assert file.startswith(idle.url) and len(file.splitlines()) == 1


async def test_hostile_rows_stay_inside_of_the_rows(idle: ApiHouse, mode: str) -> None:
    """MCP security point 17."""
    token, me = owner(idle, mode)
    base = f"outsend://jobs/{job_with(me, [{'nom': text} for text in HOSTILE[:50]]).id}"

    async with connected(idle.url, token, mode=mode) as client:
        read = [await told(client, uri) for uri in (base, f"{base}/rows?limit=50")]

    for seen in read:
        kept = {name: value for name, value in seen.items() if name not in ("rows", "sample_rows")}
        assert "OBEY" not in json.dumps(kept)


async def test_a_reading_is_in_the_audit_log(idle: ApiHouse, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """MCP security point 22."""
    caplog.set_level(logging.INFO)
    token, me = owner(idle, mode)
    job = job_with(me, [{"nom": SECRET}])

    async with connected(idle.url, token, mode=mode) as client:
        await client.read_resource(f"outsend://jobs/{job.id}/rows")
        await refusal(client, f"outsend://jobs/{UNKNOWN}")

    read, refused = (vars(record)["fields"] for record in caplog.records if record.name == "outsend.audit")
    assert (read["tool"], read["work"], read["outcome"]) == ("resources/read", job.id, "done")
    assert (refused["work"], refused["outcome"]) == (UNKNOWN, "error")
    assert read["account"] == me.principal.account_id and read["characters"] > 100
    assert not any(secret in caplog.text + str(read) for secret in (SECRET, token))


def test_a_form_of_addresses_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
