"""What is stored of a conversation, as messages that a model is shown, within a bound: the oldest go first.

`content` by role: user `{text}`; assistant `{text, calls: [{id, name, arguments}], cut_short?}`; tool `{call_id, tool,
text, summary, is_error}`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from engine.ai.prices import input_bound
from engine.ai.types import Ask, Message, ModelMessage, ToolCall, ToolResult, UserMessage
from engine.assistant.models import ConversationMessage, Role
from engine.limits import ASSISTANT_WORDS_BYTES

# A process died, or a stream was closed, between a call and its result.
UNKNOWN = (
    "This call was interrupted, and what it did is not known. Before you ask for it again, look whether it has "
    "happened (list_jobs, list_pipelines, list_veilles)."
)
SILENCE = "(interrupted)"  # in the place of an answer that never came: what a tool gave is no end of a turn


def messages_of(rows: Iterable[ConversationMessage]) -> tuple[Message, ...]:
    """The conversation as providers take it: it begins with the user, each call is followed by a result.

    Rows before the first of the user's are left out.
    """
    found: list[Message] = []
    results: dict[str, ToolResult] = {}
    for row in rows:
        if row.role == Role.tool:
            results[row.content["call_id"]] = _result(row.content)
            continue
        _close(found, results)
        if row.role == Role.user:
            _add_words(found, row.content["text"])
        elif found:
            _add_answer(found, _spoken(row.content))
    _close(found, results)
    return tuple(found)


def within(ask: Ask, tokens: int) -> Ask:
    """The same with as many of its last messages as fit: whole turns go first, then pairs of calls and their results.

    The user's last words and the last step stay, whatever their size.
    """
    messages = list(ask.messages)
    while input_bound(replace(ask, messages=tuple(messages))) > tokens:
        spare = _oldest(messages)
        if not spare:
            break
        del messages[spare]
    return replace(ask, messages=tuple(messages))


def cut(text: str, size: int) -> str:
    """The beginning of a text, of so many bytes at most."""
    whole = text.encode("utf-8", "replace")
    return text if len(whole) <= size else f"{whole[: size - 3].decode('utf-8', 'ignore')}…"


def _result(content: dict[str, Any]) -> ToolResult:
    return ToolResult(content["call_id"], content["text"], is_error=content["is_error"])


def _spoken(content: dict[str, Any]) -> ModelMessage:
    calls = tuple(ToolCall(call["id"], call["name"], call["arguments"]) for call in content.get("calls", ()))
    words = cut(content["text"], ASSISTANT_WORDS_BYTES)
    return ModelMessage(words if words.strip() or calls else SILENCE, calls)


def _close(found: list[Message], results: dict[str, ToolResult]) -> None:
    """Put the results behind their calls, in the order of these."""
    last = found[-1] if found else None
    if isinstance(last, ModelMessage) and last.calls:
        given = (results.get(call.id) or ToolResult(call.id, UNKNOWN, is_error=True) for call in last.calls)
        found.append(UserMessage(results=tuple(given)))
    results.clear()


def _add_words(found: list[Message], text: str) -> None:
    """What the user says, as a message of its own, or with what was said just before and never answered."""
    last = found[-1] if found else None
    if isinstance(last, UserMessage) and not last.results:
        found[-1] = UserMessage(f"{last.text}\n\n{text}")
        return
    if isinstance(last, UserMessage):
        found.append(ModelMessage(SILENCE))
    found.append(UserMessage(text))


def _add_answer(found: list[Message], said: ModelMessage) -> None:
    """What the model says, as a message of its own, or with what it said just before and was broken off."""
    last = found[-1]
    if isinstance(last, ModelMessage):
        found[-1] = ModelMessage(f"{last.text}\n\n{said.text}".strip(), said.calls)
        return
    found.append(said)


def _oldest(messages: Sequence[Message]) -> slice | None:
    """What can go: the first turn; of the only one, its first step."""
    turns = [at for at, one in enumerate(messages) if isinstance(one, UserMessage) and one.text]
    if len(turns) > 1:
        return slice(0, turns[1])
    steps = [at for at, one in enumerate(messages) if isinstance(one, ModelMessage)]
    return slice(steps[0], steps[1]) if len(steps) > 1 else None
