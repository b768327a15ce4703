"""A public service of the sandbox, held from outside: how it shall misbehave, and who asked it what."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from urllib.request import ProxyHandler, Request, build_opener

from engine.sandbox.apis.service_desk import SeenCall, ServiceRules

SECONDS = 10.0


class SandboxService:
    """Speaks to a service's control host through the sandbox's proxy. Blocks for some milliseconds."""

    def __init__(self, proxy: str, desk: str) -> None:
        self._desk = desk
        self._opener = build_opener(ProxyHandler({"http": proxy}))

    def set(self, rules: ServiceRules) -> None:
        """From now on the service behaves so; what was counted is forgotten."""
        self._ask("PUT", "/rules", rules.model_dump_json().encode())

    @contextmanager
    def misbehaving(self, rules: ServiceRules) -> Generator[None]:
        """As `set`, for the length of the block."""
        self.set(rules)
        try:
            yield
        finally:
            self.set(ServiceRules())

    def requests(self) -> list[SeenCall]:
        """What reached the service, oldest first."""
        return [SeenCall.model_validate(one) for one in json.loads(self._ask("GET", "/requests"))["requests"]]

    def forget_requests(self) -> None:
        """Begin a new log."""
        self._ask("DELETE", "/requests")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        request = Request(f"http://{self._desk}{path}", body, {"Content-Type": "application/json"}, method=method)
        with self._opener.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read())
