"""The veilles of an account that leaves. The steps may be repeated; comparisons that are under way lose their turn."""

from sqlmodel import Session, col, delete, select, update

from engine.veille import snapshots
from engine.veille.models import Veille, VeilleRun, VeilleStatus


def withdraw_veilles(session: Session, account_id: int) -> None:
    """Stop the veilles of an account, and whoever compares one of their runs."""
    session.exec(delete(VeilleRun).where(col(VeilleRun.account_id) == account_id))
    mine = update(Veille).where(col(Veille.account_id) == account_id)
    session.exec(mine.values(status=VeilleStatus.deleted, draft=Veille.draft + 1))


def purge_states(session: Session, account_id: int) -> bool:
    """Delete a part of what the veilles of an account keep. True: there may be more."""
    mine = session.exec(select(Veille.id).where(Veille.account_id == account_id)).all()
    return any(
        snapshots.purge(session, veille_id) or snapshots.purge_signals(session, veille_id)
        for veille_id in mine
        if veille_id is not None
    )


def remove_veilles(session: Session, account_id: int) -> None:
    """Delete the veilles of an account with all that they keep."""
    mine = session.exec(select(Veille.id).where(Veille.account_id == account_id)).all()
    session.exec(delete(VeilleRun).where(col(VeilleRun.account_id) == account_id))
    session.exec(delete(Veille).where(col(Veille.account_id) == account_id))
    for veille_id in mine:
        while veille_id is not None and (
            snapshots.purge(session, veille_id) or snapshots.purge_signals(session, veille_id)
        ):
            pass
