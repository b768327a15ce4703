"""What an agent hears to do next: calls that it has, never an address of the REST API, nor a tool that it can't see.

The hints of errors are written for who calls REST. Where an agent's next step is another, it stands here, by the
error's code; the values of the error go in as into its own texts.
"""

import re
from collections.abc import Collection
from typing import TypeVar

from engine.errors import OutsendError
from engine.tools.tool import Answer

AGENTS_STEP = {
    "job_missing": "list_jobs shows the ids that there are.",
    "job_already_over": "Only pending and running jobs can be cancelled; get_job_results has the rows of this one.",
    "not_resumable": (
        "Only a cancelled or failed job with items left can be resumed, once. get_job tells how this one stands."
    ),
    "not_downloadable": "get_job with wait_s waits for the end of the job.",
    "output_gone": "Rows are kept for 7 days after the end of a job. The same work has to run again.",
    "no_items": "Give 1 to 200 items, or source_job_id: an ended job whose rows are the input. list_jobs shows jobs.",
    "nothing_selected": "Relax the rules of where. get_job_results shows the rows that there are.",
    "rule_invalid": (
        "Correct the rule {rule}. list_modules with category=pipeline and response_format=detailed shows the rules."
    ),
    "email_unverified": "The user has to open the link in the verification mail of this account.",
    "scope_missing": "The user has to connect with a token that has the scope {scope}.",
    "pipeline_missing": "list_pipelines shows the ids that there are.",
    "pipeline_incompatible_edge": (
        "{target} takes {accepted}, and what arrives is {given}. create_pipeline with description alone answers with "
        "the inputs and outputs of each type."
    ),
    "pipeline_config_invalid": (
        "Correct the option {field} of node '{node}'. list_modules with response_format=detailed shows the options."
    ),
    "ai_no_model": "The user has to choose a model in the AI settings.",
    "ai_model_unknown": "The user has to choose another model in the AI settings.",
    "ai_key_refused": "The user has to connect another key in the AI settings.",
    "ai_key_unreadable": "The user has to connect the key again in the AI settings.",
    "ai_cap_exceeded": "No model was asked. The user can raise {cap} in the AI settings, or wait until it is reset.",
    "pipeline_nothing_to_estimate": "Give pipeline_id.",
    "veille_missing": "list_veilles shows the ids that there are.",
    "veille_run_missing": "Leave run_id out for the latest run. list_veilles shows which veilles have run.",
    "veille_source_missing": (
        "Give the id of a scrap job or pipeline of this account. list_jobs and list_pipelines show them."
    ),
    "veille_source_not_done": "Only what is done can be watched. get_job with wait_s waits for an end.",
    "module_frozen": "{slug} is held back during the alpha. list_modules with status=active shows what there is.",
    "module_on_demand": "The user has to ask for {slug}. list_modules with status=active shows what there is.",
    "list_too_long": "Split the list, or have the user upload it as a file and give its upload_id to an import.",
    "too_many_uploads": "The user has to delete an upload, or to wait: each is kept for 24 hours.",
    "uploads_too_large": "The user has to delete an upload, or to wait: each is kept for 24 hours.",
}
SENTENCE = re.compile(r"(?<=\.)\s+")
NAME = re.compile(r"[a-z_]+")
OF_REST = "/api/"

R = TypeVar("R", bound=Answer)


def next_step(error: OutsendError, *, unlisted: Collection[str] = ()) -> str:
    """The hint of an error for an agent that does not see the tools in `unlisted`; '' where nothing is left of it."""
    own = AGENTS_STEP.get(error.code)
    return _kept(error.next_step if own is None else own.format(**error.values), unlisted)


def within_reach(result: R, *, unlisted: Collection[str]) -> R:
    """The result without a next call, and without sentences about calls, that its reader can't make."""
    if not unlisted:
        return result
    step = result.next if result.next is not None and result.next.tool not in unlisted else None
    return result.model_copy(update={"summary": _kept(result.summary, unlisted) or result.summary, "next": step})


def _kept(text: str, unlisted: Collection[str]) -> str:
    """The sentences that name neither such a tool nor an address of the REST API."""
    sentences = SENTENCE.split(text)
    return " ".join(one for one in sentences if OF_REST not in one and not _names(one, unlisted))


def _names(sentence: str, unlisted: Collection[str]) -> bool:
    return any(word in unlisted for word in NAME.findall(sentence))
