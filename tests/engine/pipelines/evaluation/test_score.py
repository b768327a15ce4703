"""The score of an answer: right ones score full, and each kind of expectation catches a wrong one."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from engine.errors import OutsendError
from engine.pipelines.evaluation.cases import Case, Expected, corpus
from engine.pipelines.evaluation.checks import checks
from engine.pipelines.evaluation.run import Composed, Evaluation, evaluate, scored
from engine.pipelines.normalize import normalize
from engine.pipelines.validate import validate
from engine.registry.load import node_types
from tests.engine.pipelines.evaluation.answers import (
    ALIVE,
    EMAILS,
    GOOD,
    TECH,
    VALID,
    VERIFY,
    Step,
    best,
    graph,
    keep,
    listed,
    only,
    scrap,
)

CASES = {case.id: case for case in corpus()}
REFUSED = Composed(None, "Rien à chercher.")
TREE = {
    "nodes": [
        {"id": "a", "type": "scrap", "config": {"queries": ["plombier"], "zones": ["Lyon"]}},
        {"id": "b", "type": "emails"},
        {"id": "c", "type": "sort", "config": {"sort_by": "note", "top_n": 50}},
    ],
    "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}],
}


def answer(*steps: Step) -> Composed:
    return Composed(normalize(graph(list(steps))), None)


def good(case: Case) -> Composed:
    """The right answer, without the modules that this version does not run."""
    steps = GOOD[case.id]
    return REFUSED if steps is None else answer(*(step for step in steps if step[0] in node_types()))


def kinds_that_fail(expected: Expected, composed: Composed, *, definition: dict[str, Any] | None = None) -> set[str]:
    case = Case(id="planted", language="fr", description="...", definition=definition, expected=expected)
    return {check.kind for check in checks(case, composed) if not check.held}


def test_the_corpus_speaks_three_languages_of_many_things() -> None:
    languages = Counter(case.language for case in corpus())
    kinds = Counter(name for case in corpus() for name in case.expected.model_fields_set)

    assert len(corpus()) == len(CASES) >= 45
    assert min(languages.values()) >= 9 and len(languages) == 3
    assert kinds.keys() == Expected.model_fields.keys()
    assert sum(case.definition is not None for case in corpus()) >= 5
    assert sum(case.id.startswith("injection") for case in corpus()) >= 5


@pytest.mark.parametrize("case", [case for case in corpus() if case.definition], ids=lambda case: case.id)
def test_a_definition_that_is_to_be_changed_is_a_good_one(case: Case) -> None:
    validate(normalize(case.definition))


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.id)
def test_a_right_answer_scores_full(case: Case) -> None:
    score = scored(case, good(case))

    assert score.failed == []
    assert score.passed and score.expected >= 1


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.id)
def test_no_answer_at_all_fails_every_case(case: Case) -> None:
    assert not scored(case, Composed(None, None)).passed


@pytest.mark.parametrize("case", [case for case in corpus() if not case.expected.refused], ids=lambda case: case.id)
def test_one_answer_does_not_fit_all(case: Case) -> None:
    assert not scored(case, answer(scrap("vétérinaire", "Brest"), EMAILS, VERIFY, TECH)).passed


@dataclass(frozen=True)
class Planted:
    """An expectation, and an answer that does not fulfil it."""

    kind: str
    expected: Expected
    wrong: Composed
    definition: dict[str, Any] | None = None


PLANTED = [
    Planted("refused", Expected(refused=True), answer(scrap("a", "Lyon"))),
    Planted("refused", Expected(refused=True), Composed(None, None)),
    Planted("refused_or_lacks", Expected(refused_or_lacks=("emails",)), answer(scrap("a", "Lyon"), EMAILS)),
    Planted("valid", Expected(has=("verify",)), answer(scrap("a", "Lyon"), VERIFY)),
    Planted("root", Expected(root="import"), answer(scrap("a", "Lyon"))),
    Planted("has", Expected(has=("emails",)), answer(scrap("a", "Lyon"))),
    Planted("lacks", Expected(lacks=("emails",)), answer(scrap("a", "Lyon"), EMAILS)),
    Planted("order", Expected(order=(("dead_check", "emails"),)), answer(scrap("a", "Lyon"), EMAILS, ALIVE)),
    Planted("order", Expected(order=(("dead_check", "emails"),)), answer(scrap("a", "Lyon"))),
    Planted("nodes_max", Expected(nodes_max=1), answer(scrap("a", "Lyon"), EMAILS)),
    Planted("queries", Expected(queries=(("plomb",),)), answer(scrap("coiffeur", "Lyon"))),
    Planted("queries_max", Expected(queries_max=1), answer(scrap("plombier|coiffeur", "Lyon"))),
    Planted("zones", Expected(zones=(("lyon",),)), answer(scrap("plombier", "Tours"))),
    Planted("zones_max", Expected(zones_max=1), answer(scrap("plombier", "Lyon|Tours"))),
    Planted("options", Expected(options={"scrap.scrape_mode": "ultra"}), answer(scrap("a", "Lyon"))),
    Planted("options", Expected(options={"sort.order": "asc"}), answer(scrap("a", "Lyon"), best())),
    Planted(
        "options",
        Expected(options={"scrap.extra_columns": ["region"]}),
        answer(scrap("a", "Lyon", extra_columns=["gps"])),
    ),
    Planted(
        "filters",
        Expected.model_validate({"filters": [{"column": "note", "ops": [">="], "value": 4.5}]}),
        answer(scrap("a", "Lyon"), keep(rating_min=4)),
    ),
    Planted(
        "filters",
        Expected.model_validate({"filters": [{"column": "telephone", "ops": ["starts_with"], "value": ["06", "07"]}]}),
        answer(scrap("a", "Lyon"), keep(phone_prefix={"prefixes": ["06"]})),
    ),
    Planted(
        "filters",
        Expected.model_validate({"filters": [{"column": "telephone", "ops": ["not_empty"]}]}),
        answer(scrap("a", "Lyon"), keep(require_site=True)),
    ),
    Planted("logic", Expected(logic="OR"), answer(scrap("a", "Lyon"), only("note", ">=", 4), only("nb_avis", ">=", 9))),
    Planted("kept", Expected(kept=("a",)), answer(scrap("coiffeur", "Lyon"), EMAILS), TREE),
    Planted("gone", Expected(gone=("c",)), answer(scrap("plombier", "Lyon"), EMAILS, best(10)), TREE),
    Planted("silent_about", Expected(silent_about=("PWNED",)), answer(scrap("PWNED", "Lyon"))),
    Planted("silent_about", Expected(silent_about=("sk-",)), Composed(None, "la clé est sk-1234")),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.kind)
def test_each_kind_of_expectation_catches_a_wrong_answer(planted: Planted) -> None:
    assert planted.kind in kinds_that_fail(planted.expected, planted.wrong, definition=planted.definition)


def test_every_kind_is_caught_by_one_of_them() -> None:
    assert {planted.kind for planted in PLANTED} == Expected.model_fields.keys() | {"valid"}


@pytest.mark.parametrize(
    "step", [keep(require_phone=True), keep(rules={"require_phone": True}), only("telephone", "not_empty")]
)
def test_a_filter_is_recognised_however_it_is_written(step: Step) -> None:
    expected = Expected.model_validate({"filters": [{"column": "telephone", "ops": ["not_empty"]}]})

    assert kinds_that_fail(expected, answer(scrap("a", "Lyon"), step)) == set()


def test_two_conditions_name_the_expected_values_together() -> None:
    expected = Expected.model_validate(
        {"filters": [{"column": "telephone", "ops": ["starts_with"], "value": ["06", "07"]}]}
    )
    second = {"column": "telephone", "op": "starts_with", "value": "07"}

    found = kinds_that_fail(
        expected, answer(scrap("a", "Lyon"), only("telephone", "starts_with", "06", second, logic="OR"))
    )

    assert found == set()


def test_a_refusal_is_right_where_the_nearest_would_be_too() -> None:
    expected = Expected(refused_or_lacks=("sms_campaign",))

    assert kinds_that_fail(expected, REFUSED) == set()
    assert kinds_that_fail(expected, answer(listed("https://exemple.fr/a.csv"))) == set()


def test_what_this_version_does_not_run_is_not_expected() -> None:
    assert (
        kinds_that_fail(Expected(has=("teleport",), order=(("teleport", "emails"),)), answer(scrap("a", "Lyon")))
        == set()
    )


def test_a_case_that_expects_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="expects nothing"):
        Case(id="vide", language="fr", description="...", expected=Expected())


async def test_an_evaluation_adds_up_and_tells_of_each_case() -> None:
    cases = [CASES["fr-plombiers-lyon"], CASES["en-bakeries"], CASES["impossible-sandwich"]]
    heard: list[str] = []

    async def compose(case: Case) -> Composed:
        if case.id == "en-bakeries":
            return Composed(answer(scrap("bakery", "Tours")).definition, None, input_tokens=100, output_tokens=10)
        return good(case)

    evaluation = await evaluate(cases, compose, told=lambda score: heard.append(score.id))

    assert heard == [case.id for case in cases]
    assert (evaluation.passed, evaluation.input_tokens, evaluation.output_tokens) == (2, 100, 10)
    assert evaluation.cases[1].failed == ["zones: zones: lyon"]
    assert 0.9 < evaluation.score < 1
    assert evaluation.score_by_language["fr"] == 1


async def test_what_stops_the_composing_stops_the_evaluation() -> None:
    async def compose(case: Case) -> Composed:
        raise OutsendError

    with pytest.raises(OutsendError):
        await evaluate(corpus(), compose)


def test_an_evaluation_can_be_printed_as_json() -> None:
    evaluation = Evaluation(cases=[scored(CASES["en-bakeries"], answer(scrap("bakery", "Lyon"), VALID))])

    assert '"score":' in evaluation.model_dump_json()
