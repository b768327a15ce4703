"""What the account has used: EF, jobs, and money for AI."""

from pydantic import BaseModel

from engine.ai.operations import caps
from engine.context import Caller, Context, read
from engine.jobs.usage import Period, Usage, usage
from engine.tools.briefs import counted, listing
from engine.tools.tool import READS, Answer, Arguments, Progress, Tool


class Params(Arguments):
    period: Period = "day"


class AiSpend(BaseModel):
    """Dollars on the account's own AI key in the period. `paused`: a cap is reached, and no model is called."""

    spent_usd: float
    cap_usd: float
    remaining_usd: float
    paused: bool


class Result(Answer):
    ef_used: float
    jobs_started: int
    running: int
    running_limit: int
    ai: AiSpend
    resets_at: str


async def run(caller: Caller, params: Params, progress: Progress) -> Result:
    """What was used since the day or the month began, UTC."""
    used, ai = await caller.call(_used, params.period)
    told = used.model_dump(mode="json")
    told["ef_used"] = round(used.ef_used, 6)
    return Result(
        **told,
        ai=ai,
        summary=listing(
            [
                f"{used.ef_used:.4g} EF in {counted(used.jobs_started, 'job')} this {params.period} (UTC).",
                f"{used.running} of at most {used.running_limit} jobs run now; further ones wait their turn.",
                "A job costs at most 1 EF; no sum of jobs is limited.",
                f"AI: {ai.spent_usd:.4g} of {ai.cap_usd:.4g} dollars{', paused by a cap' if ai.paused else ''}.",
            ]
        ),
    )


@read
def _used(context: Context, period: Period) -> tuple[Usage, AiSpend]:
    found = caps(context)
    spent, cap, remaining = {
        "day": (found.spent_today_usd, found.per_day_usd, found.remaining_today_usd),
        "month": (found.spent_month_usd, found.per_month_usd, found.remaining_month_usd),
    }[period]
    ai = AiSpend(spent_usd=float(spent), cap_usd=float(cap), remaining_usd=float(remaining), paused=found.paused)
    return usage(context, period), ai


tool = Tool(
    name="get_usage",
    title="Get usage",
    description=(
        "EF (1 EF = all of France searched once) and jobs of this day or month, in UTC, what AI has cost, and how "
        "many jobs run now of those that may run at once."
    ),
    params=Params,
    result=Result,
    hints=READS,
    run=run,
    example={"period": "month"},
)
