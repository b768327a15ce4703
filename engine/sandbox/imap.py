"""The seeds' IMAP servers, one a provider (RFC 3501, RFC 6154 for the folder of spam, Gmail's X-GM-EXT-1)."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from engine.clock import Clock
from engine.sandbox.apis.seed_desk import SeedDesk
from engine.sandbox.imap_fetch import fetched, items_of
from engine.sandbox.imap_lines import BadCommand, Command, Word, numbers, read_command
from engine.sandbox.imap_search import Scope, search
from engine.sandbox.seed_mail import UID_VALIDITY, Account, Stored
from engine.sandbox.seed_rules import FOLDERS, SEEDS, UNDER_TLS, Folder, SeedKind

HOST = "127.0.0.1"
CAPABILITIES = "IMAP4rev1 ID UNSELECT CHILDREN SPECIAL-USE"
GMAIL_CAPABILITIES = f"{CAPABILITIES} X-GM-EXT-1"
REFUSED = "[AUTHENTICATIONFAILED] Invalid credentials (Failure)"
NEEDS_LOGIN = frozenset({"LIST", "LSUB", "SELECT", "EXAMINE", "STATUS", "NAMESPACE"})
NEEDS_FOLDER = frozenset({"SEARCH", "FETCH", "UID", "CHECK", "CLOSE", "UNSELECT"})

Answer: TypeAlias = str  # what stands behind the tag: OK …, NO …, BAD …


class _Refused(Exception):
    """NO, with its text."""


@dataclass(slots=True)
class ImapSession:
    """One connection to one provider's server."""

    desk: SeedDesk
    kind: SeedKind
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    clock: Clock
    account: Account | None = None
    folder: Folder | None = None

    async def run(self) -> None:
        """Until the client says LOGOUT or hangs up."""
        self._write(f"* OK [CAPABILITY {self._capabilities()}] {self.kind} ready")
        while True:
            try:
                command = await read_command(self.reader, self.writer)
            except BadCommand as error:
                self._write(f"{error.tag} BAD {error}")
                continue
            if command is None:
                return
            self.desk.note(self.account.seed.address if self.account else "", command.name)
            self._write(f"{command.tag} {self._answer(command)}")
            await self.writer.drain()
            if command.name == "LOGOUT":
                return

    def _answer(self, command: Command) -> Answer:
        if command.name in NEEDS_LOGIN | NEEDS_FOLDER and self.account is None:
            return "BAD Please log in first"
        if command.name in NEEDS_FOLDER and self.folder is None:
            return "BAD Please select a folder first"
        method = self._commands().get(command.name)
        if method is None:
            return f"BAD Unknown command {command.name}"
        try:
            return method(command.words)
        except _Refused as error:
            return f"NO {error}"
        except BadCommand as error:
            return f"BAD {error}"

    def _commands(self) -> dict[str, Callable[[Sequence[Word]], Answer]]:
        return {
            "CAPABILITY": self._capability,
            "LOGIN": self._login,
            "LIST": self._list,
            "SELECT": lambda words: self._select(words, "READ-WRITE"),
            "EXAMINE": lambda words: self._select(words, "READ-ONLY"),
            "STATUS": self._status,
            "SEARCH": lambda words: self._search(words, by_uid=False),
            "FETCH": lambda words: self._fetch(words, by_uid=False),
            "UID": self._uid,
            "CLOSE": self._close,
            "UNSELECT": self._close,
            "NOOP": lambda _: "OK Nothing Accomplished",
            "CHECK": lambda _: "OK Success",
            "ID": self._id,
            "LOGOUT": self._logout,
        }

    def _capabilities(self) -> str:
        return GMAIL_CAPABILITIES if self.kind == "gmail" else CAPABILITIES

    def _capability(self, _: Sequence[Word]) -> Answer:
        self._write(f"* CAPABILITY {self._capabilities()}")
        return "OK Thats all she wrote!" if self.kind == "gmail" else "OK CAPABILITY completed"

    def _id(self, _: Sequence[Word]) -> Answer:
        self._write('* ID ("name" "sandbox")')
        return "OK Success"

    def _login(self, words: Sequence[Word]) -> Answer:
        if len(words) != 2:
            raise BadCommand("LOGIN needs a user and a password")
        user, password = words
        account = self.desk.mail.accounts.get(str(user).lower())
        if account is None or account.seed.kind != self.kind or account.seed.password != password:
            raise _Refused(REFUSED)
        if account.seed.address in self.desk.rules.refused_logins:
            raise _Refused(REFUSED)
        self.account = account
        return f"OK [CAPABILITY {self._capabilities()}] {account.seed.address} authenticated (Success)"

    def _logout(self, _: Sequence[Word]) -> Answer:
        self._write("* BYE Logout Requested")
        return "OK Have a nice day"

    def _list(self, words: Sequence[Word]) -> Answer:
        chosen = bool(words) and isinstance(words[0], list)
        texts = [str(word) for word in words if isinstance(word, str)]
        if len(texts) < 2:
            raise BadCommand("LIST needs a reference and a pattern")
        pattern = texts[0] + texts[1]
        if not pattern:
            self._write(r'* LIST (\Noselect) "/" "/"')
        for folder in FOLDERS[self.kind]:
            special = any(flag in folder.flags for flag in (r"\Junk", r"\All", r"\Sent", r"\Trash", r"\Archive"))
            if _fits(folder.name, pattern) and (special or not chosen):
                self._write(f'* LIST ({folder.flags}) "/" "{folder.name}"')
        return "OK Success"

    def _named(self, words: Sequence[Word]) -> Folder:
        name = str(words[0]) if words else ""
        for folder in FOLDERS[self.kind]:
            if name in (folder.name, folder.name.lower() if folder.name == "INBOX" else "") or (
                name.upper() == folder.name == "INBOX"
            ):
                if r"\Noselect" in folder.flags:
                    break
                return folder
        raise _Refused(f"[NONEXISTENT] Unknown Mailbox: {name} (Failure)")

    def _messages(self, folder: Folder | None) -> Sequence[Stored]:
        if self.account is None or folder is None or folder.holds is None:
            return ()
        return self.account.spam if folder.holds == "spam" else self.account.inbox

    def _select(self, words: Sequence[Word], mode: str) -> Answer:
        self.folder = None
        folder = self._named(words)
        messages = self._messages(folder)
        self._write("* FLAGS ()")
        self._write(f"* {len(messages)} EXISTS")
        self._write("* 0 RECENT")
        self._write(f"* OK [UIDVALIDITY {UID_VALIDITY}] UIDs valid.")
        self._write(f"* OK [UIDNEXT {len(messages) + 1}] Predicted next UID.")
        self.folder = folder
        return f"OK [{mode}] {folder.name} selected. (Success)"

    def _status(self, words: Sequence[Word]) -> Answer:
        folder = self._named(words)
        count = len(self._messages(folder))
        figures = {"MESSAGES": count, "UNSEEN": count, "RECENT": 0, "UIDNEXT": count + 1, "UIDVALIDITY": UID_VALIDITY}
        asked = [str(item).upper() for item in words[1]] if len(words) > 1 else []
        told = " ".join(f"{item} {figures[item]}" for item in asked if item in figures)
        self._write(f'* STATUS "{folder.name}" ({told})')
        return "OK Success"

    def _close(self, _: Sequence[Word]) -> Answer:
        self.folder = None
        return "OK Returned to authenticated state. (Success)"

    def _uid(self, words: Sequence[Word]) -> Answer:
        name = str(words[0]).upper() if words else ""
        if name == "SEARCH":
            return self._search(words[1:], by_uid=True)
        if name == "FETCH":
            return self._fetch(words[1:], by_uid=True)
        raise BadCommand(f"Unknown command UID {name}")

    def _search(self, words: Sequence[Word], *, by_uid: bool) -> Answer:
        scope = Scope(self._messages(self.folder), self._in_spam(), self.kind == "gmail", self.clock.now())
        found = search(words, scope)
        numbers_found = [str(message.uid if by_uid else number) for number, message in found]
        self._write(" ".join(["* SEARCH", *numbers_found]))
        return "OK SEARCH completed (Success)"

    def _fetch(self, words: Sequence[Word], *, by_uid: bool) -> Answer:
        if len(words) < 2 or isinstance(words[0], list):
            raise BadCommand("FETCH needs a set and items")
        messages, items = self._messages(self.folder), items_of(words[1:])
        if by_uid and "UID" not in (item.upper() for item in items):
            items = ["UID", *items]
        wanted = numbers(words[0], len(messages))  # uids are numbers in the folder: nothing is ever removed
        for number, message in enumerate(messages, 1):
            if number in wanted:
                told = fetched(number, message, items, gmail=self.kind == "gmail", in_spam=self._in_spam())
                self.writer.write(told)
        return "OK Success"

    def _in_spam(self) -> bool:
        return self.folder is not None and self.folder.holds == "spam"

    def _write(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")


def _fits(name: str, pattern: str) -> bool:
    """`*` matches everything, `%` everything on one level; no other pattern is needed here."""
    if pattern == "%":
        return "/" not in name
    return pattern == name or (pattern.endswith("*") and name.startswith(pattern[:-1]))


@dataclass(frozen=True, slots=True)
class ImapPort:
    kind: SeedKind
    port: int
    tls: bool


async def serve_imap(desk: SeedDesk, tls: ssl.SSLContext) -> list[ImapPort]:
    """Open the providers' servers on free ports of this machine; where they listen."""
    return [await _serve(desk, kind, tls if kind in UNDER_TLS else None) for kind in FOLDERS]


async def _serve(desk: SeedDesk, kind: SeedKind, tls: ssl.SSLContext | None) -> ImapPort:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await ImapSession(desk, kind, reader, writer, Clock()).run()
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass  # hung up, or a line without end
        finally:
            writer.close()

    server = await asyncio.start_server(talk, HOST, 0, ssl=tls)
    return ImapPort(kind, server.sockets[0].getsockname()[1], tls is not None)


def write_seeds(path: Path, ports: Sequence[ImapPort]) -> None:
    """The file that OUTSEND_DELIVERY_SEEDS names: a `[[seed]]` table for each mailbox."""
    by_kind = {one.kind: one for one in ports}
    tables: list[str] = []
    for seed in SEEDS:
        one = by_kind[seed.kind]
        lines = [
            "[[seed]]",
            f'address = "{seed.address}"',
            f'kind = "{seed.kind}"',
            f'host = "{HOST}"',
            f"port = {one.port}",
            f'user = "{seed.address}"',
            f'password = "{seed.password}"',
        ]
        tables.append("\n".join(lines if one.tls else [*lines, "tls = false"]) + "\n")
    path.write_text("\n".join(tables), encoding="utf-8")
