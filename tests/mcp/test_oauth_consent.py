"""The page where a person decides: who is asked, when, what is shown, and which forms count. C-423."""

import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from engine.accounts import passwords
from engine.oauth.connected import list_apps, remove_app
from tests.api_house import ApiHouse
from tests.mcp.program import CALLBACK, LOCAL, Program, answer, call, submit, tools
from tests.visitors import visitor

PASSWORD = "lovelace-1843"


@pytest.fixture
def ada(plain: ApiHouse, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A browser that is signed in as somebody of the test's own."""
    with plain.client(f"{request.node.name[:40]}@example.com".replace("[", "-").replace("]", "")) as browser:
        yield browser


def connect(program: Program, browser: httpx.Client) -> httpx.Response:
    """Ask, and exchange the code that is given at once or by the form."""
    page = browser.get(program.address())
    sent = page if page.is_redirect else submit(browser, page)
    assert "access_token" in program.exchange(answer(sent)["code"]).json()
    return page


# Who is asked, and when


def test_the_authorization_endpoint_itself_answers_who_is_signed_in_with_the_form(
    plain: ApiHouse, ada: httpx.Client
) -> None:
    program = Program.registered(plain)

    page = ada.get(program.address())

    assert page.status_code == 200
    assert answer(submit(ada, page))["state"] == program.state


def test_who_is_not_signed_in_signs_in_first_and_comes_back(plain: ApiHouse) -> None:
    program = Program.registered(plain)
    plain.caller("typed@example.com", password_hash=passwords.password_hash(PASSWORD))
    with visitor(plain) as browser:
        led = browser.get(program.address())
        page = browser.get(led.headers["location"])
        form = Html(page.text).css("input[type=hidden]")
        fields = {str(one.attributes["name"]): one.attributes["value"] or "" for one in form}
        signed_in = browser.post("/sign-in", data={**fields, "email": "typed@example.com", "password": PASSWORD})
        asked = browser.get(signed_in.headers["location"])
        sent = submit(browser, asked)

    assert led.headers["location"].startswith("/sign-in?return_to=%2Fauthorize%2Fconsent")
    assert answer(sent)["state"] == program.state and sent.headers["location"].startswith(CALLBACK)


def test_a_personal_token_signs_nobody_in_here(plain: ApiHouse) -> None:
    with plain.bearer() as agent:
        assert agent.get(Program.registered(plain).address()).headers["location"].startswith("/sign-in")


def test_the_same_is_asked_once_and_more_is_asked_again(plain: ApiHouse, ada: httpx.Client) -> None:
    program = Program.registered(plain)
    submit_all = connect(program, ada)

    again, less = ada.get(program.address()), ada.get(program.address(scope="outsend:read"))

    assert submit_all.status_code == 200
    assert "code" in answer(again) and "code" in answer(less)


def test_who_allowed_reading_alone_is_asked_before_more(plain: ApiHouse, ada: httpx.Client) -> None:
    program = Program.registered(plain)
    sent = submit(ada, ada.get(program.address()), scope="")
    program.exchange(answer(sent)["code"])

    assert ada.get(program.address()).status_code == 200
    assert ada.get(program.address(scope="outsend:read")).is_redirect


def test_somebody_else_is_asked_for_the_same_client(plain: ApiHouse, ada: httpx.Client) -> None:
    """MCP security point 4."""
    program = Program.registered(plain)
    connect(program, ada)

    with plain.client("somebody-else@example.com") as other:
        assert other.get(program.address()).status_code == 200


def test_another_client_of_the_same_name_is_asked_for(plain: ApiHouse, ada: httpx.Client) -> None:
    """MCP security point 4."""
    connect(Program.registered(plain), ada)

    assert ada.get(Program.registered(plain).address()).status_code == 200


def test_a_program_on_this_machine_is_asked_for_each_time(plain: ApiHouse, ada: httpx.Client) -> None:
    program = Program.registered(plain, LOCAL)
    connect(program, ada)

    assert ada.get(program.address()).status_code == 200


def test_after_it_was_removed_a_client_is_asked_for_again(plain: ApiHouse) -> None:
    program, caller = Program.registered(plain), plain.caller("removes@example.com")
    with plain.client("removes@example.com") as browser:
        connect(program, browser)
        caller.run(remove_app, caller.run(list_apps)[0].client_id)

        assert browser.get(program.address()).status_code == 200


def test_a_page_that_one_is_led_to_never_answers_by_itself(plain: ApiHouse, ada: httpx.Client) -> None:
    """Its address is reached by a redirect behind a form, which browsers hold against another site."""
    program = Program.registered(plain)
    connect(program, ada)
    with visitor(plain) as nobody:
        led = nobody.get(nobody.get(program.address()).headers["location"])
    back = str(Html(led.text).css_first("[name=return_to]").attributes["value"])  # type: ignore[union-attr]

    assert ada.get(back).status_code == 200


def test_a_deactivated_account_connects_nothing(plain: ApiHouse) -> None:
    with plain.client("frozen-consent@example.com", is_active=False) as browser:
        refused = browser.get(Program.registered(plain).address())

    assert refused.status_code == 403 and "Compte désactivé" in refused.text


def test_an_unverified_address_may_connect(plain: ApiHouse) -> None:
    plain.caller("unverified-app@example.com", email_verified=False)

    assert "access_token" in Program.registered(plain).connect("unverified-app@example.com")


# What is shown


def test_the_page_names_account_client_host_and_scopes(plain: ApiHouse, ada: httpx.Client) -> None:
    """MCP security point 4."""
    page = Html(ada.get(Program.registered(plain, client_name="Claude <b>\u202e  AI").address()).text)

    told = page.css_first("main").text()  # type: ignore[union-attr]
    assert "Claude <b> AI" in told and "claude.ai" in told and "@example.com" in told
    assert [button.attributes["name"] for button in page.css("button")] == ["allow", "deny"]
    assert [box.attributes["value"] for box in page.css("[name=scope]")] == ["outsend:read", "outsend:run"]


def test_a_client_that_asks_to_read_is_offered_no_more(plain: ApiHouse, ada: httpx.Client) -> None:
    program = Program.registered(plain)
    page = ada.get(program.address(scope="outsend:read"))
    sent = submit(ada, page, scope="outsend:run")

    assert Html(page.text).css_first("#run") is None
    assert program.exchange(answer(sent)["code"]).json()["scope"] == "outsend:read"


def test_a_client_that_names_no_scope_asks_for_all(plain: ApiHouse) -> None:
    program = Program.registered(plain)

    assert program.connect(scope=None)["scope"] == "outsend:read outsend:run"


def test_without_the_box_for_running_a_client_may_only_read(plain: ApiHouse, ada: httpx.Client) -> None:
    program = Program.registered(plain)
    sent = submit(ada, ada.get(program.address()), scope="")

    given = program.exchange(answer(sent)["code"]).json()

    assert given["scope"] == "outsend:read"
    assert call(plain, given["access_token"], "tools/call", name="start", arguments={}).status_code == 403


def test_a_refusal_is_told_to_the_client(plain: ApiHouse, ada: httpx.Client) -> None:
    program = Program.registered(plain)

    told = answer(submit(ada, ada.get(program.address()), "deny"))

    assert told == {"error": "access_denied", "state": program.state, "iss": plain.url}


@pytest.mark.parametrize("which", ["consent", "problem"])
def test_a_page_is_framed_by_nobody_kept_by_nobody_and_without_scripts(
    plain: ApiHouse, ada: httpx.Client, which: str
) -> None:
    """MCP security point 4."""
    address = Program.registered(plain).address()
    page = ada.get(address if which == "consent" else address.replace("client_id", "client"))

    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy and "default-src 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"  # no-referrer would make the form's Origin null
    html = Html(page.text)
    assert html.css("script, style, [style], [onclick]") == []
    assert html.css_first("html").attributes["lang"] == "fr"  # type: ignore[union-attr]
    assert len(html.css("h1")) == len(html.css("main")) == 1


# Which forms count


def test_a_form_counts_once(plain: ApiHouse, ada: httpx.Client) -> None:
    """MCP security point 4."""
    page = ada.get(Program.registered(plain).address())
    submit(ada, page)

    again = submit(ada, page)

    assert again.status_code == 400 and "déjà servi" in again.text


@pytest.mark.parametrize("how", ["no token", "another token", "another request", "no button", "both buttons"])
def test_a_form_that_was_not_given_like_that_is_refused(plain: ApiHouse, ada: httpx.Client, how: str) -> None:
    """MCP security point 4."""
    program = Program.registered(plain)
    page, other = ada.get(program.address()), ada.get(program.address())
    hidden = {str(one.attributes["name"]): one.attributes["value"] for one in Html(other.text).css("[type=hidden]")}
    changes = {
        "no token": {"form_token": ""},
        "another token": {"form_token": str(hidden["form_token"])},
        "another request": {"request": str(hidden["request"])},
        "no button": {"allow": ""},
        "both buttons": {"deny": "deny"},
    }

    assert submit(ada, page, **changes[how]).status_code == 400


def test_a_form_of_one_person_counts_for_no_other(plain: ApiHouse, ada: httpx.Client) -> None:
    """MCP security point 4."""
    page = ada.get(Program.registered(plain).address())

    with plain.client("thief@example.com") as thief, visitor(plain) as nobody:
        assert submit(thief, page).status_code == 400
        assert submit(nobody, page).status_code == 400
    assert submit(ada, page).is_redirect


def test_a_form_sent_from_another_site_is_refused(plain: ApiHouse, ada: httpx.Client) -> None:
    """MCP security point 4."""
    page = ada.get(Program.registered(plain).address())
    ada.headers["Origin"] = "https://evil.example"

    assert submit(ada, page).status_code == 403


# What is written down


def test_the_log_tells_who_allowed_what_and_holds_no_secret(
    plain: ApiHouse, ada: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """MCP security point 22."""
    caplog.set_level(logging.DEBUG)
    program = Program.registered(plain, token_endpoint_auth_method="client_secret_post")
    page = ada.get(program.address())
    code = answer(submit(ada, page))["code"]
    given = program.exchange(code).json()
    call(plain, given["access_token"], "tools/call", name="repeat", arguments={})
    later = program.refresh(given["refresh_token"]).json()
    tools(plain, later["access_token"])
    program.revoke(later["refresh_token"])

    written = "\n".join(json.dumps(record.__dict__, default=str) + record.getMessage() for record in caplog.records)
    (allowed,) = [record for record in caplog.records if record.getMessage() == "client access"]
    told = allowed.fields  # type: ignore[attr-defined]
    assert (told["decision"], told["scopes"]) == ("allowed", "outsend:read outsend:run")
    # What the test's own client logs of its requests is not the server's.
    ours = "\n".join(line for line in written.splitlines() if '"name": "httpx' not in line and '"httpcore' not in line)
    for secret in (code, program.secret, program.verifier, *_secrets(given), *_secrets(later)):
        assert secret is not None and secret not in ours


def _secrets(given: dict[str, str]) -> tuple[str, str]:
    return given["access_token"], given["refresh_token"]
