"""A description becomes filter rules, by the caller's own model, with a preview of what they would keep.

The rules are of the filter module's own grammar and are checked as anybody's are. Source: PRODUCT, "AI";
integration/byok ("Compute filter rules from natural-language descriptions and preview the result").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any, cast

from pydantic import BaseModel, Field, StringConstraints

from engine.ai.answers import Json
from engine.ai.drafts import Order, draft
from engine.ai.marked import json_line, marked, plain, size_of
from engine.ai.money import Usd
from engine.context import Caller, Context, read
from engine.errors import OutsendError
from engine.jobs.output_columns import output_columns
from engine.limits import AI_COLUMNS_BYTES, IMPORT_COLUMNS_MAX
from engine.pipelines import operations as pipelines
from engine.pipelines.errors import NodeMissing, NotAFilter
from engine.pipelines.generate import Description
from engine.pipelines.preview import A_FILTER, FILTER, filter_config, job_preview
from engine.pipelines.schema import config_fields
from engine.pipelines.schema_text import option_line
from engine.pipelines.schemas import Definition, FilterPreview, sometimes
from engine.pipelines.validate import module_of
from engine.rows.conditions import OPS
from engine.rows.errors import RuleInvalid
from engine.rows.profile import ColumnProfile
from engine.rows.rules import KEYS, parse_rules
from prompts import render

COLUMN_CHARS = 200
# How much is told of a column, until all columns fit: examples, values of a category, characters of each.
DETAIL = ((3, 20, 60), (2, 8, 40), (1, 0, 30), (0, 0, 0))

Rules = dict[str, Any]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=COLUMN_CHARS)]


class FilterRulesRequest(BaseModel):
    """Which rows shall stay, and of what: columns, or a job, or a filter node of a pipeline. One of the three."""

    description: Description = Field(description="In any language: which rows to keep.")
    columns: list[ColumnName] | None = Field(default=None, min_length=1, max_length=IMPORT_COLUMNS_MAX)
    job_id: str | None = Field(default=None, description="An ended job; the preview is made of its first 5,000 rows.")
    pipeline_id: str | None = Field(
        default=None, description="With node_id: a filter of a pipeline; its input is the table."
    )
    node_id: str | None = None


class FilterRules(BaseModel):
    """Rules as a filter takes them (`ok`), or the `error` that says why there are none.

    `preview`: what they would keep; left out where columns alone were given. `cost_usd` is that of all requests to the
    model, null where it has no known price.
    """

    ok: bool
    rules: Rules | None = sometimes()
    preview: FilterPreview | None = sometimes()
    error: str | None = sometimes()
    cost_usd: Usd | None


class TableUnclear(OutsendError):
    code = "filter_rules_table_unclear"
    kind = "unprocessable"
    message = "Donne soit « columns », soit « job_id », soit « pipeline_id » avec « node_id »"
    hint = "Say of which table the rules are: its columns, or the job that holds it, or the filter node that gets it."


class NothingFiltered(OutsendError):
    code = "filter_rules_empty"
    message = "Ces règles ne filtrent rien"
    hint = "Give at least one rule that keeps some rows and not others."


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of a table: lines that tell its columns, and their names; none: nothing is known."""

    lines: tuple[str, ...]
    names: tuple[str, ...]


async def filter_rules(caller: Caller, request: FilterRulesRequest) -> FilterRules:
    """Rules for a description, or why there are none; the model may mend what is wrong twice.

    Raises:
        TableUnclear; JobMissing, JobForbidden, NotDownloadable, OutputGone; PipelineMissing, PipelineForbidden,
        NodeMissing, NotAFilter: nothing was asked.
        As `engine.ai.drafts.draft`.
    """
    table = await caller.call(_table, request)
    made = await draft(caller, _order(request.description, table), partial(_checked, table.names))
    if made.value is None:
        return FilterRules(ok=False, error=made.error, cost_usd=made.cost_usd)
    preview = await caller.call(_preview, request, made.value)
    return FilterRules(ok=True, rules=made.value, preview=preview, cost_usd=made.cost_usd)


@cache
def system_prompt() -> str:
    """Our side of the request: the same for everybody."""
    fields = config_fields(module_of(A_FILTER))
    keys = "\n".join(option_line(name, fields[name]) for name in KEYS)
    return render("filter_rules", keys=keys, ops=" ".join(OPS))


def _order(description: str, table: _Table) -> Order:
    blocks = [marked("columns", table.lines)] if table.lines else []
    blocks.append(f"<description>\n{description}\n</description>")
    return Order("filter_rules", system_prompt(), "\n\n".join(blocks), "filter_repair")


@read
def _table(context: Context, request: FilterRulesRequest) -> _Table:
    of_node = (request.pipeline_id, request.node_id)
    if sum((request.columns is not None, request.job_id is not None, of_node != (None, None))) != 1:
        raise TableUnclear()
    if request.columns is not None:
        return _named(request.columns)
    if request.job_id is not None:
        return _profiled(output_columns(context, request.job_id).columns)
    if request.pipeline_id is None or request.node_id is None:
        raise TableUnclear()
    definition = pipelines.get(context, request.pipeline_id).definition
    node = definition.by_id.get(request.node_id)
    if node is None:
        raise NodeMissing(node=request.node_id)
    if node.type != FILTER:
        raise NotAFilter(node=node.id, type=node.type)
    found = pipelines.input_columns(context, request.pipeline_id, node.id).columns
    return _profiled(found) if found else _planned(definition, node.id)


@read
def _preview(context: Context, request: FilterRulesRequest, rules: Rules) -> FilterPreview | None:
    if request.job_id is not None:
        return job_preview(context, request.job_id, rules)
    if request.pipeline_id is not None and request.node_id is not None:
        return pipelines.filter_preview(context, request.pipeline_id, request.node_id, rules)
    return None


def _named(columns: Sequence[str]) -> _Table:
    names = tuple(dict.fromkeys(columns))
    return _Table(_fitting([[json_line({"column": plain(name)}) for name in names]]), names)


def _profiled(columns: Sequence[ColumnProfile]) -> _Table:
    told = [[_line(column, *detail) for column in columns] for detail in DETAIL]
    return _Table(_fitting(told), tuple(column.name for column in columns))


def _planned(definition: Definition, node_id: str) -> _Table:
    """The columns that the nodes above will add. A list brings others along, so that any name may be right."""
    above = [module_of(one) for one in reversed(list(definition.ancestors(node_id)))]
    names = dict.fromkeys(name for module in above for name in module.produces)
    return _Table(_fitting([[json_line({"column": name}) for name in names]]), ())


def _line(column: ColumnProfile, examples: int, values: int, chars: int) -> str:
    told: Mapping[str, object] = {
        "column": plain(column.name[:COLUMN_CHARS]),
        "type": column.type,
        "filled": round(column.fill_rate, 2),
    }
    few = column.distinct_values if column.distinct_values and len(column.distinct_values) <= values else ()
    shown = few or column.sample_values[:examples]
    name = "values" if few else "examples"
    return json_line({**told, name: [plain(text[:chars]) for text in shown]} if shown else told)


def _fitting(told: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The first telling that fits; of the last one what does."""
    for lines in told[:-1]:
        if sum(map(size_of, lines)) <= AI_COLUMNS_BYTES:
            return tuple(lines)
    left, kept = AI_COLUMNS_BYTES, list[str]()
    for line in told[-1]:
        left -= size_of(line)
        if left < 0:
            break
        kept.append(line)
    return tuple(kept)


def _checked(names: Sequence[str], written: Json) -> Rules:
    """The rules that the model wrote. Raises RuleInvalid, BadConfigField, NothingFiltered."""
    inner = written.get("rules")
    rules = cast("Rules", inner) if isinstance(inner, dict) and len(written) == 1 else written
    filter_config(rules)
    parsed = parse_rules(rules)
    for column in parsed.columns:
        if names and column not in names:
            known = ", ".join(names)
            raise RuleInvalid(rule="column", problem=f"colonne inconnue « {column} » ; colonnes : {known}")
    if parsed.keeps_all:
        raise NothingFiltered()
    return rules
