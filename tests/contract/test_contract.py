"""Each demand of the contract has a test that cites it, or a reason why it comes later."""

from tests.contract.uncited import problems


def test_every_demand_is_cited_by_a_test_or_explained() -> None:
    assert problems() == []
