"""Who may come in at all."""

import httpx


def test_an_unknown_path_is_told_in_the_one_shape_of_errors(nobody: httpx.Client) -> None:
    response = nobody.get("/api/nothing")

    assert response.status_code == 404
    assert set(response.json()) == {"detail", "code", "hint"}
