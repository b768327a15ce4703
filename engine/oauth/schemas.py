"""What passes between the protocol and what is stored. Scopes are named as on the wire, in one order everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.context import Principal, Scope

SCOPES: dict[Scope, str] = {"read": "outsend:read", "run": "outsend:run"}
ACCESS_PREFIX, REFRESH_PREFIX, CODE_PREFIX = "oat_", "ort_", "oac_"

PUBLIC = "none"  # how a public client authenticates itself
AuthMethod = Literal["none", "client_secret_post", "client_secret_basic"]


@dataclass(frozen=True, slots=True)
class Client:
    """A client that is known here. `document`: it describes itself at its `client_id`, nobody registered it."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    auth_method: AuthMethod = "none"
    secret_hash: str | None = None
    document: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for. `redirect_given`: it named the redirect itself, so it must name it again."""

    client_id: str
    redirect_uri: str
    redirect_given: bool
    scopes: tuple[str, ...]
    code_challenge: str
    resource: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person is asked. `agreed`: the same person allowed the same before, and need not be asked again."""

    account: str  # the e-mail address of who is asked
    client_name: str
    host: str
    local: bool  # the answer goes to a program on the person's own machine, which may be any
    scopes: tuple[str, ...]
    agreed: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """Where the browser goes after the decision; without a code, access was denied."""

    client_id: str
    redirect_uri: str
    state: str | None
    code: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeGiven:
    """A code that may be exchanged."""

    redirect_uri: str
    redirect_given: bool
    scopes: tuple[str, ...]
    code_challenge: str
    resource: str


@dataclass(frozen=True, slots=True)
class Issued:
    """Fresh tokens; their secrets are told here alone. `scopes` are those of the access token."""

    access_token: str
    refresh_token: str
    scopes: tuple[str, ...]
    expires_in: int  # seconds


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who bears an access token, and for what it was issued."""

    principal: Principal
    client_id: str
    scopes: tuple[str, ...]
    resource: str
    worth_noting: bool  # its use should be noted


@dataclass(frozen=True, slots=True)
class App:
    """An application that somebody connected, all its connections together. Times are UTC."""

    client_id: str
    name: str
    hosts: tuple[str, ...]
    scopes: tuple[str, ...]
    first_used_at: datetime
    last_used_at: datetime


def ordered(scopes: Iterable[str]) -> tuple[str, ...]:
    """These scopes once each, in the order of the metadata; running includes reading."""
    wanted = set(scopes)
    if SCOPES["run"] in wanted:
        wanted.add(SCOPES["read"])
    return tuple(scope for scope in SCOPES.values() if scope in wanted)


def words(scopes: Iterable[str]) -> frozenset[Scope]:
    """What an account's principal may do by these scopes."""
    given = set(scopes)
    return frozenset(word for word, scope in SCOPES.items() if scope in given)
