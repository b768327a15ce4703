"""The registries' RDAP servers."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.sandbox.truth import SiteTruth, Truth
from tests.sandbox.client import Client

REGISTRIES = {
    "fr": "https://rdap.nic.fr/domain/",
    "com": "https://rdap.verisign.com/com/v1/domain/",
    "net": "https://rdap.verisign.com/net/v1/domain/",
    "org": "https://rdap.publicinterestregistry.org/rdap/domain/",
    "uk": "https://rdap.nominet.uk/uk/domain/",
}


async def ask(client: Client, url: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    async with client.session.get(url, proxy=client.sandbox.proxy, ssl=client.tls, allow_redirects=False) as answer:
        body = await answer.read()
        return answer.status, dict(answer.headers), json.loads(body) if body.startswith(b"{") else {}


def domain_of(site: SiteTruth) -> str:
    return site.host.removeprefix("www.")


def event(document: dict[str, Any], action: str) -> datetime:
    found = next(one["eventDate"] for one in document["events"] if one["eventAction"] == action)
    return datetime.fromisoformat(found)


def days_left(document: dict[str, Any]) -> int:
    return (event(document, "expiration") - datetime.now(UTC)).days


@pytest.mark.parametrize("ending", ["fr", "com", "net"])
async def test_a_registered_name_is_described(client: Client, truth: Truth, ending: str) -> None:
    domain = next(domain_of(one) for one in truth.of_kind("healthy") if one.host.endswith(f".{ending}"))

    status, headers, document = await ask(client, REGISTRIES[ending] + domain)

    assert status == 200
    assert headers["Content-Type"] == "application/rdap+json"
    assert document["objectClassName"] == "domain"
    assert document["ldhName"].lower() == domain
    assert document["status"] == ["active"]
    assert event(document, "registration") < datetime.now(UTC)
    assert days_left(document) > 29
    assert document["nameservers"][0]["ldhName"] == "ns1.dns-tranquille.net"


async def test_a_name_that_nobody_renewed_is_in_its_redemption_period(client: Client, truth: Truth) -> None:
    site = truth.of_kind("expired")[0]

    _, _, document = await ask(client, REGISTRIES["fr"] + domain_of(site))
    page = await client.follow(site.site_web)

    assert document["status"] == ["redemption period"]
    assert days_left(document) in (-41, -40)
    assert site.alive_allowed == ("closed",)
    # The page itself does not tell.
    assert page.status == 200
    assert not any(word in page.body.decode().lower() for word in ("expir", "vendre", "sale", "park"))


async def test_a_name_that_expires_soon_is_fine(client: Client, truth: Truth) -> None:
    site = truth.of_kind("expiring_soon")[0]

    _, _, document = await ask(client, REGISTRIES["fr"] + domain_of(site))
    page = await client.follow(site.site_web)

    assert document["status"] == ["active"]
    assert days_left(document) in (4, 5)
    assert site.site_alive == "open"
    assert site.email is not None and site.email in page.body.decode()


async def test_a_name_that_is_gone_is_not_found(client: Client, truth: Truth) -> None:
    status, _, document = await ask(client, REGISTRIES["fr"] + "personne-ne-l-a-pris.fr")
    gone = domain_of(truth.of_kind("nxdomain")[0])

    assert status == 404
    assert document["errorCode"] == 404
    url = REGISTRIES.get(gone.rpartition(".")[2])
    assert url is None or (await ask(client, url + gone))[0] == 404


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://rdap.nic.fr/domain/gmail.com", 404),  # another registry's
        ("https://rdap.nic.fr/domain/not_a_name", 400),
        ("https://rdap.nic.fr/nameserver/ns1.dns-tranquille.net", 404),
        ("https://rdap.verisign.com/net/v1/domain/gmail.com", 404),
        ("https://rdap.org/domain/nowhere.eu", 404),
        ("https://rdap.org/", 400),
    ],
)
async def test_a_wrong_question_is_an_error_in_json(client: Client, url: str, status: int) -> None:
    answered, _, document = await ask(client, url)

    assert answered == status
    assert document["errorCode"] == status


async def test_a_busy_registry_refuses_at_first(client: Client, truth: Truth) -> None:
    url = REGISTRIES["fr"] + domain_of(truth.of_kind("expired_busy")[0])

    first, second = await ask(client, url), await ask(client, url)

    assert (first[0], second[0]) == (429, 200)
    assert first[1]["Retry-After"] == "1"


@pytest.mark.parametrize("ending", list(REGISTRIES))
async def test_the_bootstrap_file_and_the_redirector_lead_to_the_registry(client: Client, ending: str) -> None:
    _, _, bootstrap = await ask(client, "https://data.iana.org/rdap/dns.json")
    status, headers, _ = await ask(client, f"https://rdap.org/domain/exemple.{ending}")

    servers = [urls[0] for endings, urls in bootstrap["services"] if ending in endings]
    assert [f"{server}domain/" for server in servers] == [REGISTRIES[ending]]
    assert status == 302
    assert headers["Location"] == f"{REGISTRIES[ending]}exemple.{ending}"
    assert urlsplit(servers[0]).path.endswith("/")
