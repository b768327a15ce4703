"""A module's page agrees with its declaration: options, columns, slots."""

from itertools import product
from typing import Any, Literal, get_args, get_origin

import pytest

from engine.module import AnyModule, ModuleConfig
from engine.registry.load import modules, startable
from engine.registry.snapshot import endpoint_of
from llms.bundle import Page
from tests.docs.reading import MODULE_PAGES, Table, codes, openapi, sections, tables

COMBINATIONS_MAX = 512

every_module = pytest.mark.parametrize("module", modules().values(), ids=modules().keys())


def page_of(module: AnyModule) -> Page:
    return next(page for page in MODULE_PAGES if page.slug == f"modules/{module.slug}")


def table_of(module: AnyModule, heading: str, *columns: str) -> Table | None:
    """The first table under that heading whose first column is one of these."""
    found = (table for table in tables(page_of(module)) if table.heading == heading and table.header[0] in columns)
    return next(found, None)


def configs(module: AnyModule) -> list[ModuleConfig]:
    """One configuration for each combination of switches and words."""
    choices = {name: values_of(field.annotation) for name, field in module.config.model_fields.items()}
    choices = {name: values for name, values in choices.items() if values}
    combinations = list(product(*choices.values()))
    assert len(combinations) <= COMBINATIONS_MAX
    return [module.config.model_construct(**dict(zip(choices, values, strict=True))) for values in combinations]


def values_of(annotation: Any) -> tuple[Any, ...]:
    """The values of a switch or a word; of a list of words, none and all of them."""
    if annotation is bool:
        return (False, True)
    if get_origin(annotation) is tuple:
        words = values_of(get_args(annotation)[0])
        return ((), words) if words else ()
    return get_args(annotation) if get_origin(annotation) is Literal else ()


@every_module
def test_the_columns_of_a_page_are_those_that_the_module_gives(module: AnyModule) -> None:
    columns = {column for config in configs(module) for column in module.columns(config)}
    table = table_of(module, "Outputs", "Column")

    told = [column for row in (table.rows if table else ()) for column in codes(row[0])]

    assert set(told) == columns
    assert len(told) == len(set(told))


@pytest.mark.parametrize("module", startable().values(), ids=startable().keys())
def test_the_inputs_of_a_page_are_those_that_the_endpoint_takes(module: AnyModule) -> None:
    table = table_of(module, "Inputs", "Field", "Key")
    assert table is not None
    told = {name for row in table.rows for name in codes(row[0])}
    options = {field.alias or name for name, field in module.config.model_fields.items()}

    assert options - set(codes(sections(page_of(module))["Inputs"])) == set(), "options that are not told"
    # An option of an object is told as `object.key`.
    assert {name.partition(".")[0].partition("[")[0] for name in told} - body_fields(module) - options == set()


def body_fields(module: AnyModule) -> set[str]:
    """What the body of the module's endpoint may hold."""
    operation = openapi()["paths"][endpoint_of(module.slug)]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    return set(openapi()["components"]["schemas"][name]["properties"])


@every_module
def test_the_slots_of_a_page_are_those_of_the_pipeline(module: AnyModule) -> None:
    table = table_of(module, "Pipeline", "Slot")
    assert table is not None
    slots = {row[0].strip("`").lower(): row[1] for row in table.rows}

    assert codes(slots["accepts"]) == ([module.accepts] if module.accepts else [])
    assert codes(slots["output"]) in ([module.output], [] if module.output == "passthrough" else [module.output])
    assert codes(slots.get("needs", "")) == list(module.needs)
    if not module.is_root:
        assert codes(slots.get("produces", "")) == list(module.produces)


@every_module
def test_the_units_of_a_page_are_those_of_its_jobs(module: AnyModule) -> None:
    text = page_of(module).body

    assert f"`{module.unit}`" in text
    assert f"`{module.result_unit or module.unit}`" in text


@every_module
def test_the_number_of_items_of_a_page_is_that_of_every_module(module: AnyModule) -> None:
    assert "Limits" in sections(page_of(module))
    if not module.is_root:
        assert "10 000" in sections(page_of(module))["Limits"]
