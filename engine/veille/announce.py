"""Tells the receiver that a veille's creator named what a run found, or why it failed (docs page api/webhooks)."""

from sqlmodel import select

from engine.context import Context
from engine.veille.models import Veille, VeilleRun
from engine.webhooks import operations as webhooks

EVENT = "veille.run_finished"


def announce_run(context: Context, run: VeilleRun) -> None:
    """Queue the message, in the transaction that ends the run."""
    theirs = select(Veille).where(Veille.id == run.veille_id, Veille.account_id == run.account_id)
    veille = context.session.exec(theirs).one()
    if veille.webhook_url is None:
        return
    context.session.add(run)
    context.session.flush()  # a run that could not even start has no number yet
    told = {
        "id": run.veille_id,
        "run_id": run.id,
        "status": run.status,
        "name": veille.name,
        "is_baseline": run.is_baseline,
        "counts": {
            "total": run.total_count,
            "new": run.new_count,
            "removed": run.removed_count,
            "modified": run.modified_count,
            "unchanged": run.unchanged_count,
        },
        "job_id": run.job_id,
        "pipeline_id": run.pipeline_id,
        "error_message": run.error_message,
    }
    webhooks.announce(
        context,
        account_id=run.account_id,
        url=veille.webhook_url,
        event=EVENT,
        subject_id=str(run.veille_id),
        told=told,
    )
