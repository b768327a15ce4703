"""The examples of the API pages are what the API takes and gives.

A fenced block `http` is a request: method and path, headers, an empty line, the body. A fenced block `json` right
behind it is the answer. Both are held against the OpenAPI document, so neither can drift from the code.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from tests.docs.reading import openapi

PAGES = Path(__file__).parents[2] / "llms" / "pages"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
REQUEST_LINE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/api/\S+)\n")


@dataclass(frozen=True)
class Example:
    """A request of a page, and its answer where the page shows one. `body` is the JSON text, empty for none."""

    page: str
    method: str
    path: str
    body: str
    answer: str | None

    def __str__(self) -> str:
        return f"{self.page}: {self.method} {self.path}"


def examples() -> Iterator[Example]:
    for path in sorted(PAGES.glob("*/*.md")):
        text = path.read_text()
        fences = list(FENCE.finditer(text))
        for at, fence in enumerate(fences):
            line = REQUEST_LINE.match(fence[3])
            if fence[2] != "http" or line is None:
                continue
            after = fences[at + 1] if at + 1 < len(fences) else None
            follows = after is not None and after[2] == "json" and not text[fence.end() : after.start()].strip()
            body = fence[3].partition("\n\n")[2]
            answer = after[3] if follows and after is not None else None
            yield Example(f"{path.parent.name}/{path.stem}", line[1], line[2], body, answer)


EXAMPLES = list(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_request_is_one_that_the_api_takes(example: Example) -> None:
    operation = operation_of(example)
    shape = json_shape(operation.get("requestBody", {}))

    assert bool(example.body.strip()) == (shape is not None), "a body where the endpoint takes one, and only there"
    if shape is not None:
        assert findings(shape, json.loads(example.body)) == []


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.answer], ids=str)
def test_an_example_answer_is_one_that_the_api_gives(example: Example) -> None:
    answers = operation_of(example)["responses"]
    shape = next(json_shape(answers[status]) for status in sorted(answers) if status.startswith("2"))
    assert shape is not None, "this endpoint gives no JSON"
    assert example.answer is not None

    assert findings(shape, json.loads(example.answer)) == []


@pytest.mark.parametrize("page", ["auth", "jobs", "pipelines", "suppressions"])
def test_every_creation_of_a_page_is_shown_by_an_example(page: str) -> None:
    """Whatever takes a JSON body and has a section of its own has an example there."""
    text = (PAGES / "api" / f"{page}.md").read_text()
    titled = set(re.findall(r"^#+ ((?:POST|PUT|PATCH|DELETE) /\S+)$", text, re.MULTILINE))
    shown = {f"{one.method} {template_of(one)}" for one in EXAMPLES if one.page == f"api/{page}"}

    assert {call for call in titled if takes_json(*call.split(" "))} <= shown


def test_the_json_of_every_page_can_be_read() -> None:
    unreadable: list[str] = []
    for path in sorted(PAGES.glob("*/*.md")):
        for fence in FENCE.finditer(path.read_text()):
            try:
                if fence[2] == "json":
                    json.loads(fence[3])
            except ValueError as error:
                unreadable.append(f"{path.parent.name}/{path.stem}: {error}: {fence[3][:80]}")

    assert unreadable == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"name": "n8n", "scope": "write"}, ["scope: 'write' is not one of ['read', 'run']"]),
        ({"name": "n8n"}, ["$: 'scope' is a required property"]),
        (
            {"name": "n8n", "scope": "run", "scopes": []},
            ["$: Additional properties are not allowed ('scopes' was unexpected)"],
        ),
    ],
)
def test_an_example_that_has_drifted_is_found(body: dict[str, Any], found: list[str]) -> None:
    shape = json_shape(operation_of(Example("", "POST", "/api/tokens", "", None))["requestBody"])
    assert shape is not None

    assert findings(shape, body) == found


@cache
def strict_openapi() -> dict[str, Any]:
    return strict(openapi())


def strict(part: Any) -> Any:
    """The same document, in which an object has no field but its own: the API would ignore a misspelt one."""
    if isinstance(part, list):
        return [strict(member) for member in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return part
    found = {name: strict(member) for name, member in cast("dict[str, Any]", part).items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
    return found


def template_of(example: Example) -> str:
    """The path as the OpenAPI document has it; of several that fit, the one with the fewest parameters."""
    path = example.path.partition("?")[0]
    fitting = [one for one in strict_openapi()["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    assert fitting, f"{example}: there is no such path"
    return min(fitting, key=lambda one: one.count("{"))


def operation_of(example: Example) -> dict[str, Any]:
    methods = strict_openapi()["paths"][template_of(example)]
    assert example.method.lower() in methods, f"{example}: there is no such method"
    return methods[example.method.lower()]


def takes_json(method: str, template: str) -> bool:
    operation = strict_openapi()["paths"].get(template, {}).get(method.lower(), {})
    return json_shape(operation.get("requestBody", {})) is not None


def json_shape(part: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of a request's or an answer's JSON; None where it has none."""
    return part.get("content", {}).get("application/json", {}).get("schema")


def findings(shape: dict[str, Any], value: Any) -> list[str]:
    """What of a value is not as the schema says: `field: problem`."""
    validator = Draft202012Validator({**shape, "components": strict_openapi()["components"]})
    errors = sorted(validator.iter_errors(value), key=lambda error: error.json_path)
    return [f"{error.json_path.removeprefix('$.')}: {error.message}" for error in errors]
