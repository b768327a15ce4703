"""Encryption of what must be read again, under the product's secret keys: the first seals, all of them open.

Loaded on first use: the library takes its time.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from engine.signing import Signer

PURPOSE = "webhooks"


def seal(signer: Signer, text: str) -> str:
    """The text, encrypted."""
    return _fernet(signer).encrypt(text.encode()).decode()


def opened(signer: Signer, sealed: str) -> str | None:
    """What was sealed; None when no key of now opens it."""
    try:
        return _fernet(signer).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _fernet(signer: Signer) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in signer.keys_for(PURPOSE)])
