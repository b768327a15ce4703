"""`outsend eval`: a model of the sandbox is scored, and its key stays nowhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.pipelines.evaluation.cases import corpus
from engine.sandbox.apis.llm_desk import key_digest
from engine.sandbox.apis.llm_providers import sandbox_key
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from tests.cli.terminal import Said, Terminal
from tests.engine.pipelines.evaluation.answers import graph, scrap

GPT = ("--provider", "openai", "--model", "gpt-4.1-mini")
KEY = sandbox_key("openai", tail="eval-")


@pytest.fixture
def box(running_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    running_sandbox.models.forget_scripts()
    yield running_sandbox
    running_sandbox.models.forget_scripts()


def evaluate(folder: Path, box: RunningSandbox, *words: str, key: str = KEY) -> Said:
    terminal = Terminal(folder, {**box.environment, "OUTSEND_EVAL_KEY": key, "TMPDIR": str(folder)})
    return terminal.run("eval", "generation", *GPT, *words)


@pytest.mark.slow(60)
def test_each_answer_is_told_with_what_is_wrong_and_what_it_cost(tmp_path: Path, box: RunningSandbox) -> None:
    wrong, right = corpus()[0], corpus()[1]
    box.models.script(wrong.description, {"data": graph([scrap("coiffeur", "Lyon")])}, forever=True)

    said = evaluate(tmp_path, box, "--limit", "2")

    assert said.code == 0, said.err
    assert "1 of 2 wholly right" in said.out
    assert wrong.id in said.err and "queries: plomb" in said.err and right.id in said.err
    assert "tokens" in said.out and "$0.0" in said.out
    # The key was on no disk for longer than the command.
    assert KEY not in said.out + said.err
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == []


@pytest.mark.slow(60)
def test_a_budget_ends_the_evaluation_before_the_model_is_asked(tmp_path: Path, box: RunningSandbox) -> None:
    key = sandbox_key("openai", tail="budget-")

    said = evaluate(tmp_path, box, "--budget", "0", "--json", key=key)

    assert said.code == 1
    assert said.json["error"]["code"] == "ai_cap_exceeded"
    assert [one.path for one in box.models.requests(key=key_digest(key))] == ["/v1/models"]


@pytest.mark.slow(60)
def test_without_a_key_nothing_is_scored(tmp_path: Path, box: RunningSandbox) -> None:
    said = evaluate(tmp_path, box, "--json", key="")

    assert said.code == 1
    assert json.loads(said.out)["error"]["code"] == "eval_key_missing"


def test_the_variable_of_the_key_hinders_no_other_command() -> None:
    assert read_settings({"OUTSEND_EVAL_KEY": KEY}) == read_settings({})
