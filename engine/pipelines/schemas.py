"""The portable graph, and what callers see of a pipeline. Source of the shapes: docs page api/pipelines."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from engine.rows.profile import ColumnProfile

NoInputReason = Literal["no_predecessor", "no_data_yet", "no_csv_found", "csv_read_error"]


def _text_of(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


# Pipelines tell time as `2026-05-27 10:14:02`, UTC (CONTRACT C-024).
Stamp = Annotated[datetime, PlainSerializer(_text_of, when_used="json")]


def _is_none(value: object) -> bool:
    return value is None


def sometimes() -> Any:
    """A field that is left out of the answer where it has nothing to say."""
    return Field(None, exclude_if=_is_none)


class Node(BaseModel):
    """One step: a module with its options. `x` and `y` place it in an editor."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: str
    config: dict[str, Any]
    x: int | float
    y: int | float


class Edge(BaseModel):
    """The rows of node `from` feed node `to`."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    id: str
    source: str = Field(validation_alias="from", serialization_alias="from")
    target: str = Field(validation_alias="to", serialization_alias="to")


class Definition(BaseModel):
    """The graph. Whether it is a good one is for `engine.pipelines.validate` to say."""

    model_config = ConfigDict(frozen=True)

    nodes: list[Node]
    edges: list[Edge]

    @cached_property
    def by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _predecessors(self) -> dict[str, str]:
        return {edge.target: edge.source for edge in reversed(self.edges)}

    @cached_property
    def _successors(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge.target)
        return found

    @property
    def roots(self) -> list[Node]:
        return [node for node in self.nodes if node.id not in self._predecessors]

    def predecessor(self, node_id: str) -> Node | None:
        """The node that feeds this one; None for a root."""
        return self.by_id.get(self._predecessors.get(node_id, ""))

    def successors(self, node_id: str) -> list[Node]:
        """The nodes that this one feeds, in the order of the edges."""
        return [self.by_id[target] for target in self._successors.get(node_id, []) if target in self.by_id]

    def ancestors(self, node_id: str) -> Iterator[Node]:
        """The nodes above this one, the nearest first. In a cycle, each once."""
        seen = {node_id}
        node = self.predecessor(node_id)
        while node is not None and node.id not in seen:
            yield node
            seen.add(node.id)
            node = self.predecessor(node.id)


class Summary(BaseModel):
    """A graph in numbers; `types` are distinct, in the order of the nodes."""

    n_nodes: int
    n_edges: int
    types: list[str]

    @classmethod
    def of(cls, definition: Definition) -> "Summary":
        types = list(dict.fromkeys(node.type for node in definition.nodes))
        return cls(n_nodes=len(definition.nodes), n_edges=len(definition.edges), types=types)


class Validation(BaseModel):
    """`ok` with the complete definition and its summary, or not `ok` with the error."""

    ok: bool
    definition: Definition | None = sometimes()
    summary: Summary | None = sometimes()
    error: str | None = sometimes()


class Created(BaseModel):
    """A started pipeline and the ids of its root jobs."""

    id: str
    status: str
    initial_jobs: list[str]


class PipelineBrief(BaseModel):
    """A pipeline in a list.

    `results_count` adds up all stages, `headline_count` is that of the output job; `progress_pct` 0 to 100.
    """

    id: str
    name: str
    status: str
    created_at: Stamp
    completed_at: Stamp | None
    nodes_count: int
    done_count: int
    results_count: int
    headline_count: int
    progress_pct: int


class PipelinesPage(BaseModel):
    """Pipelines, most recent first; `next_cursor` leads to older ones, null where there are none."""

    pipelines: list[PipelineBrief]
    next_cursor: str | None


class PipelineJob(BaseModel):
    """A job of a pipeline. A resumed node has one job an attempt; the last one counts."""

    id: str
    job_type: str
    status: str
    pipeline_node_id: str | None
    attempt: int
    results_count: int
    error_message: str | None
    created_at: Stamp
    completed_at: Stamp | None


class OutputJob(BaseModel):
    """The final dataset: the most downstream stage that ended with rows."""

    id: str
    job_type: str
    results_count: int
    status: str
    download_available: bool


class PipelinePublic(BaseModel):
    """One pipeline with its graph and its jobs, oldest first.

    `error_message` says why a node could not be started; what went wrong in a job stands in the job.
    """

    id: str
    user_id: int
    name: str
    definition: Definition
    status: str
    created_at: Stamp
    completed_at: Stamp | None
    progress_pct: int
    error_message: str | None
    jobs: list[PipelineJob]
    output_job: OutputJob | None


class InputColumns(BaseModel):
    """The columns that feed a node, or the reason why there are none yet. `row_count` counts all rows."""

    columns: list[ColumnProfile]
    row_count: int | None = sometimes()
    predecessor_job_id: str | None = sometimes()
    reason: NoInputReason | None = sometimes()


class FilterPreview(BaseModel):
    """What rules would keep of the first 5,000 rows; `capped` when there are more.

    `notice` says how many contacts of these rows are left out, being suppressed.
    """

    total: int
    matched: int
    samples: list[dict[str, Any]]  # rows, whose own type is too recursive for pydantic
    predecessor_job_id: str | None = sometimes()
    fieldnames: list[str] | None = sometimes()
    capped: bool | None = sometimes()
    reason: NoInputReason | None = sometimes()
    notice: str | None = sometimes()


class PreviewRequest(BaseModel):
    """Filter rules, as the filter node holds them in its `config.rules`."""

    rules: dict[str, Any] = Field(
        description="Keys of the filter module, or `{logic, conditions: [{column, op, value}]}`, or both.",
        examples=[{"require_site": True, "conditions": [{"column": "note", "op": ">=", "value": 4.5}]}],
    )


Basis = Literal["planned", "counted", "at_most", "unknown"]


class EstimateRequest(BaseModel):
    """One of both: a graph (or its envelope), or the id of a pipeline whose graph is meant."""

    definition: dict[str, Any] | None = Field(None, description="`{nodes, edges}`, as in POST /api/pipelines.")
    pipeline_id: str | None = Field(None, description="Where its jobs have run, their own counts are used.")


class NodeEstimate(BaseModel):
    """What one node would cost. Costs are null where the number of its rows is not known before the start.

    `basis` says where `items` comes from: `planned` by the node's own options (a root), `counted` in a run of this
    pipeline, `at_most` (every row that may arrive, filters counted as if they kept all), `unknown`.
    """

    id: str
    type: str
    unit: str = Field(description="What an item is: tiles, sites, addresses, rows.")
    basis: Basis
    items: int | None = Field(description="Items to work.")
    rows: int | None = Field(description="Rows that come out, at most; null: not known.")
    ef_cost: float | None = Field(description="In France-equivalents; one job may cost 1.0 at most.")
    minutes: float | None = Field(description="Expected wall time.")
    ai_cost_usd_max: float = Field(description="Largest possible cost of AI calls, in dollars.")
    ef_cost_per_1000_rows: float | None = Field(description="Null for a root.")
    minutes_per_1000_rows: float | None = Field(description="Null for a root.")


class PipelineEstimate(BaseModel):
    """What a pipeline would cost; nothing is created. `valid` is true when `errors` (French) is empty.

    The sums hold the nodes whose items are known. When `complete` is false, the two figures per 1,000 rows are what
    each 1,000 rows that the roots find would add. Nodes are counted one after the other; 1 EF is all of France once.
    """

    valid: bool
    complete: bool
    ef_cost: float
    minutes: float
    ai_cost_usd_max: float
    ef_cost_per_1000_rows: float
    minutes_per_1000_rows: float
    errors: list[str] = Field(description="Why the pipeline would not start.")
    warnings: list[str] = Field(description="`Quota ...`: a node that passes, or may pass, the limit of one job.")
    nodes: list[NodeEstimate]
