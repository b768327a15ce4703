"""The account's suppressed contacts, between a job's rows and whoever would see them.

A running job holds the list of its account and hears of a change with each flush. Items are blanked before they are
worked, so that no module asks the world about a suppressed address, and what comes out is blanked again, since a module
may find one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from engine.context import Context, Services, read
from engine.extract.mail_addresses import read_address
from engine.jobs.progress import Outcome, Unit
from engine.jobs.store import Position
from engine.network.types import SmtpDialogue, SmtpProbe, SmtpReply
from engine.rows.spool import Spool
from engine.rows.types import Row
from engine.suppressions.blank import Left, Suppressed, blank, blank_report, blank_text
from engine.suppressions.entries import folded
from engine.suppressions.operations import suppressed_of, version_of

COUNTER = "suppressed"  # in a job's stats: contacts that its rows left out
NOT_ASKED = SmtpReply(550, "5.1.1", "not asked")  # final, so that nobody asks again
HEAVY_ROWS, HEAVY_CHARS = 500, 20_000  # that many rows, or a cell of that length, are looked at in a thread

Gone = dict[Position, Left]  # who left which row


class Screen:
    """What one running job knows of its account's list. `refresh` comes from the flush's thread, the rest does not."""

    def __init__(self, services: Services, account_id: int) -> None:
        self._services, self.account_id = services, account_id
        self._version: int | None = None
        self._suppressed = Suppressed()

    def refresh(self, version: int | None = None) -> None:
        """Read the list again unless this is its version. Blocks on the database."""
        if version is None or version != self._version:
            self._version, self._suppressed = self._services.run(None, _list_now, self.account_id)

    def covers(self, address: str) -> bool:
        """Whether this address, as it is written, is suppressed at this moment."""
        read_as = read_address(address) if self._suppressed else None
        return read_as is not None and self._suppressed.covers(folded(read_as))

    async def before(self, unit: Unit) -> tuple[Unit, Gone]:
        """The unit with blanked rows, and who left them."""
        if not self._suppressed:
            return unit, {}
        if _is_heavy(unit.items):
            return await asyncio.to_thread(self._blanked_items, unit)
        return self._blanked_items(unit)

    def _blanked_items(self, unit: Unit) -> tuple[Unit, Gone]:
        found = [blank(row, self._suppressed) for row in unit.items]
        left = {(idx, 0): gone for idx, (_, gone) in zip(unit.indexes, found, strict=True) if gone}
        return (replace(unit, items=tuple(row for row, _ in found)), left) if left else (unit, {})

    async def after(self, outcome: Outcome, left: Gone) -> Outcome:
        """What came out, blanked. `left` are those who left before; each contact of a row counts once."""
        if not self._suppressed:
            return _counted(outcome, left)
        if outcome.many or _is_heavy([row for _, _, row in outcome.rows]):
            return await asyncio.to_thread(self._blanked, outcome, left)
        return self._blanked(outcome, left)

    def _blanked(self, outcome: Outcome, left: Gone) -> Outcome:
        suppressed = self._suppressed
        rows, gone = list[tuple[int, int, Row]](), dict(left)
        for idx, sub, row in outcome.rows:
            kept, found = blank(row, suppressed)
            rows.append((idx, sub, kept))
            if found:
                gone[idx, sub] = gone.get((idx, sub), frozenset()) | found
        many = [(idx, self._blanked_many(idx, held, gone)) for idx, held in outcome.many]
        reports = [(idx, blank_report(report, suppressed)[0]) for idx, report in outcome.reports]
        logs = [(at, level, blank_text(said, suppressed)) for at, level, said in outcome.logs]
        return _counted(replace(outcome, rows=rows, many=many, reports=reports, logs=logs), gone)

    def _blanked_many(self, idx: int, rows: Sequence[Row], gone: Gone) -> Sequence[Row]:
        """Rows too many to hold, blanked; who left them goes into `gone`."""
        kept = Spool[Row]()
        for sub, row in enumerate(rows):
            clean, found = blank(row, self._suppressed)
            kept.append(clean)
            if found:
                gone[idx, sub] = found
        return kept


class ScreenedSmtp:
    """A job's way to mail servers: whoever is suppressed while a long dialogue goes on is asked about no more."""

    def __init__(self, smtp: SmtpProbe, screen: Screen) -> None:
        self._smtp, self._screen = smtp, screen

    @property
    def identified(self) -> bool:
        """See `engine.network.types.SmtpProbe`."""
        return self._smtp.identified

    @property
    def greylist_delays(self) -> tuple[float, ...]:
        """See `engine.network.types.SmtpProbe`."""
        return self._smtp.greylist_delays

    async def port_open(self) -> bool:
        """See `engine.network.types.SmtpProbe`."""
        return await self._smtp.port_open()

    async def recipients(self, mx: str, addresses: Sequence[str]) -> SmtpDialogue:
        """See `engine.network.types.SmtpProbe`. A suppressed address gets an answer of ours, which no row will show."""
        asked = [address for address in addresses if not self._screen.covers(address)]
        if len(asked) == len(addresses):
            return await self._smtp.recipients(mx, addresses)
        dialogue = await self._smtp.recipients(mx, asked) if asked else SmtpDialogue(mx, ())
        replies = dict(zip(asked, dialogue.replies, strict=True))
        return replace(dialogue, replies=tuple(replies.get(address, NOT_ASKED) for address in addresses))


def screened(rows: Sequence[Row], suppressed: Suppressed) -> tuple[list[Row], list[int]]:
    """Rows blanked, and how many contacts left each."""
    if not suppressed:
        return list(rows), [0] * len(rows)
    found = [blank(row, suppressed) for row in rows]
    return [row for row, _ in found], [len(left) for _, left in found]


@read
def _list_now(context: Context, account_id: int) -> tuple[int, Suppressed]:
    # The version first: where the list is newer than it, the next flush brings it again.
    return version_of(context, account_id), suppressed_of(context, account_id)


def _counted(outcome: Outcome, left: Gone) -> Outcome:
    count = sum(map(len, left.values()))
    return replace(outcome, stats={**outcome.stats, COUNTER: count}) if count else outcome


def _is_heavy(rows: Sequence[Row]) -> bool:
    """Whether a look at these rows would hold up the other jobs of this process."""
    if len(rows) > HEAVY_ROWS:
        return True
    return any(isinstance(cell, str) and len(cell) > HEAVY_CHARS for row in rows for cell in row.values())
