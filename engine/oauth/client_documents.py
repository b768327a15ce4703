"""Clients that name themselves by the https address of a document that describes them.

Source: draft-ietf-oauth-client-id-metadata-document. The document is a stranger's: it is read through the guard,
without redirects, once an hour at most, and only what is needed of it is kept.
"""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from engine.context import Services
from engine.lazy import load
from engine.limits import OAUTH_DOCUMENT_BYTES, OAUTH_DOCUMENT_SECONDS, OAUTH_REDIRECT_MAX, OAUTH_REDIRECTS_MAX
from engine.network.types import Unreachable
from engine.oauth import clients
from engine.oauth.errors import BadDocument, BadRedirect
from engine.oauth.redirects import checked
from engine.oauth.schemas import PUBLIC, Client


class ClientDocument(BaseModel):
    """What we take from a document; the rest is nobody's business here."""

    client_id: str
    client_name: str | None = None
    redirect_uris: Annotated[list[str], Field(min_length=1, max_length=OAUTH_REDIRECTS_MAX)]
    token_endpoint_auth_method: str = PUBLIC
    client_secret: str | None = None


def is_document(client_id: str) -> bool:
    """Whether a client names itself by an address, and by one that may be asked for: https, with a plain path."""
    if not client_id.startswith("https://") or len(client_id) > OAUTH_REDIRECT_MAX:
        return False
    try:
        parts = urlsplit(client_id)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    dotted = any(part in (".", "..") for part in parts.path.split("/"))
    return bool(host) and len(parts.path) > 1 and not dotted and "#" not in client_id and "@" not in parts.netloc


async def client_of(services: Services, client_id: str) -> Client:
    """The client that the document at this address describes, as it was within the last hour.

    Raises:
        BadDocument: it can't be read, is not the client's own, or names a redirect that may not be used.
    """
    known = await services.call(None, clients.known, client_id)
    if known is not None and known[1]:
        return known[0]
    client = _described(client_id, await _read(services, client_id))
    await services.call(None, clients.remember, client)
    return client


async def _read(services: Services, url: str) -> ClientDocument:
    network = load("engine.network.document")  # httpx and DNS: a server without such clients never needs them
    limits = {"bytes_max": OAUTH_DOCUMENT_BYTES, "timeout_seconds": OAUTH_DOCUMENT_SECONDS}
    try:
        return ClientDocument.model_validate(await network.read_json(services.settings, services.clock, url, **limits))
    except Unreachable as error:
        raise BadDocument(problem=f"illisible ({error.reason})") from None
    except ValidationError:
        raise BadDocument(problem="incomplet") from None


def _described(client_id: str, document: ClientDocument) -> Client:
    if document.client_id != client_id:
        raise BadDocument(problem="il porte un autre client_id")
    if document.token_endpoint_auth_method != PUBLIC or document.client_secret is not None:
        # A secret in a public document is none.
        raise BadDocument(problem="seul token_endpoint_auth_method none est admis")
    try:
        redirects = checked(document.redirect_uris)
    except BadRedirect as error:
        raise BadDocument(problem=error.text) from None
    name = clients.readable_name(document.client_name, client_id)
    return Client(client_id, name, tuple(redirects), document=True)
