"""A mail relay on loopback, for the time of a block."""

import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


@dataclass
class Kept:
    """What the relay was given. `logins`: with which name and password, and whether the line was encrypted."""

    envelopes: list[Envelope] = field(default_factory=list[Envelope])
    logins: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    refuse: str | None = None

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.refuse is not None:
            return self.refuse
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode(), session.ssl is not None))
        # Not handled: the server tells the client.
        return AuthResult(success=data.password == b"p@ss word", handled=False)


def free_port(host: str = "127.0.0.1") -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


@contextmanager
def relay(port: int, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, **options: Any) -> Generator[Kept]:
    kept = Kept()
    controller = Controller(kept, hostname=host, port=port, tls_context=tls, **options)
    if options:
        controller.SMTP_kwargs["authenticator"] = kept.authenticate
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
