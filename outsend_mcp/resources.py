"""What a client reads by address: the caller's jobs with their rows and files, pipelines, the schema, these docs.

Text of strangers stands in JSON, in the fields that the tools have it in; somebody else's job is as unknown as one that
nobody has.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp.shared.uri_template import UriTemplate
from mcp_types import INVALID_PARAMS
from mcp_types import Resource as ListedResource
from mcp_types import ResourceTemplate as ListedTemplate
from pydantic import BaseModel, Field, ValidationError

from engine.accounts.errors import ScopeMissing
from engine.context import Caller
from engine.errors import OutsendError
from engine.export.formats import FORMATS, format_named
from engine.jobs import results
from engine.jobs.errors import JobMissing
from engine.jobs.paging import SEQ_MAX, cursor_of
from engine.pipelines.errors import PipelineMissing
from engine.pipelines.schema import pipeline_schema
from engine.tools import get_job, get_job_results, get_pipeline
from engine.tools.hints import next_step
from engine.tools.tool import Answer, Arguments, PageSize, Silence
from llms.bundle import Page, page_of, pages
from outsend_mcp.tools import UNTRUSTED, CallerOf, RequestContext, ViewOf, shown
from outsend_mcp.view import View

SCHEME = "outsend://"
SCHEMA = f"{SCHEME}schema/pipeline"
DOCS = f"{SCHEME}docs/"
JSON, MARKDOWN, LINK = "application/json", "text/markdown", "text/uri-list"
FILE_BYTES_MAX = 256 * 1024  # of a file that is handed over; of a larger one, a link

Contents: TypeAlias = list[ReadResourceContents]

P = TypeVar("P", bound=Arguments)


class BadPage(OutsendError):
    code = "bad_page"
    message = "Page invalide : offset à partir de 0, limit de 1 à 100"
    hint = "Read outsend://jobs/{{id}}/rows?offset=0&limit=20."


class Rows(BaseModel):
    """Which rows an address names."""

    offset: int = Field(0, ge=0, le=SEQ_MAX)
    limit: PageSize = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, and what the address of its connection chose."""

    caller: Caller
    view: View


@dataclass(frozen=True, slots=True)
class Kind:
    """Addresses of one form, and what is read there. `read` gets the variables of the address."""

    form: UriTemplate
    name: str
    title: str
    description: str
    mime_type: str | None
    read: Callable[[Reading, dict[str, str]], Awaitable[Contents]]

    @property
    def uri(self) -> str:
        """The form as it is listed."""
        return self.form.template

    def match(self, uri: str) -> dict[str, str] | None:
        """The variables of an address of this form; None: it has another."""
        found = self.form.match(uri)
        return None if found is None else {name: str(value) for name, value in found.items()}


class Resources:
    """All that can be read under `outsend://`."""

    def __init__(self, caller_of: CallerOf, view_of: ViewOf) -> None:
        self._caller_of, self._view_of = caller_of, view_of

    @staticmethod
    def knows(uri: str) -> bool:
        """Whether an address is one of ours."""
        return uri.startswith(SCHEME)

    @staticmethod
    def listed() -> list[ListedResource]:
        """What is there for everybody: the schema, and each page of the documentation."""
        schema = ListedResource(
            uri=SCHEMA,
            name="pipeline-schema",
            title="Pipeline schema",
            description="Node types of pipelines with their options, inputs and outputs.",
            mime_type=JSON,
        )
        return [schema, *map(_listed, pages())]

    @staticmethod
    def templates() -> list[ListedTemplate]:
        """The forms of the other addresses."""
        return [
            ListedTemplate(
                uri_template=kind.uri,
                name=kind.name,
                title=kind.title,
                description=kind.description,
                mime_type=kind.mime_type,
            )
            for kind in KINDS
        ]

    async def read(self, request: RequestContext, uri: str) -> Contents:
        """What stands at an address.

        Raises:
            ResourceNotFoundError: there is nothing, or nothing of this caller's: nobody learns which.
            MCPError: there is something that can't be read now, with `{code, hint, uri}`.
        """
        reading = Reading(self._caller_of(request), self._view_of(request))
        try:
            if "read" not in reading.caller.principal.scopes:
                raise ScopeMissing(scope="read")
            found = await _read(reading, uri)
        except (JobMissing, PipelineMissing):
            found = None
        except OutsendError as error:
            hint = next_step(error, unlisted=reading.view.unlisted)
            told = {"uri": uri, "code": error.code, "hint": hint}
            raise MCPError(INVALID_PARAMS, error.text, {name: text for name, text in told.items() if text}) from None
        if found is None:
            raise _nothing()
        return found


async def _read(reading: Reading, uri: str) -> Contents | None:
    if uri == SCHEMA:
        return [ReadResourceContents(pipeline_schema().model_dump_json(), JSON)]
    for kind in KINDS:
        variables = kind.match(uri)
        if variables is not None:
            return await kind.read(reading, variables)
    return None


async def _job(reading: Reading, variables: dict[str, str]) -> Contents:
    params = _asked(get_job.Params, job_id=variables["id"])
    return _told(await get_job.run(reading.caller, params, Silence()), reading.view)


async def _rows(reading: Reading, variables: dict[str, str]) -> Contents:
    try:
        page = Rows.model_validate(variables)
    except ValidationError:
        raise BadPage() from None
    cursor = cursor_of(page.offset) if page.offset else None
    params = _asked(get_job_results.Params, job_id=variables["id"], limit=page.limit, cursor=cursor)
    return _told(await get_job_results.run(reading.caller, params, Silence()), reading.view)


async def _pipeline(reading: Reading, variables: dict[str, str]) -> Contents:
    params = _asked(get_pipeline.Params, pipeline_id=variables["id"])
    return _told(await get_pipeline.run(reading.caller, params, Silence()), reading.view)


async def _export(reading: Reading, variables: dict[str, str]) -> Contents:
    """The whole file, all columns; as a link where it is large, or where free text must not come in."""
    job_id, wanted = variables["id"], format_named(variables["fmt"])
    file = None if reading.view.lockdown else await asyncio.to_thread(_file, reading.caller, job_id, wanted.name)
    if file is not None:
        return [ReadResourceContents(file, wanted.media_type, UNTRUSTED)]
    link = await reading.caller.call(results.download_link, job_id, wanted.name)
    return [ReadResourceContents(f"{link.url}\r\n", LINK)]


def _file(caller: Caller, job_id: str, name: str) -> bytes | None:
    """The job's file; None once it turns out to be too large."""
    output = caller.run(results.open_download, job_id)
    file = bytearray()
    for piece in FORMATS[name].write(output.columns, results.output_rows(caller.services, output)):
        file += piece
        if len(file) > FILE_BYTES_MAX:
            return None
    return bytes(file)


async def _docs(reading: Reading, variables: dict[str, str]) -> Contents:
    page = page_of(variables["slug"])
    if page is None:
        raise _nothing()
    return [ReadResourceContents(page.text, MARKDOWN)]


def _asked(params: type[P], **given: object) -> P:
    """The arguments of a tool. No id is that long or that short, so there is nothing of that id."""
    try:
        return params.model_validate(given)
    except ValidationError:
        raise _nothing() from None


def _nothing() -> ResourceNotFoundError:
    return ResourceNotFoundError("No such resource.")


def _told(answer: Answer, view: View) -> Contents:
    """The answer of a tool, as JSON."""
    told = shown(answer, view)
    text = json.dumps(told.structured_content, ensure_ascii=False, separators=(",", ":"))
    return [ReadResourceContents(text, JSON, told.meta)]


def _listed(page: Page) -> ListedResource:
    return ListedResource(
        uri=DOCS + page.name,
        name=f"docs/{page.name}",
        title=page.title,
        description=page.summary,
        mime_type=MARKDOWN,
    )


KINDS = (
    Kind(
        UriTemplate.parse(f"{SCHEME}jobs/{{id}}"),
        "job",
        "A job",
        "Status, counters, columns, sample rows and file links of a job, as get_job tells them.",
        JSON,
        _job,
    ),
    Kind(
        UriTemplate.parse(f"{SCHEME}jobs/{{id}}/rows{{?offset,limit}}"),
        "job-rows",
        "Rows of a job",
        "Rows from offset (0) on, at most limit (20, up to 100) of them, as get_job_results tells them.",
        JSON,
        _rows,
    ),
    Kind(
        UriTemplate.parse(f"{SCHEME}jobs/{{id}}/export.{{fmt}}"),
        "job-export",
        "The file of a job",
        "All rows as csv, json or xlsx; of a file beyond 256 KB a link that opens for 10 minutes.",
        None,
        _export,
    ),
    Kind(
        UriTemplate.parse(f"{SCHEME}pipelines/{{id}}"),
        "pipeline",
        "A pipeline",
        "State, job and rows of each step of a pipeline, as get_pipeline tells them.",
        JSON,
        _pipeline,
    ),
    Kind(
        UriTemplate.parse(f"{DOCS}{{+slug}}"),
        "docs",
        "A page of the documentation",
        "What outsend does and how it is used, by slug: concepts/jobs-lifecycle, modules/emails, api/jobs.",
        MARKDOWN,
        _docs,
    ),
)
