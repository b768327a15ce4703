"""Whatever an id is given for: one of somebody else's is told in the words of one that nobody has."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.context import Caller
from engine.errors import OutsendError
from engine.pipelines import operations as pipelines
from engine.tools.catalog import TOOLS, tool_named
from engine.tools.hints import next_step
from engine.tools.tool import Silence
from engine.veille import operations as veilles
from tests.api.job_steps import scraped
from tests.engine.tools.toolshed import agent, job_with, shed

GRAPH = {"nodes": [{"id": "a", "type": "import", "config": {"content": "nom\nx"}}], "edges": []}
SORT = {"module": "sort", "options": {"sort_by": "nom"}}
WATCH = {"name": "Tours", "frequency_days": 7}
# Each argument that is an id: the tool, what it is the id of, its name, and what the call needs beside it.
PLACES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("get_job", "job", "job_id", {}),
    ("get_job_results", "job", "job_id", {}),
    ("cancel_job", "job", "job_id", {}),
    ("resume_job", "job", "job_id", {}),
    ("create_enrich_job", "job", "source_job_id", SORT),
    ("create_enrich_job", "job", "source_job_id", {**SORT, "items": [{"nom": "x"}]}),
    ("estimate_job", "job", "source_job_id", SORT),
    ("estimate_job", "pipeline", "pipeline_id", {}),
    ("run_pipeline", "pipeline", "pipeline_id", {}),
    ("get_pipeline", "pipeline", "pipeline_id", {}),
    ("list_pipelines", "pipeline", "cursor", {}),
    ("create_veille", "job", "source_job_id", WATCH),
    ("create_veille", "pipeline", "source_pipeline_id", WATCH),
    ("get_signals", "veille", "veille_id", {}),
    ("get_signals", "veille", "veille_id", {"run_id": 1}),
]
LIKE_IDS = st.one_of(
    st.text(min_size=8, max_size=40),
    st.text("j_0123456789abcdefghjkmnpqrstvwxyz", min_size=8, max_size=30),
    st.uuids().map(str),
    st.sampled_from(["j_%", "../../etc/passwd", "j_' OR 1=1 --", "NULL", "00000000", "\x00" * 8, "\ud800" * 8]),
)

every_place = pytest.mark.parametrize(
    ("name", "kind", "argument", "beside"),
    PLACES,
    ids=[f"{tool}-{arg}-{at}" for at, (tool, _, arg, _) in enumerate(PLACES)],
)


@dataclass
class Two:
    """An account, and what another one has."""

    me: Caller
    theirs: dict[str, Any]

    async def refusal(self, name: str, args: dict[str, Any]) -> tuple[str, str, str, str]:
        """Code, kind, message and hint of a call that must be refused, without the ids that were given."""
        tool = tool_named(name)
        assert tool is not None
        with pytest.raises(OutsendError) as refused:
            await tool.run(self.me, tool.params.model_validate(args), Silence())
        error = refused.value
        told = (error.text, next_step(error))
        for value in args.values():
            told = tuple(text.replace(str(value), "?") if isinstance(value, str) else text for text in told)
        return error.code, error.kind, told[0], told[1]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with shed(tmp_path_factory.mktemp("two")) as services:
        me, other = agent(services), agent(services, "stranger@example.com")
        source = scraped(other, [{"nom": "x"}])
        theirs = {
            "job": job_with(other, [{"nom": "x"}]).id,
            "pipeline": other.run(pipelines.create, GRAPH).id,
            "veille": other.run(veilles.create, {**WATCH, "source_job_id": source}).id,
        }
        yield Two(me, theirs)


@every_place
async def test_a_foreign_id_reads_like_one_that_nobody_has(
    two: Two, name: str, kind: str, argument: str, beside: dict[str, Any]
) -> None:
    """C-429; MCP security point 13."""
    nobodys = 2_000_000_000 if kind == "veille" else "j_nobodys" if kind == "job" else "0" * 36

    foreign = await two.refusal(name, {**beside, argument: two.theirs[kind]})

    assert foreign == await two.refusal(name, {**beside, argument: nobodys})
    assert foreign[1] in ("missing", "invalid")


@every_place
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_id=LIKE_IDS)
async def test_whatever_looks_like_an_id_is_refused_in_the_same_words(
    two: Two, name: str, kind: str, argument: str, beside: dict[str, Any], given_id: str
) -> None:
    """C-429; MCP security point 13."""
    wanted = int.from_bytes(given_id.encode(errors="replace")[:3]) + 1_000_000 if kind == "veille" else given_id
    try:
        told = await two.refusal(name, {**beside, argument: wanted})
    except ValidationError:
        return  # no text at all: half a character

    assert told == await two.refusal(name, {**beside, argument: two.theirs[kind]})


def test_every_argument_that_is_an_id_is_tried() -> None:
    tried = {(name, argument) for name, _, argument, _ in PLACES}
    known = {(tool.name, field) for tool in TOOLS for field in tool.params.model_fields if field.endswith("_id")}

    assert known - tried == {("get_signals", "run_id")}
