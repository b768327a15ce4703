"""See whether a text holds any of many words, at the price of one look at each of its characters."""

from collections.abc import Iterable, Iterator
from typing import Protocol, cast

from engine.lazy import load


class _Automaton(Protocol):
    """What we use of pyahocorasick's."""

    def add_word(self, word: str, value: object, /) -> bool: ...
    def make_automaton(self) -> None: ...
    def iter(self, text: str, /) -> Iterator[tuple[int, object]]: ...


class Literals:
    """A set of words to look for. Built at its first use: a start should not wait for it."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)
        self._automaton: _Automaton | None = None

    def occur_in(self, text: str) -> bool:
        """Whether any of the words stands in the text, as part of another word or not; case counts."""
        automaton = self._automaton or self._build()
        return next(automaton.iter(text), None) is not None

    def _build(self) -> _Automaton:
        automaton = cast("_Automaton", load("ahocorasick").Automaton())
        for word in self._words:
            automaton.add_word(word, True)
        automaton.make_automaton()
        self._automaton = automaton
        return automaton
