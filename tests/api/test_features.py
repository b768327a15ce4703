"""Votes for what is to come, over HTTP."""

import httpx
import pytest

from tests.api.test_registry import COMING_SOON
from tests.api_house import ApiHouse

ALLOWED = {*COMING_SOON, "company", "monitoring", "pagespeed"}


def votes(client: httpx.Client) -> dict[str, int]:
    return client.get("/api/features").json()["counts"]


def vote(client: httpx.Client, feature_id: str) -> None:
    response = client.post(f"/api/features/{feature_id}/interest")
    assert (response.status_code, response.content) == (204, b"")


def test_every_id_has_its_number_also_without_votes(house: ApiHouse) -> None:
    """C-231, C-232, C-234."""
    with house.client("looks-on@example.com") as client:
        found = client.get("/api/features").json()

    assert set(found) == {"voted", "counts"}
    assert found["voted"] == []
    assert found["counts"].keys() == ALLOWED
    assert found["counts"]["directories"] == 0


def test_a_vote_counts_once_however_often_it_is_given(api: httpx.Client) -> None:
    """C-233, C-235."""
    before = votes(api)["linkedin"]
    for _ in range(3):
        vote(api, "linkedin")
    found = api.get("/api/features").json()

    assert found["counts"]["linkedin"] == before + 1
    assert found["voted"] == ["linkedin"]


def test_votes_of_all_are_counted_and_ones_own_are_told(api: httpx.Client, other_api: httpx.Client) -> None:
    """C-231, C-233."""
    for client in (api, other_api):
        vote(client, "hiring")
    vote(api, "company")

    assert api.get("/api/features").json()["voted"] == ["hiring", "company"]
    assert other_api.get("/api/features").json()["voted"] == ["hiring"]
    assert votes(api)["hiring"] == 2


def test_a_vote_can_be_taken_back_and_given_again(api: httpx.Client) -> None:
    """C-236."""
    vote(api, "crm")
    for _ in range(2):  # a second time there is nothing to take back
        response = api.delete("/api/features/crm/interest")
        assert (response.status_code, response.content) == (204, b"")
        assert votes(api)["crm"] == 0
    vote(api, "crm")

    assert votes(api)["crm"] == 1


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("feature_id", ["nothing", "scrap", "email_campaign", "LINKEDIN", "%00", "%ff", "x" * 3000])
def test_an_unknown_feature_is_not_found(api: httpx.Client, method: str, feature_id: str) -> None:
    """C-237."""
    response = api.request(method, f"/api/features/{feature_id}/interest")

    assert (response.status_code, response.json()["detail"]) == (404, "Fonctionnalité inconnue")
    assert api.get("/api/features").json()["voted"] == []


def test_who_may_vote(house: ApiHouse, nobody: httpx.Client) -> None:
    """C-231, C-238, C-239."""
    path = "/api/features/linkedin/interest"
    with (
        house.client("inactive-voter@example.com", is_active=False) as inactive,
        house.bearer("token-voter@example.com", scope="read") as reads,
        house.bearer("token-voter@example.com", scope="run") as runs,
    ):
        posted = [client.post(path).status_code for client in (nobody, inactive, reads, runs)]
        taken_back = [client.delete(path).status_code for client in (nobody, inactive, reads, runs)]
        read = [client.get("/api/features").status_code for client in (nobody, inactive, reads)]

    assert posted == taken_back == [401, 403, 403, 204]
    assert read == [401, 403, 200]
