"""The time of the product, in UTC. Tests replace it; nothing else asks the machine."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's clock, shifted by `offset` (zero outside tests)."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The time, UTC, aware, to the microsecond."""
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        """Seconds that only grow, for deadlines and durations; unaffected by `offset`."""
        return time.monotonic()
