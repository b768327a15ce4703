"""The signature of a delivery: `Outsend-Signature: t=<Unix seconds>,v1=<hex>[,v1=<hex>]`, HMAC-SHA256 of `t.body`."""

import hashlib
import hmac
from collections.abc import Sequence


def signature_of(body: str, secrets: Sequence[str], *, at: int) -> str:
    """The header's value: one `v1` a secret, the newest first. `at` in Unix seconds."""
    signed = f"{at}.{body}".encode()
    digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])
