"""The product's secret key: signs what leaves and must come back unchanged (sessions, download links), and encrypts
what is kept and must be read again (webhook secrets, AI keys)."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from engine.errors import BadSetting
from engine.lazy import load
from engine.settings import Settings

KEY_FILE = "secret.key"
KEY_LENGTH_MIN = 16

_FERNET = "cryptography.fernet"  # takes its time to load, and most processes never need it


class Signer:
    """Signs short texts for one purpose each. The first key signs; all of them are believed, so that keys rotate."""

    def __init__(self, keys: Sequence[str]) -> None:
        assert keys, "a signer needs a key"
        self._keys = list(keys)

    def sign(self, purpose: str, value: str) -> str:
        """`value` with a signature, fit for URLs and cookies. When it ends is for the value itself to say."""
        return str(self._serializer(purpose).dumps(value))

    def read(self, purpose: str, signed: str) -> str | None:
        """The value that was signed for this purpose; None when it was changed."""
        try:
            # Base64 has spellings that mean the same; only the one that we wrote counts.
            signature = signed.rpartition(".")[2].encode()
            if base64_encode(base64_decode(signature)) != signature:
                return None
            value = self._serializer(purpose).loads(signed)
        except (BadData, UnicodeError):
            return None
        return value if isinstance(value, str) else None

    def keys_for(self, purpose: str) -> list[bytes]:
        """32 bytes per key, for libraries that bring their own way of signing or encrypting."""
        return [hmac.digest(key.encode(), purpose.encode(), hashlib.sha256) for key in self._keys]

    def seal(self, purpose: str, text: str) -> str:
        """The text, encrypted under the first key."""
        sealed: bytes = self._fernet(purpose).encrypt(text.encode())
        return sealed.decode()

    def opened(self, purpose: str, sealed: str) -> str | None:
        """What was sealed for this purpose, under whichever key; None when no key of now opens it."""
        try:
            text: bytes = self._fernet(purpose).decrypt(sealed)
        except load(_FERNET).InvalidToken:
            return None
        return text.decode()

    def _fernet(self, purpose: str) -> Any:
        fernet = load(_FERNET)
        return fernet.MultiFernet([fernet.Fernet(urlsafe_b64encode(key)) for key in self.keys_for(purpose)])

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        oldest_first = self._keys[::-1]  # the serializer signs with the last
        return URLSafeSerializer(
            oldest_first, salt=f"outsend.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )


def signer_of(settings: Settings) -> Signer:
    """The signer of the configured key; without one, of a key that is made once in the data directory (mode 600).

    Raises:
        BadSetting: a key is too short, or missing where several machines must share it.
    """
    if any(len(key) < KEY_LENGTH_MIN for key in settings.secret_key):
        raise BadSetting(name="OUTSEND_SECRET_KEY", problem=f"a key has fewer than {KEY_LENGTH_MIN} characters")
    if settings.secret_key:
        return Signer(settings.secret_key)
    if settings.distributed:
        raise BadSetting(name="OUTSEND_SECRET_KEY", problem="required with PostgreSQL, the same on every machine")
    return Signer([_key_in(settings.data_dir / KEY_FILE)])


def _key_in(path: Path) -> str:
    """The file's key, made on first use; of several processes that start at once, one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    if not path.exists():
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(unfinished, path)
        unfinished.unlink()
    return path.read_text().strip()
