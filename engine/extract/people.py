"""The persons that a page names, and whether a mailbox is one of theirs. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.extract.html import Document
from engine.rows.columns import fold
from engine.rows.data import words
from engine.rows.mailboxes import bears_name, is_role

READ_MAX = 50_000  # characters of text that are searched
PERSONS_MAX = 500
PART_LETTERS = 3  # fewer may be anybody's initials

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]{0,30}"
_PARTICLE = r"(?:(?:de|du|des|la|le|van|von|der|den|di|da|del|della|zu)[ \u00a0]|d['’])?"
# Two words in capitals, wherever they begin: 'Contact Claire Durand' holds two pairs. That no word goes on there is
# asked behind the capital: an expression that begins with a letter is searched for twice as fast.
_PAIR = re.compile(rf"([A-ZÀ-ÖØ-Þ](?<![\w’'-].)[\w’'-]{{0,30}})(?=[ \u00a0]({_PARTICLE}{_CAPITAL}))")
_TITLED = re.compile(
    r"(?<!\w)(?:M\.|Mr\.?|Mme\.?|Mlle|Mrs\.?|Ms\.?|Dr\.?|Docteur|Maître|Me|Prof\.?|Herr|Frau|Sig\.(?:ra)?|Don|Doña)"
    rf"[ \u00a0](?:({_CAPITAL})[ \u00a0])?({_PARTICLE}{_CAPITAL})"
)
_FUNCTION = re.compile(
    r"(?:gérante?|direct(?:eur|rice)|responsable|fondat(?:eur|rice)|président|inhaber|geschäftsführ|owner|founder"
    r"|director|titolare|titular|propriétaire)[^\n:]{0,40}:[ \u00a0]{0,3}"
    rf"(?-i:({_CAPITAL})[ \u00a0]({_PARTICLE}{_CAPITAL}))",
    re.IGNORECASE,
)
_NO_LETTERS = re.compile(r"[^a-z]+")


class Person(NamedTuple):
    """A person by folded letters. `first` is '' when the page gives the family name alone; 'jl' are the `initials`."""

    first: str
    last: str
    initials: str


def people(document: Document) -> frozenset[Person]:
    """The persons that a page names: after a common first name, a title (Mme, Dr, Herr) or a function ('Gérant :').

    Two words in capitals are no person by themselves: 'Boulangerie Martin'.
    """
    return frozenset(person for _, person in zip(range(PERSONS_MAX), _found(document), strict=False))


def is_mailbox_of(address: str, persons: Iterable[Person], label: str) -> bool:
    """Whether a mailbox fits one of the persons: `claire`, `durand`, `cdurand`, `claired`, `clairedurand`, `durandc`.

    `label` is that of the site's domain: a family name which the business bears too stands for the business. Role
    mailboxes are nobody's.
    """
    if is_role(address):
        return False
    letters = _letters(address.partition("@")[0].partition("+")[0])
    return len(letters) >= PART_LETTERS and any(letters in _mailboxes(person, label) for person in persons)


def _found(document: Document) -> Iterator[Person]:
    names = words("first_names")
    text = document.text[:READ_MAX]
    for first, last in _PAIR.findall(text):
        if _first_of(first) in names:
            yield _person(first, last)
        elif first.isupper() and _letters(last) in names:  # 'DURAND Claire'
            yield _person(last, first)
    # Few lines have the colon of a function, whose expression is dear.
    functions = "\n".join(line for line in text.split("\n") if ":" in line)
    for first, last in (*_TITLED.findall(text), *_FUNCTION.findall(functions)):
        yield _person(first, last)


def _first_of(name: str) -> str:
    """The first part of a first name: 'jean' of 'Jean-Luc'."""
    return _NO_LETTERS.split(fold(name).replace("-", " "))[0]


def _person(first: str, last: str) -> Person:
    parts = [part for part in _NO_LETTERS.split(fold(first).replace("-", " ")) if part]
    return Person("".join(parts), _letters(last), "".join(part[0] for part in parts))


def _mailboxes(person: Person, label: str) -> frozenset[str]:
    first, last, initials = person
    found = {first + last, last + first, initials + last, last + initials, first[:1] + last, first + last[:1], first}
    return frozenset(found - {last} if bears_name(last, label) else found | {last})


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", fold(text))
