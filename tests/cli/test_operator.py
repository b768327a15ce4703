"""The operator's commands: accounts, invitations, the OpenAPI document."""

import json
import os
import pty
import subprocess
import termios
from pathlib import Path

import pytest

from tests.cli.serving import PASSWORD, serving
from tests.cli.terminal import OUTSEND, Said, Terminal, until

pytestmark = pytest.mark.slow(60)

EMAIL = "ada@example.com"


def add(terminal: Terminal, email: str = EMAIL, password: str = PASSWORD, *words: str) -> Said:
    """`outsend user add` with the password on standard input."""
    done = subprocess.run(
        [OUTSEND, "user", "add", email, "--password-stdin", "--json", *words],
        input=password + "\n",
        env=terminal.environment,
        cwd=terminal.folder,
        capture_output=True,
        text=True,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def test_an_added_account_is_listed_with_what_it_may_do(terminal: Terminal) -> None:
    made = [add(terminal), add(terminal, "Root@Example.com", PASSWORD, "--admin")]

    listed = terminal.run("user", "list", "--json")

    assert [said.code for said in made] == [0, 0], made
    assert [(user["email"], user["is_admin"]) for user in listed.json] == [(EMAIL, False), ("root@example.com", True)]
    assert all(user["is_active"] and user["email_verified"] for user in listed.json)
    assert "password" not in listed.out


def test_the_list_for_people_is_a_table(terminal: Terminal) -> None:
    add(terminal)

    said = terminal.run("user", "list")

    assert EMAIL in said.out and "1 accounts" in said.out


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [(EMAIL, "short", "weak_password"), ("no address", PASSWORD, "email_invalid"), (EMAIL, PASSWORD, "email_taken")],
)
def test_an_account_that_can_not_be_is_refused_in_one_sentence(
    terminal: Terminal, email: str, password: str, code: str
) -> None:
    if code == "email_taken":
        add(terminal)

    said = add(terminal, email, password)

    assert said.code == 1
    assert said.json["error"]["code"] == code
    assert "Traceback" not in said.err


def test_a_password_is_asked_for_twice_and_not_shown(terminal: Terminal) -> None:
    """At a terminal of its own, as a person sits before it."""
    controller, side = pty.openpty()
    with subprocess.Popen(
        [OUTSEND, "user", "add", EMAIL], stdin=side, stdout=side, stderr=side, env=terminal.environment
    ) as process:
        seen = typed(controller, "Password") + typed(controller, "Repeat") + read_until(controller, "was made")

    assert process.returncode == 0
    assert PASSWORD not in seen


def test_a_disabled_account_is_kept_out_until_it_is_enabled(terminal: Terminal) -> None:
    add(terminal)
    words = {"email": EMAIL, "password": PASSWORD}
    with serving(terminal, "--no-worker") as server, server.client() as browser:
        browser.post("/api/auth/login", json=words).raise_for_status()

        terminal.run("user", "disable", EMAIL)
        kept_out = browser.get("/api/auth/me").status_code
        terminal.run("user", "enable", EMAIL)
        again = browser.get("/api/auth/me").status_code

    assert (kept_out, again) == (403, 200)


def test_an_account_that_is_not_there_can_not_be_disabled(terminal: Terminal) -> None:
    said = terminal.run("user", "disable", "nobody@example.com", "--json")

    assert said.code == 1 and said.json["error"]["code"] == "account_missing"


def test_an_invitation_opens_as_many_accounts_as_it_says(terminal: Terminal) -> None:
    code = terminal.run("invite", "--uses", "2", "--json").json["code"]
    with serving(terminal, "--no-worker") as server, server.client() as browser:
        answers = [
            browser.post(
                "/api/auth/signup",
                json={
                    "email": f"guest{number}@example.com",
                    "password": PASSWORD,
                    "invitation_code": code,
                    "accept_responsibility": True,
                },
            ).status_code
            for number in range(3)
        ]

    assert answers == [200, 200, 400]


def test_an_invitation_is_printed_alone(terminal: Terminal) -> None:
    said = terminal.run("invite")

    assert said.code == 0 and len(said.out.split()) == 1


def test_the_openapi_document_needs_no_data(terminal: Terminal, tmp_path: Path) -> None:
    printed = terminal.run("openapi")
    written = terminal.run("openapi", "--out", "openapi.json")

    assert printed.code == written.code == 0
    assert json.loads(printed.out) == json.loads((tmp_path / "openapi.json").read_text())
    assert "/api/jobs" in printed.json["paths"]
    assert not (tmp_path / "data").exists()


def test_a_file_that_can_not_be_written_is_named(terminal: Terminal) -> None:
    said = terminal.run("openapi", "--out", "no/such/folder.json")

    assert said.code == 1 and "no/such/folder.json" in said.err and "Traceback" not in said.err


def typed(controller: int, prompt: str) -> str:
    """Type the password once the prompt is there and nothing is shown any more; what was seen till then."""
    seen = read_until(controller, prompt)
    until(lambda: not termios.tcgetattr(controller)[3] & termios.ECHO)
    os.write(controller, f"{PASSWORD}\n".encode())
    return seen


def read_until(controller: int, word: str) -> str:
    """What the terminal shows up to this word."""
    seen = ""
    while word not in seen:
        seen += os.read(controller, 4096).decode()
    return seen
