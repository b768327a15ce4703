"""The page about MCP agrees with the tools: their names, arguments, scopes and bounds. So do the prompts."""

import re
from pathlib import Path

import pytest

from engine.tools import create_enrich_job, shape
from engine.tools.catalog import TOOLS
from engine.tools.tool import WAIT_SECONDS_MAX, AnyTool
from llms.bundle import page_of
from outsend_api import heads
from outsend_mcp import messages, prompts, resources, tasks
from prompts import load, render

PROMPTS = {
    "find_leads": {"query": "dentiste", "zone": "Tours"},
    "enrich_and_export": {"job_id": "j_x3mbwrks2czh3c8qbq2xnft0b0"},
    "watch_market": {"query": "dentiste", "zone": "Tours", "days": 7},
}


def body() -> str:
    page = page_of("integration/mcp")
    assert page is not None
    return page.body


def told_tools() -> dict[str, list[str]]:
    """The rows of the table of tools: name -> letter, arguments, answer."""
    section = body().split("## The tools\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w) \| (.+) \| (.+) \|$", section, re.MULTILINE)
    return {name: list(rest) for name, *rest in rows}


def test_the_page_tells_every_tool_in_the_order_of_the_catalogue() -> None:
    """C-425."""
    assert list(told_tools()) == [tool.name for tool in TOOLS]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_page_tells_every_argument_of_a_tool_and_which_are_required(tool: AnyTool) -> None:
    _, arguments, _ = told_tools()[tool.name]
    fields = tool.params.model_fields

    required = re.findall(r"`(\w+)`", arguments.split(";")[0])
    assert sorted(re.findall(r"`(\w+)`", arguments)) == sorted(fields)
    assert sorted(required) == sorted(name for name, field in fields.items() if field.is_required())


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_letter_of_a_tool_says_what_it_does(tool: AnyTool) -> None:
    letter, _, _ = told_tools()[tool.name]

    assert letter == ("R" if tool.hints.read_only else "D" if tool.hints.destructive else "W")


@pytest.mark.parametrize(
    "row",
    [
        f"| Wait of one call | {WAIT_SECONDS_MAX} seconds |",
        f"| Answer | {shape.BUDGET:,} characters |",
        f"| `items` of one call | {create_enrich_job.ITEMS_MAX} rows;",
        f"| Calls of an account at work at once | {messages.AT_ONCE};",
        f"| Request line and headers | {heads.HEAD_BYTES_MAX // 1024} KB |",
        f"A task is there for {tasks.TTL_MS // 86_400_000} days and may be asked every "
        f"{tasks.POLL_INTERVAL_MS // 1000} seconds.",
    ],
)
def test_a_bound_on_the_page_is_that_of_the_code(row: str) -> None:
    assert row in body()


def test_the_page_tells_every_resource_and_no_other() -> None:
    told = re.findall(r"^\| `(outsend://[^`]+)` \|", body(), re.MULTILINE)

    assert sorted(told) == sorted([resources.SCHEMA, *(kind.uri for kind in resources.KINDS)])
    assert f"up to {resources.FILE_BYTES_MAX // 1024} KB; a larger one as a link" in body()


def test_the_prompts_of_the_page_are_those_of_the_server() -> None:
    served = {prompt.name: [argument.name for argument in prompt.arguments or ()] for prompt in prompts.PROMPTS}

    assert served == {name: list(arguments) for name, arguments in PROMPTS.items()}
    assert f"and {prompts.ARGUMENT_CHARS} characters are kept" in body()


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_stands_on_the_page_with_its_arguments(name: str) -> None:
    arguments = ", ".join(f"`{argument}`" for argument in PROMPTS[name])

    assert f"| `{name}` | {arguments} |" in body()


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_quotes_its_arguments_between_marks(name: str) -> None:
    text = render(f"mcp/{name}", **PROMPTS[name])

    [block] = re.findall(r"<(\w+)>\n(.*)\n</\1>", text, re.DOTALL)
    assert block[1].splitlines() == [f"{argument}: {value}" for argument, value in PROMPTS[name].items()]


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_names_tools_that_exist_and_the_price_before_the_start(name: str) -> None:
    text = load(f"mcp/{name}")
    words = re.findall(r"\b(?:list|get|create|run|cancel|resume|estimate)_\w+", text)

    assert set(words) <= {tool.name for tool in TOOLS}
    starts = [text.index(tool.name) for tool in TOOLS if tool.spends and tool.name in text]
    assert text.index("estimate_job") < min(starts)


def test_every_prompt_has_its_file() -> None:
    files = {path.stem for path in (Path(__file__).parents[2] / "prompts/mcp").glob("*.md")}

    assert files == {*PROMPTS, "instructions"}
