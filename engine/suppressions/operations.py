"""The caller's opt-out list: add, list, remove; and the whole of it, for those who let rows out."""

from collections.abc import Sequence

from sqlmodel import col, select

from engine.accounts.errors import NotSignedIn
from engine.accounts.models import Account
from engine.context import Context, read, write
from engine.db import pages
from engine.db.insert import insert_new
from engine.limits import SUPPRESSIONS_MAX, SUPPRESSIONS_PAGE_DEFAULT, SUPPRESSIONS_PAGE_MAX
from engine.suppressions.blank import Suppressed
from engine.suppressions.entries import Entry, Kind, Unreadable, read_entry
from engine.suppressions.errors import SuppressionMissing, TooManySuppressions
from engine.suppressions.models import Suppression
from engine.suppressions.schemas import RefusedEntry, SuppressionPublic, SuppressionsAdded, SuppressionsPage

PROBLEMS_SHOWN = 100
ENTRY_SHOWN = 100  # characters of an entry that was not understood


@write
def add(context: Context, entries: Sequence[str], *, reason: str | None = None) -> SuppressionsAdded:
    """Put entries on the caller's list. Those that are there already stay as they are; a repeated call adds nothing.

    Running jobs hear of it with their next flush, half a second later.

    Raises:
        TooManySuppressions: the list would grow beyond its limit; nothing was added.
        NotSignedIn: the account is gone.
    """
    found = [read_entry(entry) for entry in entries]
    wanted = {entry.value: entry.kind for entry in found if isinstance(entry, Entry)}
    account = _held_account(context)
    before = _count(context)
    values = {"account_id": context.account_id, "reason": (reason or "").strip() or None, "created_at": context.now()}
    insert_new(context.session, Suppression, [values | {"kind": kind, "value": text} for text, kind in wanted.items()])
    after = _count(context)
    if after > SUPPRESSIONS_MAX:
        raise TooManySuppressions(limit=SUPPRESSIONS_MAX)
    if after > before:
        _changed(context, account)
    problems = [
        RefusedEntry(index=at, entry=_shown(entries[at]), reason=entry.reason)
        for at, entry in enumerate(found)
        if isinstance(entry, Unreadable)
    ]
    known = len(entries) - len(problems) - (after - before)
    return SuppressionsAdded(
        added=after - before, known=known, invalid=len(problems), problems=problems[:PROBLEMS_SHOWN]
    )


@read
def list_page(
    context: Context,
    *,
    limit: int = SUPPRESSIONS_PAGE_DEFAULT,
    cursor: int | None = None,
    search: str | None = None,
    kind: Kind | None = None,
) -> SuppressionsPage:
    """A page of the caller's entries, newest first; `search` keeps those whose value holds that text.

    `cursor` is the `next_cursor` of the page before: entries that come or go meanwhile neither shift nor repeat a page.
    """
    where = [col(Suppression.account_id) == context.account_id]
    if kind is not None:
        where.append(col(Suppression.kind) == kind)
    if search:
        where.append(col(Suppression.value).contains(_sought(search), autoescape=True))
    total = pages.count(context.session, Suppression, where)
    found, behind = pages.newest(
        context.session, Suppression, where, before=cursor, limit=limit, most=SUPPRESSIONS_PAGE_MAX
    )
    items = [SuppressionPublic.model_validate(entry, from_attributes=True) for entry in found]
    return SuppressionsPage(items=items, total=total, next_cursor=behind)


@write
def remove(context: Context, suppression_id: int) -> None:
    """Take an entry off the caller's list. Rows that were blanked while a job ran stay so.

    Raises:
        SuppressionMissing: for somebody else's, too.
        NotSignedIn: the account is gone.
    """
    account = _held_account(context)
    mine = select(Suppression).where(Suppression.id == suppression_id, Suppression.account_id == context.account_id)
    entry = context.session.exec(mine).first()
    if entry is None:
        raise SuppressionMissing()
    context.session.delete(entry)
    _changed(context, account)


@read
def suppressed_of(context: Context, account_id: int) -> Suppressed:
    """All that an account's rows may not show, for whoever lets them out: 100,000 entries take 0.1 s."""
    mine = select(Suppression.value).where(col(Suppression.account_id) == account_id)
    # On the connection: the session would make its own rows of the database's.
    return Suppressed(frozenset(context.session.connection().execute(mine).scalars()))


@read
def version_of(context: Context, account_id: int) -> int:
    """A number that is another one after each change of an account's list. 0: it never had an entry."""
    version = select(Account.suppressions_version).where(col(Account.id) == account_id)
    return context.session.exec(version).first() or 0


def _held_account(context: Context) -> Account:
    """The caller's account; whoever changes its list, too, waits for our end. So counts are true, and versions grow."""
    # Without the key: what only refers to the account (a new job) need not wait.
    mine = select(Account).where(col(Account.id) == context.account_id).with_for_update(key_share=True)
    account = context.session.exec(mine).first()
    if account is None:
        raise NotSignedIn()
    return account


def _changed(context: Context, account: Account) -> None:
    account.suppressions_version += 1
    context.session.add(account)


def _count(context: Context) -> int:
    return pages.count(context.session, Suppression, [col(Suppression.account_id) == context.account_id])


def _sought(search: str) -> str:
    """What to look for in folded values: a whole entry as it would be folded, else the text in lower case."""
    entry = read_entry(search)
    # No database takes what can't be printed (NUL, half characters); no value holds a space.
    return entry.value if isinstance(entry, Entry) else search.strip().lower() if search.isprintable() else " "


def _shown(entry: str) -> str:
    return "".join(char for char in entry[:ENTRY_SHOWN] if char.isprintable())
