"""The product's own client reaches the public APIs by the settings of the sandbox alone."""

from collections.abc import AsyncIterator

import pytest

from engine.clock import Clock
from engine.network.types import Api
from engine.sandbox.apis.service_desk import ServiceRules
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import Truth
from engine.settings import PUBLIC_OVERPASS, read_settings
from tests.worlds import open_world

LYON = "45.70,4.78,45.82,4.92"


@pytest.fixture
async def api(running_sandbox: RunningSandbox) -> AsyncIterator[Api]:
    async with open_world(read_settings(running_sandbox.environment), Clock()) as world:
        yield world.api


def test_the_public_overpass_address_needs_no_setting(running_sandbox: RunningSandbox) -> None:
    assert "OUTSEND_OVERPASS_URL" not in running_sandbox.environment
    assert read_settings(running_sandbox.environment).overpass_url == PUBLIC_OVERPASS


async def test_a_query_to_the_public_overpass_address_is_answered(api: Api) -> None:
    query = f"[out:json][timeout:25];nwr[shop=bakery][name]({LYON});out center tags;"

    answer = await api.request("POST", PUBLIC_OVERPASS, form={"data": query})

    assert answer.status == 200
    assert isinstance(answer.json, dict) and answer.json["elements"]


async def test_a_busy_overpass_is_asked_again(api: Api) -> None:
    query = f'[out:json][timeout:25];nwr[name~"passerelle du client",i]({LYON});out center tags;'

    answer = await api.request("POST", PUBLIC_OVERPASS, form={"data": query})

    assert answer.status == 200


async def test_the_company_register_is_asked_at_its_real_name(api: Api, truth: Truth) -> None:
    one = next(iter(truth.companies.values()))

    answer = await api.request("GET", "https://recherche-entreprises.api.gouv.fr/search", params={"q": one.siren})

    assert isinstance(answer.json, dict)
    assert answer.json["results"][0]["activite_principale"] == one.columns["code_naf"]


async def test_a_hidden_throttle_of_pagespeed_is_asked_again(api: Api, running_sandbox: RunningSandbox) -> None:
    url = "https://pagespeedonline.googleapis.com/pagespeedonline/v5/runPagespeed"
    with running_sandbox.pagespeed.misbehaving(ServiceRules(failures=1)):
        answer = await api.request("GET", url, params={"url": "https://gmail.com", "key": "sandbox-pagespeed-key"})

    assert answer.status == 400  # that page isn't there
    assert isinstance(answer.json, dict) and "DNS_FAILURE" in answer.json["error"]["message"]


async def test_a_registry_is_asked_at_its_real_name(api: Api, truth: Truth) -> None:
    answer = await api.request("GET", f"https://rdap.nic.fr/domain/{truth.of_kind('expired')[0].host}")

    assert isinstance(answer.json, dict)
    assert answer.json["status"] == ["redemption period"]
