"""The sandbox's model providers, held from outside: what they shall say, and who asked them what."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from engine.sandbox.apis.llm_desk import DESK_HOST, SeenRequest

SECONDS = 10.0


class SandboxModels:
    """Speaks to the control host through the sandbox's proxy. Blocks for some milliseconds."""

    def __init__(self, proxy: str) -> None:
        self._opener = build_opener(ProxyHandler({"http": proxy}))

    def script(self, match: str, *answers: Mapping[str, Any] | str, forever: bool = False) -> None:
        """Let requests whose words hold `match` be answered so, in order; with `forever`, the last one from then on.

        An answer is its text, or an object of `text`, `data` (written as JSON), `calls` (`{name, arguments}`) and
        `fault` (see `engine.sandbox.apis.llm_types.Fault`). Raises HTTPError for another shape.
        """
        objects = [{"text": answer} if isinstance(answer, str) else dict(answer) for answer in answers]
        self._ask("POST", "/answers", {"match": match, "answers": objects, "forever": forever})

    def forget_scripts(self) -> None:
        """From now on the models answer by their own rules."""
        self._ask("DELETE", "/answers")

    def requests(self, *, key: str | None = None) -> list[SeenRequest]:
        """What reached the providers, oldest first; with `key`, a digest, what came with it."""
        found = [SeenRequest.model_validate(one) for one in json.loads(self._ask("GET", "/requests"))["requests"]]
        return found if key is None else [one for one in found if one.key == key]

    def forget_requests(self) -> None:
        """Begin a new log."""
        self._ask("DELETE", "/requests")

    def _ask(self, method: str, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://{DESK_HOST}{path}", data, {"Content-Type": "application/json"}, method=method)
        with self._opener.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read())
