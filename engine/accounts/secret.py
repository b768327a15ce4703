"""Secrets that we hand out and know again: random, told once, kept as SHA-256."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """A random secret of 256 bits, fit for URLs and headers."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()
