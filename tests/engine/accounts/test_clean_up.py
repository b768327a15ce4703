"""What is over is deleted; what is not, stays."""

from datetime import timedelta
from pathlib import Path

from sqlmodel import func, select

from engine.accounts.models import MailToken, SignInSession
from engine.accounts.operations import forget_expired, login
from engine.accounts.operator import add_user
from engine.accounts.start import prepare_start
from engine.context import Context, read
from tests.house import house
from tests.visitors import PASSWORD, StandingClock


@read
def counts(context: Context) -> tuple[int, ...]:
    return tuple(context.session.exec(select(func.count()).select_from(t)).one() for t in (SignInSession, MailToken))


def test_expired_sessions_and_links_are_forgotten(tmp_path: Path) -> None:
    """C-034."""
    clock = StandingClock()
    with house(tmp_path, deaf=True, clock=clock) as services:
        add_user(services, "ada@example.com", PASSWORD)
        login(services, "ada@example.com", PASSWORD, "ip")
        prepare_start(services)  # makes the owner's link
        seen: list[tuple[int, ...]] = []
        for hours in (0, 23, 1, 6 * 24):
            clock.offset += timedelta(hours=hours)
            forget_expired(services)
            seen.append(services.run(None, counts))

    assert seen == [(1, 1), (1, 1), (1, 0), (0, 0)]
