"""What a fetched page bears."""

import time

from engine.network.types import Page


def page(html: str) -> Page:
    return Page("https://a.fr/", "https://a.fr/", 200, {}, html)


def test_a_page_of_nothing_but_open_tags_is_parsed_in_a_moment() -> None:
    began = time.process_time()

    assert page("<div>" * 400_000).parse().body is not None

    assert time.process_time() - began < 1.5


def test_an_ordinary_long_page_is_parsed_to_its_end() -> None:
    rows = "<tr><td>x<br></td><td><img src=a></td></tr>" * 2_000

    assert page(f"<table>{rows}</table><p id=end>fin</p>").parse().css_first("#end") is not None


def test_a_frameset_keeps_its_frames_behind_a_counting_image_in_its_head() -> None:
    counted = '<noscript><img src="https://www.facebook.com/tr?id=1"></noscript>'
    html = f"<html><head><title>x</title>{counted}</head><frameset cols=*><frame src=a.html></frameset></html>"

    assert [frame.attributes["src"] for frame in page(html).parse().css("frame")] == ["a.html"]
