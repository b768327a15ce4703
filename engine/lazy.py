"""Load a heavy part on its first use, so that starting stays fast."""

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def load(name: str) -> ModuleType:
    """The module of that dotted name, imported once."""
    return import_module(name)
