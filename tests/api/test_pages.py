"""The HTML pages, as a browser without scripts uses them."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import count
from urllib.parse import quote

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser as Html

from engine.accounts import mail_tokens, passwords
from engine.accounts.operations import me
from engine.context import Context, write
from outsend_api.cookies import SESSION_COOKIE
from outsend_api.pages import safe_return
from tests.api_house import ApiHouse

PASSWORD = "lovelace-1843"
numbers = count(1)
PAGES = ("/verify-email?token=abc", "/reset-password?token=abc", "/sign-in?token=abc", "/sign-in")


@pytest.fixture
def browser(house: ApiHouse) -> Iterator[httpx.Client]:
    """Nobody signed in, with an own address so that sign-in limits of other tests don't matter."""
    transport = httpx.HTTPTransport(local_address=f"127.0.1.{next(numbers)}")
    with httpx.Client(base_url=house.url, transport=transport, headers={"Origin": house.url}, timeout=30) as client:
        yield client


def submit(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    """Send the page's form as a browser does: its hidden fields, and what a person typed."""
    form = Html(page.text).css_first("form")
    assert form is not None, page.text
    assert form.attributes["method"] == "post"
    hidden = {str(f.attributes["name"]): f.attributes["value"] or "" for f in form.css("input[type=hidden]")}
    return browser.post(str(form.attributes["action"]), data={**hidden, **fields})


def words(page: httpx.Response) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", unescape(Html(page.text).body.text()))  # type: ignore[union-attr]


@write
def _link(context: Context, account_id: int, kind: mail_tokens.Kind) -> str:
    return mail_tokens.issue(context, account_id, kind)


def token_for(house: ApiHouse, email: str, kind: mail_tokens.Kind, **changes: object) -> str:
    caller = house.caller(email, **changes)
    return house.services.run(None, _link, caller.principal.account_id, kind)


# Verification


def test_opening_a_verification_link_changes_nothing_and_its_button_verifies(
    house: ApiHouse, browser: httpx.Client
) -> None:
    """C-067, C-069."""
    token = token_for(house, "unverified@example.com", "verify", email_verified=False)
    for _ in range(3):  # scanners of mails open every link
        page = browser.get(f"/verify-email?token={token}")
    before = house.caller("unverified@example.com").run(me).email_verified

    done = submit(browser, page)

    assert page.status_code == done.status_code == 200
    assert (before, house.caller("unverified@example.com").run(me).email_verified) == (False, True)
    assert "Adresse confirmée" in words(done)


def test_a_used_verification_link_says_so_on_the_page(house: ApiHouse, browser: httpx.Client) -> None:
    """C-070."""
    token = token_for(house, "twice@example.com", "verify", email_verified=False)
    page = browser.get(f"/verify-email?token={token}")
    submit(browser, page)

    again = submit(browser, page)

    assert again.status_code == 400
    assert "Lien de vérification invalide ou expiré" in words(again)
    assert Html(again.text).css_first("[role=alert]") is not None


# Reset


def test_a_reset_link_sets_a_new_password_that_then_signs_in(house: ApiHouse, browser: httpx.Client) -> None:
    """C-060."""
    token = token_for(house, "forgetful@example.com", "reset")

    done = submit(browser, browser.get(f"/reset-password?token={token}"), new_password=PASSWORD)
    signed_in = submit(browser, browser.get("/sign-in"), email="forgetful@example.com", password=PASSWORD)

    assert (done.status_code, "C'est fait" in words(done)) == (200, True)
    assert signed_in.status_code == 303


def test_a_weak_password_may_be_tried_again_with_the_same_link(house: ApiHouse, browser: httpx.Client) -> None:
    token = token_for(house, "weak@example.com", "reset")

    refused = submit(browser, browser.get(f"/reset-password?token={token}"), new_password="short")
    done = submit(browser, refused, new_password=PASSWORD)

    assert (refused.status_code, done.status_code) == (422, 200)
    assert Html(refused.text).css_first("[role=alert]") is not None


def test_a_used_reset_link_is_refused(house: ApiHouse, browser: httpx.Client) -> None:
    """C-063."""
    page = browser.get(f"/reset-password?token={token_for(house, 'once@example.com', 'reset')}")
    submit(browser, page, new_password=PASSWORD)

    again = submit(browser, page, new_password="babbage-1822")

    assert again.status_code == 400
    assert "Lien invalide ou expiré" in words(again)


# Sign-in


def test_a_one_time_link_opens_a_session_once(house: ApiHouse, browser: httpx.Client) -> None:
    token = token_for(house, "local-owner@example.com", "sign_in")
    page = browser.get(f"/sign-in?token={token}")
    assert SESSION_COOKIE not in browser.cookies

    opened = submit(browser, page)
    who = browser.get("/api/auth/me").json()["email"]
    again = submit(browser, page)

    assert (opened.status_code, opened.headers["location"], who) == (303, "/docs", "local-owner@example.com")
    assert again.status_code == 400
    assert Html(again.text).css_first("form") is None


def test_a_password_signs_in_and_leads_on(house: ApiHouse, browser: httpx.Client) -> None:
    house.caller("typed@example.com", password_hash=passwords.password_hash(PASSWORD))

    page = browser.get("/sign-in?return_to=/oauth/authorize%3Fclient_id%3Da%26state%3Db")
    opened = submit(browser, page, email="Typed@Example.com", password=PASSWORD)

    assert (opened.status_code, opened.headers["location"]) == (303, "/oauth/authorize?client_id=a&state=b")
    assert browser.get("/api/auth/me").json()["email"] == "typed@example.com"


def test_a_wrong_password_is_told_on_the_page_which_keeps_the_address(browser: httpx.Client) -> None:
    """C-050."""
    page = submit(browser, browser.get("/sign-in"), email="<b>who</b>@example.com", password="wrong")

    assert page.status_code == 401
    assert "Email ou mot de passe incorrect" in words(page)
    assert "<b>" not in page.text
    assert Html(page.text).css_first("#email").attributes["value"] == "<b>who</b>@example.com"  # type: ignore[union-attr]


def test_guessing_by_the_form_meets_the_same_limit_as_by_the_api(browser: httpx.Client) -> None:
    """C-055."""
    page = browser.get("/sign-in")
    statuses = [submit(browser, page, email="guess@example.com", password=f"wrong-{n}").status_code for n in range(6)]

    last = submit(browser, page, email="guess@example.com", password="wrong")
    assert statuses == [401] * 5 + [429]
    assert last.headers["retry-after"] in words(last)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/ok\\..\\evil",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0a" + "\n/evil.example",
        "evil",
        "",
        "/" + "a" * 3000,
        " /docs2",
    ],
)
def test_sign_in_leads_nowhere_else(house: ApiHouse, browser: httpx.Client, address: str) -> None:
    """MCP security point 23."""
    page = browser.get(f"/sign-in?return_to={quote(address, safe='')}")
    hidden = Html(page.text).css_first("[name=return_to]")
    form_token = Html(page.text).css_first("[name=form_token]")
    email = f"led-{next(numbers)}@example.com"
    house.caller(email, password_hash=passwords.password_hash(PASSWORD))
    fields = {"return_to": address, "email": email, "password": PASSWORD}
    assert hidden is not None and form_token is not None

    sent = browser.post("/sign-in", data={"form_token": str(form_token.attributes["value"]), **fields})

    assert hidden.attributes["value"] == "/docs"
    assert (sent.status_code, sent.headers["location"]) == (303, "/docs")


def test_paths_of_ours_are_kept() -> None:
    paths = ["/docs", "/", "/oauth/authorize?a=b&c=https://x.example/", "/a//b"]

    assert [safe_return(path) for path in paths] == paths


# Forms


@pytest.mark.parametrize("path", ["/verify-email", "/reset-password", "/sign-in"])
@pytest.mark.parametrize("how", ["no token", "changed token", "no cookie", "another browser", "another form"])
def test_a_form_that_this_browser_was_not_given_is_refused(house: ApiHouse, path: str, how: str) -> None:
    """C-011."""
    with httpx.Client(base_url=house.url) as browser, httpx.Client(base_url=house.url) as other:
        page = browser.get(f"{path}?token=abc")
        token = str(Html(page.text).css_first("[name=form_token]").attributes["value"])  # type: ignore[union-attr]
        sender = browser
        if how == "no token":
            token = ""
        elif how == "changed token":
            token = token[:-1] + ("A" if token[-1] != "A" else "B")
        elif how == "no cookie":
            browser.cookies.clear()
        elif how == "another browser":
            other.get("/sign-in")
            sender = other
        else:
            page = browser.get("/sign-in" if path != "/sign-in" else "/verify-email")
            token = str(Html(page.text).css_first("[name=form_token]").attributes["value"])  # type: ignore[union-attr]
        refused = sender.post(path, data={"form_token": token, "token": "abc", "email": "a@b.fr", "password": "x"})

    assert refused.status_code == 403
    assert "Ce formulaire a expiré" in words(refused)


def test_two_tabs_of_one_browser_both_work(house: ApiHouse, browser: httpx.Client) -> None:
    first = browser.get(f"/verify-email?token={token_for(house, 'tab1@example.com', 'verify')}")
    second = browser.get(f"/verify-email?token={token_for(house, 'tab2@example.com', 'verify')}")

    assert [submit(browser, page).status_code for page in (first, second)] == [200, 200]


def test_a_form_sent_from_another_site_with_the_session_is_refused(house: ApiHouse) -> None:
    with house.client("lured@example.com") as client:
        page = client.get("/sign-in")
        token = str(Html(page.text).css_first("[name=form_token]").attributes["value"])  # type: ignore[union-attr]
        sent = client.post("/sign-in", data={"form_token": token}, headers={"Origin": "https://evil.example"})

    assert (sent.status_code, sent.json()["code"]) == (403, "foreign_origin")


# What the pages are made of


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_accessible_and_without_scripts(browser: httpx.Client, path: str) -> None:
    page = browser.get(path)
    html = Html(page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert html.css_first("html").attributes["lang"] == "fr"  # type: ignore[union-attr]
    assert len(html.css("h1")) == len(html.css("main")) == len(html.css("title")) == 1
    assert html.css("script, style, [style], [onclick]") == []
    labelled = {label.attributes["for"] for label in html.css("label")}
    assert {field.attributes["id"] for field in html.css("input:not([type=hidden])")} == labelled


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_a_token_is_kept_by_nobody_and_framed_by_nobody(browser: httpx.Client, path: str) -> None:
    headers = browser.get(path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"  # no-referrer would make the form's Origin null
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]


def test_the_cookie_of_forms_is_closed_to_scripts(browser: httpx.Client) -> None:
    given = browser.get("/sign-in").headers["set-cookie"]

    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in given.split(";")}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("outsend.css", "text/css; charset=utf-8"),
        ("docs.css", "text/css; charset=utf-8"),
        ("docs.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_what_a_page_needs_is_served_as_what_it_is(browser: httpx.Client, name: str, kind: str) -> None:
    file = browser.get(f"/static/{name}")

    assert (file.status_code, file.headers["content-type"]) == (200, kind)
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "max-age" in file.headers["cache-control"]


@pytest.mark.parametrize("name", ["nothing.css", "..%2fpages.py", "%2e%2e/app.py", "outsend.css/"])
def test_nothing_else_is_served(browser: httpx.Client, name: str) -> None:
    assert browser.get(f"/static/{name}").status_code in (307, 404)
