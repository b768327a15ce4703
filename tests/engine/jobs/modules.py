"""Modules of the tests that grow, group, or try to break something."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from engine.errors import OutsendError
from engine.module import Found, GroupModule, Item, NoConfig, Run, SourceModule, TableModule
from engine.rows.types import Row

ItemAct = Callable[[Item], Awaitable[None]]


class TreeRefused(OutsendError):
    code = "tree_refused"
    message = "Arbre refusé"
    hint = "Plant another tree."


class Tree(SourceModule[NoConfig]):
    """Each item is a node; one that has depth left brings two more. Every node is one row."""

    slug: ClassVar[str] = "tree"
    label = {"fr": "Arbre", "en": "Tree"}
    category, node_category, entry_category = "extraction", "source", "sources"
    lane = "parallel"
    output = "pois"
    produces = ("name",)
    unit = "tiles"
    unique_by = "name"

    def __init__(self, act: ItemAct | None = None, *, width: int = 8, lane: str = "parallel") -> None:
        self._act, self._width = act, width
        self.lane = lane  # type: ignore[misc]

    def width(self, config: NoConfig) -> int:
        return self._width

    def plan(self, config: NoConfig) -> list[Item]:
        return []  # tests place the first nodes themselves

    async def find(self, item: Item, config: NoConfig, run: Run) -> Found:
        if self._act is not None:
            await self._act(item)
        name, depth = item["name"], item["depth"]
        more = [{"name": name + side, "depth": depth - 1} for side in "lr"] if depth else []
        rows = [{"name": name}] if run.seen.add(name) else []
        return Found(rows=rows, more=more, stats={"nodes": 1, "by_depth": {str(depth): 1}})


def nodes_of(roots: Sequence[Item]) -> set[str]:
    """The names of all nodes that grow from these."""
    names: set[str] = set()
    for root in roots:
        children = [{"name": root["name"] + side, "depth": root["depth"] - 1} for side in "lr"]
        names |= {root["name"]} | (nodes_of(children) if root["depth"] else set())
    return names


class Pairs(GroupModule[NoConfig]):
    """Rows of one `team` are worked together: each learns how many they are."""

    slug: ClassVar[str] = "pairs"
    label = {"fr": "Équipes", "en": "Teams"}
    category, node_category, entry_category = "verification", "verify", "enrich"
    lane = "parallel"
    accepts, output = "pois_any", "verified"
    produces = ("size",)
    unit = "rows"

    def __init__(self, act: Callable[[Sequence[Row]], Awaitable[None]] | None = None, *, width: int = 4) -> None:
        self._act, self._width = act, width

    def width(self, config: NoConfig) -> int:
        return self._width

    def group_key(self, row: Row) -> str:
        return str(row["team"])

    async def enrich_group(self, rows: Sequence[Row], config: NoConfig, run: Run) -> Sequence[Row]:
        if self._act is not None:
            await self._act(rows)
        for place in reversed(range(len(rows))):
            run.report({"place": place}, row=place)
        return [{"size": len(rows)} for _ in rows]


class Backwards(TableModule[NoConfig]):
    """All rows with an odd number, last first."""

    slug: ClassVar[str] = "backwards"
    label = {"fr": "À l'envers", "en": "Backwards"}
    category, node_category, entry_category = "pipeline", "transform", "tools"
    lane = "parallel"
    accepts, output = "any_pois", "passthrough"
    unit = "rows"

    def select(self, rows: Sequence[Row], config: NoConfig, note: Callable[[str], None]) -> Sequence[int]:
        note(f"{len(rows)} lignes vues")
        return [at for at in reversed(range(len(rows))) if int(str(rows[at]["n"])) % 2]


async def never(_: Any) -> None:
    raise TreeRefused()
