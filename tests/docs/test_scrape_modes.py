"""The page on scrape modes tells the measurements that were published."""

import pytest

from llms import bundle
from tests.docs.reading import tables

PAGE = next(page for page in bundle.pages() if page.slug == "concepts/scrape-modes")
# Area -> contacts, gains of ultra and advanced, tiles, minutes, contacts a tile; of fast, advanced, ultra.
PLUMBER = {
    "Lyon, 6 km": ("606 / 627 / 647", "+6.8 %, +3.5 %", "53 / 89 / 193", "50 / 84 / 180", "11.4 / 7.0 / 3.4"),
    "Tours, 10 km": ("311 / 351 / 377", "+21 %, +13 %", "14 / 42 / 150", "8 / 20 / 72", "22.2 / 8.4 / 2.5"),
    "Aurillac, 12 km": ("213 / 211 / 215", "+1 %, −1 %", "19 / 23 / 83", "7 / 9 / 40", "11.2 / 9.2 / 2.6"),
}
OTHERS = (
    "411 → 617",
    "36 → 157 min",
    "+50 %",
    "253 → 364",
    "8 → 110 min",
    "+44 %",
    "173 → 200",
    "+16 %",
    "+3 %",
    "+12 %",
)
IN_WORDS = ("3 to 9 times", "3 to 14 times", "9 times as long", "2.5 times", "3.6 times", "two businesses more")


@pytest.mark.parametrize("area", PLUMBER)
def test_the_campaign_of_plumbers_stands_in_a_row_an_area(area: str) -> None:
    """C-389."""
    rows = [row for table in tables(PAGE) if table.header[0] == "Area" for row in table.rows]

    assert next(row[1:] for row in rows if row[0].startswith(area)) == PLUMBER[area]


def test_the_other_trades_and_what_follows_are_told() -> None:
    """C-389."""
    assert [text for text in (*OTHERS, *IN_WORDS) if text not in PAGE.text] == []
