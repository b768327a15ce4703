"""Tell where a message from your domain lands in fifteen seed mailboxes: the main inbox, a tab of it, or spam.

Sends nothing: the caller sends the real message to the seeds, whose mailboxes are then looked into until each has it
or the time is up. A message counts that is from the domain (its From, or the domain that signs it) and came after the
job was created. Source: docs page modules/delivery_check; the mailboxes of the operator's OUTSEND_DELIVERY_SEEDS.
"""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator

from engine.extract.mail_addresses import ascii_domain
from engine.limits import DELIVERY_DOMAIN_MAX, DELIVERY_DOMAIN_MIN, DELIVERY_SEEDS, DELIVERY_SUBJECT_MAX
from engine.module import LONG_AGO, Found, Item, ModuleConfig, OutsendError, Past, Run, SourceModule, option
from engine.reach import Arrival, Seed, SeedRefused, SeedSilent
from engine.rows.sites import registrable_domain
from engine.rows.types import Row

POLL_SECONDS = 20.0
WAIT_SECONDS = 480.0
GRACE = timedelta(minutes=2)  # clocks of mail servers go wrong, and some send before they start the job
# Stands in the job's notice, where people and agents find whom to write to.
SEEDS_TO_USE = "Boîtes témoins à qui envoyer le message : {addresses}."
FEWER_SEEDS = "{count} boîtes témoins sur {total} sont configurées : les autres restent en attente."

_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,20}[^\W\d_][\w-]{0,61}[^\W_]")


class BadDomain(OutsendError):
    code = "bad_sending_domain"
    message = "Domaine d'envoi invalide"
    hint = "Give the domain behind the @ of the sender, 3 to 120 characters with a dot, such as acme.fr (not co.uk)."


def _plain(domain: object) -> object:
    return domain.strip().lower() if isinstance(domain, str) else domain


class DeliveryCheckConfig(ModuleConfig):
    # Any text: a bad one is answered with 400 and words of its own (CONTRACT C-456).
    domain: Annotated[str, BeforeValidator(_plain)] = option(
        fr="Domaine d'envoi", en="The sending domain to test, without @: 3 to 120 characters", examples=["acme.fr"]
    )
    subject_filter: str | None = option(
        None,
        fr="Partie de l'objet",
        en="Only messages with this in their subject, in any case of letters",
        max_length=DELIVERY_SUBJECT_MAX,
    )


class DeliveryCheck(SourceModule[DeliveryCheckConfig]):
    slug = "delivery_check"
    label = {"fr": "Test de délivrabilité", "en": "Inbox placement"}
    category, node_category, entry_category = "verification", "verify", "outreach"
    lane = "parallel"
    pipelinable = False
    output = "report"
    produces = ("seed_email", "seed_kind", "status", "placement", "subject", "received_relative")
    unit = "seeds"
    ef_per_item = 0.0
    usual_seconds = 180.0
    resumable = False
    reusable = False
    file_name = "results_delivery.csv"
    config = DeliveryCheckConfig

    def width(self, config: DeliveryCheckConfig) -> int:
        return DELIVERY_SEEDS

    def item_timeout_seconds(self, config: DeliveryCheckConfig) -> float:
        return 600.0

    def check(self, config: DeliveryCheckConfig, past: Past) -> None:
        """Raises BadDomain."""
        domain = config.domain
        if not DELIVERY_DOMAIN_MIN <= len(domain) <= DELIVERY_DOMAIN_MAX or not _DOMAIN.fullmatch(domain):
            raise BadDomain
        # As it will be looked for: `ｃo.uk` is another way to write co.uk, whose senders have nothing in common.
        if not registrable_domain(_ascii(domain)):
            raise BadDomain

    def plan(self, config: DeliveryCheckConfig) -> list[Item]:
        """One item a seed, by its place."""
        return [{"seed": place} for place in range(DELIVERY_SEEDS)]

    async def find(self, item: Item, config: DeliveryCheckConfig, run: Run) -> Found:
        """The row of one seed: received, or pending when its time is up, it can't be looked into, or there is none."""
        place, seeds = int(item["seed"]), run.seeds.all()
        if seeds:
            run.note(SEEDS_TO_USE.format(addresses=", ".join(seed.address for seed in seeds)))
        if len(seeds) < DELIVERY_SEEDS:
            run.note(FEWER_SEEDS.format(count=len(seeds), total=DELIVERY_SEEDS))
        if place >= len(seeds):
            run.report({"received": False, "reason": "seed_not_set"})
            return Found([pending(None)])
        seed = seeds[place]
        arrival, looks, reason = await _awaited(seed, config, run)
        run.report({"seed": seed.address, "received": arrival is not None, "looks": looks, "reason": reason})
        return Found([pending(seed) if arrival is None else _received(seed, arrival)])


async def _awaited(seed: Seed, config: DeliveryCheckConfig, run: Run) -> tuple[Arrival | None, int, str | None]:
    """The message as soon as it is there, the number of looks, and why there is none."""
    since = max(run.started_at, LONG_AGO + GRACE) - GRACE
    domain, subject = _ascii(config.domain), config.subject_filter or ""
    loop, looks, reason = asyncio.get_running_loop(), 0, "not_arrived"
    end = loop.time() + WAIT_SECONDS
    while True:
        looks += 1
        try:
            arrival = await run.seeds.find(seed, domain=domain, subject=subject, since=since)
            if arrival is not None:
                return arrival, looks, None
            reason = "not_arrived"
        except SeedRefused as error:
            run.log("warn", error.text)
            return None, looks, error.code
        except SeedSilent as error:
            if reason != error.code:
                run.log("warn", error.text)
            reason = error.code
        if loop.time() + POLL_SECONDS > end:
            return None, looks, reason
        await asyncio.sleep(POLL_SECONDS)


def pending(seed: Seed | None) -> Row:
    """The row of a seed that has nothing yet; None: of one that the operator has not set."""
    row: Row = dict.fromkeys(DeliveryCheck.produces)
    return row | {"seed_email": seed and seed.address, "seed_kind": seed and seed.kind, "status": "pending"}


def _received(seed: Seed, arrival: Arrival) -> Row:
    return pending(seed) | {
        "status": "received",
        "placement": arrival.placement,
        "subject": arrival.subject,
        "received_relative": relative(arrival.sent, arrival.seen),
    }


def relative(sent: datetime | None, seen: datetime) -> str | None:
    """How long a message took, as people say it: `40 s`, `2 min`, `1 h 05`; None where it does not tell when it left.

    A clock that is slightly ahead makes it arrive before it left: that is 0 s.
    """
    if sent is None:
        return None
    seconds = max(int((seen - sent).total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"


def _ascii(domain: str) -> str:
    """The domain as mail heads write it."""
    return ascii_domain(domain) or domain


module = DeliveryCheck()
