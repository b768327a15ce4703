"""`outsend demo`: the main job end to end, offline, in the sandbox internet."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.clock import Clock
from engine.context import Caller
from engine.jobs import results
from engine.pipelines import operations as pipelines
from engine.rows.types import Row
from engine.runtime import open_services
from engine.sandbox.process import start as start_sandbox
from engine.sandbox.score import score_emails, wrong_verdicts
from engine.sandbox.truth import Truth
from engine.settings import read_settings
from outsend_api.cli import display, logs, output
from outsend_api.cli.plan import Started
from outsend_api.cli.run import Ran, foreground

SITES = 400
BEST = 12
SHOWN = ("nom", "ville", "categorie", "note", "telephone", "email")
FORMATS = ("csv", "xlsx", "json")

GRAPH: Mapping[str, Any] = {
    "name": "Demo",
    "definition": {
        "nodes": [
            {
                "id": "find",
                "type": "scrap",
                "config": {
                    "queries": ["restaurant", "plombier", "boulangerie", "coiffeur"],
                    "zones": ["Lyon", "Tours"],
                },
            },
            {"id": "alive", "type": "dead_check"},
            {"id": "emails", "type": "emails"},
            {"id": "verified", "type": "verify"},
            {
                "id": "keep",
                "type": "filter",
                "config": {
                    "alive_only": True,
                    "rules": {"logic": "AND", "conditions": [{"column": "email_status", "op": "=", "value": "valid"}]},
                },
            },
            {"id": "best", "type": "sort", "config": {"sort_by": "note", "order": "desc"}},
        ],
        "edges": [
            {"from": before, "to": after}
            for before, after in (
                ("find", "alive"),
                ("alive", "emails"),
                ("emails", "verified"),
                ("verified", "keep"),
                ("keep", "best"),
            )
        ],
    },
}


def demo(*, sites: Annotated[int, typer.Option(min=10, max=2000, help="Sites in the sandbox.")] = SITES) -> None:
    """See the main job end to end: scrap, dead_check, emails, verify, filter, sort. Touches nobody."""
    with display.errors():
        # A folder of its own each time: what an earlier demo left stays.
        folder = read_settings().data_dir / f"demo-{Clock().now():%Y%m%d-%H%M%S}"
        display.say(f"Starting the sandbox internet with {sites} sites ...")
        with start_sandbox(sites=sites, directory=folder / "sandbox") as box:
            settings = read_settings({**os.environ, **box.environment}, data_dir=folder)
            with open_services(settings) as services:
                logs.to_file(folder)
                ran = foreground(services, _start)
                _tell(ran, box.truth(), folder)
    raise typer.Exit(ran.exit_code)


def _start(caller: Caller) -> Started:
    return Started("pipeline", caller.run(pipelines.create, dict(GRAPH)).id)


def _tell(ran: Ran, truth: Truth, folder: Path) -> None:
    """The best leads, how right they are, what they cost, where they lie, and what to do next."""
    state = ran.state
    if state.status != "done" or state.output_job_id is None:
        display.say(f"[red]✗[/] The demo ended as {state.status}: {display.escape(state.error or 'stopped')}")
        return
    rows_of = {job.job_type: partial(_rows, ran.caller, job.id) for job in state.jobs}
    best = ran.caller.run(results.items, state.output_job_id, limit=BEST)
    files = [folder / f"leads.{suffix}" for suffix in FORMATS]
    for file in files:
        output.save(ran.caller, state.output_job_id, file)
    score = score_emails(truth, rows_of["emails"]())
    wrong = wrong_verdicts(truth, rows_of["verify_emails"]())
    places = next(job.results_count for job in state.jobs if job.job_type == "scrap")
    display.rows_table(best.items, SHOWN, title=f"The best of {best.count} verified leads")
    display.facts(
        {
            "found": f"{places} businesses, {score.found} addresses, {best.count} with a live site and a valid address",
            "recall": f"{score.recall:.1%} of {score.expected} addresses, precision {score.precision:.1%}",
            "verdicts": f"{wrong} wrong",
            "cost": f"{state.ef_cost:.4f} EF, {ran.seconds:.1f} s",
            "files": ", ".join(map(str, files)),
        }
    )
    display.out.print("\nNext:")
    outsend = display.command()
    display.facts(
        {
            f"{outsend} run dead_check,emails,verify --input YOUR.csv": "the same on your own list",
            f"{outsend} connect claude-code --sandbox": "an agent does it, in the sandbox",
            f"{outsend} doctor": "what this machine needs for the real internet",
        }
    )


def _rows(caller: Caller, job_id: str) -> list[Row]:
    return list(results.output_rows(caller.services, caller.run(results.open_download, job_id)))
