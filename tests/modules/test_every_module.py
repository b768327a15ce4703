"""Laws that hold for every module of the folder; the id of each test is the module's slug."""

import inspect
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from engine.module import (
    Accepts,
    AnyModule,
    Category,
    EntryCategory,
    ExpandModule,
    GroupModule,
    Lane,
    ModuleConfig,
    NodeCategory,
    Output,
    RowModule,
    SourceModule,
    TableModule,
)
from engine.registry.load import modules, node_types
from engine.rows.columns import ALIASES, aliases_of

ROOT = Path(__file__).parents[2]
SECTIONS = ["Purpose", "Inputs", "Outputs", "Lifecycle", "Limits", "Errors"]
# Documented on api/registry; the rest of the modules share the serial lane.
PARALLEL = {
    "ads_intelligence",
    "brand_assets",
    "delivery_check",
    "filter",
    "import",
    "legal_data",
    "pagespeed",
    "phone_info",
    "sort",
    "verify_emails",
    "viewport_test",
}
WORK: dict[type[AnyModule], tuple[str, ...]] = {
    SourceModule: ("plan", "find"),
    RowModule: ("enrich",),
    GroupModule: ("group_key", "enrich_group"),
    ExpandModule: ("key", "expand"),
    TableModule: ("select",),
}

every_module = pytest.mark.parametrize("module", modules().values(), ids=modules().keys())


def config_of(module: AnyModule) -> ModuleConfig:
    """Its options as they are when none is given."""
    return module.config.model_construct()


def page_of(module: AnyModule) -> str:
    return (ROOT / "llms/pages/modules" / f"{module.slug}.md").read_text(encoding="utf-8")


def front_matter(page: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+): (.+)$", page.split("---\n")[1], re.MULTILINE))


@every_module
def test_declares_words_of_the_contract(module: AnyModule) -> None:
    assert module.lane in get_args(Lane)
    assert module.category in get_args(Category)
    assert module.node_category in get_args(NodeCategory)
    assert module.entry_category in get_args(EntryCategory)
    assert module.output in get_args(Output)
    assert module.accepts is None or module.accepts in get_args(Accepts)


@every_module
def test_runs_in_the_lane_that_the_registry_page_names(module: AnyModule) -> None:
    assert module.lane == ("parallel" if module.slug in PARALLEL else "serial")


@every_module
def test_has_a_name_in_both_languages(module: AnyModule) -> None:
    assert set(module.label) == {"fr", "en"}
    assert all(label.strip() for label in module.label.values())
    assert module.unit.strip()


@every_module
def test_labels_each_option_in_both_languages(module: AnyModule) -> None:
    unlabelled = [
        name for name, field in module.config.model_fields.items() if not field.title or not field.description
    ]

    assert unlabelled == []


@every_module
def test_does_the_work_of_its_kind_itself(module: AnyModule) -> None:
    (kind,) = [kind for kind in WORK if isinstance(module, kind)]

    inherited = [name for name in WORK[kind] if getattr(type(module), name) is getattr(kind, name)]

    assert inherited == []


@every_module
def test_a_root_accepts_nothing_and_every_other_module_something(module: AnyModule) -> None:
    assert module.is_root == isinstance(module, SourceModule)


@every_module
def test_never_writes_a_column_that_it_reads(module: AnyModule) -> None:
    assert not set(module.produces) & set(module.needs)


@every_module
def test_names_each_of_its_columns_once(module: AnyModule) -> None:
    columns = module.columns(config_of(module))

    assert len(set(columns)) == len(columns)
    assert columns[: len(module.produces)] == module.produces


@every_module
def test_needs_canonical_columns_only(module: AnyModule) -> None:
    assert set(module.needs) <= set(ALIASES)


@every_module
def test_says_which_names_it_accepts_when_a_needed_column_is_missing(module: AnyModule) -> None:
    for column in module.needs:
        text = module.missing(column=column, aliases=", ".join(aliases_of(column))).text
        assert column in text


@every_module
def test_works_a_bounded_number_of_items_for_a_bounded_time(module: AnyModule) -> None:
    config = config_of(module)

    assert 1 <= module.width(config) <= 256
    assert 0 < module.item_timeout_seconds(config) <= 900
    assert module.weight > 0


@every_module
def test_costs_in_proportion_to_its_items(module: AnyModule) -> None:
    config = config_of(module)

    assert module.cost(0, config) == 0
    assert module.cost(1, config) >= 0
    assert module.cost(2_000, config) == pytest.approx(2 * module.cost(1_000, config))


@every_module
def test_documents_itself_in_its_docstring(module: AnyModule) -> None:
    source = inspect.getmodule(type(module))

    assert source is not None
    assert source.__doc__ is not None
    assert len(source.__doc__.splitlines()[0]) <= 120


@every_module
def test_has_a_docs_page_with_the_six_sections_in_order(module: AnyModule) -> None:
    page = page_of(module)

    assert front_matter(page)["slug"] == f"modules/{module.slug}"
    assert front_matter(page)["section"] == "Modules"
    assert {"title", "summary"} <= set(front_matter(page))
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == SECTIONS


@every_module
def test_documents_its_options_and_columns(module: AnyModule) -> None:
    page = page_of(module)
    # By its name in JSON: an option may have another one in Python.
    options = [field.alias or name for name, field in module.config.model_fields.items()]

    missing = [name for name in (*options, *module.produces) if f"`{name}`" not in page]

    assert missing == []


@every_module
def test_has_tests_of_its_own(module: AnyModule) -> None:
    assert (ROOT / "tests/modules" / f"test_{module.slug}.py").is_file()


def test_each_column_has_one_producer() -> None:
    """Of modules whose rows may meet in one table."""
    producers = Counter(column for module in modules().values() if module.reusable for column in module.produces)

    assert [column for column, count in producers.items() if count > 1] == []


def test_each_node_type_belongs_to_one_module() -> None:
    assert len(node_types()) == sum(module.pipelinable for module in modules().values())


def test_pages_of_modules_link_to_pages_that_exist() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "llms/pages/modules").glob("*.md")}
    links = {link for page in pages.values() for link in re.findall(r"\(/docs/modules/([\w-]+)\)", page)}

    assert {link for link in links if link.replace("-", "_") not in pages} == set()
