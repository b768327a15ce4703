"""The world itself: seeded, growing, complete."""

from typing import get_args

from engine.sandbox.mailboxes import Mailbox, Temper
from engine.sandbox.sites.encodings import METHODS
from engine.sandbox.sites.site import DealtKind, Family, SpecialKind
from engine.sandbox.truth import truth_of
from engine.sandbox.world import build_world

KINDS = get_args(DealtKind)


def test_the_same_seed_gives_the_same_world() -> None:
    one, other = build_world(60, seed=3), build_world(60, seed=3)

    assert truth_of(one) == truth_of(other)
    assert one.zone == other.zone


def test_another_seed_gives_another_world() -> None:
    assert truth_of(build_world(20, seed=3)).sites != truth_of(build_world(20, seed=4)).sites


def test_a_larger_world_keeps_the_sites_of_a_smaller_one() -> None:
    small, large = truth_of(build_world(50, seed=7)), truth_of(build_world(200, seed=7))

    assert large.sites[:50] == small.sites


def test_a_world_of_120_sites_holds_every_kind_of_site_encoding_and_mail_server() -> None:
    world = build_world(120, seed=7)
    truth = truth_of(world)

    assert {site.kind for site in truth.sites} == {"healthy", *KINDS}
    assert {site.family for site in truth.sites} == set(get_args(Family))
    assert {shown.method for site in truth.sites for shown in site.shown} >= set(METHODS)
    assert {domain.temper for domain in world.mail_domains.values()} == set(Temper)
    assert {state for domain in world.mail_domains.values() for state in domain.mailboxes.values()} == set(Mailbox)


def test_the_special_sites_are_in_every_world_and_on_no_map() -> None:
    small, large = build_world(10, seed=3), build_world(60, seed=4)

    assert truth_of(small).special_sites == truth_of(large).special_sites
    assert [site.kind for site in truth_of(small).special_sites] == list(get_args(SpecialKind))
    assert not {place.website for place in large.places} & {site.url for site in large.special}


def test_names_and_addresses_are_unique_in_the_largest_world() -> None:
    world = build_world(2_000, seed=7)
    own = [site.domain for site in world.sites if site.bad != "directory"]

    assert len(own) == len(set(own))
    assert len({place.id for place in world.places}) == len(world.places)
    assert all(address.startswith(("198.18.", "198.19.")) for address in world.addresses)
    assert all(len(label) <= 63 for name in world.zone for label in name.split("."))


def test_the_best_address_follows_the_ranking_of_the_contract() -> None:
    for site in truth_of(build_world(400, seed=7)).sites:
        owners = {shown.address: shown.owner for shown in site.shown if not shown.hidden}
        if "own" in owners.values():
            assert site.email is not None and owners[site.email] == "own"
        people = [
            one for one in site.addresses if "." in one.partition("@")[0] and owners[one] == owners[site.email or ""]
        ]
        if people:
            assert site.email_personal in people
        else:
            assert site.email_personal is None


def test_an_address_behind_robots_txt_or_of_a_stranger_is_never_expected() -> None:
    for site in truth_of(build_world(400, seed=7)).sites:
        hidden = {shown.address for shown in site.shown if shown.hidden}
        assert not hidden & set(site.addresses)
        assert not set(site.foreign) & set(site.addresses)
