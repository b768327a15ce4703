"""filter: the rules of its page, from the module's own door (their grammar is tested in engine/rows)."""

import pytest

from engine.module import Past
from engine.modules.filter import FilterConfig, module
from engine.rows.errors import RuleInvalid
from engine.rows.types import Row

ROWS: list[Row] = [
    {"nom": "Cabinet Dupont", "telephone": "01 23 45 67 89", "email": "jean.dupont@dupont.fr", "note": "4,5"},
    {"nom": "Garage Martin", "telephone": "", "email": "contact@martin.fr", "note": 4.8},
    {"nom": "Fleurs & Co", "telephone": "06 12 34 56 78", "email": None, "note": None},
]


class NoPast:
    """A caller without finished jobs."""

    def done(self, job_id: str, job_type: str) -> None:
        return None

    def done_on(self, source_job_id: str, job_type: str) -> list[object]:
        return []


def select(config: dict[str, object]) -> tuple[list[int], list[str]]:
    notes: list[str] = []
    return list(module.select(ROWS, FilterConfig.model_validate(config), notes.append)), notes


def test_without_rules_every_row_stays() -> None:
    assert select({}) == ([0, 1, 2], [])


def test_flat_rules_and_conditions_work_together() -> None:
    conditions = [{"column": "note", "op": ">=", "value": 4.5}]

    assert select({"require_email": True, "rules": {"conditions": conditions}})[0] == [0, 1]
    assert select({"rules": {"require_phone": True, "logic": "AND", "conditions": conditions}})[0] == [0]


def test_rows_are_not_changed() -> None:
    before = [dict(row) for row in ROWS]

    select({"phone_prefix": {"prefixes": ["06"]}, "dedup_column": "nom"})

    assert before == ROWS


def test_keys_of_no_rule_are_left_out() -> None:
    assert select({"couleur": "bleu"})[0] == [0, 1, 2]


def test_a_column_that_is_not_there_is_noted() -> None:
    assert select({"category": {"column": "metier", "values": ["x"]}}) == (
        [],
        ["Colonne inconnue dans le filtre : « metier »."],
    )


def test_a_bad_rule_is_refused_before_the_job() -> None:
    past: Past = NoPast()  # type: ignore[assignment]
    config = FilterConfig.model_validate({"rules": {"conditions": [{"column": "note", "op": "~", "value": 1}]}})

    with pytest.raises(RuleInvalid, match=r"^Règle invalide : conditions\[0\] : opérateur inconnu"):
        module.check(config, past)
    module.check(FilterConfig.model_validate({"rating_min": 4}), past)


def test_costs_nothing() -> None:
    assert module.cost(10_000, FilterConfig()) == 0
