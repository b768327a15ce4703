"""Visitors of a running API, each from an address of its own, and the mail they get."""

import email
import itertools
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx

from engine.clock import Clock
from engine.context import Services
from tests.api_house import ApiHouse

CODE = "ALPHA-7K2"
PASSWORD = "lovelace-1843"
WAIT_SECONDS = 10.0

_numbers = itertools.count(1)


class StandingClock(Clock):
    """Moves when a test says so: `clock.offset += ...`; besides, a microsecond a look, so that all has an order."""

    def __init__(self) -> None:
        super().__init__()
        self._began = datetime.now(UTC)
        self._looks = itertools.count()

    def now(self) -> datetime:
        return self._began + self.offset + timedelta(microseconds=next(self._looks))


def new_address() -> str:
    """An e-mail address that nobody has."""
    return f"visitor-{next(_numbers)}@example.com"


def new_ip() -> str:
    """A loopback address that no other visitor has."""
    number = next(_numbers)
    return f"127.7.{number // 250}.{number % 250 + 1}"


def visitor(house: ApiHouse, ip: str | None = None) -> httpx.Client:
    """Somebody who is not signed in, at an address of its own."""
    transport = httpx.HTTPTransport(local_address=ip or new_ip())
    return httpx.Client(base_url=house.url, timeout=30, transport=transport)


def sign_up(client: httpx.Client, address: str, **changes: Any) -> httpx.Response:
    body = {"email": address, "password": PASSWORD, "invitation_code": CODE, "accept_responsibility": True}
    return client.post("/api/auth/signup", json=body | changes)


def sign_in(client: httpx.Client, address: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/api/auth/login", json={"email": address, "password": password})


@contextmanager
def member(house: ApiHouse, address: str | None = None) -> Generator[httpx.Client]:
    """Somebody who has just signed up."""
    with visitor(house) as client:
        assert sign_up(client, address or new_address()).status_code == 200
        yield client


def settle(services: Services) -> None:
    """Wait until the process has done what it does after its answers, and what that gave rise to."""
    for _ in range(2):
        done = threading.Event()
        services.errands.run(done.set)
        assert done.wait(WAIT_SECONDS)


def letters(house: ApiHouse, to: str) -> list[EmailMessage]:
    """The mails that an address got, oldest first."""
    settle(house.services)
    return [letter for letter in letters_in(house.services.settings.data_dir / "mail") if letter["To"] == to]


def letters_in(folder: Path) -> list[EmailMessage]:
    """The mails in a folder; their files sort by time."""
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.glob("*.eml"))]


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return part.get_content()


def link_in(letter: EmailMessage) -> str:
    found = re.search(r"http\S+token=\S+", text_of(letter))
    assert found
    return found.group()


def token_in(letter: EmailMessage) -> str:
    return link_in(letter).partition("token=")[2]
