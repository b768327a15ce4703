"""Trust in certificates: the contexts that connections use, what a certificate said, why one was refused."""

import asyncio
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.lazy import load
from engine.network.types import Reason, TlsFacts

# Numbers of X509_V_ERR_* in OpenSSL's x509_vfy.h.
_VERIFY_REASONS: dict[int, Reason] = {9: "tls_expired", 10: "tls_expired", 62: "tls_name", 64: "tls_name"}


def trusting(ca_bundle: Path | None) -> ssl.SSLContext:
    """Certificates must be valid for the name, by the system's trust store or `ca_bundle` instead."""
    return ssl.create_default_context(cafile=ca_bundle)


def unverified() -> ssl.SSLContext:
    """Any certificate passes: for a second look at a site whose certificate was refused."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def reason_of(error: OSError) -> Reason:
    """Why a handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY_REASONS.get(error.verify_code, "tls_untrusted")
    return "tls_failure"


def facts_of(transport: asyncio.Transport) -> TlsFacts | None:
    """What the certificate of the other end said; None without TLS, or for a certificate nobody can read."""
    tls = transport.get_extra_info("ssl_object")
    if tls is None:
        return None
    certificate: dict[str, Any] = tls.getpeercert()
    if certificate:
        expires_at = ssl.cert_time_to_seconds(certificate["notAfter"])
        return TlsFacts(_name(certificate["subject"]), _name(certificate["issuer"]), float(expires_at))
    return _facts_of_der(tls.getpeercert(binary_form=True))  # an unverified one comes undecoded


def _name(parts: Iterable[Iterable[tuple[str, str]]]) -> str:
    """The common name of a distinguished name, else its organization."""
    values = {key: value for part in parts for key, value in part}
    return values.get("commonName") or values.get("organizationName") or ""


def _facts_of_der(der: bytes | None) -> TlsFacts | None:
    x509 = load("cryptography.x509")
    names = x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject, issuer = (
            next((str(found[0].value) for oid in names if (found := name.get_attributes_for_oid(oid))), "")
            for name in (certificate.subject, certificate.issuer)
        )
        return TlsFacts(subject, issuer, certificate.not_valid_after_utc.timestamp())
    except (TypeError, ValueError):
        return None
