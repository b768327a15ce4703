"""The replica of PageSpeed Insights."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from engine.sandbox.apis.pagespeed import API_KEY, DISABLED_KEY, PAGESPEED_HOSTS, PATH, WITHOUT_KEY
from engine.sandbox.apis.service_desk import ServiceRules
from engine.sandbox.page_speed import CATEGORIES, COLUMNS, bare_host, speed_of
from engine.sandbox.process import RunningSandbox
from engine.sandbox.services import SandboxService
from engine.sandbox.truth import SiteTruth, Truth
from tests.sandbox.client import Client, Fetched

AUDITS = {
    "largest-contentful-paint": "pagespeed_lcp_ms",
    "first-contentful-paint": "pagespeed_fcp_ms",
    "total-blocking-time": "pagespeed_tbt_ms",
    "cumulative-layout-shift": "pagespeed_cls",
}


async def ask(client: Client, *, host: str = PAGESPEED_HOSTS[0], **params: object) -> Fetched:
    return await client.get(f"https://{host}{PATH}?{urlencode({'key': API_KEY, **params}, doseq=True)}")


def told(answer: Fetched) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.body)
    return found


def error(answer: Fetched) -> tuple[int, str]:
    return answer.status, told(answer)["error"]["errors"][0]["reason"]


def measured(truth: Truth, *, stubborn: bool = False) -> list[SiteTruth]:
    return [
        site for site in truth.of_kind("healthy") if speed_of(bare_host(site.site_web), "mobile").stubborn is stubborn
    ]


@pytest.fixture(autouse=True)
def pagespeed(running_sandbox: RunningSandbox) -> Iterator[SandboxService]:
    service = running_sandbox.pagespeed
    with service.misbehaving(ServiceRules()):
        service.forget_requests()
        yield service


@pytest.mark.parametrize("host", PAGESPEED_HOSTS)
@pytest.mark.parametrize("strategy", ["mobile", "desktop"])
async def test_a_page_has_the_figures_of_the_truth(client: Client, truth: Truth, host: str, strategy: Any) -> None:
    site = measured(truth)[0]
    right = truth.pagespeed(site.site_web, strategy)
    assert right is not None

    answer = told(await ask(client, host=host, url=site.site_web, strategy=strategy, category=CATEGORIES))

    result = answer["lighthouseResult"]
    scores = {COLUMNS[name]: round(one["score"] * 100) for name, one in result["categories"].items()}
    figures = {column: result["audits"][name]["numericValue"] for name, column in AUDITS.items()}
    assert scores | figures == right


async def test_strategies_and_sites_differ_and_www_does_not(truth: Truth) -> None:
    mobile, desktop = (truth.pagespeed(truth.sites[0].site_web, strategy) for strategy in ("mobile", "desktop"))
    figures = {str(truth.pagespeed(site.site_web)) for site in measured(truth)}

    assert mobile != desktop
    assert len(figures) > 20
    assert truth.pagespeed("https://www.example.fr/x") == truth.pagespeed("http://example.fr")


async def test_performance_alone_is_measured_unless_more_is_asked(client: Client, truth: Truth) -> None:
    answer = told(await ask(client, url=measured(truth)[0].site_web))

    assert list(answer["lighthouseResult"]["categories"]) == ["performance"]
    assert answer["lighthouseResult"]["configSettings"]["formFactor"] == "desktop"


async def test_visitors_figures_are_there_for_some_sites_only(client: Client, truth: Truth) -> None:
    sites = measured(truth)[:12]
    answers = [told(await ask(client, url=site.site_web, strategy="mobile")) for site in sites]

    assert {"metrics" in answer["loadingExperience"] for answer in answers} == {True, False}


@pytest.mark.parametrize(
    ("kind", "code"),
    [("nxdomain", "DNS_FAILURE"), ("tls_expired", "INSECURE"), ("refused", "FAILED"), ("server_error", "ERRORED")],
)
async def test_a_page_that_does_not_load_is_an_error_in_googles_shape(
    client: Client, truth: Truth, kind: str, code: str
) -> None:
    site = truth.of_kind(kind)[0]
    answer = await ask(client, url=site.site_web)

    assert error(answer) == (400, "lighthouseUserError")
    assert f"Lighthouse returned error: {code}" in told(answer)["error"]["message"]
    assert truth.pagespeed(site.site_web) is None


async def test_a_page_that_paints_nothing_has_no_score(client: Client, truth: Truth) -> None:
    site = truth.of_kind("challenge")[0]

    result = told(await ask(client, url=site.site_web))["lighthouseResult"]

    assert result["runtimeError"]["code"] == "NO_FCP"
    assert result["categories"]["performance"]["score"] is None
    assert truth.pagespeed(site.site_web) is None


async def test_a_hidden_throttle_is_over_when_asked_again(client: Client, truth: Truth) -> None:
    site = measured(truth, stubborn=True)[0]

    answers = [await ask(client, url=site.site_web, strategy="mobile") for _ in range(2)]

    assert [answer.status for answer in answers] == [500, 200]
    assert error(answers[0]) == (500, "lighthouseError")


async def test_without_a_key_a_trickle_is_measured(client: Client, truth: Truth, pagespeed: SandboxService) -> None:
    url = measured(truth)[0].site_web
    pagespeed.set(ServiceRules(limit=2))

    answers = [await ask(client, url=url, key="") for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert error(answers[2]) == (429, "rateLimitExceeded")
    assert WITHOUT_KEY < 100


@pytest.mark.parametrize(
    ("key", "said"), [("wrong", (400, "badRequest")), (DISABLED_KEY, (403, "accessNotConfigured"))]
)
async def test_a_bad_key_is_told(client: Client, truth: Truth, key: str, said: tuple[int, str]) -> None:
    assert error(await ask(client, url=measured(truth)[0].site_web, key=key)) == said


@pytest.mark.parametrize(
    "params",
    [{}, {"url": "nowhere"}, {"url": "https://a.fr", "strategy": "watch"}, {"url": "https://a.fr", "category": "pwa"}],
)
async def test_a_bad_parameter_is_refused(client: Client, params: dict[str, str]) -> None:
    assert error(await ask(client, **params)) == (400, "invalidParameter")


async def test_the_service_may_refuse_fail_and_be_down(client: Client, truth: Truth, pagespeed: SandboxService) -> None:
    url = measured(truth)[0].site_web
    pagespeed.set(ServiceRules(refusals=1, failures=1))
    some = [(await ask(client, url=url)).status for _ in range(3)]
    pagespeed.set(ServiceRules(down=True))

    assert [*some, (await ask(client, url=url)).status] == [429, 500, 200, 503]
    assert [one.status for one in pagespeed.requests()] == [429, 500, 200, 503]


def test_the_key_is_among_the_settings(running_sandbox: RunningSandbox) -> None:
    assert running_sandbox.environment["OUTSEND_PAGESPEED_KEY"] == API_KEY
