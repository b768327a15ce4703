"""Run generation over the corpus and add up: how right, how many tokens, how dear."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from pydantic import BaseModel, computed_field

from engine.ai.money import Usd
from engine.pipelines.evaluation.cases import Case, Language
from engine.pipelines.evaluation.checks import Check, checks
from engine.pipelines.schemas import Definition


@dataclass(frozen=True, slots=True)
class Composed:
    """What one description gave and used. `cost_usd` is None where the model has no known price."""

    definition: Definition | None
    error: str | None
    cost_usd: Decimal | None = None
    input_tokens: int = 0
    output_tokens: int = 0


Compose: TypeAlias = Callable[[Case], Awaitable[Composed]]


class CaseScore(BaseModel):
    """One case: how many of its expectations held, and which did not, in words."""

    id: str
    language: Language
    held: int
    expected: int
    failed: list[str]
    error: str | None  # what the composing answered instead of a definition
    cost_usd: Usd | None
    input_tokens: int
    output_tokens: int
    seconds: float

    @computed_field
    @property
    def passed(self) -> bool:
        return self.held == self.expected


class Evaluation(BaseModel):
    """All cases. `score` is the mean share of held expectations, 0 to 1; `cost_usd` adds up what is known."""

    cases: list[CaseScore]

    @computed_field
    @property
    def score(self) -> float:
        return _mean(self.cases)

    @computed_field
    @property
    def score_by_language(self) -> dict[str, float]:
        languages = sorted({case.language for case in self.cases})
        return {name: _mean([case for case in self.cases if case.language == name]) for name in languages}

    @computed_field
    @property
    def passed(self) -> int:
        return sum(case.passed for case in self.cases)

    @computed_field
    @property
    def input_tokens(self) -> int:
        return sum(case.input_tokens for case in self.cases)

    @computed_field
    @property
    def output_tokens(self) -> int:
        return sum(case.output_tokens for case in self.cases)

    @computed_field
    @property
    def price_known(self) -> bool:
        return all(case.cost_usd is not None for case in self.cases)

    @computed_field
    @property
    def cost_usd(self) -> Usd:
        return sum((case.cost_usd or Decimal(0) for case in self.cases), Decimal(0))


async def evaluate(
    cases: Sequence[Case], compose: Compose, *, told: Callable[[CaseScore], None] = lambda score: None
) -> Evaluation:
    """Compose and score each case, one after the other; `told` hears of each as it is done.

    Raises: what `compose` raises; nothing else is lost on the way, `told` has heard it.
    """
    scores: list[CaseScore] = []
    for case in cases:
        began = time.monotonic()
        composed = await compose(case)
        score = scored(case, composed, seconds=time.monotonic() - began)
        scores.append(score)
        told(score)
    return Evaluation(cases=scores)


def scored(case: Case, composed: Composed, *, seconds: float = 0.0) -> CaseScore:
    """The score of one answer."""
    found = checks(case, composed)
    failed = [_words(check) for check in found if not check.held]
    return CaseScore(
        id=case.id,
        language=case.language,
        held=len(found) - len(failed),
        expected=len(found),
        failed=failed,
        error=composed.error,
        cost_usd=composed.cost_usd,
        input_tokens=composed.input_tokens,
        output_tokens=composed.output_tokens,
        seconds=round(seconds, 2),
    )


def _words(check: Check) -> str:
    return f"{check.kind}: {check.told}"


def _mean(cases: Sequence[CaseScore]) -> float:
    shares = [case.held / case.expected for case in cases]
    return round(sum(shares) / len(shares), 4) if shares else 0.0
