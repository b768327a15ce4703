"""The sandbox's seed mailboxes, held from outside: what comes into them, who may not look, who looked."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from urllib.request import ProxyHandler, Request, build_opener

from engine.sandbox.apis.seed_desk import SEED_DESK, SeedRules, SeenCommand, SentMessage

SECONDS = 10.0


class SandboxSeeds:
    """Speaks to the control host through the sandbox's proxy. Blocks for some milliseconds."""

    def __init__(self, proxy: str) -> None:
        self._opener = build_opener(ProxyHandler({"http": proxy}))

    def send(self, author: str, subject: str, *, to: Sequence[str] | None = None) -> None:
        """A message of this address comes to the seeds `to` (all), and lands where the truth's `placements` say."""
        sent = (
            SentMessage(author=author, subject=subject)
            if to is None
            else SentMessage(author=author, subject=subject, to=tuple(to))
        )
        self._ask("POST", "/messages", sent.model_dump_json())

    def empty(self) -> None:
        """Leave only what lay there from the beginning."""
        self._ask("DELETE", "/messages")

    def set(self, rules: SeedRules) -> None:
        """From now on the mailboxes behave so."""
        self._ask("PUT", "/rules", rules.model_dump_json())

    @contextmanager
    def misbehaving(self, rules: SeedRules) -> Generator[None]:
        """As `set`, for the length of the block."""
        self.set(rules)
        try:
            yield
        finally:
            self.set(SeedRules())

    def commands(self) -> list[SeenCommand]:
        """What IMAP clients asked, oldest first."""
        return [SeenCommand.model_validate(one) for one in json.loads(self._ask("GET", "/requests"))["requests"]]

    def forget_commands(self) -> None:
        """Begin a new log."""
        self._ask("DELETE", "/requests")

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        data = None if body is None else body.encode()
        request = Request(f"http://{SEED_DESK}{path}", data, {"Content-Type": "application/json"}, method=method)
        with self._opener.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read())
