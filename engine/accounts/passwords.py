"""Passwords: which ones are accepted, and how they are kept (Argon2id).

Hashing takes tens of milliseconds by design: never call it inside a transaction.
"""

from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from engine.accounts.errors import WeakPassword
from engine.lazy import load
from engine.limits import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# OWASP Password Storage Cheat Sheet, Argon2id.
PASSES, MEMORY_KIB, LANES = 2, 19_456, 1
# A flood of sign-ins may take two cores and 40 MB, no more; the others wait.
_slots = BoundedSemaphore(2)


def weakness(password: str) -> str | None:
    """What keeps a new password from being accepted, in French; None when nothing does."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        return f"entre {PASSWORD_LENGTH_MIN} et {PASSWORD_LENGTH_MAX} caractères attendus"
    if not any(char.isalpha() for char in password) or all(char.isalpha() for char in password):
        return "au moins une lettre et un chiffre ou symbole attendus"
    return None


def strong(password: str, *, field: str) -> str:
    """The password itself. Raises WeakPassword, which names the field."""
    problem = weakness(password)
    if problem is not None:
        raise WeakPassword(problem=problem, field=field)
    return password


def password_hash(password: str) -> str:
    """What is kept of a password."""
    with _slots:
        return _hasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long when there is none to compare with: time tells nobody who exists."""
    if kept is None:
        password_hash(password)
        return False
    faults = load("argon2.exceptions")
    with _slots:
        try:
            return _hasher().verify(kept, password)
        except (faults.VerificationError, faults.InvalidHashError):
            return False


@cache
def _hasher() -> "PasswordHasher":
    return load("argon2").PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
