"""What agents hear to do next names calls that they have."""

import re
from collections.abc import Iterator

import pytest

from engine.errors import OutsendError
from engine.jobs.errors import JobMissing, NothingSelected
from engine.tools.catalog import TOOLS
from engine.tools.hints import AGENTS_STEP, next_step, within_reach
from engine.tools.tool import Answer, Next
from engine.veille.errors import RunMissing

NAMES = {tool.name for tool in TOOLS}
PLACE = re.compile(r"\{(\w+)[^}]*\}")
# Of what no tool does: signing in, files, feedback, links, administration.
ELSEWHERE = re.compile(r"engine\.(accounts|feedback|features|privacy|suppressions|webhooks|imports|oauth|ai|assistant)")


def every_error(kind: type[OutsendError] = OutsendError) -> Iterator[type[OutsendError]]:
    for error in kind.__subclasses__():
        yield error
        yield from every_error(error)


ERRORS = {error.code: error for error in every_error() if error.__module__.startswith("engine.")}


def example(error: type[OutsendError]) -> OutsendError:
    """The error with something for each value that its texts name."""
    texts = [error.message, error.hint, AGENTS_STEP.get(error.code, "")]
    values = {name: 1 for text in texts for name in PLACE.findall(text.replace("{{", "").replace("}}", ""))}
    made = error.__new__(error)
    made.values = values
    return made


@pytest.mark.parametrize("code", AGENTS_STEP)
def test_an_agents_step_belongs_to_an_error_and_names_tools_that_there_are(code: str) -> None:
    text = next_step(example(ERRORS[code]))

    words = set(re.findall(r"[a-z]+_[a-z_]+", text))
    assert text.endswith(".")
    verbs = {name.partition("_")[0] for name in NAMES} - {"run"}  # as in run_id
    assert {word for word in words if word.partition("_")[0] in verbs} <= NAMES


@pytest.mark.parametrize("code", [code for code, error in ERRORS.items() if not ELSEWHERE.match(error.__module__)])
def test_no_agent_is_sent_to_the_rest_api(code: str) -> None:
    error = example(ERRORS[code])

    assert "/api/" not in next_step(error)
    if code not in ("link_invalid", "link_expired"):  # of addresses that people open
        assert next_step(error) or not error.hint


def test_sentences_about_tools_that_are_not_listed_are_left_out() -> None:
    assert (
        next_step(NothingSelected(count=3))
        == "Relax the rules of where. get_job_results shows the rows that there are."
    )
    assert next_step(NothingSelected(count=3), unlisted={"get_job_results"}) == "Relax the rules of where."
    assert next_step(JobMissing(job_id="x"), unlisted={"list_jobs"}) == ""
    assert next_step(RunMissing(veille_id=1), unlisted=NAMES) == "Leave run_id out for the latest run."


def test_a_result_proposes_only_what_is_listed_and_keeps_a_summary() -> None:
    step = Next(tool="get_job", args={}, why="wait")
    result = Answer(summary="One job. list_jobs finds it again.", next=step)

    assert within_reach(result, unlisted=frozenset()) is result
    assert within_reach(result, unlisted={"list_jobs"}) == Answer(summary="One job.", next=step)
    assert within_reach(result, unlisted={"get_job"}) == Answer(summary="One job. list_jobs finds it again.")
    alone = Answer(summary="list_jobs finds it again.")
    assert within_reach(alone, unlisted={"list_jobs"}).summary == alone.summary
