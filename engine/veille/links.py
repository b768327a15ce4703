"""Addresses that give all signals of a run as a file to whoever has them, for 10 minutes."""

from dataclasses import replace
from urllib.parse import urlencode

from engine.context import Context, Principal, read
from engine.export.formats import format_named
from engine.jobs.links import owner_by, token_for
from engine.jobs.schemas import DownloadLink
from engine.veille.errors import SignalsLinkExpired, SignalsLinkInvalid
from engine.veille.operations import open_signals
from engine.veille.queries import owned_run
from engine.veille.schemas import SignalsFile

PURPOSE = "signals"


@read
def signals_link(context: Context, veille_id: int, run_id: int, fmt: str) -> DownloadLink:
    """A link to the signals of a run in that format. Raises UnsupportedFormat, VeilleMissing, RunMissing."""
    name = format_named(fmt).name
    owned_run(context, veille_id, run_id)
    token, expires_at = token_for(context, PURPOSE, str(veille_id), str(run_id), name)
    address = f"{context.services.settings.public_url}/api/veille/{veille_id}/runs/{run_id}/signals.{name}"
    return DownloadLink(url=f"{address}?{urlencode({'token': token})}", expires_at=expires_at)


@read
def open_signals_link(context: Context, veille_id: int, run_id: int, fmt: str, token: str) -> SignalsFile:
    """`open_signals` for whoever brings the token of a link.

    Raises:
        SignalsLinkInvalid: it was changed, or is for another run or format.
        SignalsLinkExpired, VeilleMissing, RunMissing.
    """
    what = (str(veille_id), str(run_id), fmt)
    invalid, expired = SignalsLinkInvalid(), SignalsLinkExpired()
    account_id = owner_by(context, PURPOSE, token, *what, invalid=invalid, expired=expired)
    its_owner = replace(context, principal=Principal(account_id, via="token"))
    return open_signals(its_owner, veille_id, run_id, fmt)
