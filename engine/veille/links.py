"""Addresses that give all signals of a run as a file to whoever has them, for 10 minutes."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from engine.context import Context, Principal, read
from engine.export.formats import format_named
from engine.jobs.schemas import DownloadLink
from engine.limits import DOWNLOAD_LINK_LIFE
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
    expires_at = (context.now() + DOWNLOAD_LINK_LIFE).replace(microsecond=0)
    told = f"{veille_id} {run_id} {name} {context.account_id} {int(expires_at.timestamp())}"
    token = context.services.signer.sign(PURPOSE, told)
    address = f"{context.services.settings.public_url}/api/veille/{veille_id}/runs/{run_id}/signals.{name}"
    return DownloadLink(url=f"{address}?{urlencode({'token': token})}", expires_at=expires_at)


@read
def open_signals_link(context: Context, veille_id: int, run_id: int, fmt: str, token: str) -> SignalsFile:
    """`open_signals` for whoever brings the token of a link.

    Raises:
        SignalsLinkInvalid: it was changed, or is for another run or format.
        SignalsLinkExpired, VeilleMissing, RunMissing.
    """
    told = (context.services.signer.read(PURPOSE, token) or "").split(" ")
    if told[:3] != [str(veille_id), str(run_id), fmt]:
        raise SignalsLinkInvalid()
    account_id, until = map(int, told[3:])
    if datetime.fromtimestamp(until, UTC) <= context.now():
        raise SignalsLinkExpired()
    its_owner = replace(context, principal=Principal(account_id, via="token"))
    return open_signals(its_owner, veille_id, run_id, fmt)
