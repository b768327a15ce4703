"""The key: connected by asking its provider, encrypted, shown by its end alone, sent to nobody else."""

import asyncio
import ipaddress
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from dnslib import RCODE

from engine.ai import connecting, errors, keys
from engine.ai.completion import complete
from engine.ai.models import AiSettings
from engine.ai.schemas import AiSettingsRequest
from engine.context import Caller, Context, Services, read
from engine.privacy.export import export
from engine.signing import Signer
from tests.engine.ai.local import services as services
from tests.engine.ai.speaking import ASK, KEY, answered, chat, connected, hang, refusal, speaking
from tests.engine.network.outside import hosts, listening, name_server
from tests.house import account

pytestmark = pytest.mark.slow(20)

LISTED = ("text-embedding-3-small", "gpt-4.1", "gpt-4.1-mini", "gpt-own")


def listing(*names: str) -> bytes:
    """The list of models, the later the newer."""
    data = [{"id": name, "object": "model", "created": place, "owned_by": "o"} for place, name in enumerate(names)]
    return answered({"object": "list", "data": data})


def asked(**fields: Any) -> AiSettingsRequest:
    return AiSettingsRequest.model_validate({"provider": "openai", "api_key": KEY} | fields)


@read
def stored(context: Context) -> AiSettings | None:
    return context.session.get(AiSettings, context.account_id)


async def test_a_key_that_its_provider_accepts_is_stored_as_verified(services: Services) -> None:
    """C-404, C-405."""
    me = account(services)
    async with speaking(listing(*LISTED)) as provider:
        shown = await connecting.connect(me, asked(base_url=provider.url + "/", model="gpt-own"))
        listed = await connecting.models(me)

    assert shown.model_dump() == {
        "provider": "openai", "model": "gpt-own", "base_url": provider.url, "key_set": True, "key_hint": "…7Q9z",
        "verified": True,
    }  # fmt: skip
    assert shown == me.run(keys.look)
    assert [(one.id, one.price_known) for one in listed.items] == [
        ("gpt-4.1", True), ("gpt-4.1-mini", True), ("gpt-own", False),
    ]  # fmt: skip
    assert {heard.path for heard in provider.heard} == {"/v1/models"}
    row = me.run(stored)
    assert row is not None and KEY not in row.sealed and row.sealed.startswith("gAAAA")


async def test_who_names_no_model_gets_the_newest_that_is_not_dear(services: Services) -> None:
    async with speaking(listing(*LISTED)) as provider:
        shown = await connecting.connect(account(services), asked(base_url=provider.url))

    assert shown.model == "gpt-4.1-mini"


@pytest.mark.parametrize("answer", [refusal(401), refusal(403), refusal(400, "Incorrect API key provided.")])
async def test_a_key_that_its_provider_refuses_is_not_stored(services: Services, answer: bytes) -> None:
    me = account(services)
    async with speaking(answer) as provider:
        with pytest.raises(errors.KeyRefused) as error:
            await connecting.connect(me, asked(base_url=provider.url))

    assert not me.run(keys.look).key_set and error.value.kind == "invalid"


@pytest.mark.parametrize("answer", [refusal(503), refusal(429), answered([1]), b"no http Connection: close", None])
async def test_a_provider_that_cant_be_asked_leaves_a_key_unverified(services: Services, answer: bytes | None) -> None:
    me = account(services)
    async with speaking(answer or chat()) as provider:
        url = provider.url if answer else "http://127.0.0.1:1/v1"
        shown = await connecting.connect(me, asked(base_url=url, model="gpt-4.1"))

    assert (shown.key_set, shown.verified, shown.model) == (True, False, "gpt-4.1")


async def test_a_provider_that_hangs_is_not_waited_for(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.ai.completion.AI_CONNECT_SECONDS", 0.5)
    async with speaking(hang) as provider:
        shown = await connecting.connect(account(services), asked(base_url=provider.url))

    assert (shown.key_set, shown.verified) == (True, False)


async def test_an_address_without_a_path_finds_the_api_behind_v1(services: Services) -> None:
    async with speaking(refusal(404), listing(*LISTED)) as provider:
        root = provider.url.removesuffix("/v1")
        shown = await connecting.connect(account(services), asked(provider="openai_compatible", base_url=root))

    assert (shown.base_url, shown.verified) == (provider.url, True)


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ("anthropic", "sk-proj-x"),
        ("openai", "xai-x"),
        ("gemini", "sk-x"),
        ("groq", "sk-x"),
        ("xai", "gsk_x"),
        ("deepseek", "x"),
    ],
)
async def test_a_key_of_another_form_is_sent_nowhere(services: Services, provider: str, key: str) -> None:
    """C-403, C-407: what was copied for one provider is not shown to another."""
    with pytest.raises(errors.KeyMalformed) as error:
        await connecting.connect(account(services), asked(provider=provider, api_key=key))

    assert "…" in error.value.text


async def test_the_model_is_changed_without_the_key_and_the_address_only_with_it(services: Services) -> None:
    me = account(services)
    async with speaking(listing(*LISTED)) as provider, speaking(listing()) as elsewhere:
        await connecting.connect(me, asked(base_url=provider.url))
        changed = await connecting.connect(me, asked(api_key=None, base_url=provider.url, model="gpt-4.1"))
        with pytest.raises(errors.KeyNeeded):
            await connecting.connect(me, asked(api_key=None, base_url=elsewhere.url))
        with pytest.raises(errors.KeyNeeded):
            await connecting.connect(me, asked(api_key=None, provider="groq", base_url=provider.url))

    assert changed.model == "gpt-4.1" and elsewhere.heard == []
    assert provider.heard[-1].headers["authorization"] == f"Bearer {KEY}"


async def test_a_key_is_forgotten(services: Services) -> None:
    me = connected(services)
    me.run(keys.disconnect)

    assert not me.run(keys.look).key_set
    with pytest.raises(errors.NoKey):
        await complete(me, ASK)


def test_the_secret_key_of_the_product_rotates_without_losing_a_key(services: Services) -> None:
    """C-405."""
    me = connected(services)
    services.signer = Signer(["a newer key of the tests", "a key of the tests alone"])
    assert me.run(keys.current).key == KEY

    services.signer = Signer(["another key that opens nothing"])
    with pytest.raises(errors.KeyUnreadable):
        me.run(keys.current)
    assert me.run(keys.look).key_set


async def test_the_key_stands_in_no_log_error_or_archive(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    """C-406."""
    caplog.set_level(logging.DEBUG)
    me = account(services)
    async with speaking(listing(*LISTED), chat(), refusal(401, f"Incorrect API key provided: {KEY}")) as provider:
        shown = await connecting.connect(me, asked(base_url=provider.url))
        said = await complete(me, ASK)
        with pytest.raises(errors.KeyRefused) as error:
            await complete(me, ASK)
    archive = b"".join(export(me).pieces)

    told = [shown, said, error.value, error.value.next_step, me.run(keys.current), me.run(stored)]
    ours = [record for record in caplog.records if record.name.startswith("engine")]
    assert all(KEY not in f"{one!r}{one}" for one in told)
    assert all(KEY not in record.getMessage() for record in ours)
    assert b"ai_settings.json" in archive and KEY.encode() not in archive
    for file in services.settings.data_dir.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes()


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/v1",
        "https://localhost/v1",
        "https://169.254.169.254/latest",
        "https://[::1]/v1",
        "https://[::ffff:10.0.0.1]/v1",
        "https://192.168.1.5/v1",
        "https://inside.test/v1",
        "http://outside.test/v1",
        "https://outside.test:11434/v1",
        "https://key@outside.test/v1",
        "https://outside.test/v1?x=1",
        "https://0x7f.1/",
        "ftp://outside.test/v1",
        "outside.test/v1",
        "https://outside.test\\@127.0.0.1/v1",
    ],
)
async def test_an_address_that_leads_inside_or_is_none_is_refused(services: Services, url: str) -> None:
    zone = hosts("inside.test", address="10.0.0.7") | hosts("outside.test", address="93.184.216.34")
    async with name_server(zone) as (server, _):
        services.settings = services.settings.model_copy(update={"trusted_networks": (), "dns_servers": (server,)})
        me = account(services)
        with pytest.raises(errors.BadBaseUrl) as error:
            await connecting.connect(me, asked(base_url=url))

    assert error.value.kind == "unprocessable" and error.value.values["field"] == "base_url"
    assert not me.run(keys.look).key_set


async def test_an_address_is_needed_where_the_provider_has_none(services: Services) -> None:
    """C-403."""
    with pytest.raises(errors.BadBaseUrl):
        await connecting.connect(account(services), asked(provider="openai_compatible"))


async def test_a_name_that_turns_inside_later_is_not_followed(services: Services) -> None:
    """The guard looks again at each connection, at the addresses that it then connects to."""
    turned = asyncio.Event()

    def zone(name: str, kind: str) -> list[str] | int:
        if kind != "A":
            return RCODE.NOERROR if name == "llm.test" else RCODE.NXDOMAIN
        return [f"1 A {'127.0.0.1' if turned.is_set() else '127.0.0.2'}"]

    async with speaking(chat()) as provider, name_server(zone) as (server, _):
        port = provider.url.rpartition(":")[2].partition("/")[0]
        only = (ipaddress.ip_network("127.0.0.2/32"),)
        services.settings = services.settings.model_copy(update={"trusted_networks": only, "dns_servers": (server,)})
        me = connected(services, url=f"http://llm.test:{port}/v1")
        turned.set()
        with pytest.raises(errors.ProviderDown):
            await complete(me, ASK)

    assert provider.heard == []


async def test_a_redirect_is_not_followed(services: Services) -> None:
    async with speaking(chat()) as inside, speaking(refusal(307, Location=inside.url)) as provider:
        with pytest.raises(errors.ProviderDown):
            await complete(connected(services, url=provider.url), ASK)

    assert inside.heard == []


async def test_calls_go_by_the_proxy_of_the_settings(services: Services) -> None:
    tunnels = list[bytes]()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnels.append(await reader.readuntil(b"\r\n\r\n"))

    async with listening(proxy) as port, name_server(hosts("llm.test", address="127.0.0.9")) as (server, _):
        changes = {"https_proxy": f"http://127.0.0.1:{port}", "dns_servers": (server,)}
        services.settings = services.settings.model_copy(update=changes)
        with pytest.raises(errors.ProviderDown):
            await complete(connected(services, url="https://llm.test/v1"), ASK)

    assert tunnels[0].startswith(b"CONNECT 127.0.0.9:443 ")


def test_nobody_has_anybody_elses_key(services: Services) -> None:
    connected(services)
    other = account(services, "other@example.com")

    assert not other.run(keys.look).key_set
    with pytest.raises(errors.NoKey):
        other.run(keys.current)


def test_the_archive_tells_when_a_key_was_connected(services: Services) -> None:
    me: Caller = connected(services)
    row = me.run(stored)

    assert row is not None and abs((datetime.now(UTC) - row.created_at).total_seconds()) < 60
