"""What a request for one job may get wrong, told in the product's words."""

import pytest

from engine.jobs.errors import BadConfig
from engine.jobs.intake import config_of, module_named


@pytest.mark.parametrize(
    ("slug", "values", "says"),
    [
        ("scrap", {"zones": ["Tours"]}, "Champ « queries » : champ requis manquant"),
        ("scrap", {"queries": 3, "zones": ["Tours"]}, "Champ « queries » : liste attendue"),
        ("sort", {"sort_by": "note", "top_n": 0}, "Champ « top_n » : doit être au moins 1"),
    ],
)
def test_a_bad_option_is_told_in_french_by_its_name(slug: str, values: dict[str, object], says: str) -> None:
    with pytest.raises(BadConfig) as refused:
        config_of(module_named(slug), values)

    assert refused.value.text == says
