"""The OpenAPI document is true: no answer but a documented one, whatever is sent."""

import pytest

from tests.api_house import ApiHouse
from tests.fuzz import fuzz


@pytest.mark.slow(200)
def test_a_minute_of_odd_requests_gets_documented_answers_only(house: ApiHouse) -> None:
    """C-004, C-011, C-018, C-020."""
    ran = fuzz(house, seconds=60, seed=1)

    assert ran.returncode == 0, ran.stdout[-6000:]
