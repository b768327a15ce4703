"""The filter grammar, rule by rule (CONTRACT area 13, X-23, X-24)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rows.errors import RuleInvalid
from engine.rows.rules import apply_rules
from engine.rows.types import Row, Value


def kept(cells: list[Value], rules: Mapping[str, Any], column: str = "x") -> list[Value]:
    """The cells of the rows that stay."""
    return [cells[at] for at in apply_rules([{column: cell} for cell in cells], rules)]


def condition(op: str, value: Any = None, column: str = "x") -> dict[str, Any]:
    return {"conditions": [{"column": column, "op": op, "value": value}]}


@pytest.mark.parametrize(
    ("rule", "column"), [("require_phone", "telephone"), ("require_site", "site_web"), ("require_email", "email")]
)
def test_a_requirement_keeps_filled_cells(rule: str, column: str) -> None:
    assert kept(["x", "", None, "  "], {rule: True}, column) == ["x"]


def test_aggregators_are_dropped_and_empty_sites_stay() -> None:
    sites: list[Value] = ["https://www.doctolib.fr/x", "https://dupont.fr", None]

    assert kept(sites, {"exclude_aggregators": True}, "site_web") == ["https://dupont.fr", None]


def test_alive_reads_the_verdict_of_dead_check_or_an_older_status() -> None:
    rows: list[Row] = [
        {"site_alive": "open"}, {"site_alive": "uncertain"}, {"site_alive": "closed", "status": "alive"},
        {"status": "Stale"}, {"status": "dead"}, {},
    ]  # fmt: skip

    assert apply_rules(rows, {"alive_only": True}) == [0, 1, 3]


def test_minimums_read_french_numbers_and_refuse_empty_cells() -> None:
    assert kept(["4,5", 4, "3.9", None, "n/a"], {"rating_min": "4"}, "note") == ["4,5", 4]
    assert kept(["1 234", 99, ""], {"reviews_min": 100}, "nb_avis") == ["1 234"]
    assert kept(["4", None], {"rating_min": 0}, "note") == ["4", None]


def test_one_personal_address_in_the_cell_is_enough() -> None:
    cells: list[Value] = ["info@a.fr", "info@a.fr; jean.dupont@a.fr", None, "contact@a.fr hello@a.fr"]

    assert kept(cells, {"has_personal_email": True}, "email") == ["info@a.fr; jean.dupont@a.fr"]


@pytest.mark.parametrize("written", ["06 12 34 56 78", "+33612345678", "0033 6 12 34 56 78", "+33 (0)6.12.34.56.78"])
def test_a_prefix_matches_the_national_and_the_international_form(written: str) -> None:
    rule = {"phone_prefix": {"prefixes": ["06"]}}
    international = {"phone_prefix": {"prefixes": ["+33"]}}

    assert kept([written, "01 23 45 67 89", "+41 79 123 45 67"], rule, "telephone") == [written]
    assert kept([written, "+41 79 123 45 67"], international, "telephone") == [written]


def test_a_prefix_reads_another_column_and_several_numbers() -> None:
    rule = {"phone_prefix": {"column": "x", "prefixes": ["+41"]}}

    assert kept(["01 23 45 67 89 / +41 79 123 45 67", "0123456789"], rule) == ["01 23 45 67 89 / +41 79 123 45 67"]


def test_a_number_that_cannot_be_read_stays_only_if_asked() -> None:
    cells: list[Value] = ["standard", "12", None]
    rule: dict[str, Any] = {"prefixes": ["06"]}

    assert kept(cells, {"phone_prefix": rule}, "telephone") == []
    assert kept(cells, {"phone_prefix": {**rule, "prefix_unparseable_keep": True}}, "telephone") == ["standard", "12"]


def test_mail_domains_are_included_excluded_and_checked() -> None:
    cells: list[Value] = ["a@gmail.com", "b@dupont.fr", "c@mailinator.com", None, "d@gmail.com, e@martin.fr"]

    assert kept(cells, {"email_domain": {"include": ["@Gmail.com"]}}, "email") == [cells[0], cells[4]]
    assert kept(cells, {"email_domain": {"exclude": ["gmail.com"]}}, "email") == [cells[1], cells[2], None, cells[4]]
    assert kept(cells, {"email_domain": {"reject_disposable": True}}, "email") == [cells[0], cells[1], None, cells[4]]


def test_a_category_folds_case_and_accents() -> None:
    rule = {"category": {"column": "x", "values": ["Pâtissier", 5]}}

    assert kept(["patissier", "PÂTISSIER ", "boulanger", None, "5", 5.0], rule) == ["patissier", "PÂTISSIER ", "5", 5.0]


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("=", "4,5", ["4.5"]),
        ("==", 4.5, ["4.5"]),
        ("!=", 4.5, ["12", "Été", "10"]),
        (">", "4,5", ["12", "10"]),
        (">=", 10, ["12", "10"]),
        ("<", 10, ["4.5"]),
        ("<=", 10, ["4.5", "10"]),
        ("in", ["été", 12], ["12", "Été"]),
        ("not_in", ["été", 12], ["4.5", None, "10"]),
        ("contains", "ETE", ["Été"]),
        ("contains", ["1", "É"], ["12", "Été", "10"]),
        ("not_contains", "1", ["4.5", "Été", None]),
        ("starts_with", "é", ["Été"]),
        ("empty", None, [None]),
        ("not_empty", None, ["12", "4.5", "Été", "10"]),
    ],
)
def test_each_operator(op: str, value: Any, expected: list[Value]) -> None:
    assert kept(["12", "4.5", "Été", None, "10"], condition(op, value)) == expected


def test_days_are_compared_in_either_notation() -> None:
    cells: list[Value] = ["2024-03-01", "31/12/2019", "bientôt", None]

    assert kept(cells, condition(">=", "2020-01-01")) == ["2024-03-01"]
    assert kept(cells, condition("<", "01/01/2020")) == ["31/12/2019"]


def test_lists_in_cells_match_by_entry() -> None:
    assert kept([["WordPress", "Woo"], ["Wix"], []], condition("in", ["wordpress"])) == [["WordPress", "Woo"]]
    assert kept([["WordPress"], []], condition("empty")) == [[]]


def test_conditions_are_combined_by_and_unless_or_is_said() -> None:
    rows: list[Row] = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}]
    conditions = [{"column": "a", "op": "=", "value": 1}, {"column": "b", "op": "=", "value": 2}]

    assert apply_rules(rows, {"conditions": conditions}) == [1]
    assert apply_rules(rows, {"logic": "or", "conditions": conditions}) == [0, 1, 2]


def test_rules_stand_flat_or_in_their_object_or_in_both() -> None:
    rows: list[Row] = [{"email": "a@b.fr", "note": 5}, {"email": "a@b.fr", "note": 1}, {"note": 5}]
    flat = apply_rules(rows, {"require_email": True, "rating_min": 4})

    assert flat == [0]
    assert apply_rules(rows, {"rules": {"require_email": True, "rating_min": 4}}) == flat
    assert apply_rules(rows, {"require_email": True, "rating_min": None, "rules": {"rating_min": 4}}) == flat


def test_conditions_come_before_the_de_duplication() -> None:
    rows: list[Row] = [{"nom": "A", "note": 1}, {"nom": "a ", "note": 5}, {"nom": "A", "note": 4}]

    assert apply_rules(rows, {**condition(">", 2, "note"), "dedup_column": "nom"}) == [1]


def test_de_duplication_keeps_the_first_and_every_row_without_a_value() -> None:
    assert kept(["a@b.fr", None, "A@B.fr", "", "c@d.fr"], {"dedup_column": "x"}) == ["a@b.fr", None, "", "c@d.fr"]


def test_a_sample_of_n_is_the_first_n() -> None:
    rules: dict[str, Any] = {"sample_type": "n", "sample_n": 2, **condition(">", 1)}

    assert kept([1, 2, 3, 4], rules) == [2, 3]
    assert kept([1, 2], {"sample_n": 1}) == [1, 2]
    assert kept([1, 2], {"sample_type": "n"}) == [1, 2]


def test_a_share_is_drawn_again_alike_with_the_same_seed() -> None:
    cells: list[Value] = list(range(100))
    rules: dict[str, Any] = {"sample_type": "pct", "sample_pct": 30, "sample_seed": 7}

    drawn = kept(cells, rules)

    assert len(drawn) == 30
    assert drawn == sorted(drawn, key=cells.index)
    assert drawn == kept(cells, rules)
    assert drawn != kept(cells, {**rules, "sample_seed": 8})
    assert len(kept(cells, {**rules, "sample_pct": 7})) == 7
    assert kept(cells, {**rules, "sample_pct": 0}) == []
    assert kept(cells, {**rules, "sample_pct": 100}) == cells


@pytest.mark.parametrize(
    "rules",
    [
        {}, {"rules": None}, {"rules": {}}, {"rules": {"conditions": [], "logic": "AND"}}, {"phone_prefix": {}},
        {"phone_prefix": {"prefixes": []}}, {"email_domain": {"include": []}},
        {"category": {"column": "x", "values": []}},
        {"dedup_column": ""}, {"sample_type": ""}, {"require_phone": False}, {"rating_min": None}, {"rating_min": ""},
    ],
)  # fmt: skip
def test_an_empty_rule_does_nothing(rules: dict[str, Any]) -> None:
    assert apply_rules([{"x": 1}, {}], rules) == [0, 1]


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"rating_min": "beaucoup"}, "Règle invalide : rating_min : un nombre positif est attendu"),
        ({"require_phone": "peut-être"}, "require_phone : true ou false"),
        ({"note_min": 4}, "note_min : clé inconnue"),
        ({"rules": {"note_min": 4}}, "note_min : clé inconnue"),
        ({"rules": "x"}, "rules : un objet"),
        ({"phone_prefix": "06"}, "phone_prefix : un objet"),
        ({"phone_prefix": {"prefixes": ["abc"]}}, "phone_prefix.prefixes"),
        ({"email_domain": {"include": {"a": 1}}}, "email_domain.include : une liste"),
        ({"category": {"column": 4, "values": ["x"]}}, "column : le nom d'une colonne"),
        ({"logic": "XOR"}, "logic : AND ou OR"),
        ({"conditions": "x > 1"}, None),
        ({"conditions": {"column": "x"}}, "conditions : une liste"),
        (condition("~", 1), "conditions[0] : opérateur inconnu"),
        (condition(">", "beaucoup"), "conditions[0] : « > » attend un nombre ou une date"),
        (condition(">", None), "conditions[0] : « > » attend une valeur simple"),
        (condition("in", []), "conditions[0] : une liste de valeurs"),
        ({"conditions": [{"op": "=", "value": 1}]}, "conditions[0] : « column » manque"),
        ({"conditions": [{"column": "x"}]}, "conditions[0] : opérateur inconnu"),
        ({"sample_type": "half"}, "sample_type"),
        ({"sample_type": "pct", "sample_pct": 140}, "sample_pct : un nombre de 0 à 100"),
        ({"sample_n": -1}, "sample_n : un nombre positif"),
    ],
)  # fmt: skip
def test_a_bad_rule_is_named(rules: dict[str, Any], says: str | None) -> None:
    with pytest.raises(RuleInvalid) as refusal:
        apply_rules([], rules)

    assert refusal.value.text.startswith("Règle invalide : ")
    assert says is None or says in refusal.value.text


def test_a_column_that_no_row_has_is_noted() -> None:
    notes: list[str] = []

    assert apply_rules([{"x": 1}], condition(">", 0, "y"), note=notes.append) == []
    assert notes == ["Colonne inconnue dans le filtre : « y »."]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
RULES = st.fixed_dictionaries(
    {},
    optional={
        "require_email": st.booleans(),
        "exclude_aggregators": st.booleans(),
        "has_personal_email": st.booleans(),
        "rating_min": st.floats(0, 5),
        "phone_prefix": st.just({"prefixes": ["06", "+33"]}),
        "email_domain": st.just({"exclude": ["gmail.com"], "reject_disposable": True}),
        "dedup_column": st.sampled_from(["x", "email"]),
        "sample_type": st.sampled_from(["n", "pct", ""]),
        "sample_n": st.integers(0, 5),
        "sample_pct": st.integers(0, 100),
        "logic": st.sampled_from(["AND", "OR"]),
        "conditions": st.lists(
            st.builds(
                lambda op, value: {"column": "x", "op": op, "value": value},
                st.sampled_from(["=", "!=", "in", "not_in", "contains", "not_contains", "starts_with", "empty"]),
                st.integers() | st.text(min_size=1, max_size=3).filter(str.strip),
            ),
            max_size=2,
        ),
    },
)


@given(st.lists(st.dictionaries(st.sampled_from(["x", "email", "telephone", "note", "site_web"]), SCALARS)), RULES)
def test_what_stays_is_a_part_in_the_same_order(rows: list[Row], rules: dict[str, Any]) -> None:
    positions = apply_rules(rows, rules)

    assert positions == sorted(set(positions))
    assert all(0 <= at < len(rows) for at in positions)
    assert apply_rules(rows, {"rules": rules}) == positions
