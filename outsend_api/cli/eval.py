"""`outsend eval`: how well a model does what the product asks of it, on a key that is never stored with other data."""

import asyncio
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from engine.ai import connecting
from engine.ai import operations as ai
from engine.ai.providers import ProviderId
from engine.ai.schemas import AiSettingsRequest, CapsRequest
from engine.context import Services
from engine.errors import OutsendError
from engine.limits import AI_DAY_USD, AI_DAY_USD_MAX
from engine.pipelines.evaluation.cases import Case, corpus
from engine.pipelines.evaluation.generation import compose
from engine.pipelines.evaluation.run import CaseScore, Evaluation, evaluate
from engine.runtime import event_loop, local_owner, open_services
from engine.settings import read_settings
from outsend_api.cli import display

KEY = "OUTSEND_EVAL_KEY"

evals = typer.Typer(no_args_is_help=True, add_completion=False)


class EvalKeyMissing(OutsendError):
    code = "eval_key_missing"
    message = "Aucune clé à évaluer : la variable {variable} est vide"
    hint = f"Put the provider's key into {KEY}; it is never an argument, so that no list of processes shows it."


@dataclass(frozen=True, slots=True)
class Asked:
    """The model to look at, and what the whole evaluation may cost."""

    request: AiSettingsRequest
    budget_usd: float


@evals.callback()
def family() -> None:
    """Score a model on what the product asks of it."""


@evals.command()
def generation(
    *,
    provider: Annotated[ProviderId, typer.Option(help="Whose key it is.")],
    model: Annotated[str, typer.Option(help="The model, as its provider calls it.")],
    base_url: Annotated[str | None, typer.Option(help="Another address than the provider's own.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many descriptions.")] = None,
    budget: Annotated[float, typer.Option(min=0, max=float(AI_DAY_USD_MAX), help="Dollars, at most.")] = float(
        AI_DAY_USD
    ),
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a model compose pipelines from descriptions in three languages, and score them. Runs nothing of it."""
    with display.errors(as_json=json):
        asked = Asked(_request(provider, model, base_url), budget)
        with _apart() as services, asyncio.Runner(loop_factory=event_loop) as runner:
            found = runner.run(_evaluate(services, asked, corpus()[:limit]))
    if json:
        display.data({"provider": provider, "model": model, **found.model_dump(mode="json")})
    else:
        _tell(found)


@contextmanager
def _apart() -> Generator[Services]:
    """Services on a database of their own, which is gone at the end, and the key with it."""
    with tempfile.TemporaryDirectory(prefix="outsend-eval-") as folder:
        settings = read_settings(data_dir=Path(folder), database_url=None)
        with open_services(settings) as services:
            yield services


def _request(provider: str, model: str, base_url: str | None) -> AiSettingsRequest:
    key = os.environ.get(KEY, "")
    if not key:
        raise EvalKeyMissing(variable=KEY)
    given = {"provider": provider, "api_key": key, "model": model, "base_url": base_url}
    try:
        return AiSettingsRequest.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise typer.BadParameter(f"{first['loc'][0]}: {first['msg']}") from None


async def _evaluate(services: Services, asked: Asked, cases: tuple[Case, ...]) -> Evaluation:
    caller = await asyncio.to_thread(local_owner, services)
    await caller.call(ai.set_caps, CapsRequest.model_validate({"per_day_usd": asked.budget_usd}))
    await connecting.connect(caller, asked.request)
    return await evaluate(cases, partial(compose, caller), told=_tell_case)


def _tell_case(score: CaseScore) -> None:
    mark = "[green]✓[/]" if score.passed else "[red]✗[/]"
    cost = "price unknown" if score.cost_usd is None else f"${score.cost_usd:.4f}"
    used = f"{score.input_tokens}+{score.output_tokens} tokens, {cost}, {score.seconds:.1f} s"
    display.say(f"{mark} {score.id:<30} {score.held}/{score.expected}  [dim]{used}[/]")
    for line in score.failed:
        display.say(f"    [dim]{display.escape(line)}[/]")
    if score.error and not score.passed:
        display.say(f"    [dim]answered: {display.escape(score.error)}[/]")


def _tell(found: Evaluation) -> None:
    languages = ", ".join(f"{name} {share:.1%}" for name, share in found.score_by_language.items())
    display.facts(
        {
            "score": f"{found.score:.1%} of what was expected ({languages})",
            "cases": f"{found.passed} of {len(found.cases)} wholly right",
            "tokens": f"{found.input_tokens} in, {found.output_tokens} out",
            "cost": f"${found.cost_usd:.4f}" + ("" if found.price_known else ", and what has no known price"),
        }
    )
