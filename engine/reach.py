"""What a running module may touch beside the network: kept files, kept answers, seed mailboxes, filter lists.

Protocols and plain values, each with what stands in for it where there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from engine.errors import OutsendError

AssetKind = Literal["svg", "png", "jpg", "jpeg", "webp", "gif", "ico", "avif"]


class AssetsFull(OutsendError):
    code = "assets_full"
    kind = "too_many"
    message = "Espace d'images épuisé : {limit_mb} Mo au plus par compte"
    hint = "The columns that name where images stand are filled as before. Ask the operator of this server for room."


class Assets(Protocol):
    """Images that are kept for the job's account and served to it alone."""

    async def keep(self, body: bytes, kind: AssetKind) -> str:
        """Keep an image, the same bytes once; returns the path it is served at.

        Raises:
            AssetsFull: the account has no room left. StorageFull: the disk has none. AccountGone.
        """
        ...


class NoAssets:
    """For runs that keep nothing: tells where an image would stand."""

    async def keep(self, body: bytes, kind: AssetKind) -> str:
        """See `Assets`."""
        return f"/api/brand-assets/0/{len(body)}.{kind}"


class Kept(Protocol):
    """Answers of public services that hold for a while, shared by all accounts: public facts alone."""

    async def get(self, key: str) -> bytes | None:
        """What was kept under `key` and still holds."""
        ...

    async def put(self, key: str, body: bytes, *, seconds: float) -> None:
        """Keep `body` for that long. Best effort: it may be gone earlier."""
        ...


class KeptNothing:
    """See `Kept`."""

    async def get(self, key: str) -> bytes | None:
        return None

    async def put(self, key: str, body: bytes, *, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Seed:
    """A mailbox that shows where messages land. `kind` is its family of provider: gmail, outlook, ..."""

    address: str
    kind: str


# Where a message lands, as the contract has it. Behind `IN_TAB` stands the tab's name: Promotions, Social, ...
PRIMARY = "Inbox principal"
IN_TAB = "Inbox · "
SPAM = "Spam"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message in a seed mailbox. `placement`: `PRIMARY`, `IN_TAB` with the tab's name, or `SPAM`.

    `sent` is the time that its header names, `seen` that of its arrival; both UTC.
    """

    placement: str
    subject: str
    sent: datetime | None
    seen: datetime


class SeedRefused(OutsendError):
    """Asking again would change nothing, and might lock the mailbox."""

    code = "seed_refused"
    kind = "unavailable"
    message = "La boîte témoin {address} refuse la connexion"
    hint = "Correct its user and password in the file of OUTSEND_DELIVERY_SEEDS; `outsend doctor` checks them."


class SeedSilent(OutsendError):
    """The mailbox was not reached, or broke off; it may answer later."""

    code = "seed_silent"
    kind = "upstream"
    message = "La boîte témoin {address} ne répond pas"
    hint = "Check its host and port in the file of OUTSEND_DELIVERY_SEEDS; `outsend doctor` checks them."


class Seeds(Protocol):
    """The seed mailboxes of this installation."""

    def all(self) -> Sequence[Seed]:
        """Those that are set, at most fifteen, always in the same order."""
        ...

    async def find(self, seed: Seed, *, domain: str, subject: str, since: datetime) -> Arrival | None:
        """The newest message from `domain` that came after `since` and has `subject` in its subject; None yet.

        Raises:
            SeedRefused, SeedSilent: nobody knows what is in the mailbox.
        """
        ...


class NoSeeds:
    """See `Seeds`."""

    def all(self) -> Sequence[Seed]:
        return ()

    async def find(self, seed: Seed, *, domain: str, subject: str, since: datetime) -> Arrival | None:
        return None


class FilterLists(Protocol):
    """Published lists of what browsers block, where `outsend lists update` has fetched them."""

    @property
    def installed(self) -> bool: ...

    def is_blocked(self, url: str, *, page: str, kind: Literal["script", "image", "sub_frame", "other"]) -> bool:
        """Whether a list names what `page` loads from `url`."""
        ...


class NoLists:
    """See `FilterLists`."""

    installed = False

    def is_blocked(self, url: str, *, page: str, kind: Literal["script", "image", "sub_frame", "other"]) -> bool:
        return False
