"""The prompts that a client shows to its user, who fills them in: the texts of `prompts/mcp`.

What a user writes into them is data between marks, so it loses what could look like the end of the data.
"""

import re
from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver.prompts.base import Message, Prompt, PromptArgument, UserMessage
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS
from pydantic import PrivateAttr

from engine.limits import VEILLE_DAYS_MAX, VEILLE_DAYS_MIN
from engine.tools.catalog import TOOLS
from engine.tools.untrusted import clean_text
from prompts import load, render

ARGUMENT_CHARS = 200
WORD = re.compile(r"[a-z_]+")
DAYS = "days"
QUERY = "What to look for, as one types it into a map: dentiste, restaurant japonais."
ZONE = "Where: a French commune, postal code, departement or region, or a city of the world."


class UserPrompt(Prompt):
    """A text of `prompts/mcp` with its arguments, all of which are needed. `tools`: those that its plan names."""

    _tools: frozenset[str] = PrivateAttr()

    @classmethod
    def of(cls, name: str, *, title: str, description: str, arguments: Mapping[str, str]) -> "UserPrompt":
        """The prompt of that file. `arguments`: what each one is."""
        wanted = [
            PromptArgument(name=argument, description=told, required=True) for argument, told in arguments.items()
        ]
        made = cls(name=name, title=title, description=description, arguments=wanted, fn=load, context_kwarg=None)
        made._tools = frozenset(WORD.findall(load(f"mcp/{name}"))) & {tool.name for tool in TOOLS}
        return made

    @property
    def tools(self) -> frozenset[str]:
        """The tools without which its plan is of no use."""
        return self._tools

    async def render(self, arguments: dict[str, Any] | None, context: Any) -> list[Message]:
        """The text, filled in. Raises MCPError: an argument is missing, unknown, empty, or no number of days."""
        values = self._checked(arguments or {})
        return [UserMessage(render(f"mcp/{self.name}", **values))]

    def _checked(self, given: Mapping[str, Any]) -> dict[str, str]:
        wanted = [argument.name for argument in self.arguments or ()]
        values = {name: clean_text(str(value), ARGUMENT_CHARS) for name, value in given.items()}
        if values.keys() != set(wanted) or not all(values.values()):
            raise MCPError(INVALID_PARAMS, f"{self.name} takes {', '.join(wanted)}; all of them are needed.")
        if DAYS in values and not _is_number_of_days(values[DAYS]):
            raise MCPError(INVALID_PARAMS, f"{DAYS}: a whole number from {VEILLE_DAYS_MIN} to {VEILLE_DAYS_MAX}.")
        return values


def _is_number_of_days(text: str) -> bool:
    return text.isascii() and text.isdecimal() and VEILLE_DAYS_MIN <= int(text) <= VEILLE_DAYS_MAX


PROMPTS = (
    UserPrompt.of(
        "find_leads",
        title="Find leads",
        description="A list of businesses to contact: search, live sites, addresses found and verified.",
        arguments={"query": QUERY, "zone": ZONE},
    ),
    UserPrompt.of(
        "enrich_and_export",
        title="Enrich and export a job",
        description="What the rows of a job lack, module by module, and the file at the end.",
        arguments={"job_id": "The job whose rows are enriched."},
    ),
    UserPrompt.of(
        "watch_market",
        title="Watch a market",
        description="A search that is repeated: who opens, who closes, whose rating falls.",
        arguments={"query": QUERY, "zone": ZONE, DAYS: "Days from one run to the next: 7 is weekly, 30 monthly."},
    ),
)
