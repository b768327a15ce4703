"""What every endpoint has in common, read from the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from outsend_api.app import document

FILES = {
    "text/csv",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/*",
}
FILE_PATHS = ("/download", "/export", "/signals", "/signals.{fmt}", "/{filename}")
SESSION = {"session": []}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of every endpoint under `/api/`."""
    for path, methods in document()["paths"].items():
        if path.startswith("/api/"):
            for method, described in methods.items():
                yield path, method, described


def test_an_endpoint_answers_with_json_with_events_or_with_the_file_it_is_for() -> None:
    """C-002: downloads are the files that the contract names."""
    for path, _, described in operations():
        for status, answer in described["responses"].items():
            kinds = set(answer.get("content", {}))
            files = kinds & FILES
            assert kinds - files <= {"application/json", "text/event-stream"}, (path, status)
            assert not files or (status == "200" and path.endswith(FILE_PATHS)), (path, status)


def test_a_session_is_enough_for_every_endpoint() -> None:
    """C-003."""
    for path, method, described in operations():
        assert SESSION in described.get("security", [SESSION]), (method, path)


@pytest.mark.parametrize("path", ["/api/jobs", "/api/nothing", "/api/auth/me", "/api/jobs/j_x/download?format=csv"])
def test_a_refusal_is_json_too(nobody: httpx.Client, path: str) -> None:
    """C-002."""
    response = nobody.get(path)

    assert response.headers["content-type"] == "application/json"
    assert response.json()["detail"]
