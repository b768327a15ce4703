"""Certificates of the invented hosts: one authority that clients are told to trust, one leaf a domain and its www."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

import trustme

from engine.clock import Clock

TlsState = Literal["good", "expired", "wrong_name", "untrusted"]
EXPIRED_SINCE = timedelta(days=90)
SHARED_NAME = "vps-204.nuage-hebergement.fr"  # what a server shows for a name it has no certificate for


class Certificates:
    """TLS contexts by server name; a name without a leaf is shown the shared host's, which names another."""

    def __init__(self, states: Mapping[str, TlsState]) -> None:
        self._authority = trustme.CA(organization_name="Sandbox Internet")
        self._stranger = trustme.CA(organization_name="Unknown Authority")
        self.default = self._context((SHARED_NAME,), "good")
        self.default.sni_callback = self._choose
        # Before anybody asks, so that no page waits for its leaf: 1.2 ms each.
        self._contexts: dict[str, ssl.SSLContext] = {}
        for name, state in states.items():
            domain = name.removeprefix("www.")
            if state != "wrong_name" and domain not in self._contexts:
                self._contexts[domain] = self._context((domain, f"www.{domain}"), state)

    def write_authority(self, path: Path) -> None:
        """Write the trusted authority's certificate as PEM."""
        self._authority.cert_pem.write_to_path(str(path))

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        context = self._contexts.get((name or "").removeprefix("www."))
        if context is not None:
            connection.context = context

    def _context(self, names: tuple[str, ...], state: TlsState) -> ssl.SSLContext:
        authority = self._stranger if state == "untrusted" else self._authority
        if state == "expired":
            ended = Clock().now() - EXPIRED_SINCE
            begun = ended - timedelta(days=365)
            leaf = authority.issue_cert(*names, common_name=names[0], not_before=begun, not_after=ended)
        else:
            leaf = authority.issue_cert(*names, common_name=names[0])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # nobody resumes here, and tickets cost a third of a short connection
        context.set_alpn_protocols(["http/1.1"])
        leaf.configure_cert(context)
        return context
