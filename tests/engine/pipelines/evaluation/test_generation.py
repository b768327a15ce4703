"""Generation over the corpus, by models of the sandbox: right answers score full, and what goes wrong is told apart."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from engine.ai import connecting
from engine.ai.errors import NoCredit
from engine.ai.schemas import AiSettingsRequest
from engine.context import Caller
from engine.pipelines.evaluation.cases import Case, corpus
from engine.pipelines.evaluation.generation import compose
from engine.pipelines.evaluation.run import evaluate
from engine.registry.load import node_types
from engine.runtime import local_owner, open_services
from engine.sandbox.apis.llm_desk import SeenRequest, key_digest
from engine.sandbox.apis.llm_providers import KeyState, provider_named, sandbox_key
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from tests.engine.pipelines.evaluation.answers import GOOD, graph, scrap

TAILS = count(1)
PLUMBERS = corpus()[0]


class Models:
    """An account, and the sandbox's models that it may connect."""

    def __init__(self, caller: Caller, box: RunningSandbox) -> None:
        self.caller = caller
        self.box = box
        self.key = ""

    async def connect(self, provider: str = "openai", model: str = "gpt-4.1-mini", *, state: KeyState = "good") -> None:
        """Connect a key that nobody else uses."""
        self.key = sandbox_key(provider, state, tail=f"corpus{next(TAILS)}-")
        given = {"provider": provider, "api_key": self.key, "model": model, "base_url": provider_named(provider).url}
        await connecting.connect(self.caller, AiSettingsRequest.model_validate(given))

    def seen(self) -> list[SeenRequest]:
        """The requests for an answer that came with the key."""
        return [one for one in self.box.models.requests(key=key_digest(self.key)) if one.model]


@pytest.fixture
def models(tmp_path: Path, running_sandbox: RunningSandbox) -> Iterator[Models]:
    running_sandbox.models.forget_scripts()
    with open_services(read_settings(running_sandbox.environment, data_dir=tmp_path)) as services:
        yield Models(local_owner(services), running_sandbox)
    running_sandbox.models.forget_scripts()


def script_right_answers(models: Models) -> None:
    for case in corpus():
        steps = GOOD[case.id]
        known = None if steps is None else [step for step in steps if step[0] in node_types()]
        answer = {"error": "Rien à chercher ici."} if known is None else graph(known)
        models.box.models.script(case.description, {"data": answer}, forever=True)


@pytest.mark.slow(60)
async def test_right_answers_to_the_whole_corpus_score_full(models: Models) -> None:
    script_right_answers(models)
    await models.connect()

    found = await evaluate(corpus(), partial(compose, models.caller))

    assert {case.id: case.failed for case in found.cases if not case.passed} == {}
    assert (found.score, found.passed) == (1.0, len(corpus()))
    # One request each, and what the provider counted is what is told.
    assert len(models.seen()) == len(corpus())
    assert found.input_tokens == sum(one.input_tokens for one in models.seen())
    assert found.output_tokens == sum(one.output_tokens for one in models.seen())
    assert float(found.cost_usd) == pytest.approx(found.input_tokens * 0.4e-6 + found.output_tokens * 1.6e-6)


async def test_repairs_count_in_what_a_case_used(models: Models) -> None:
    broken = {"nodes": [{"id": "a", "type": "teleport"}], "edges": []}
    models.box.models.script(PLUMBERS.description, {"data": broken}, {"data": graph([scrap("plombier", "Lyon")])})
    await models.connect("anthropic", "claude-haiku-4-5-20251001")

    composed = await compose(models.caller, PLUMBERS)

    assert composed.definition is not None
    assert len(models.seen()) == 2
    assert composed.input_tokens == sum(one.input_tokens for one in models.seen())


async def test_a_model_of_unknown_price_is_scored_without_a_cost(models: Models) -> None:
    await models.connect("openai_compatible", "grand-large/voilier-24b")

    found = await evaluate([PLUMBERS], partial(compose, models.caller))

    assert found.cases[0].passed
    assert (found.cases[0].cost_usd, found.price_known) == (None, False)


@pytest.mark.parametrize("model", ["sandbox-refuses", "sandbox-cuts-off", "sandbox-breaks-json"])
async def test_a_failing_model_fails_the_case_and_the_next_is_asked(models: Models, model: str) -> None:
    await models.connect(model=model)

    found = await evaluate([PLUMBERS, PLUMBERS], partial(compose, models.caller))

    assert [case.passed for case in found.cases] == [False, False]
    assert all(case.error and case.input_tokens for case in found.cases)


async def test_an_account_without_credit_ends_the_evaluation(models: Models) -> None:
    await models.connect(state="broke")

    with pytest.raises(NoCredit):
        await evaluate(corpus(), partial(compose, models.caller))


async def test_the_models_of_the_sandbox_answer_most_of_the_corpus_by_themselves(models: Models) -> None:
    await models.connect()
    some: list[Case] = [case for case in corpus() if case.language == "en"]

    found = await evaluate(some, partial(compose, models.caller))

    assert found.score > 0.7
