"""Which messages a SEARCH finds (RFC 3501, section 6.4.4), and Gmail's own way to ask (X-GM-RAW)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from engine.sandbox.imap_lines import BadCommand, Word, numbers
from engine.sandbox.seed_mail import Stored

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIELDS = frozenset({"FROM", "TO", "CC", "BCC", "SUBJECT"})
ALWAYS = frozenset({"ALL", "NEW", "RECENT", "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN"})
NEVER = frozenset({"ANSWERED", "DELETED", "DRAFT", "FLAGGED", "OLD", "SEEN"})  # nobody reads these mailboxes
DATES = frozenset({"BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"})
RAW_WORD = re.compile(r'(?P<minus>-?)(?:(?P<key>[a-z_]+):)?(?:"(?P<quoted>[^"]*+)"|(?P<plain>[^\s"]++))')
AGE = re.compile(r"(\d{1,4})([dmy])$")
DAYS = {"d": 1, "m": 31, "y": 366}

Test: TypeAlias = Callable[[int, Stored], bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is searched: the messages of the selected folder, oldest first; `in_spam`: it is the folder of spam."""

    messages: Sequence[Stored]
    in_spam: bool
    gmail: bool
    now: datetime


def search(words: Sequence[Word], scope: Scope) -> list[tuple[int, Stored]]:
    """Number in the folder and message of those that fit all keys.

    Raises:
        BadCommand: a key that is unknown or lacks its value.
    """
    keys = iter(words)
    test = _all(keys, scope)
    return [(number, message) for number, message in enumerate(scope.messages, 1) if test(number, message)]


def _all(keys: Iterator[Word], scope: Scope) -> Test:
    tests: list[Test] = []
    for key in keys:
        if isinstance(key, str) and key.upper() == "CHARSET":
            _text(keys)
            continue
        tests.append(_one(key, keys, scope))
    if not tests:
        raise BadCommand("what is searched for")
    return lambda number, message: all(test(number, message) for test in tests)


def _one(key: Word, keys: Iterator[Word], scope: Scope) -> Test:
    if isinstance(key, list):
        return _all(iter(key), scope)
    name = key.upper()
    if name in ALWAYS | NEVER:
        return lambda _number, _message: name in ALWAYS
    if name in FIELDS:
        return _holds(name.lower(), _text(keys).lower())
    if name in DATES:
        return _dated(name, _day(_text(keys)))
    return _other(name, keys, scope)


def _other(name: str, keys: Iterator[Word], scope: Scope) -> Test:
    match name:
        case "HEADER":
            return _holds(_text(keys).lower(), _text(keys).lower())
        case "TEXT" | "BODY":
            text = _text(keys).lower()
            return lambda _number, message: text in message.content.decode("utf-8", "replace").lower()
        case "NOT":
            test = _next(keys, scope)
            return lambda number, message: not test(number, message)
        case "OR":
            one, other = _next(keys, scope), _next(keys, scope)
            return lambda number, message: one(number, message) or other(number, message)
        case "UID":
            uids = numbers(_text(keys), max((message.uid for message in scope.messages), default=0))
            return lambda _number, message: message.uid in uids
        case "X-GM-RAW" if scope.gmail:
            return raw_test(_text(keys), scope)
        case _:
            chosen = numbers(name, len(scope.messages))
            return lambda number, _message: number in chosen


def _next(keys: Iterator[Word], scope: Scope) -> Test:
    return _one(_token(keys), keys, scope)


def _token(keys: Iterator[Word]) -> Word:
    try:
        return next(keys)
    except StopIteration:
        raise BadCommand("a key lacks its value") from None


def _text(keys: Iterator[Word]) -> str:
    token = _token(keys)
    if isinstance(token, list):
        raise BadCommand("a string is needed")
    return token


def _holds(name: str, text: str) -> Test:
    return lambda _number, message: message.has(name, text)


def _dated(name: str, day: date) -> Test:
    """Days alone count, without their hours; SENT… looks at the Date field, which may be missing."""

    def test(_number: int, message: Stored) -> bool:
        moment = message.sent if name.startswith("SENT") else message.received
        if moment is None:
            return False
        compared = moment.date()
        if name.endswith("BEFORE"):
            return compared < day
        return compared == day if name.endswith("ON") else compared >= day

    return test


def _day(text: str) -> date:
    """'23-Nov-2026'. Raises BadCommand."""
    day, _, rest = text.partition("-")
    month, _, year = rest.partition("-")
    try:
        return date(int(year), MONTHS.index(month.lower()) + 1, int(day))
    except ValueError:
        raise BadCommand(f"no date: {text}") from None


def raw_test(query: str, scope: Scope) -> Test:
    """Gmail's search box: every word must fit; one with a minus must not."""
    tests = [_raw_word(found, scope) for found in RAW_WORD.finditer(query.lower())]
    return lambda number, message: all(test(number, message) for test in tests)


def _raw_word(found: re.Match[str], scope: Scope) -> Test:
    value = found["plain"] if found["quoted"] is None else found["quoted"]
    test = _raw_key(found["key"] or "", value, scope)
    return (lambda number, message: not test(number, message)) if found["minus"] else test


def _raw_key(key: str, value: str, scope: Scope) -> Test:
    match key:
        case "in":
            fits = {"anywhere": True, "inbox": not scope.in_spam, "spam": scope.in_spam}.get(value, False)
            return lambda _number, _message: fits
        case "category":
            # What is in the folder of spam has no category.
            return lambda _number, message: not scope.in_spam and message.tab == value
        case "from" | "to" | "subject":
            return _holds(key, value)
        case "after" | "newer":
            since = _moment(value)
            return lambda _number, message: message.received >= since
        case "newer_than":
            age = AGE.match(value)
            since = scope.now - timedelta(days=int(age[1]) * DAYS[age[2]]) if age else scope.now
            return lambda _number, message: message.received >= since
        case _:
            text = f"{key}:{value}" if key else value
            return lambda _number, message: text in message.content.decode("utf-8", "replace").lower()


def _moment(text: str) -> datetime:
    """Seconds since 1970, or a day as 2026/11/23. Raises BadCommand."""
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), UTC)
        year, month, day = (int(part) for part in text.replace("-", "/").split("/"))
        return datetime(year, month, day, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadCommand(f"no date: {text}") from None
