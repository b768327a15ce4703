"""What sends mail: a relay, or a folder of files."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one address, as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Hand the mail over; blocks. Raises OSError or smtplib.SMTPException: try again later."""
        ...
