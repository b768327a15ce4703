"""What a comparison has found so far: the size of each bucket, and the first rows of those that are shown. Pure."""

from dataclasses import dataclass, field

from engine.limits import VEILLE_SAMPLES
from engine.rows.types import Row
from engine.veille.diff import Change, Diff


@dataclass(slots=True)
class Tally:
    """`unseen` are those of the unchanged that nobody could look for."""

    new: int = 0
    removed: int = 0
    modified: int = 0
    unchanged: int = 0
    unseen: int = 0
    samples: dict[str, list[Row]] = field(default_factory=lambda: {"new": [], "removed": [], "modified": []})

    @property
    def total(self) -> int:
        """Places of the new state."""
        return self.new + self.modified + self.unchanged

    def add(self, found: Diff) -> None:
        """Count a page of a difference."""
        self.new += len(found.new)
        self.removed += len(found.removed)
        self.modified += len(found.modified)
        self.unchanged += len(found.unchanged)
        self._show("new", [{"key": key, **row} for key, row in found.new.items()])
        self._show("removed", [{"key": key, **row} for key, row in found.removed.items()])
        self._show("modified", [_shown(change) for change in found.modified.values()])

    def _show(self, bucket: str, rows: list[Row]) -> None:
        shown = self.samples[bucket]
        shown.extend(rows[: VEILLE_SAMPLES - len(shown)])


def _shown(change: Change) -> Row:
    return {
        "key": change.key,
        "nom": change.after.get("nom"),
        "before": {column: change.before.get(column) for column in change.fields},
        "after": {column: change.after.get(column) for column in change.fields},
        "changed_fields": list(change.fields),
    }
