"""delivery_check: which domains it takes, how it waits for a seed, what its rows and its verdict say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from engine.jobs.delivery import counts_of, verdict_of
from engine.module import Run
from engine.modules.delivery_check import BadDomain, DeliveryCheckConfig, module, relative
from engine.reach import IN_TAB, PRIMARY, SPAM, Arrival, Seed, SeedRefused, SeedSilent
from engine.rows.types import Row
from tests.modules.small_web import SmallWeb

NOW = datetime(2026, 11, 5, 10, 0, tzinfo=UTC)
CONFIG = DeliveryCheckConfig(domain="acme.fr")
NOBODYS_PAST = cast("Any", None)
ARRIVED = Arrival(PRIMARY, "Bonjour", NOW, NOW + timedelta(minutes=2))


@dataclass
class Mailboxes:
    """Seeds in memory: each look gets what the test says for it, the last one for ever."""

    looks: Sequence[Arrival | Exception | None] = (ARRIVED,)
    count: int = 15
    asked: list[dict[str, Any]] = field(default_factory=list)

    def all(self) -> list[Seed]:
        return [Seed(f"s{n}@gmail.com", "gmail") for n in range(self.count)]

    async def find(self, seed: Seed, **wanted: Any) -> Arrival | None:
        self.asked.append(wanted)
        told = self.looks[min(len(self.asked), len(self.looks)) - 1]
        if isinstance(told, Exception):
            raise told
        return told


@dataclass
class Watched:
    """One item, worked with its run's words kept."""

    logs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)

    async def row(self, seeds: Mailboxes, place: int = 0, config: DeliveryCheckConfig = CONFIG) -> Row:
        run: Run = replace(
            SmallWeb({}).run(),
            seeds=seeds,
            started_at=NOW,
            log=lambda level, text: self.logs.append(text),
            note=self.notes.append,
            report=cast("Any", self.reports.append),
        )
        (row,) = (await module.find({"seed": place}, config, run)).rows
        return row


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """So many further looks, without a wait."""

    def looks(count: int) -> None:
        monkeypatch.setattr("engine.modules.delivery_check.POLL_SECONDS", 0.001)
        monkeypatch.setattr("engine.modules.delivery_check.WAIT_SECONDS", 0.001 * count + 1)

    return looks


@pytest.mark.parametrize(
    "domain", ["acme.fr", " ACME.Fr ", "mail.acme.co.uk", "été.fr", "xn--t-bga.fr", "a.io", "gouv.co"]
)
def test_a_domain_is_lowercased_and_needs_a_dot(domain: str) -> None:
    """C-455."""
    config = DeliveryCheckConfig(domain=domain)
    module.check(config, NOBODYS_PAST)

    assert config.domain == domain.strip().lower()


@pytest.mark.parametrize(
    "domain",
    ["", " ", "acme", "a.", ".fr", "@acme.fr", "ada@acme.fr", "https://acme.fr", "acme.fr/x", "a b.fr", "acme..fr",
     "acme.fr\r\nRCPT TO:<x>", "-acme.fr", f"{'a' * 60}.{'b' * 60}.fr", "a." * 59 + "fr",
     "co.uk", "com.br", "gouv.fr", "CO.UK", "ｃo.uk", "公司.cn", "xn--55qx5d.cn"],
)  # fmt: skip
def test_what_is_no_sending_domain_is_refused(domain: str) -> None:
    """C-456."""
    with pytest.raises(BadDomain) as refused:
        module.check(DeliveryCheckConfig(domain=domain), NOBODYS_PAST)

    assert refused.value.text == "Domaine d'envoi invalide"


async def test_a_seed_that_has_the_message_is_received_at_the_first_look() -> None:
    """C-457."""
    seeds, watched = Mailboxes(), Watched()

    row = await watched.row(seeds, 3, DeliveryCheckConfig(domain="Été.fr", subject_filter="bonjour"))

    assert row == {
        "seed_email": "s3@gmail.com", "seed_kind": "gmail", "status": "received", "placement": "Inbox principal",
        "subject": "Bonjour", "received_relative": "2 min",
    }  # fmt: skip
    assert seeds.asked == [{"domain": "xn--t-9fab.fr", "subject": "bonjour", "since": NOW - timedelta(minutes=2)}]
    assert watched.reports == [{"seed": "s3@gmail.com", "received": True, "looks": 1, "reason": None}]


async def test_the_domain_is_looked_for_as_dns_holds_it() -> None:
    seeds = Mailboxes()

    await Watched().row(seeds, config=DeliveryCheckConfig(domain="straße.de"))

    assert seeds.asked[0]["domain"] == "xn--strae-oqa.de"


async def test_it_looks_again_until_the_message_is_there(hurry: Callable[[int], None]) -> None:
    """C-458."""
    hurry(1_000)
    seeds, watched = (
        Mailboxes([None, SeedSilent(address="s0@gmail.com"), SeedSilent(address="s0@gmail.com"), ARRIVED]),
        Watched(),
    )

    row = await watched.row(seeds)

    assert (row["status"], len(seeds.asked)) == ("received", 4)
    assert watched.logs == ["La boîte témoin s0@gmail.com ne répond pas"]


async def test_what_never_comes_stays_pending_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """C-458."""
    monkeypatch.setattr("engine.modules.delivery_check.POLL_SECONDS", 0.02)
    monkeypatch.setattr("engine.modules.delivery_check.WAIT_SECONDS", 0.07)
    seeds, watched = Mailboxes([None]), Watched()

    row = await watched.row(seeds)

    assert (row["status"], row["placement"], row["subject"]) == ("pending", None, None)
    assert 2 <= len(seeds.asked) <= 4
    assert watched.reports[0]["reason"] == "not_arrived"


async def test_a_seed_that_lets_nobody_in_is_asked_once_and_stays_pending() -> None:
    seeds, watched = Mailboxes([SeedRefused(address="s0@gmail.com")]), Watched()

    row = await watched.row(seeds)

    assert (row["seed_email"], row["status"], len(seeds.asked)) == ("s0@gmail.com", "pending", 1)
    assert watched.logs == ["La boîte témoin s0@gmail.com refuse la connexion"]
    assert watched.reports[0]["reason"] == "seed_refused"


async def test_a_seed_that_is_not_set_is_pending_and_the_notice_says_how_many_are() -> None:
    seeds, watched = Mailboxes(count=14), Watched()

    rows = [await watched.row(seeds, place) for place in (13, 14)]

    assert [(row["seed_email"], row["status"]) for row in rows] == [("s13@gmail.com", "received"), (None, "pending")]
    to_use, fewer = dict.fromkeys(watched.notes)
    assert to_use.startswith("Boîtes témoins à qui envoyer le message : s0@gmail.com, s1@gmail.com,")
    assert fewer == "14 boîtes témoins sur 15 sont configurées : les autres restent en attente."


def test_a_job_is_fifteen_seeds_and_free() -> None:
    """C-457, C-463, C-464: it waits longer than the two to eight minutes that mail takes."""
    assert module.plan(CONFIG) == [{"seed": place} for place in range(15)]
    assert module.cost(15, CONFIG) == 0
    assert not module.pipelinable and not module.supports_veille and not module.resumable and not module.reusable
    assert module.item_timeout_seconds(CONFIG) >= 540


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-30, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (119, "2 min"),
        (3_569, "59 min"),
        (3_599, "1 h 00"),
        (7_500, "2 h 05"),
    ],
)
def test_delays_are_told_as_people_say_them(seconds: int, told: str) -> None:
    assert relative(NOW, NOW + timedelta(seconds=seconds)) == told
    assert relative(None, NOW) is None


@pytest.mark.parametrize(
    ("primary", "tabs", "spam", "label"),
    [
        (0, 0, 0, "EN ATTENTE"),
        (9, 0, 1, "EXCELLENT"),
        (13, 0, 2, "TRÈS BON"),
        (7, 3, 0, "TRÈS BON"),
        (9, 4, 0, "MOYEN"),
        (5, 0, 5, "MOYEN"),
        (6, 1, 8, "MAUVAIS"),
        (0, 5, 5, "MAUVAIS"),
        (0, 6, 5, "INSUFFISANT"),
        (4, 2, 4, "INSUFFISANT"),
        (1, 0, 0, "EXCELLENT"),
        (0, 1, 0, "INSUFFISANT"),
        (0, 0, 1, "MAUVAIS"),
    ],
)
def test_the_verdict_is_the_first_line_of_the_table_that_fits(primary: int, tabs: int, spam: int, label: str) -> None:
    """C-460."""
    counts = counts_of([PRIMARY] * primary + [f"{IN_TAB}Updates"] * tabs + [SPAM] * spam)
    verdict = verdict_of(counts)

    assert verdict.label == label
    assert len(verdict.note) > 20


def test_the_counts_add_up() -> None:
    """C-459."""
    tabs = [f"{IN_TAB}{name}" for name in ("Promotions", "Promotions", "Social", "Updates")]

    counts = counts_of([*[PRIMARY] * 5, *tabs, SPAM])

    assert counts.model_dump() == {
        "received": 10, "total": 15, "missing": 5, "primary": 5, "primary_pct": 50, "inbox_secondary": 4,
        "promotions": 3, "spam": 1, "spam_pct": 10,
    }  # fmt: skip
