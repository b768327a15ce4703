"""What a registry says of a domain: whether it still belongs to somebody. Pure: addresses and answers, no requests.

Source: RFC 9083 (answers), RFC 8056 (status words), the bootstrap registry of IANA (base addresses).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from pydantic import BaseModel, Field, ValidationError

_AFNIC, _VERISIGN = "https://rdap.nic.fr/", "https://rdap.verisign.com/"
# Registries by suffix. A suffix that is not here is not asked.
REGISTRIES = {
    **dict.fromkeys(("fr", "re", "pm", "tf", "wf", "yt"), _AFNIC),
    "com": f"{_VERISIGN}com/v1/",
    "net": f"{_VERISIGN}net/v1/",
    "org": "https://rdap.publicinterestregistry.org/rdap/",
    "ch": "https://rdap.nic.ch/",
    "nl": "https://rdap.sidn.nl/",
    "uk": "https://rdap.nominet.uk/uk/",
}
# Taken from its holder, and not anybody else's yet.
LOST = frozenset({"redemption period", "pending delete"})


@dataclass(frozen=True, slots=True)
class Registration:
    """`statuses` as the registry spells them, in lower case."""

    statuses: frozenset[str]
    expires_at: datetime | None

    @property
    def lost(self) -> str:
        """The status by which its holder has lost the domain; '' when none says so."""
        return next(iter(sorted(self.statuses & LOST)), "")


class _Event(BaseModel):
    action: str = Field("", alias="eventAction")
    date: datetime | None = Field(None, alias="eventDate")


class _Domain(BaseModel):
    status: list[str] = Field(default_factory=list[str])
    events: list[_Event] = Field(default_factory=list[_Event])


def registration_url(domain: str) -> str:
    """Where the registry answers for a registrable domain; '' when we know none."""
    base = REGISTRIES.get(domain.rpartition(".")[2])
    return urljoin(base, f"domain/{domain}") if base else ""


def read_registration(answer: object) -> Registration | None:
    """A registry's JSON; None when it is no answer about a domain."""
    try:
        domain = _Domain.model_validate(answer)
    except ValidationError:
        return None
    expiry = next((event.date for event in domain.events if event.action == "expiration"), None)
    if expiry is not None and expiry.tzinfo is None:
        expiry = expiry.replace(tzinfo=UTC)
    return Registration(frozenset(status.lower() for status in domain.status), expiry)
