"""How tests make a public service misbehave, and what they learn of who asked it: a control host for each service.

`PUT /rules` sets the rules from then on, `GET /requests` tells what came since `DELETE /requests`.
"""

from collections import deque
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from engine.clock import Clock
from engine.sandbox.apis.desk import log_of, taken
from engine.sandbox.http import Reply, Request

KEPT = 20_000  # requests
REGISTER_DESK = "register-control.test"
PAGESPEED_DESK = "pagespeed-control.test"


class ServiceRules(BaseModel):
    """`refusals`, `failures`: so many of the next requests are answered with 429, with 500. `down`: all with 503.

    `limit`: how many requests a client may make in the service's window; None: the service's own limit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    refusals: int = Field(default=0, ge=0)
    failures: int = Field(default=0, ge=0)
    down: bool = False
    limit: int | None = Field(default=None, ge=0)


class SeenCall(BaseModel):
    """One request: its path and query, when it came (Unix seconds), and the status that it was answered with."""

    time: float
    egress: str
    target: str
    user_agent: str
    status: int


@dataclass(slots=True)
class ServiceDesk:
    """The rules and the log of one service of one world."""

    clock: Clock = field(default_factory=Clock)
    rules: ServiceRules = field(default_factory=ServiceRules)
    _refusals: int = 0
    _failures: int = 0
    _seen: deque[SeenCall] = field(default_factory=lambda: deque[SeenCall](maxlen=KEPT))
    _times: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]])

    def fault(self) -> int | None:
        """The status that the rules have for the request at hand; it is counted."""
        if self.rules.down:
            return 503
        if self._refusals:
            self._refusals -= 1
            return 429
        if self._failures:
            self._failures -= 1
            return 500
        return None

    def is_too_much(self, client: str, *, limit: int, seconds: float) -> bool:
        """Whether this client asked more than `limit` times in the last `seconds`; a request that is refused counts
        for nothing."""
        limit = limit if self.rules.limit is None else self.rules.limit
        now, times = self.clock.monotonic(), self._times.setdefault(client, deque())
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= limit:
            return True
        times.append(now)
        return False

    def note(self, request: Request, answer: Reply) -> Reply:
        """The answer, once it is in the log."""
        self._seen.append(
            SeenCall(
                time=self.clock.now().timestamp(),
                egress=request.egress,
                target=request.target,
                user_agent=request.headers.get("user-agent", ""),
                status=int(answer.head.split(b" ", 2)[1]),
            )
        )
        return answer

    def answer(self, request: Request) -> Reply:
        """The control host."""
        match request.method, request.path:
            case "PUT", "/rules":
                return taken(request.body, ServiceRules, self._set)
            case _:
                return log_of(request, self._seen)

    def _set(self, rules: ServiceRules) -> None:
        self.rules, self._refusals, self._failures = rules, rules.refusals, rules.failures
        self._times.clear()
