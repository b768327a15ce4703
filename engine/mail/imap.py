"""Look for a message in a mailbox over IMAP: read only, and no more than the heads of its newest messages.

Blocks: for threads. Sources: RFC 3501, RFC 6154 (folders with a special use), Gmail's IMAP extensions (X-GM-EXT-1),
whose tabs are no folders but categories that only a search tells.
"""

import imaplib
import io
import re
import ssl
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, cast

from engine.mail.domains import ascii_domain
from engine.mail.seeds import SeedBox

ANSWER_SECONDS = 10.0  # for each word of the server
DIALOGUE_SECONDS = 60.0  # for all of them
LINE_BYTES = 1_000_000
MESSAGES_MAX = 100  # of a folder, the newest
FOLDERS_MAX = 8  # beside the inbox and spam
HEAD_BYTES = 32_768
SENDERS_MAX = 20  # of a message
SUBJECT_CHARS = 300
LOOPBACK = ("localhost", "127.0.0.1", "::1")
EARLIEST = datetime(2000, 1, 2, tzinfo=UTC)  # no server knows older days

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TABS = {"promotions": "Promotions", "social": "Social", "updates": "Updates", "forums": "Forums"}
JUNK_NAMES = frozenset({"junk", "junk email", "junk e-mail", "spam", "bulk", "bulk mail", "courrier indésirable"})
ASIDE = frozenset({"\\noselect", "\\nonexistent", "\\all", "\\sent", "\\drafts", "\\trash", "\\archive", "\\flagged"})
ASIDE_NAMES = frozenset({"sent", "sent items", "drafts", "trash", "deleted items", "archive", "outbox", "notes"})

_FOLDER = re.compile(rb'\(([^)]{0,500})\) (?:"(?:[^"\\]|\\.)"|NIL) (.{1,1000})', re.DOTALL)
_UID = re.compile(rb"\bUID (\d{1,10})")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
# Not the password's fault (RFC 5530; some say so in words alone): they let us in later.
_LATER = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT)\]|too many", re.IGNORECASE)
_SIGNER = re.compile(r"(?:^|;)\s{0,20}d\s{0,20}=\s{0,20}([\w.-]{1,253})")
_HEAD = f"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE DKIM-SIGNATURE)]<0.{HEAD_BYTES}>)"


class LoginRefused(Exception):
    """The server does not take this user with this password."""


class Silent(Exception):
    """Nobody answered, the dialogue broke off or took too long, or the server lets nobody in for now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """From `domain` (or one below it, or signed by either), `subject` within the subject, since then.

    `domain` is lower-case ASCII.
    """

    domain: str
    subject: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A message. `tab`: of the inbox, '' for the main one. `sent` as its head says; `seen`: arrived; both UTC."""

    subject: str
    sent: datetime | None
    seen: datetime
    uid: str
    is_spam: bool = False
    tab: str = ""


class _Timed(imaplib.IMAP4):
    """A session whose waits are over at `end` (of `time.monotonic`), however slowly the server goes on talking."""

    def __init__(self, *given: Any, end: float, **named: Any) -> None:
        self._end = end
        super().__init__(*given, **named)

    def send(self, data: Any) -> None:
        self._limit()
        super().send(data)

    def read(self, size: int) -> bytes:
        return self._taken(size, lambda held: size)

    def readline(self) -> bytes:
        line = self._taken(LINE_BYTES, lambda held: held.find(b"\n") + 1)
        if len(line) == LINE_BYTES:
            raise self.error("a line without an end")
        return line

    def _taken(self, size: int, until: Callable[[bytes], int]) -> bytes:
        """Up to so many bytes, or up to where `until` says that they end (0: not among those held)."""
        file, taken = cast("io.BufferedReader", self.file), bytearray()
        while len(taken) < size:
            self._limit()
            held = file.peek()[: size - len(taken)]  # at most one wait
            end = until(held)
            taken += file.read(min(end or len(held), len(held)))
            if not held or 0 < end <= len(held):
                break
        return bytes(taken)

    def _limit(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(min(ANSWER_SECONDS, left))


class _TimedTls(_Timed, imaplib.IMAP4_SSL):
    """The same, over TLS from the first byte on."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """`name` as the server wants it."""

    name: str
    is_spam: bool = False
    tab: str = ""


def sign_in(box: SeedBox, tls: ssl.SSLContext) -> None:
    """Whether the mailbox lets us in. Raises LoginRefused, Silent."""
    with _session(box, tls):
        pass


def newest(box: SeedBox, tls: ssl.SSLContext, wanted: Wanted) -> Found | None:
    """The newest such message of the inbox, spam, and the folders beside them.

    Raises:
        LoginRefused, Silent.
    """
    with _session(box, tls) as session:
        has_tabs = "X-GM-EXT-1" in _answer(session.capability()).decode("ascii", "replace").upper().split()
        best: Found | None = None
        for folder in _folders(session, beside=not has_tabs):
            found = _newest_of(session, folder, wanted)
            if found is None or (best is not None and found.seen <= best.seen):
                continue
            best = found
            if has_tabs and not folder.is_spam:
                best = replace(found, tab=_tab(session, found.uid))
        return best


@contextmanager
def _session(box: SeedBox, tls: ssl.SSLContext) -> Generator[imaplib.IMAP4]:
    """A session of the box's user, ended in any case."""
    end = time.monotonic() + DIALOGUE_SECONDS
    try:
        session = _connected(box, tls, end)
        try:
            _sign_in(session, box, tls)
            yield session
        finally:
            for leave in (session.logout, session.shutdown):
                with suppress(OSError, imaplib.IMAP4.error):
                    leave()
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise Silent("slow" if time.monotonic() >= end else type(error).__name__) from None


def _connected(box: SeedBox, tls: ssl.SSLContext, end: float) -> imaplib.IMAP4:
    if box.tls:
        return _TimedTls(box.host, box.port or 993, ssl_context=tls, timeout=ANSWER_SECONDS, end=end)
    return _Timed(box.host, box.port or 143, timeout=ANSWER_SECONDS, end=end)


def _sign_in(session: imaplib.IMAP4, box: SeedBox, tls: ssl.SSLContext) -> None:
    """Whoever sits between could have taken STARTTLS out of the greeting: no password goes over an open line."""
    if not box.tls and "STARTTLS" in session.capabilities:
        session.starttls(tls)
    elif not box.tls and box.host not in LOOPBACK:
        raise imaplib.IMAP4.abort("the server offers no TLS, so the password was not sent")
    try:
        session.login(_quoted(box.user or box.address), box.password)  # which it quotes itself
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        told = error.args[0] if error.args else b""
        if _LATER.search(told if isinstance(told, bytes) else str(told).encode()):
            raise Silent("later") from None
        raise LoginRefused from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _answer(told: tuple[str, Sequence[object]]) -> bytes:
    """The first line of an answer; nothing of one that says no."""
    status, lines = told
    return lines[0] if status == "OK" and lines and isinstance(lines[0], bytes) else b""


def _folders(session: imaplib.IMAP4, *, beside: bool) -> list[_Folder]:
    """The inbox, spam, then the others where they are asked for."""
    listed = list(_listed(session))
    flagged = any("\\junk" in flags for flags, _, _ in listed)
    spam: list[_Folder] = []
    others: list[_Folder] = []
    for flags, name, leaf in listed:
        if "\\junk" in flags or (not flagged and leaf.casefold() in JUNK_NAMES):
            spam.append(_Folder(name, is_spam=True))
        elif not flags & ASIDE and leaf.casefold() not in ASIDE_NAMES and leaf.upper() != "INBOX":
            others.append(_Folder(name, tab=leaf))
    return [_Folder("INBOX"), *spam[:2], *(others[:FOLDERS_MAX] if beside else ())]


def _listed(session: imaplib.IMAP4) -> Iterator[tuple[set[str], str, str]]:
    """Flags in lower case, the name as the server wants it, and its last part as people read it."""
    status, lines = session.list()
    for line in lines if status == "OK" else ():
        parts: list[bytes] = list(line) if isinstance(line, tuple) else []
        text = parts[0] if parts else line
        match = _FOLDER.match(text) if isinstance(text, bytes) else None
        if match is None:
            continue
        raw = parts[1] if parts else match[2].strip()
        quoted = raw if raw.startswith(b'"') else b'"' + raw.replace(b"\\", rb"\\").replace(b'"', rb"\"") + b'"'
        with suppress(UnicodeError):  # no name of IMAP's
            name = quoted.decode("ascii")
            leaf = re.split(r"[/.]", _from_utf7(name[1:-1]))[-1]
            yield set(match[1].decode("ascii").lower().split()), name, leaf


def _from_utf7(name: str) -> str:
    """Modified UTF-7 (RFC 3501, 5.1.3) as text."""

    def run(match: re.Match[str]) -> str:
        return ("+" + match[1].replace(",", "/") + "-").encode("ascii").decode("utf-7") if match[1] else "&"

    return re.sub(r"&([^&-]{0,200})-", run, name)


def _newest_of(session: imaplib.IMAP4, folder: _Folder, wanted: Wanted) -> Found | None:
    if session.select(folder.name, readonly=True)[0] != "OK":
        return None
    # Servers compare days in a time zone of their own.
    day = max(wanted.since, EARLIEST) - timedelta(days=1)
    uids = _uids(session, "SINCE", f"{day.day}-{MONTHS[day.month - 1]}-{day.year}")[-MESSAGES_MAX:]
    if not uids:
        return None
    status, lines = session.uid("FETCH", ",".join(uids), _HEAD)
    best = max(_heads(lines if status == "OK" else (), wanted), key=lambda found: found.seen, default=None)
    return best and replace(best, is_spam=folder.is_spam, tab=folder.tab)


def _uids(session: imaplib.IMAP4, *criteria: str) -> list[str]:
    return _answer(session.uid("SEARCH", *criteria)).decode("ascii", "replace").split()


def _tab(session: imaplib.IMAP4, uid: str) -> str:
    """The tab of a message in Gmail's inbox, which is the selected folder."""
    for category, tab in TABS.items():
        if _uids(session, "UID", uid, "X-GM-RAW", f'"in:inbox category:{category}"'):
            return tab
    return ""


def _heads(lines: Sequence[object], wanted: Wanted) -> Iterator[Found]:
    """The wanted ones among what a FETCH answered."""
    for at, line in enumerate(lines):
        if not isinstance(line, tuple):
            continue
        told: tuple[bytes, bytes] = line  # pyright: ignore[reportUnknownVariableType, reportAssignmentType]
        behind = lines[at + 1] if at + 1 < len(lines) else b""
        facts = told[0] + (behind if isinstance(behind, bytes) else b"")
        uid, arrived = _UID.search(facts), _ARRIVED.search(facts)
        seen = _time(arrived[1].decode("ascii", "replace").strip()) if arrived else None
        if uid is None or seen is None or seen < wanted.since:
            continue
        head = message_from_string(told[1].decode("utf-8", "replace"))  # RFC 6532: heads may be UTF-8
        subject = _text(head["Subject"])
        if _is_from(head, wanted.domain) and " ".join(wanted.subject.split()).casefold() in subject.casefold():
            yield Found(subject[:SUBJECT_CHARS], _time(_text(head["Date"])), seen, uid[1].decode())


def _is_from(head: "Message[str, str]", domain: str) -> bool:
    senders = getaddresses([_text(value) for value in head.get_all("From", ())])
    named = [address.rpartition("@")[2] for _, address in senders]
    signed = [found for value in head.get_all("DKIM-Signature", ()) for found in _SIGNER.findall(_text(value))]
    names = [name.lower().rstrip(".") for name in (*named[:SENDERS_MAX], *signed[:SENDERS_MAX])]
    return any(f".{ascii_domain(name) or name}".endswith(f".{domain}") for name in names)


def _text(value: object) -> str:
    """A head's field as people read it; as it stands where it is encoded wrongly."""
    raw = str(value) if value is not None else ""
    with suppress(ValueError, LookupError, HeaderParseError):
        raw = str(make_header(decode_header(raw)))
    return " ".join(raw.split())


def _time(text: str) -> datetime | None:
    """The moment that a head names, in UTC; None where it names none."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
