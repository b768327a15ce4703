"""Errors that a user may read, and how they look from outside.

One class per message. `code` never changes, `message` is the French of the documentation, `hint` is English and
names the reader's next step, `kind` becomes an HTTP status or an exit code at the door.
"""

import errno
from typing import ClassVar, Literal

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what an OSError says where nothing more can be written

Kind = Literal[
    "invalid",  # the request breaks a rule
    "unprocessable",  # well-formed, but a field fails validation
    "unauthenticated",
    "forbidden",
    "missing",
    "gone",
    "conflict",
    "too_many",
    "payment",
    "upstream",  # a service we depend on failed
    "unavailable",
    "full",  # no room left to write
]


class OutsendError(Exception):
    """What went wrong, in the words of the documentation.

    Values that the message names are given as keyword arguments: `QuotaExceeded(cost=1.4, limit=1.0)`.
    """

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = "invalid"
    message: ClassVar[str] = "Erreur"
    hint: ClassVar[str] = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """The French sentence, with its values."""
        return self.message.format(**self.values)

    @property
    def next_step(self) -> str:
        """The English hint, with its values."""
        return self.hint.format(**self.values)


class StorageFull(OutsendError):
    code = "storage_full"
    kind = "full"
    message = "Espace disque insuffisant"
    hint = "Nothing was changed. Free disk space in the data directory, then repeat the call."


class DatabaseUnavailable(OutsendError):
    code = "database_unavailable"
    kind = "unavailable"
    message = "Base de données indisponible"
    hint = "Nothing was changed. Repeat the call in a few seconds; `outsend doctor` checks the database."


class AccountGone(OutsendError):
    code = "account_gone"
    kind = "unauthenticated"
    message = "Ce compte n'existe plus"
    hint = "The account was deleted while the request was on its way; nothing was changed. Sign in with another one."


class BadSetting(OutsendError):
    code = "bad_setting"
    message = "Réglage invalide : {name} : {problem}"
    hint = "Correct {name} in the environment and start again."
