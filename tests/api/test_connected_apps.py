"""`/connected-apps`, as a browser without scripts uses it."""

from collections.abc import Iterator

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from engine.oauth import tokens
from engine.oauth.schemas import Issued
from tests.api_house import ApiHouse
from tests.engine.oauth.granted import issued, opens

PATH = "/connected-apps"


@pytest.fixture
def given(quiet: ApiHouse, request: pytest.FixtureRequest) -> Issued:
    """Tokens of an application that was connected to the test's own account."""
    return issued(quiet.caller(own(request)))


@pytest.fixture
def browser(quiet: ApiHouse, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with quiet.client(own(request)) as client:
        yield client


def own(request: pytest.FixtureRequest) -> str:
    return f"{request.node.name[:40]}@example.com"


def fields(page: httpx.Response) -> dict[str, str]:
    hidden = Html(page.text).css("form input[type=hidden]")
    return {str(field.attributes["name"]): field.attributes["value"] or "" for field in hidden}


def test_the_page_tells_what_is_connected(quiet: ApiHouse, browser: httpx.Client, given: Issued) -> None:
    quiet.services.run(None, tokens.note_use, given.access_token)

    page = browser.get(PATH)

    told = Html(page.text).css_first("main").text()  # type: ignore[union-attr]
    assert page.status_code == 200
    assert all(text in told for text in ("Claude", "claude.ai", "outsend:read outsend:run", "Dernier usage"))
    assert f"{quiet.services.clock.now():%d/%m/%Y}" in told


def test_its_button_removes_the_application_at_once(quiet: ApiHouse, browser: httpx.Client, given: Issued) -> None:
    before = opens(quiet.services, given)

    removed = browser.post(PATH, data=fields(browser.get(PATH)))

    assert (before, opens(quiet.services, given)) == (True, False)
    assert (removed.status_code, removed.headers["location"]) == (303, PATH)
    assert "Aucune application" in browser.get(PATH).text


@pytest.mark.parametrize("how", ["no token", "another page's token", "no cookie"])
def test_a_form_that_this_browser_was_not_given_removes_nothing(
    quiet: ApiHouse, browser: httpx.Client, given: Issued, how: str
) -> None:
    sent = fields(browser.get(PATH))
    if how == "no token":
        sent["form_token"] = ""
    elif how == "another page's token":
        sent["form_token"] = fields(browser.get("/sign-in"))["form_token"]
    else:
        browser.cookies.delete("outsend_form")

    refused = browser.post(PATH, data=sent)

    assert refused.status_code == 403 and "Ce formulaire a expiré" in refused.text
    assert opens(quiet.services, given)


def test_what_another_connected_is_neither_shown_nor_removed(quiet: ApiHouse, given: Issued) -> None:
    with quiet.client("stranger@example.com") as stranger:
        page = stranger.get(PATH)
        sent = stranger.post(PATH, data={**fields(stranger.get("/sign-in")), "client_id": "c1"})
        issued(quiet.caller("stranger@example.com"), "c2")
        tried = stranger.post(PATH, data={**fields(stranger.get(PATH)), "client_id": "c1"})

    assert "Claude" not in page.text
    assert (sent.status_code, tried.status_code) == (403, 404)
    assert opens(quiet.services, given)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_not_signed_in_is_led_to_sign_in(quiet: ApiHouse, method: str) -> None:
    with quiet.client(None) as nobody, quiet.bearer() as agent:
        for client in (nobody, agent):
            led = client.request(method, PATH)
            assert (led.status_code, led.headers["location"]) == (303, "/sign-in?return_to=/connected-apps")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_deactivated_account_is_kept_out(quiet: ApiHouse, method: str) -> None:
    with quiet.client("frozen-apps@example.com", is_active=False) as browser:
        refused = browser.request(method, PATH)

    assert (refused.status_code, refused.json()["code"]) == (403, "account_inactive")


def test_the_pages_lead_there(browser: httpx.Client) -> None:
    assert Html(browser.get("/sign-in").text).css_first(f"a[href='{PATH}']") is not None
