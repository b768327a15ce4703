"""How tests hold the seed mailboxes: messages put in by hand, mailboxes that let nobody in, who asked for what.

`PUT /rules` sets the rules, `POST /messages` sends a message to seeds as a mail server would take it, `DELETE
/messages` leaves only what lay there from the beginning, `GET /requests` tells the commands since `DELETE /requests`.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from engine.clock import Clock
from engine.sandbox.apis.desk import log_of, taken
from engine.sandbox.http import Reply, Request, reply
from engine.sandbox.mail import Message
from engine.sandbox.seed_mail import SeedMail, written
from engine.sandbox.seed_rules import LATE_SECONDS, SEEDS

SEED_DESK = "seeds-control.test"
KEPT = 20_000  # commands


class SeedRules(BaseModel):
    """`refused_logins`: addresses whose password is no longer good. `late_seconds`: what late messages take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    refused_logins: tuple[str, ...] = ()
    late_seconds: float = Field(default=LATE_SECONDS, ge=0)


class SentMessage(BaseModel):
    """A message of `author` to these seeds (all of them unless said), written `age_seconds` ago."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    author: str
    subject: str
    to: tuple[str, ...] = tuple(seed.address for seed in SEEDS)
    age_seconds: float = 0.0


class SeenCommand(BaseModel):
    """One IMAP command, without its words. `time` is in Unix seconds; `user` is empty before LOGIN."""

    time: float
    user: str
    name: str


@dataclass(slots=True)
class SeedDesk:
    """The mailboxes, rules and log of one world's seeds."""

    mail: SeedMail
    clock: Clock = field(default_factory=Clock)
    rules: SeedRules = field(default_factory=SeedRules)
    _seen: deque[SeenCommand] = field(default_factory=lambda: deque[SeenCommand](maxlen=KEPT))

    def note(self, user: str, name: str) -> None:
        """Enter a command in the log."""
        self._seen.append(SeenCommand(time=self.clock.now().timestamp(), user=user, name=name))

    def answer(self, request: Request) -> Reply:
        """The control host."""
        match request.method, request.path:
            case "PUT", "/rules":
                return taken(request.body, SeedRules, self._set)
            case "POST", "/messages":
                return taken(request.body, SentMessage, self._send)
            case "DELETE", "/messages":
                self.mail.begin_anew()
                return reply(204)
            case _:
                return log_of(request, self._seen)

    def _set(self, rules: SeedRules) -> None:
        self.rules, self.mail.late_seconds = rules, rules.late_seconds

    def _send(self, sent: SentMessage) -> None:
        moment = self.clock.now() - timedelta(seconds=sent.age_seconds)
        for address in sent.to:
            content = written(sent.author, address, sent.subject, moment)
            self.mail.take(Message(sent.author, (address,), content))
