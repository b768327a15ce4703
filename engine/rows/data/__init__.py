"""Word lists of the rows: one entry a line or several, `#` begins a comment. Written by us, for the product."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def words(name: str) -> frozenset[str]:
    """The entries of `<name>.txt`.

    Raises:
        FileNotFoundError: there is no such list.
    """
    text = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())


@cache
def labels(name: str) -> Mapping[str, str]:
    """What stands behind each code of `<name>.tsv`.

    Raises:
        FileNotFoundError: there is no such list.
    """
    text = files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType({code: label for code, tab, label in lines if tab})
