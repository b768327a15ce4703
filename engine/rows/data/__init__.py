"""Word lists of the rows: one entry a line, `#` begins a comment. Written by us, for the product."""

from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    """The entries of `<name>.txt`.

    Raises:
        FileNotFoundError: there is no such list.
    """
    text = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line)
