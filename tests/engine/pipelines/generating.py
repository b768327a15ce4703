"""What the tests of generation ask for, what a model answers well, and how they ask."""

from typing import Any

from engine.pipelines.generate import Generated, GenerateRequest, generate
from tests.engine.ai.drafting import Writer

WISH = "Trouve les dentistes à Tours et leurs emails"
GOOD: dict[str, Any] = {
    "name": "Dentistes Tours",
    "nodes": [
        {"id": "n1", "type": "scrap", "config": {"queries": ["dentiste"], "zones": ["Tours"]}},
        {"id": "n2", "type": "emails"},
    ],
    "edges": [{"from": "n1", "to": "n2"}],
}


async def made(me: Writer, wish: str = WISH, definition: dict[str, Any] | None = None) -> Generated:
    return await generate(me.caller, GenerateRequest(description=f"{wish} [{me.word}]", definition=definition))


def types(found: Generated) -> list[str]:
    assert found.definition is not None, found.error
    return [node.type for node in found.definition.nodes]
