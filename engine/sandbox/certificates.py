"""Certificates of the invented hosts: one authority that clients are told to trust, leafs made when first asked."""

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
    """TLS contexts by server name; a name that is not in `states` gets the shared host's certificate."""

    def __init__(self, states: Mapping[str, TlsState]) -> None:
        self._states = states
        self._authority = trustme.CA(organization_name="Sandbox Internet")
        self._stranger = trustme.CA(organization_name="Unknown Authority")
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.default = self._context(SHARED_NAME, "good")
        self.default.sni_callback = self._choose

    def write_authority(self, path: Path) -> None:
        """Write the trusted authority's certificate as PEM."""
        self._authority.cert_pem.write_to_path(str(path))

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        if name is None:
            return
        context = self._contexts.get(name)
        if context is None:
            context = self._contexts[name] = self._context(name, self._states.get(name, "wrong_name"))
        connection.context = context

    def _context(self, name: str, state: TlsState) -> ssl.SSLContext:
        if state == "wrong_name":
            leaf = self._authority.issue_cert(SHARED_NAME, common_name=SHARED_NAME)
        elif state == "expired":
            ended = Clock().now() - EXPIRED_SINCE
            leaf = self._authority.issue_cert(
                name, common_name=name, not_before=ended - timedelta(days=365), not_after=ended
            )
        else:
            leaf = (self._stranger if state == "untrusted" else self._authority).issue_cert(name, common_name=name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # nobody resumes here, and tickets cost a third of a short connection
        context.set_alpn_protocols(["http/1.1"])
        leaf.configure_cert(context)
        return context
