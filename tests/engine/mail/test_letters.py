"""The mails' words."""

import pytest
from jinja2 import UndefinedError

from engine.mail.letters import Letter, write

VALUES = {"link": "https://leads.example/x?token=abc", "token": "abc", "life": "1 heure"}


@pytest.mark.parametrize("letter", ["welcome", "verify", "reset"])
def test_each_holds_link_and_bare_token_as_text_and_the_link_as_html(letter: Letter) -> None:
    """C-042, C-057, C-071."""
    mail = write(letter, to="ada@example.com", **VALUES)

    assert {VALUES["link"], VALUES["token"]} <= set(mail.text.splitlines())
    assert f'href="{VALUES["link"]}"' in mail.html
    assert "1 heure" in mail.text and "1 heure" in mail.html and mail.subject in mail.html


def test_what_is_put_into_the_html_stays_text() -> None:
    mail = write("welcome", to="<script>@example.com", **VALUES)

    assert "<script>" not in mail.html and "&lt;script&gt;" in mail.html


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        write("reset", to="ada@example.com", link="l", life="1 heure")
