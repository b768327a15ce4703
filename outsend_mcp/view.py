"""What the address of a connection chooses: `?tools=read`, `?tools=list_jobs,get_job`, `?lockdown=1`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from engine.tools.tool import AnyTool

READ = "read"
OFF = ("", "0", "false")


@dataclass(frozen=True, slots=True)
class View:
    """The tools that a connection sees, those that it doesn't, and whether free text from the web is left out."""

    names: frozenset[str]
    unlisted: frozenset[str] = frozenset()
    lockdown: bool = False


def view_of(query: Mapping[str, str], tools: Sequence[AnyTool]) -> View:
    """What the query of the address asks for.

    Raises:
        MCPError: it names no tool that exists; an agent without tools could not even tell its user why.
    """
    wanted = query.get("tools")
    names = known = frozenset(tool.name for tool in tools)
    if wanted == READ:
        names = frozenset(tool.name for tool in tools if tool.scope == "read")
    elif wanted:
        names &= {name.strip() for name in wanted.split(",")}
    if not names:
        listed = ", ".join(tool.name for tool in tools)
        raise MCPError(
            INVALID_PARAMS, f"tools= names no tool of this server. Known: {READ} (all that only read), {listed}"
        )
    return View(names, unlisted=known - names, lockdown=query.get("lockdown", "") not in OFF)
