"""What a tool is: one verb that an agent may call, whoever speaks to the agent (MCP, the assistant).

Each tool is one file named after it that ends in `tool = Tool(...)`. Source of names, arguments and results: the
design of the MCP server, section 6.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from engine.context import Caller, Scope
from engine.tools.schema import JsonSchema, bare_id, result_schema_of, schema_of

WAIT_SECONDS_MAX = 45  # clients give a call up after 60 s
KEY_LENGTH_MAX = 64

ResponseFormat = Literal["concise", "detailed"]


class Arguments(BaseModel):
    """What every tool's arguments have in common: unknown ones are refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Next(BaseModel):
    """The call that most often follows. `args` pass as they are; `why` is one clause of ours."""

    tool: str
    args: dict[str, Any]
    why: str


class Answer(BaseModel):
    """What every tool's result has in common. `summary`: one to three sentences, our words and numbers only."""

    model_config = ConfigDict(frozen=True)

    summary: str
    next: Next | None = None


class Progress(Protocol):
    """Hears how far a wait has come."""

    async def report(self, done: float, total: float | None, message: str) -> None:
        """`done` grows from call to call; `message` is our words and numbers only."""
        ...


class Silence:
    """A progress that nobody listens to."""

    async def report(self, done: float, total: float | None, message: str) -> None:
        """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a client may tell its user before a call."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool


READS = Hints(read_only=True, destructive=False, idempotent=True, open_world=False)
WRITES = Hints(read_only=False, destructive=False, idempotent=False, open_world=False)
STOPS = Hints(read_only=False, destructive=True, idempotent=True, open_world=False)
STARTS = Hints(read_only=False, destructive=False, idempotent=False, open_world=True)

P = TypeVar("P", bound=Arguments)
R = TypeVar("R", bound=Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[P, R]):
    """One verb. `run` holds no transaction: it calls operations, and may wait between them.

    `spends`: a call may cost EF, so that an assistant asks its user before.
    """

    name: str
    title: str
    description: str  # facts, no orders; at most 600 characters
    params: type[P]
    result: type[R]
    hints: Hints
    run: Callable[[Caller, P, Progress], Awaitable[R]]
    spends: bool = False
    example: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)  # arguments that pass

    @property
    def scope(self) -> Scope:
        """The scope that a token needs to call it."""
        return "read" if self.hints.read_only else "run"

    @property
    def input_schema(self) -> JsonSchema:
        """The arguments as JSON Schema."""
        return schema_of(self.params)

    @property
    def output_schema(self) -> JsonSchema:
        """What `shape.structured` makes of a result, as JSON Schema."""
        return result_schema_of(self.result)


AnyTool: TypeAlias = Tool[Any, Any]

JobId = Annotated[str, Field(min_length=1, max_length=64, json_schema_extra=bare_id)]
Slug = Annotated[str, Field(max_length=64, json_schema_extra=bare_id)]
PipelineId = Annotated[str, Field(min_length=1, max_length=64, json_schema_extra=bare_id)]
WaitSeconds = Annotated[int, Field(ge=0, le=WAIT_SECONDS_MAX, description="Wait so long for the end, at most.")]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=KEY_LENGTH_MAX,
        json_schema_extra=bare_id,
        description="Starts the same work once in 24 h.",
    ),
]
PageSize = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str, Field(max_length=400, json_schema_extra=bare_id)]  # next_cursor of the page before
Format = Annotated[ResponseFormat, Field(description="detailed: more fields, longer texts.")]
