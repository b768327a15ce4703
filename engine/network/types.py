"""What the engine sees of the outside world: pages, DNS answers, mail dialogues, API answers.

Protocols and plain values only; each protocol has one implementation in this package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from selectolax.lexbor import LexborHTMLParser

from engine.errors import OutsendError
from engine.network.markup import parseable

Reason = Literal[
    "bad_url",  # not an http(s) address that may be asked
    "forbidden_address",  # the guard refused it: private, reserved, a port that is not allowed
    "nxdomain",  # the name does not exist
    "dns_failure",  # SERVFAIL, timeout, no address
    "refused",  # nobody listens
    "timeout",
    "tls_expired",
    "tls_name",  # certificate of another name
    "tls_untrusted",
    "tls_failure",
    "too_many_redirects",
    "robots",  # robots.txt asks us not to
    "too_large",
    "bad_answer",  # not HTTP, cut off, undecodable
    "proxy",  # the egress proxy failed
]


class Unreachable(OutsendError):
    """A page, host or service gave no answer. `reason` is one of `Reason`; `detail` is for logs only."""

    code = "unreachable"
    kind = "upstream"
    message = "Inaccessible : {url} ({reason})"
    hint = "Check the address; the job goes on with the other rows."

    def __init__(self, *, url: str, reason: Reason, detail: str = "") -> None:
        self.url = url
        self.reason: Reason = reason
        self.detail = detail
        super().__init__(url=url, reason=reason)


class NotConnected(Unreachable):
    """No connection came about, so nothing else of this host would answer either."""


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What the certificate said, also where it was not trusted. `expires_at` is a Unix time in seconds."""

    subject: str
    issuer: str
    expires_at: float


@dataclass(frozen=True)
class Page:
    """One fetched page, after its redirects."""

    url: str  # as asked
    final_url: str
    status: int
    headers: Mapping[str, str]  # case-insensitive
    html: str  # decoded text; '' when the answer is no text
    content_type: str = ""  # without parameters, lower case
    truncated: bool = False  # longer than the cap, the rest was not read
    redirects: tuple[str, ...] = ()  # every address on the way, first to last, `final_url` not included
    cookies: tuple[str, ...] = ()  # the values of `Set-Cookie`, one each; `headers` joins repeated ones with commas
    tls: TlsFacts | None = None
    elapsed_ms: float = 0.0  # on the network, waits for the pace not counted

    def parse(self) -> LexborHTMLParser:
        """The page as a tree, parsed anew; only the beginning of a page that would take the parser too long.

        A tree weighs thirty times its page, a megabyte at least: keep what you read in it, not the tree.
        """
        return LexborHTMLParser(parseable(self.html))

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Download:
    """One fetched file, after its redirects: a logo, a spreadsheet. `body` is decoded, but not read as text."""

    url: str  # as asked
    final_url: str
    status: int
    headers: Mapping[str, str]  # case-insensitive
    content_type: str  # without parameters, lower case
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Fetcher(Protocol):
    """Fetches public pages: guarded, paced, capped, cached for one job (or one pipeline)."""

    async def get(self, url: str, *, fresh: bool = False, verify_tls: bool = True) -> Page:
        """The page behind `url`, whatever its status. `fresh` looks past the cache.

        Raises:
            Unreachable: no answer; `reason` says why.
        """
        ...

    async def download(self, url: str, *, max_bytes: int, timeout_seconds: float = 20.0) -> Download:
        """The file behind `url` in one piece, never cached.

        Raises:
            Unreachable: no answer, or (`too_large`) one of more than `max_bytes`.
        """
        ...

    async def done_with(self, url: str) -> None:
        """Close the connections to this address's site and forget its pages."""
        ...


Status = Literal["ok", "nxdomain", "no_data", "failure"]


@dataclass(frozen=True, slots=True)
class MxAnswer:
    """Mail servers, best first. `null_mx` (RFC 7505): the domain says that it takes no mail."""

    status: Status
    hosts: tuple[str, ...] = ()
    null_mx: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Records of one type as text; empty unless `status` is ok."""

    status: Status
    records: tuple[str, ...] = ()


class Dns(Protocol):
    async def addresses(self, host: str, *, fresh: bool = False) -> Answer:
        """A and AAAA records, v4 first. `fresh` looks past the cache, as a second opinion on a missing name."""
        ...

    async def mx(self, domain: str) -> MxAnswer: ...

    async def ns(self, domain: str) -> Answer: ...

    async def txt(self, domain: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """One reply of a mail server. `enhanced` is the RFC 3463 code such as '5.1.1', '' when there is none."""

    code: int
    enhanced: str
    text: str


SmtpFailure = Literal["connect_refused", "connect_timeout", "timeout", "closed", "greeting_refused", "sender_refused"]


@dataclass(frozen=True, slots=True)
class SmtpDialogue:
    """What one connection told about its recipients.

    `replies` has one entry per asked address, in their order; None where the dialogue ended before its reply.
    """

    host: str
    replies: tuple[SmtpReply | None, ...]
    failure: SmtpFailure | None = None
    last: SmtpReply | None = None  # the reply that ended the dialogue, when `failure` is set


class SmtpProbe(Protocol):
    """Asks mail servers about recipients; never sends a message."""

    @property
    def identified(self) -> bool:
        """Whether a greeting name (SMTP_HELO) and a sender (MAIL_FROM) are set."""
        ...

    @property
    def greylist_delays(self) -> tuple[float, ...]:
        """Seconds to wait before each further try of an address that was put off (GREYLIST_DELAYS)."""
        ...

    async def port_open(self) -> bool:
        """Whether this machine reaches port 25 of the outside world at all (asked once, kept)."""
        ...

    async def recipients(self, mx: str, addresses: Sequence[str]) -> SmtpDialogue:
        """EHLO, MAIL FROM, RCPT for each address, QUIT on one connection to `mx`.

        Whatever the server does is told in the answer, never raised.
        """
        ...


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer of a public API. `json` is parsed when the body is JSON, else None."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: object = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What the receiver of a message answered; `retry_after_seconds` is how long it asks us to stay away."""

    status: int
    retry_after_seconds: float | None = None


class Api(Protocol):
    """Calls public APIs (Places, Overpass, ...) with retries for 429, 5xx and broken connections."""

    async def request(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        params: Mapping[str, str] = ...,
        headers: Mapping[str, str] = ...,
        json: object = None,
        form: Mapping[str, str] | None = None,
        timeout_seconds: float = 30.0,
    ) -> ApiAnswer:
        """The answer, whatever its status, after at most 3 tries.

        Raises:
            Unreachable: no answer.
        """
        ...


class BrowserMissing(OutsendError):
    """No Chromium can be started on this machine."""

    code = "browser_missing"
    kind = "unavailable"
    message = "Aucun navigateur Chromium utilisable sur cette machine"
    hint = "Install Chromium or set OUTSEND_CHROMIUM to its path; `outsend doctor` checks it."


@dataclass(frozen=True, slots=True)
class Viewport:
    """A screen in CSS pixels. `mobile`: as a phone or tablet shows pages, with touch and the page's viewport meta."""

    name: str
    width: int
    height: int
    mobile: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A page as it stands on a screen, in CSS pixels.

    `room_px` is the width that it has: the screen's, or the 980 that phones give pages which declare no viewport.
    `wide_px` is how far it can be scrolled to the side; `widest` the element that sticks out most, as a CSS path, ''
    when all fits. `screenshot` is a PNG of the screen; None where the page is no HTML, or was not painted in time.
    """

    final_url: str
    status: int
    has_viewport_meta: bool
    room_px: int
    wide_px: int
    widest: str
    screenshot: bytes | None


class Browser(Protocol):
    """Shows public pages as a person's browser does: guarded, paced, by robots.txt, a few at once."""

    async def render(self, url: str) -> Page:
        """The page behind `url` after its scripts ran; `html` is the document as it then stands.

        Raises:
            Unreachable: no answer; `reason` says why.
            BrowserMissing: nothing here can render.
        """
        ...

    async def look(self, url: str, viewport: Viewport) -> Look:
        """The page behind `url` on that screen, its images loaded and its fonts there.

        Raises:
            Unreachable, BrowserMissing: as `render`.
        """
        ...

    async def done_with(self, url: str) -> None:
        """Close what is open of this address's site and forget its cookies."""
        ...


class WithoutBrowser:
    """The browser of a machine that has none."""

    async def render(self, url: str) -> Page:
        """Raises BrowserMissing."""
        raise BrowserMissing

    async def look(self, url: str, viewport: Viewport) -> Look:
        """Raises BrowserMissing."""
        raise BrowserMissing

    async def done_with(self, url: str) -> None: ...


@dataclass(frozen=True)
class World:
    """Everything a running module may reach, bundled."""

    fetcher: Fetcher
    dns: Dns
    smtp: SmtpProbe
    api: Api
    user_agent: str = field(default="outsend")
    browser: Browser = field(default_factory=WithoutBrowser)
