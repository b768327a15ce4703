"""`outsend run`: a pipeline in the foreground, on the same engine, no server needed."""

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.context import Caller, Services
from engine.runtime import event_loop, open_services
from engine.settings import Settings, read_settings
from outsend_api.cli import display, logs, output, plan
from outsend_api.cli.foreground import State, engine, follow, interruptible
from outsend_api.cli.sandbox import world

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that is over. `interrupted`: by Ctrl-C."""

    caller: Caller
    state: State
    seconds: float
    interrupted: bool

    @property
    def exit_code(self) -> int:
        if self.interrupted:
            return INTERRUPTED
        return 0 if self.state.status == "done" else display.FAILED


def run(
    pipeline: Annotated[
        str, typer.Argument(help="A JSON file, or a comma list such as dead_check,emails,verify.")
    ] = "",
    *,
    input: Annotated[Path | None, typer.Option(help="The list to work on: csv, tsv, xlsx or json.")] = None,
    output_file: Annotated[Path | None, typer.Option("--output", help="The rows' file: .csv, .xlsx or .json.")] = None,
    query: Annotated[list[str] | None, typer.Option(help="What scrap looks for; may be repeated.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Where scrap looks; may be repeated.")] = None,
    resume: Annotated[str, typer.Option(metavar="JOB", help="Go on with an interrupted job.")] = "",
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Work on the sandbox internet.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON summary.")] = False,
) -> None:
    """Run a pipeline in the foreground. Ctrl-C keeps the rows so far; go on with --resume JOB."""
    if not pipeline and not resume:
        raise typer.BadParameter("name a pipeline, or a job to --resume")
    asked = plan.Asked(pipeline, input, query or [], zone or [])
    with display.errors(as_json=json), ExitStack() as stack:
        wanted = output.check(output_file) if output_file else None
        settings = _settings(stack, sandbox=sandbox)
        services = stack.enter_context(open_services(settings))
        logs.to_file(settings.data_dir)
        ran = foreground(services, partial(plan.resume, job_id=resume) if resume else partial(plan.start, asked=asked))
        file, count = _save(ran, wanted)
        if json:
            _print_json(ran, file, count)
        else:
            _print(ran, file, count, suffix=" --sandbox" if sandbox else "")
    raise typer.Exit(ran.exit_code)


def foreground(services: Services, start: Callable[[Caller], plan.Started]) -> Ran:
    """Start something and work it to its end in this process, with live bars."""
    with asyncio.Runner(loop_factory=event_loop) as runner:
        return runner.run(_foreground(services, start))


async def _foreground(services: Services, start: Callable[[Caller], plan.Started]) -> Ran:
    began = time.monotonic()
    async with interruptible() as pressed, engine(services) as working:
        started = await asyncio.to_thread(start, working.caller)
        with display.bars() as bars:
            state = await follow(working, started, bars, pressed)
        return Ran(working.caller, state, time.monotonic() - began, pressed.is_set())


def _settings(stack: ExitStack, *, sandbox: bool) -> Settings:
    return read_settings(stack.enter_context(world(sandbox=sandbox)))


def _save(ran: Ran, wanted: Path | None) -> tuple[Path | None, int]:
    """Write the rows there are; without a wish, to a new file in this folder."""
    job_id = ran.state.output_job_id
    if job_id is None:
        return None, 0
    file = wanted or Path(f"outsend-{job_id}.csv")
    return file, output.save(ran.caller, job_id, file)


def _print(ran: Ran, file: Path | None, count: int, *, suffix: str) -> None:
    state = ran.state
    for job in state.jobs:
        if job.notice:
            display.say(f"[dim]{job.job_type}: {display.escape(job.notice)}[/]")
    mark = {"done": "[green]✓ done[/]", "failed": "[red]✗ failed[/]"}.get(state.status, f"[yellow]■ {state.status}[/]")
    display.say(f"{mark} in {ran.seconds:.1f} s, {state.ef_cost:.4f} EF")
    if state.error:
        display.say(f"  {display.escape(state.error)}")
    if file is not None:
        display.say(f"  {count} rows in {display.escape(str(file))}")
    if state.to_resume and state.status != "done":
        display.say(f"  Go on with: {display.command()} run --resume {state.to_resume}{suffix}")


def _print_json(ran: Ran, file: Path | None, count: int) -> None:
    state = ran.state
    shown = ("id", "job_type", "status", "results_count", "error_count", "ef_cost", "notice", "error_message")
    summary: dict[str, Any] = {
        "status": state.status,
        "rows": count,
        "file": str(file) if file else None,
        "seconds": round(ran.seconds, 2),
        "ef_cost": state.ef_cost,
        "error": state.error,
        "resume": state.to_resume if state.status != "done" else None,
        "jobs": [{name: getattr(job, name) for name in shown} for job in state.jobs],
    }
    display.data(summary)
