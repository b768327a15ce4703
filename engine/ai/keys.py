"""The key that an account has connected: encrypted in the database, shown by its end alone, opened for a request.

Source: docs page integration/byok.
"""

from sqlmodel import col, delete, select

from engine.ai import queries
from engine.ai.errors import BadBaseUrl, KeyMalformed, KeyNeeded
from engine.ai.models import AiSettings
from engine.ai.providers import PROVIDERS, Connection, Provider
from engine.ai.schemas import AiSettingsPublic, AiSettingsRequest
from engine.context import Context, read, write
from engine.db.insert import is_new

HINT_LENGTH = 4
HINTED_FROM = 16  # characters of a key; the end of a shorter one would tell too much


@read
def look(context: Context) -> AiSettingsPublic:
    """What the caller has connected, without the key."""
    row = queries.settings_of(context)
    return AiSettingsPublic() if row is None else _public(row)


@read
def current(context: Context) -> Connection:
    """The caller's connection. Raises NoKey, KeyUnreadable."""
    return queries.connection(context)


@read
def wanted(context: Context, asked: AiSettingsRequest) -> Connection:
    """The connection that a request asks for, with the stored key where it brings none.

    Raises:
        BadBaseUrl: the provider has no address of its own. KeyMalformed. KeyUnreadable.
        KeyNeeded: no key is stored for that provider at that address.
    """
    provider = PROVIDERS[asked.provider]
    base_url = (asked.base_url or "").strip().rstrip("/") or None
    if base_url == provider.base_url:
        base_url = None
    if base_url is None and provider.base_url is None:
        raise BadBaseUrl(field="base_url", problem="requis pour ce fournisseur")
    key = asked.api_key if asked.api_key is not None else _stored_key(context, provider, base_url)
    if base_url is None and not key.startswith(provider.key_start):
        raise KeyMalformed(provider=provider.label, key_format=provider.key_format)
    return Connection(provider, base_url or provider.base_url or "", key, asked.model)


@write
def keep(context: Context, connection: Connection, *, verified: bool) -> AiSettingsPublic:
    """Store a connection in the place of the one before."""
    own = connection.provider.base_url
    values = {
        "account_id": context.account_id,
        "provider": connection.provider.id,
        "sealed": context.services.signer.seal(queries.PURPOSE, connection.key),
        "hint": _hint(connection.key),
        "base_url": None if connection.base_url == own else connection.base_url,
        "model": connection.model,
        "verified": verified,
        "created_at": context.now(),
    }
    if not is_new(context.session, AiSettings, values):
        mine = select(AiSettings).where(AiSettings.account_id == context.account_id).with_for_update()
        row = context.session.exec(mine.execution_options(populate_existing=True)).one()
        row.sqlmodel_update(values)
        context.session.add(row)
        context.session.flush()
    return _public(context.session.get_one(AiSettings, context.account_id))


@write
def disconnect(context: Context) -> None:
    """Forget the caller's key, if there is one."""
    context.session.exec(delete(AiSettings).where(col(AiSettings.account_id) == context.account_id))


def _stored_key(context: Context, provider: Provider, base_url: str | None) -> str:
    """The stored key, for the provider and the address that it was given for; it goes nowhere else."""
    row = queries.settings_of(context)
    if row is None or row.provider != provider.id or row.base_url not in (base_url, f"{base_url}/v1"):
        raise KeyNeeded(field="api_key")
    return queries.connection(context).key


def _hint(key: str) -> str:
    return key[-HINT_LENGTH:] if len(key) >= HINTED_FROM else ""


def _public(row: AiSettings) -> AiSettingsPublic:
    return AiSettingsPublic(
        provider=queries.provider_id(row),
        model=row.model,
        base_url=row.base_url,
        key_set=True,
        key_hint=f"…{row.hint}",
        verified=row.verified,
    )
