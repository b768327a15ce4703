"""Put the rows in the order of one column, and keep the first of them if asked. No column is added or dropped.

Source: CONTRACT, module table (sort); C-301.
"""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from engine.module import ModuleConfig, TableModule, Upload, option
from engine.rows.cells import cell_text, day_of, number_of
from engine.rows.columns import find_column, fold
from engine.rows.errors import ColumnUnknown
from engine.rows.types import Row, Value, is_empty

COLUMNS_SHOWN = 40

Key = TypeVar("Key", float, str)


class SortConfig(ModuleConfig):
    sort_by: str = option(fr="Trier par", en="The column to sort by", min_length=1, examples=["note"])
    order: Literal["asc", "desc"] = option("desc", fr="Ordre", en="asc: smallest first; desc: largest first")
    desc: bool | None = option(None, fr="Décroissant", en="Another way to say the order; wins over `order`")
    top_n: int | None = option(None, fr="Garder les premières", en="Keep this many rows", ge=1)


class Sort(TableModule[SortConfig]):
    slug = "sort"
    label = {"fr": "Tri", "en": "Sort"}
    category, node_category, entry_category = "pipeline", "transform", "tools"
    lane = "parallel"
    accepts, output = "any_pois", "passthrough"
    unit = "rows"
    config = SortConfig

    def rows_at_most(self, config: SortConfig, rows: int | None, upload: Upload) -> int | None:
        """`top_n` at most."""
        return min((count for count in (rows, config.top_n) if count is not None), default=None)

    def select(self, rows: Sequence[Row], config: SortConfig, note: Callable[[str], None]) -> list[int]:
        """Positions by `sort_by`, equal cells in their former order, empty ones last either way.

        Raises:
            ColumnUnknown: no row has this column.
        """
        if not rows:
            return []
        columns = list(dict.fromkeys(name for row in rows for name in row))
        column = find_column(config.sort_by, columns)
        if column is None:
            raise ColumnUnknown(column=config.sort_by[:100], columns=", ".join(columns[:COLUMNS_SHOWN]))
        descending = config.order == "desc" if config.desc is None else config.desc
        return ordered([row.get(column) for row in rows], descending=descending)[: config.top_n]


def ordered(cells: Sequence[Value], *, descending: bool) -> list[int]:
    """Positions of `cells` in their order: as numbers or as days when most are, else as text without case and accents.

    Cells of another kind than most come after them, then the empty ones, both in their former order.
    """
    filled = [at for at, cell in enumerate(cells) if not is_empty(cell)]
    numbers = {at: number for at in filled if (number := number_of(cells[at])) is not None}
    days = {at: day for at in filled if (day := day_of(cells[at])) is not None}
    if len(numbers) * 2 > len(filled):
        first = _by_key(numbers, descending=descending)
    elif len(days) * 2 > len(filled):
        first = _by_key(days, descending=descending)
    else:
        first = _by_key({at: fold(cell_text(cells[at])) for at in filled}, descending=descending)
    placed = set(first)
    others = [at for at in filled if at not in placed]
    empty = [at for at, cell in enumerate(cells) if is_empty(cell)]
    return [*first, *others, *empty]


def _by_key(keys: dict[int, Key], *, descending: bool) -> list[int]:
    # `reverse` keeps the former order of equal keys, too.
    return sorted(keys, key=lambda at: keys[at], reverse=descending)


module = Sort()
