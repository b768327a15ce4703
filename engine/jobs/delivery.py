"""What a placement test says as a whole, and the mailboxes to send to. Source: docs page modules/delivery_check."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.context import Context, read
from engine.errors import OutsendError
from engine.jobs import store
from engine.jobs.errors import OutputGone
from engine.jobs.models import Job, Status
from engine.jobs.queries import owned_job
from engine.limits import DELIVERY_SEEDS
from engine.modules.delivery_check import module, pending
from engine.reach import IN_TAB, PRIMARY, SPAM, Seed
from engine.rows.types import Row
from engine.suppressions.blank import blanked
from engine.suppressions.operations import suppressed_of

PROMOTIONAL = (f"{IN_TAB}Promotions", f"{IN_TAB}Social")

Label = Literal["EXCELLENT", "TRÈS BON", "MOYEN", "MAUVAIS", "INSUFFISANT", "EN ATTENTE"]
NOTES: dict[Label, str] = {
    "EXCELLENT": "Le message arrive en boîte principale : envoie ta campagne, et garde le même contenu.",
    "TRÈS BON": "La plupart des boîtes le montrent en principal : allège les liens et images pour gagner les autres.",
    "MOYEN": "Une boîte sur deux le classe ailleurs : vérifie SPF, DKIM et DMARC, puis simplifie le message.",
    "MAUVAIS": "Il part surtout en spam : corrige SPF, DKIM et DMARC et chauffe le domaine avant tout envoi.",
    "INSUFFISANT": "Il finit surtout hors de la boîte principale : écris un message plus personnel, sans mise en page.",
    "EN ATTENTE": "Rien n'est arrivé : envoie le message à toutes les boîtes témoins, puis relance le test.",
}


class NotDeliveryCheck(OutsendError):
    code = "not_a_delivery_check"
    message = "Pas un job de test de délivrabilité"
    hint = "Only a job of the module delivery_check has this report; read the items of other jobs."


class SeedPublic(BaseModel):
    seed_email: str
    seed_kind: str


class SeedsPublic(BaseModel):
    """The mailboxes to send the test message to, at most fifteen; none where the operator has set none."""

    seeds: list[SeedPublic]
    total: int


class SeedObserved(BaseModel):
    """A row of the job. `status`: `received`, or `pending`."""

    seed_email: str | None
    seed_kind: str | None
    status: str
    placement: str | None
    subject: str | None
    received_relative: str | None


class Verdict(BaseModel):
    """A judgment, and what to do about it (French)."""

    label: Label
    note: str


class Counts(BaseModel):
    """Percentages are of what was received, rounded. `promotions` (with Social) are some of `inbox_secondary`."""

    model_config = ConfigDict(frozen=True)

    received: int
    total: int
    missing: int
    primary: int
    primary_pct: int
    inbox_secondary: int
    promotions: int
    spam: int
    spam_pct: int


class DeliveryResult(Counts):
    """All fifteen seeds, also while the job is at it: those without news are pending."""

    verdict: Verdict
    seeds: list[SeedObserved]


@read
def seeds(context: Context) -> SeedsPublic:
    """Where to send the test message."""
    found = [SeedPublic(seed_email=seed.address, seed_kind=seed.kind) for seed in _seeds(context)]
    return SeedsPublic(seeds=found, total=len(found))


@read
def delivery_result(context: Context, job_id: str) -> DeliveryResult:
    """The report of a placement test, running or ended.

    Raises:
        JobMissing, JobForbidden, NotDeliveryCheck, OutputGone.
    """
    job = owned_job(context, job_id)
    if job.job_type != module.slug:
        raise NotDeliveryCheck
    if job.status == Status.expired:
        raise OutputGone()
    observed = [SeedObserved.model_validate(row) for row in _rows(context, job)]
    counts = counts_of([seed.placement for seed in observed if seed.status == "received"])
    return DeliveryResult(**counts.model_dump(), verdict=verdict_of(counts), seeds=observed)


def counts_of(placements: Sequence[str | None]) -> Counts:
    """What the placements of the received messages come to."""
    received = len(placements)
    primary, spam = placements.count(PRIMARY), placements.count(SPAM)
    return Counts(
        received=received,
        total=DELIVERY_SEEDS,
        missing=DELIVERY_SEEDS - received,
        primary=primary,
        primary_pct=_percent(primary, received),
        inbox_secondary=sum((placement or "").startswith(IN_TAB) for placement in placements),
        promotions=sum(placement in PROMOTIONAL for placement in placements),
        spam=spam,
        spam_pct=_percent(spam, received),
    )


def verdict_of(counts: Counts) -> Verdict:
    """The first line of the documented table that fits."""
    label: Label
    if not counts.received:
        label = "EN ATTENTE"
    elif counts.primary_pct >= 90:
        label = "EXCELLENT"
    elif counts.primary_pct >= 70:
        label = "TRÈS BON"
    elif counts.primary_pct >= 50:
        label = "MOYEN"
    else:
        label = "MAUVAIS" if counts.spam_pct >= 50 else "INSUFFISANT"
    return Verdict(label=label, note=NOTES[label])


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _seeds(context: Context) -> list[Seed]:
    return [Seed(box.address, box.kind) for box in context.services.seed_boxes]


def _rows(context: Context, job: Job) -> list[Row]:
    """Fifteen, in the order of the seeds: what the job has, the others pending."""
    assert job.seq is not None
    stored = store.rows(context.session, job.seq, limit=DELIVERY_SEEDS)
    rows = blanked([row for _, row in stored], suppressed_of(context, context.account_id))
    known = {position[0]: row for (position, _), row in zip(stored, rows, strict=True)}
    set_now = [*_seeds(context), *[None] * DELIVERY_SEEDS]
    return [known.get(place) or pending(set_now[place]) for place in range(DELIVERY_SEEDS)]
