"""Links to the signals of a run, which open without signing in, for ten minutes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from engine.context import Caller
from engine.veille.errors import RunMissing, VeilleMissing
from engine.veille.links import signals_link
from tests.api_house import ApiHouse
from tests.engine.veille.watch import Watch, place


@dataclass
class Watched:
    """A veille with a run that has signals, and somebody who is not signed in."""

    house: ApiHouse
    me: Caller
    veille: int
    run: int
    nobody: httpx.Client

    def link(self, fmt: str = "csv") -> str:
        return self.me.run(signals_link, self.veille, self.run, fmt).url


@pytest.fixture
def watched(own: ApiHouse) -> Iterator[Watched]:
    me = own.caller("ada@example.com")
    watch = Watch(own.services, me)
    veille = watch.create(watch.source([place(1), place(2)]))
    run = watch.run_once(veille, [place(1, note=3.0), place(2)]).id
    with httpx.Client(timeout=30) as nobody:
        yield Watched(own, me, veille, run, nobody)


@pytest.mark.parametrize("fmt", ["csv", "json", "xlsx"])
def test_a_link_gives_the_file_to_whoever_has_it(watched: Watched, fmt: str) -> None:
    file = watched.nobody.get(watched.link(fmt))

    with watched.house.client("ada@example.com") as api:
        mine = api.get(f"/api/veille/{watched.veille}/runs/{watched.run}/signals.{fmt}")
    assert (file.status_code, mine.status_code) == (200, 200)
    assert file.headers["content-disposition"] == mine.headers["content-disposition"]
    assert fmt == "xlsx" or file.content == mine.content


def test_a_link_is_for_one_run_and_one_format(watched: Watched) -> None:
    link = watched.link()
    changed = [
        link.replace("signals.csv", "signals.json"),
        link.replace(f"runs/{watched.run}/", f"runs/{watched.run - 1}/"),
        link.replace(f"veille/{watched.veille}/", f"veille/{watched.veille + 1}/"),
        link[:-2] + "zz",
        link.partition("token=")[0] + "token=",
    ]

    refused = [watched.nobody.get(one) for one in changed]

    assert {(one.status_code, one.json()["detail"]) for one in refused} == {(403, "Lien de téléchargement invalide")}
    assert watched.nobody.get(link.partition("?")[0]).status_code == 401


def test_a_link_closes_after_ten_minutes(watched: Watched) -> None:
    link = watched.link()
    watched.house.services.clock.offset += timedelta(minutes=10)

    refused = watched.nobody.get(link)

    assert (refused.status_code, refused.json()["code"]) == (403, "signals_link_expired")


def test_a_link_to_a_veille_that_was_deleted_leads_nowhere(watched: Watched) -> None:
    link = watched.link()
    with watched.house.client("ada@example.com") as api:
        api.delete(f"/api/veille/{watched.veille}")

    assert watched.nobody.get(link).status_code == 404


def test_only_the_owner_gets_a_link(watched: Watched) -> None:
    other = watched.house.caller("other@example.com")

    with pytest.raises(VeilleMissing):
        other.run(signals_link, watched.veille, watched.run, "csv")
    with pytest.raises(RunMissing):
        watched.me.run(signals_link, watched.veille, 999, "csv")
