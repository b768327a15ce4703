"""The page that our User-Agent leads to tells site owners what is so."""

import pytest

from engine.network import pace, robots
from llms import bundle
from tests.docs.reading import sections

PAGE = next(page for page in bundle.pages() if page.slug == "bot")


@pytest.mark.parametrize(
    ("told", "is_so"),
    [
        ("two things at a time at most", pace.IN_FLIGHT_PER_SITE == 2),
        ("about three a second", round(1 / pace.GAP_SECONDS) == 3),
        ("`Retry-After` is obeyed, up to 30 seconds", pace.RETRY_AFTER_MAX_SECONDS == 30),
        ("reads `robots.txt` again after an hour", robots.KEEP_SECONDS == 3_600),
        (f"User-agent: {robots.AGENT}\nDisallow: /\n", True),
        (f"(compatible; {robots.AGENT}/1.0; +https://.../docs/bot)", True),
    ],
)
def test_the_page_about_the_bot_tells_what_is_so(told: str, is_so: bool) -> None:
    assert told in PAGE.body
    assert is_so


def test_who_has_found_us_in_a_log_learns_how_to_keep_us_away_and_whom_to_write_to() -> None:
    """C-025."""
    assert {"How to recognise it", "How to keep it away", "How to be left out"} <= sections(PAGE).keys()
    assert "support@outsend.xyz" in PAGE.body
