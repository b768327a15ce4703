"""Finds the modules in their folder. Fails at start when a file's name and its module's slug disagree."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import getdoc, getmodule
from pkgutil import iter_modules
from types import MappingProxyType

import engine.modules
from engine.module import AnyModule, Module


class MisnamedModule(Exception):
    """For developers: a file of `engine/modules` doesn't hold the module that its name promises."""


@cache
def modules() -> Mapping[str, AnyModule]:
    """Every module by its slug, in alphabetical order."""
    found: dict[str, AnyModule] = {}
    for file in iter_modules(engine.modules.__path__):
        if file.ispkg:  # data
            continue
        # `import` is a reserved word, so its file bears an underscore.
        slug = file.name.rstrip("_")
        module = getattr(import_module(f"engine.modules.{file.name}"), "module", None)
        if not isinstance(module, Module) or module.slug != slug:
            raise MisnamedModule(f"engine/modules/{file.name}.py: expected `module = ...` with slug {slug!r}")
        found[slug] = module
    return MappingProxyType(dict(sorted(found.items())))


@cache
def startable() -> Mapping[str, AnyModule]:
    """Those that can be a job of their own, by slug; the others are steps of pipelines alone."""
    return MappingProxyType({slug: module for slug, module in modules().items() if module.listed})


def summary_of(module: AnyModule) -> str:
    """What a module does, in one line: the first of its file's docstring."""
    text = getdoc(getmodule(type(module))) or ""
    return text.partition("\n")[0]


@cache
def node_types() -> Mapping[str, AnyModule]:
    """Every module that may stand in a pipeline, by its node type (`verify` for verify_emails)."""
    return MappingProxyType({module.type: module for module in modules().values() if module.pipelinable})
