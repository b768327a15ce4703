"""GET /api/modules-registry: every module and what is announced, derived from their declarations.

Source: docs pages api/registry (buckets, `entries`) and concepts/module-registry (`modules`); CONTRACT X-01 to X-05.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Literal

from pydantic import BaseModel

from engine.module import AnyModule, EntryCategory, Output, Shape
from engine.registry.announced import ANNOUNCED, SLUGS, Announced, AnnouncedCategory
from engine.registry.load import modules

# What a module's rows are, for who chooses what to chain. A root's `pois` are plain; after a module they hold more.
TAKEN: Mapping[str, Shape] = {"pois_any": "poi_list", "pois_email": "enriched_list", "any_pois": "poi_list"}
GIVEN: Mapping[Output, Shape] = {
    "pois": "enriched_list",
    "pois_email": "enriched_list",
    "verified": "enriched_list",
    "reviews": "enriched_list",
    "passthrough": "poi_list",
    "report": "csv_rows",
}


class _Facts(BaseModel):
    """What both kinds of entry tell. `deprecated_at` is the day since when a module that still works is to be left."""

    slug: str
    label: dict[Literal["fr", "en"], str]
    needs_columns: list[str]
    produces_columns: list[str]
    pipelinable: bool
    is_on_demand: bool
    coming_soon: bool
    alpha_unavailable: bool
    deprecated_at: date | None
    api_endpoint: str | None


class ModuleEntry(_Facts):
    """An entry of `modules`: `needs` and `produces` are shapes, null where there is none."""

    category: AnnouncedCategory
    needs: Shape | None
    produces: Shape | None


class RegistryEntry(_Facts):
    """A value of `entries`: `needs` and `produces` are columns."""

    category: EntryCategory
    needs: list[str]
    produces: list[str]


class ModulesRegistry(BaseModel):
    """The buckets of slugs; the page of each active module under /features/, null for none; the entries in two forms.

    The `multi_proxy` modules run one at a time on the whole platform, the `parallel` ones side by side.
    """

    active: list[str]
    multi_proxy: list[str]
    parallel: list[str]
    on_demand: list[str]
    meta: list[str]
    coming_soon: list[str]
    alpha_unavailable: list[str]
    feature_pages: dict[str, str | None]
    modules: list[ModuleEntry]
    entries: dict[str, RegistryEntry]


@cache
def modules_registry() -> ModulesRegistry:
    """The registry, the same for everybody."""
    return registry_of(modules().values())


def registry_of(built: Iterable[AnyModule]) -> ModulesRegistry:
    """The registry of these modules, with all that is announced. Slugs are in alphabetical order everywhere."""
    known = {module.slug: module for module in sorted(built, key=lambda module: module.slug)}
    facts = [_of_module(module) for module in known.values()] + [_of_announced(one) for one in ANNOUNCED]
    facts.sort(key=lambda entry: entry[0].slug)
    listed = [module for module in known.values() if module.listed]
    return ModulesRegistry(
        active=[module.slug for module in listed],
        multi_proxy=[module.slug for module in listed if module.lane == "serial"],
        parallel=[module.slug for module in listed if module.lane == "parallel"],
        feature_pages={module.slug: module.feature_page for module in listed},
        modules=[entry for entry, _ in facts],
        entries={entry.slug: entry for _, entry in facts},
        **SLUGS,
    )


def endpoint_of(slug: str) -> str:
    """The path that starts a job of this module; paths bear hyphens."""
    return f"/api/jobs/{slug.replace('_', '-')}"


def module_of_page(name: str) -> str | None:
    """The module that a page under /features/ is about, by the page's name or the module's own; None: there is none."""
    known = modules()
    by_page = {module.feature_page: slug for slug, module in known.items() if module.feature_page}
    slug = by_page.get(name, name.replace("-", "_"))
    return slug if slug in known else None


def _of_module(module: AnyModule) -> tuple[ModuleEntry, RegistryEntry]:
    facts = _Facts(
        slug=module.slug,
        label=module.label,
        needs_columns=list(module.needs),
        produces_columns=list(module.produces),
        pipelinable=module.pipelinable,
        is_on_demand=False,
        coming_soon=False,
        alpha_unavailable=False,
        deprecated_at=module.deprecated_at,
        api_endpoint=endpoint_of(module.slug) if module.listed else None,
    )
    needs = TAKEN[module.accepts] if module.accepts else module.reads
    produces = "poi_list" if module.is_root and module.output == "pois" else GIVEN[module.output]
    return _entries(facts, module.category, module.entry_category, needs, produces)


def _of_announced(one: Announced) -> tuple[ModuleEntry, RegistryEntry]:
    frozen = one.phase == "alpha_unavailable"
    facts = _Facts(
        slug=one.slug,
        label={"fr": one.fr, "en": one.en},
        needs_columns=[],
        produces_columns=[],
        pipelinable=False,
        is_on_demand=one.phase == "on_demand",
        coming_soon=one.phase == "coming_soon",
        alpha_unavailable=frozen,
        deprecated_at=None,
        api_endpoint=endpoint_of(one.slug) if frozen else None,
    )
    return _entries(facts, one.category, one.entry_category)


def _entries(
    facts: _Facts,
    category: AnnouncedCategory,
    entry_category: EntryCategory,
    needs: Shape | None = None,
    produces: Shape | None = None,
) -> tuple[ModuleEntry, RegistryEntry]:
    """The two forms of one entry."""
    shared = facts.model_dump()
    return (
        ModuleEntry(**shared, category=category, needs=needs, produces=produces),
        RegistryEntry(**shared, category=entry_category, needs=facts.needs_columns, produces=facts.produces_columns),
    )
