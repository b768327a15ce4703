"""Mailboxes behind a small IMAP server on loopback, in a thread: what a test puts in is what clients find."""

import re
import socketserver
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

PASSWORD = "an app password"
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')


@dataclass
class Mail:
    head: str
    arrived: datetime = field(default_factory=lambda: datetime.now(UTC))
    category: str = ""  # of Gmail


def mail(author: str = "Ada <ada@acme.fr>", subject: str = "Bonjour", *, category: str = "", **changes: object) -> Mail:
    """A message that was written a moment ago; `changes`: `arrived`, or further `head` lines."""
    arrived = cast("datetime", changes.get("arrived", datetime.now(UTC)))
    head = f"From: {author}\r\nSubject: {subject}\r\nDate: {arrived:%a, %d %b %Y %H:%M:%S} +0000\r\n"
    return Mail(head + str(changes.get("head", "")), arrived, category)


@dataclass
class Mailboxes:
    """Folders by name, as LIST tells them, with their flags; all users with the password share them."""

    folders: dict[str, list[Mail]] = field(default_factory=lambda: {"INBOX": [], "Junk": []})
    flags: dict[str, str] = field(default_factory=lambda: {"Junk": "\\Junk"})
    gmail: bool = False
    refused: frozenset[str] = frozenset()  # users
    breaks_off_at: str = ""  # a command
    dribbles_at: str = ""  # likewise: a byte now and then, without an end
    full: str = ""  # why nobody may sign in for now
    gate: threading.Event | None = None  # nothing is answered before it is set
    said: list[str] = field(default_factory=list[str])
    port: int = 0

    def put(self, folder: str, *mails: Mail) -> None:
        self.folders.setdefault(folder, []).extend(mails)


@contextmanager
def imap_server(boxes: Mailboxes) -> Generator[Mailboxes]:
    """Serve them for the length of the block, at `boxes.port`."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _talk(self, boxes)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        boxes.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield boxes
        finally:
            server.shutdown()
            thread.join()


def _talk(client: socketserver.StreamRequestHandler, boxes: Mailboxes) -> None:
    selected: list[Mail] = []

    def say(*lines: str) -> None:
        client.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    say("* OK ready")
    while line := client.rfile.readline().decode("latin-1").strip():
        boxes.said.append(line.partition(" ")[2])
        tag, *words = [quoted or group or bare for quoted, group, bare in _WORDS.findall(line)]
        name = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
        if _falters(client, name, boxes):
            return
        if name == "LOGIN" and (refusal := _refusal(words, boxes)):
            say(f"{tag} NO {refusal}")
            continue
        if name == "EXAMINE":
            if words[1] not in boxes.folders:
                say(f"{tag} NO no such folder")
                continue
            selected = boxes.folders[words[1]]
        say(*_told(name, words, boxes, selected), f"{tag} OK done")


def _falters(client: socketserver.StreamRequestHandler, name: str, boxes: Mailboxes) -> bool:
    """Whether the talk is over at this command."""
    if boxes.gate is not None:
        boxes.gate.wait(10)
    with suppress(OSError):
        while name == boxes.dribbles_at:
            client.wfile.write(b"*")
            time.sleep(0.02)
    return name in (boxes.breaks_off_at, boxes.dribbles_at)


def _refusal(words: list[str], boxes: Mailboxes) -> str:
    is_known = words[1] not in boxes.refused and words[2] == PASSWORD
    return boxes.full or ("" if is_known else "[AUTHENTICATIONFAILED] Invalid credentials")


def _told(name: str, words: list[str], boxes: Mailboxes, selected: list[Mail]) -> Generator[str]:
    if name == "CAPABILITY":
        yield "* CAPABILITY IMAP4rev1" + (" X-GM-EXT-1" if boxes.gmail else "")
    elif name == "LIST":
        yield from (f'* LIST ({boxes.flags.get(folder, "")}) "/" "{folder}"' for folder in boxes.folders)
    elif name == "UID SEARCH":
        category = words[-1].rpartition("category:")[2] if "X-GM-RAW" in words else None
        wanted = int(words[words.index("UID", 1) + 1]) if "UID" in words[1:] else None
        found = [
            str(uid)
            for uid, mail in enumerate(selected, 1)
            if (category is None or mail.category == category) and wanted in (None, uid)
        ]
        yield " ".join(["* SEARCH", *found])
    elif name == "UID FETCH":
        for uid in map(int, words[2].split(",")):
            told = selected[uid - 1]
            head = told.head + "\r\n"
            yield (
                f'* {uid} FETCH (UID {uid} INTERNALDATE "{told.arrived:%d-%b-%Y %H:%M:%S} +0000" '
                f"BODY[HEADER.FIELDS (FROM)]<0> {{{len(head.encode())}}}\r\n{head})"
            )
