"""Word lists of the rows: one entry a line or several, `#` begins a comment. Written by us, for the product."""

from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    """The entries of `<name>.txt`.

    Raises:
        FileNotFoundError: there is no such list.
    """
    text = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())
