"""What a caller sends to create a job: one shape a module, made from the module's own options.

Source: docs page api/jobs. A module's options stand beside `items`; an option that is called like a field of the
request is filled from it.
"""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

from pydantic import BaseModel, Field, JsonValue, ValidationError, create_model, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from engine.limits import ITEMS_MAX, MAX_EF_PER_JOB
from engine.module import AnyModule, ModuleConfig, SourceModule
from engine.modules.scrap import ScrapConfig, ScrapDraft
from engine.registry.load import startable
from engine.rows.types import Row
from engine.webhooks.schemas import WebhookUrl

SAMPLE: Row = {
    "nom": "Cabinet Dupont",
    "site_web": "https://dupont-dentiste.fr",
    "email": "contact@dupont-dentiste.fr",
    "telephone": "+33 1 23 45 67 89",
    "ville": "Paris",
    "note": 4.6,
}

S = TypeVar("S", bound="JobRequest")


class JobRequest(BaseModel):
    """What the requests of all modules share. `max_ef` in France-equivalents."""

    options_of: ClassVar[tuple[str, ...]] = ()  # the fields that are options of the module

    max_ef: float | None = Field(
        None,
        ge=0,
        le=MAX_EF_PER_JOB,
        allow_inf_nan=False,
        description="Refuse the job, before anything starts, when it costs more than this",
    )
    webhook_url: WebhookUrl = None

    def options(self) -> dict[str, Any]:
        """The module's options, as far as they were given."""
        return self.model_dump(include=set(self.options_of), exclude_unset=True)

    def arguments(self) -> dict[str, Any]:
        """What `create` takes beside the options."""
        return {"max_ef": self.max_ef, "webhook_url": self.webhook_url}


class ItemsRequest(JobRequest):
    """`items`, or `source_job_id` whose rows are then the input."""

    items: list[Row] | None = Field(
        None,
        fail_fast=True,
        min_length=1,
        max_length=ITEMS_MAX,
        description="The rows to work on, column names forgiven; the output keeps all of their columns",
    )
    source_job_id: str | None = Field(
        None, description="The job that this one goes on from; its rows are the input where there are no items"
    )

    def arguments(self) -> dict[str, Any]:
        """What `create` takes beside the options."""
        return {**super().arguments(), "items": self.items or (), "source_job_id": self.source_job_id}


class RowsRequest(ItemsRequest):
    """A request of a module that works on rows."""

    where: dict[str, JsonValue] | None = Field(
        None, description="Rules of the filter module: only the rows that they keep are worked on"
    )

    def arguments(self) -> dict[str, Any]:
        """What `create` takes beside the options."""
        return {**super().arguments(), "where": self.where}


class ToolOptions(JobRequest):
    """Options that may also stand in an object of their own, as in a pipeline's node."""

    config: dict[str, JsonValue] | None = Field(None, description="The same options, as in a pipeline's node")

    def options(self) -> dict[str, Any]:
        """The module's options, as far as they were given; those beside `config` win."""
        return {**(self.config or {}), **super().options()}


class RowsToolRequest(RowsRequest, ToolOptions):
    """A request of filter or sort."""


class ImportRequest(ItemsRequest, ToolOptions):
    """A request of import: a text, an address, an upload, or items."""


class ScrapRequest(JobRequest):
    """Queries on the map, over zones."""

    @model_validator(mode="before")
    @classmethod
    def _no_type(cls, given: Any) -> Any:
        """Other modules have endpoints of their own (CONTRACT C-123)."""
        if isinstance(given, Mapping) and "type" in given:
            raise ValidationError.from_exception_data(cls.__name__, [_elsewhere(given["type"])])  # pyright: ignore[reportUnknownArgumentType]
        return given  # pyright: ignore[reportUnknownVariableType]


@cache
def scrap_request() -> type[ScrapRequest]:
    """The body of POST /api/jobs."""
    return _shaped("ScrapJob", ScrapRequest, ScrapConfig, "A scrap: queries over zones.")


@cache
def estimate_request() -> type[JobRequest]:
    """The body of POST /api/estimate: that of a scrap, where queries and zones may be missing."""
    return _shaped("ScrapEstimate", JobRequest, ScrapDraft, "A scrap to be priced; queries and zones may be missing.")


@cache
def module_request(module: AnyModule) -> type[JobRequest]:
    """The body of POST /api/jobs/{slug}."""
    tool = module.category == "pipeline"
    base: type[JobRequest]
    if isinstance(module, SourceModule):
        base = ImportRequest if tool else JobRequest
    else:
        base = RowsToolRequest if tool else RowsRequest
    name = "".join(part.capitalize() for part in module.slug.split("_")) + "Job"
    # An option that may stand in `config` can be missing here: the engine looks at both.
    return _shaped(name, base, module.config, f"A job of the module {module.slug}.", optional=tool)


def _shaped(name: str, base: type[S], config: type[ModuleConfig], says: str, *, optional: bool = False) -> type[S]:
    """The request of a module: `base` with the module's options, and an example that works."""
    options = {name: field for name, field in config.model_fields.items() if name not in base.model_fields}
    fields: dict[str, Any] = {name: _field(field, optional=optional) for name, field in options.items()}
    shape = create_model(name, __base__=base, __doc__=says, **fields)
    shape.options_of = tuple(options)
    examples = {name: field.examples[0] for name, field in options.items() if field.examples}
    items: dict[str, Any] = {"items": [SAMPLE]} if issubclass(base, RowsRequest) else {}
    shape.model_config["json_schema_extra"] = {"examples": [{**items, **examples}]}
    return shape


def _field(field: FieldInfo, *, optional: bool) -> tuple[Any, FieldInfo]:
    found, annotation = copy(field), cast("Any", field.annotation)
    if optional and field.is_required():
        found.default = None
        annotation = annotation | None
    return annotation, found


def _elsewhere(asked: object) -> InitErrorDetails:
    """What is wrong with a `type` in the request of a scrap: the shortcut that it should have been."""
    slug = str(asked).replace("-", "_")
    path = "/api/jobs/" + (slug.replace("_", "-") if slug in startable() else "{type}")
    problem = PydanticCustomError("typed_elsewhere", "non pris en charge ici : utilise POST {path}", {"path": path})
    return InitErrorDetails(type=problem, loc=("type",), input=asked)
