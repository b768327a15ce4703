"""The map changes while the sandbox runs, as the truth says."""

import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from engine.sandbox.epochs import EPOCH_FILE, EPOCH_LAST, read_epoch, write_epoch
from engine.sandbox.process import RunningSandbox, start
from engine.sandbox.truth import PlaceTruth, Truth, truth_of
from engine.sandbox.world import build_world
from tests.sandbox.client import Client
from tests.sandbox.test_places import FRANCE, pages, rectangle, search

FLORISTS = {"textQuery": "fleuriste", "languageCode": "fr", "locationRestriction": rectangle(*FRANCE)}
MASK = {"mask": "places.id,places.rating,places.userRatingCount,places.nationalPhoneNumber"}
EPOCHS = range(1, EPOCH_LAST + 1)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with start(sites=60, seed=7, directory=tmp_path_factory.mktemp("changing")) as sandbox:
        yield sandbox


@pytest.fixture
async def visitor(changing: RunningSandbox) -> AsyncGenerator[Client]:
    changing.set_epoch(0)
    async with aiohttp.ClientSession() as session:
        yield Client(changing, session)


def facts(place: PlaceTruth) -> tuple[Any, ...]:
    return place.place_id, place.note, place.nb_avis, place.telephone


def florists(truth: Truth, epoch: int) -> set[tuple[Any, ...]]:
    return {facts(place) for place in truth.places_at(epoch).values() if "fleuriste" in place.words}


async def shown(client: Client) -> set[tuple[Any, ...]]:
    _, answer = await search(client, FLORISTS, **MASK)
    columns = ("id", "rating", "userRatingCount", "nationalPhoneNumber")
    return {tuple(place.get(column) for column in columns) for place in answer["places"]}


async def test_each_answer_is_of_the_epoch_that_was_set_last(visitor: Client, changing: RunningSandbox) -> None:
    truth = changing.truth()
    seen: list[set[tuple[Any, ...]]] = []

    for epoch in (0, 1, 2, 0):
        changing.set_epoch(epoch)
        seen.append(await shown(visitor))

    assert seen == [florists(truth, epoch) for epoch in (0, 1, 2, 0)]
    assert seen[0] != seen[1] != seen[2]


@pytest.mark.slow(15)
async def test_a_restart_keeps_the_epoch(tmp_path: Path) -> None:
    with start(sites=10, directory=tmp_path) as first:
        first.set_epoch(1)

    with start(sites=10, directory=tmp_path) as again:
        async with aiohttp.ClientSession() as session:
            assert await shown(Client(again, session)) == florists(again.truth(), 1)


@pytest.mark.parametrize("written", ["", "one", "-1", str(EPOCH_LAST + 1)])
async def test_a_file_without_an_epoch_is_said_and_mended_without_a_restart(
    visitor: Client, changing: RunningSandbox, written: str
) -> None:
    (changing.ca.parent / EPOCH_FILE).write_text(written)

    status, answer = await search(visitor, FLORISTS)
    changing.set_epoch(0)

    assert (status, answer["error"]["status"]) == (500, "INTERNAL")
    assert len(await pages(visitor, FLORISTS))


def test_there_is_no_epoch_before_the_first_nor_after_the_last(changing: RunningSandbox) -> None:
    for epoch in (-1, EPOCH_LAST + 1):
        with pytest.raises(ValueError, match="was expected"):
            changing.set_epoch(epoch)


def test_the_same_seed_changes_in_the_same_way_and_epoch_0_not_at_all() -> None:
    one, other = truth_of(build_world(60, seed=3)), truth_of(build_world(60, seed=3))

    assert one.epochs == other.epochs != truth_of(build_world(60, seed=4)).epochs
    assert list(one.places_at(0).values()) == list(one.places)
    assert not any(kinds(one, 0).values())


@pytest.mark.parametrize("epoch", EPOCHS)
def test_a_place_changes_as_its_kind_says_and_in_nothing_else(epoch: int) -> None:
    truth = truth_of(build_world(120, seed=7))
    before, now, changed = truth.places_at(epoch - 1), truth.places_at(epoch), kinds(truth, epoch)

    assert all(changed.values())
    assert set(changed["opened"]) == now.keys() - before.keys()
    assert set(changed["closed"]) == before.keys() - now.keys()
    for place_id in before.keys() & now.keys():
        was, place = before[place_id], now[place_id]
        different = {name for name in PlaceTruth.model_fields if getattr(was, name) != getattr(place, name)}
        kind = next((kind for kind, ids in changed.items() if place_id in ids), None)
        assert different == {
            None: set(), "lost_stars": {"note"}, "gained_reviews": {"nb_avis"}, "changed_phone": {"telephone"}
        }[kind]  # fmt: skip
        if kind == "lost_stars":
            assert round((was.note or 0) - (place.note or 0), 1) >= 0.3 and (place.note or 0) >= 1
        if kind == "gained_reviews":
            assert (place.nb_avis or 0) > (was.nb_avis or 0)


def kinds(truth: Truth, epoch: int) -> dict[str, tuple[str, ...]]:
    changes = truth.changes(epoch)
    return {field.name: getattr(changes, field.name) for field in fields(changes)}


def test_who_reads_while_the_epoch_is_set_sees_the_former_or_the_new_one(tmp_path: Path) -> None:
    file, over = tmp_path / EPOCH_FILE, threading.Event()
    write_epoch(file, 1)

    def write() -> None:
        for turn in range(400):
            write_epoch(file, 1 + turn % 2)
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[int] = set()
    while not over.is_set():
        seen.add(read_epoch(file))
    writer.join()

    assert seen <= {1, 2}
    assert [path.name for path in tmp_path.iterdir()] == [EPOCH_FILE]
