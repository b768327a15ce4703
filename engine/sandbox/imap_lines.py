"""What an IMAP client says (RFC 3501, section 4): atoms, quoted strings, literals, lists in brackets."""

import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Word: TypeAlias = "str | list[Word]"
LITERAL_END = re.compile(rb"\{(\d{1,7})(\+?)\}\r?\n$")
LITERAL_BYTES = 64 * 1024
# An atom may hold what a fetch asks for: BODY.PEEK[HEADER.FIELDS (FROM TO)].
PIECE = re.compile(
    r'\s*+(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<atom>(?:[^\s()"\[]|\[[^\]]*+\])++))'
)
ESCAPED = re.compile(r"\\(.)")
SEQUENCE_SET = re.compile(r"(?:\d{1,9}|\*)(?::(?:\d{1,9}|\*))?(?:,(?:\d{1,9}|\*)(?::(?:\d{1,9}|\*))?)*+$")
NESTING = 20


class BadCommand(Exception):
    """What the client said can't be understood; the text says why. `tag` is the command's, `*` when it has none."""

    def __init__(self, why: str, tag: str = "*") -> None:
        self.tag = tag
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Command:
    tag: str
    name: str  # upper case
    words: Sequence[Word]


async def read_command(reader: StreamReader, writer: StreamWriter) -> Command | None:
    """The next command, literals included; None when the client hung up.

    Raises:
        BadCommand: no tag and name, brackets that don't match, a literal that is too long.
    """
    pieces: list[str | bytes] = []
    while True:
        line = await reader.readline()
        if not line.endswith(b"\n"):
            return None
        literal = LITERAL_END.search(line)
        if literal is None:
            pieces.append(line.decode("utf-8", "replace"))
            return _command(pieces)
        length = int(literal[1])
        if length > LITERAL_BYTES:
            raise BadCommand("the literal is too long")
        if not literal[2]:
            writer.write(b"+ go ahead\r\n")
        pieces += [line[: literal.start()].decode("utf-8", "replace"), await reader.readexactly(length)]


def _command(pieces: Sequence[str | bytes]) -> Command:
    try:
        words = words_of(pieces)
    except BadCommand as error:
        first = str(pieces[0]).split(maxsplit=1)
        raise BadCommand(str(error), first[0] if first else "*") from None
    match words:
        case [str(tag), str(name), *rest]:
            return Command(tag, name.upper(), rest)
        case _:
            raise BadCommand("a tag and a command are needed")


def words_of(pieces: Sequence[str | bytes]) -> list[Word]:
    """The words of a command; bytes among its pieces are literals.

    Raises:
        BadCommand: it can't be read.
    """
    stack: list[list[Word]] = [[]]
    for piece in pieces:
        if isinstance(piece, bytes):
            stack[-1].append(piece.decode("utf-8", "replace"))
        else:
            _read_text(piece.strip(), stack)
    if len(stack) != 1:
        raise BadCommand("a bracket is not closed")
    return stack[0]


def _read_text(text: str, stack: list[list[Word]]) -> None:
    position = 0
    while position < len(text):
        found = PIECE.match(text, position)
        if found is None:
            raise BadCommand(f"what is this: {text[position : position + 20]}")
        position = found.end()
        if found["open"]:
            inner: list[Word] = []
            stack[-1].append(inner)
            stack.append(inner)
            if len(stack) > NESTING:
                raise BadCommand("too many brackets")
        elif found["close"]:
            if len(stack) == 1:
                raise BadCommand("a bracket was never opened")
            stack.pop()
        elif found["quoted"] is not None:
            stack[-1].append(ESCAPED.sub(r"\1", found["quoted"]))
        else:
            stack[-1].append(found["atom"])


def numbers(text: str, highest: int) -> set[int]:
    """The numbers of a sequence set such as '1,3:5,7:*', as far as `highest`.

    Raises:
        BadCommand: it is none.
    """
    if not SEQUENCE_SET.match(text):
        raise BadCommand(f"no sequence set: {text}")
    found: set[int] = set()
    for part in text.split(","):
        ends = [highest if end == "*" else int(end) for end in part.split(":")]
        found.update(range(min(ends), min(max(ends), highest) + 1))
    return found
