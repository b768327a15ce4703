"""Every query of what belongs to an account names the account, or stands in the list of the system's own work."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import engine.runtime as runtime  # brings every table into the metadata

ROOT = Path(__file__).parents[2]
QUERIES = {"select", "update", "delete", "get", "get_one"}
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Files, and functions of files, that ask without naming an account, and why they may.
SYSTEM = {
    "engine/jobs/gate.py": "moves jobs for the platform; callers come with a job that they own",
    "engine/jobs/store.py": "reads by `seq`, which only an owner's look-up gives",
    "engine/jobs/expiry.py": "purges for the platform",
    "engine/jobs/sweep.py": "finds work for the platform",
    "engine/jobs/runner.py:_facts": "a worker reads the job that it has claimed",
    "engine/jobs/events.py:_look": "reads by `seq`, which only an owner's look-up gives",
    "engine/jobs/queries.py:job_of_id": "for `owned_job`, and for who brings a signed link",
    "engine/jobs/queue.py:_lanes": "counts alone",
    "engine/jobs/resume.py": "asks for what hangs on a job that its owner resumes",
    "engine/pipelines/coordinator.py:_stop_one": "stops a job of the pipeline at hand",
    "engine/pipelines/queries.py:jobs_of": "asks by pipelines that an owner's look-up has given",
    "engine/pipelines/queries.py:lock_free": "asks by jobs that are at hand",
    "engine/pipelines/queries.py:locked_pipeline": "locks the pipeline of a job that is at hand",
    "engine/veille/schedule.py": "replays for the platform; a run is that of the job or pipeline at hand",
    "engine/veille/outcome.py:store": "ends the run at hand",
    "engine/veille/compare.py": "compares for the platform, by runs that are due",
    "engine/accounts/repeats.py:_forget": "forgets for the platform",
    "engine/accounts/sessions.py:forget_expired": "forgets for the platform",
    "engine/accounts/mail_tokens.py:forget_expired": "forgets for the platform",
    "engine/accounts/outgoing.py": "hands over whose mail is due, for the platform",
    "engine/feedback/inbox.py": "the administrators' side of everybody's threads",
    "engine/feedback/threads.py:held_thread": "for who asks then whose it is, or is an administrator",
    "engine/features/operations.py:_counts": "counts alone",
    "engine/jobs/brand_lookup.py:_forget": "forgets for the platform",
    "engine/webhooks/operations.py:_forget_some": "forgets for the platform",
    "engine/webhooks/figures.py:figures": "counts alone",
    "engine/jobs/figures.py": "counts alone",
    "engine/accounts/api_tokens.py:note_use": "the secret itself names the owner",
    "engine/oauth/clients.py:_forget_over": "forgets for the platform",
    "engine/oauth/clients.py:_forget_unused": "forgets for the platform",
    "engine/oauth/tokens.py:code_of": "the secret itself names the owner",
    "engine/oauth/tokens.py:scopes_of_refresh": "the secret itself names the owner",
    "engine/oauth/tokens.py:note_use": "the secret itself names the owner",
}


def owned_tables() -> set[str]:
    """Names of the classes whose rows belong to an account, and of those that hang on such a row."""
    assert runtime
    mappers = SQLModel._sa_registry.mappers
    return {m.class_.__name__ for m in mappers if {"account_id", "job_seq"} & set(m.columns.keys())}


def functions() -> Iterator[tuple[str, Function]]:
    for path in sorted((ROOT / "engine").rglob("*.py")):
        if "migrations" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, Function):
                    yield f"{path.relative_to(ROOT)}:{node.name}", node


def queried(function: Function, tables: set[str]) -> set[str]:
    """The owned tables that a function's own queries name."""
    found: set[str] = set()
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in QUERIES and call.args:
            found |= {n.id for n in ast.walk(call.args[0]) if isinstance(n, ast.Name) and n.id in tables}
    return found


def names_the_account(function: Function) -> bool:
    words = {getattr(node, "attr", getattr(node, "id", getattr(node, "arg", ""))) for node in ast.walk(function)}
    return "account_id" in words


TABLES = owned_tables()
UNSCOPED = {
    name: queried(function, TABLES)
    for name, function in functions()
    if queried(function, TABLES) and not names_the_account(function)
}


@pytest.mark.parametrize("name", sorted(UNSCOPED))
def test_a_query_without_its_owner_is_a_known_one(name: str) -> None:
    known = name in SYSTEM or name.partition(":")[0] in SYSTEM

    assert known, f"{name} asks for {UNSCOPED[name]} of anybody: scope it, or say in SYSTEM why it may"


@pytest.mark.parametrize("known", sorted(SYSTEM))
def test_the_list_names_nothing_that_is_gone(known: str) -> None:
    assert known in UNSCOPED or known in {name.partition(":")[0] for name in UNSCOPED}
