"""Certificates of the invented hosts: one authority that clients are told to trust, one leaf a domain and its www."""

import ssl
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

import trustme

from engine.clock import Clock

TlsState = Literal["good", "expired", "wrong_name", "untrusted"]
EXPIRED_SINCE = timedelta(days=90)
SHARED_NAME = "vps-204.nuage-hebergement.fr"  # what a server shows for a name it has no certificate for


class Certificates:
    """TLS contexts by server name; a name without a leaf is shown the shared host's, which names another.

    Leafs of the names `on_demand` are issued when first asked for: they are many, and few worlds need them.
    """

    def __init__(self, states: Mapping[str, TlsState], on_demand: Iterable[str] = ()) -> None:
        self._on_demand = {name.removeprefix("www.") for name in on_demand}
        self._authority = trustme.CA(organization_name="Sandbox Internet")
        self._stranger = trustme.CA(organization_name="Unknown Authority")
        self.default = self._context((SHARED_NAME,), "good")
        self.default.sni_callback = self._choose
        # Before anybody asks, so that no page waits for its leaf: 1.2 ms each.
        self._contexts: dict[str, ssl.SSLContext] = {}
        for name, state in states.items():
            domain = name.removeprefix("www.")
            if state != "wrong_name" and domain not in self._contexts and domain not in self._on_demand:
                self._contexts[domain] = self._context((domain, f"www.{domain}"), state)

    def write_authority(self, path: Path) -> None:
        """Write the trusted authority's certificate as PEM."""
        self._authority.cert_pem.write_to_path(str(path))

    def local(self) -> ssl.SSLContext:
        """For a server at an address of this machine."""
        return self._context(("localhost", "127.0.0.1"), "good")

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        domain = (name or "").removeprefix("www.")
        context = self._contexts.get(domain)
        if context is None and domain in self._on_demand:
            context = self._contexts[domain] = self._context((domain, f"www.{domain}"), "good")
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
        # The root goes along, as some servers send it: a browser can then be told to trust the chain by its root's key.
        root = b"" if state == "untrusted" else authority.cert_pem.bytes()
        with trustme.Blob(leaf.private_key_and_cert_chain_pem.bytes() + root).tempfile() as file:
            context.load_cert_chain(file)
        return context
