"""What is wrong with a body is told in French, whatever the field: the validator's own sentences never come through."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from outsend_api.app import document
from tests.api_house import ApiHouse

DOCUMENT = document()
# The beginnings of pydantic's sentences.
ENGLISH = re.compile(r"Input should|Field required|Value error|Extra inputs|should have|should be|Unable to|Invalid ")
WRONG: tuple[Any, ...] = ({"a": 1}, "x" * 100_000, -1e300, [[]], None, "0000-00-00T99:99")


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every endpoint that takes a JSON object, with the schema of that object."""
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rpartition("/")[2]
            if name and "{" not in path:
                yield method, path, DOCUMENT["components"]["schemas"][name].get("properties", {})


BODIES = {f"{method.upper()} {path}": (method, path, fields) for method, path, fields in bodies()}


@pytest.mark.slow(30)
@pytest.mark.parametrize("endpoint", sorted(BODIES))
def test_what_is_wrong_with_a_field_is_told_in_french(house: ApiHouse, endpoint: str) -> None:
    method, path, fields = BODIES[endpoint]
    sent = [{}] + [{name: wrong} for name in fields for wrong in WRONG]

    with house.client() as client:
        answers = [client.request(method, path, json=body) for body in sent]
    told = [answer.json() for answer in answers if answer.status_code == 422]

    messages = [one["message"] for answer in told for one in answer.get("errors", [])]
    assert [message for message in messages if ENGLISH.search(message)] == []
