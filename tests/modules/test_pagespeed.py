"""pagespeed: what it asks of Google, what it takes from the answer, and what it makes of a refusal."""

from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.clock import Clock
from engine.module import Run, Unreachable
from engine.modules.pagespeed import (
    NO_KEY,
    SERVICE,
    KeyRefused,
    MeasureFailed,
    NotLoaded,
    PagespeedConfig,
    QuotaUsedUp,
    module,
)
from engine.network.types import ApiAnswer
from engine.rows.types import Row
from engine.sandbox.process import RunningSandbox
from engine.settings import read_settings
from tests.modules.small_web import SmallWeb
from tests.worlds import open_world

SITE = "https://www.dupont.fr/"
AUDITS = {
    "largest-contentful-paint": 2345.678,
    "cumulative-layout-shift": 0.12345,
    "total-blocking-time": 180.4,
    "first-contentful-paint": 1200.5,
}
ANSWER: dict[str, Any] = {
    "analysisUTCTimestamp": "2026-11-05T10:00:00.000Z",
    "loadingExperience": {"metrics": {"LARGEST_CONTENTFUL_PAINT_MS": {"percentile": 2100, "category": "FAST"}}},
    "lighthouseResult": {
        "finalUrl": SITE,
        "lighthouseVersion": "12.8.2",
        "categories": {
            "performance": {"score": 0.57},
            "accessibility": {"score": 1},
            "best-practices": {"score": None},
            "seo": {"score": 0.925},
        },
        "audits": {name: {"numericValue": value} for name, value in AUDITS.items()},
    },
}


def refused(message: str, reason: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "errors": [{"reason": reason}]}}


@dataclass
class Google:
    """Answers in turn, the last one for ever; it is the `Api` of a run."""

    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, ANSWER)])
    key: str | None = "k"
    asked: list[dict[str, list[str]]] = field(default_factory=list[dict[str, list[str]]])
    headers: list[Any] = field(default_factory=list[Any])
    notes: list[str] = field(default_factory=list[str])
    reports: list[Any] = field(default_factory=list[Any])

    async def request(self, method: str, url: str, *, headers: Any, timeout_seconds: float) -> ApiAnswer:
        assert url.partition("?")[0] == SERVICE
        self.asked.append(parse_qs(urlsplit(url).query))
        self.headers.append(headers)
        status, told = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return ApiAnswer(status, {}, b"", told)

    async def row(self, site: str = SITE, config: PagespeedConfig | None = None) -> Row:
        run: Run = replace(
            SmallWeb({}).run(),
            api=cast("Any", self),
            pagespeed_key=self.key,
            note=self.notes.append,
            report=cast("Any", self.reports.append),
        )
        return await module.enrich({"site_web": site}, config or PagespeedConfig(), run)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.modules.pagespeed.PAUSES_SECONDS", (0.0, 0.0))


async def test_scores_timings_and_visitors_are_taken_from_the_answer() -> None:
    """C-465."""
    google = Google()

    assert await google.row() == {
        "pagespeed_score": 57,
        "pagespeed_accessibility": 100,
        "pagespeed_best_practices": None,
        "pagespeed_seo": 92,
        "pagespeed_lcp_ms": 2346,
        "pagespeed_cls": 0.123,
        "pagespeed_tbt_ms": 180,
        "pagespeed_fcp_ms": 1200,
    }
    assert google.reports == [
        {
            "found": 1,
            "strategy": "mobile",
            "final_url": SITE,
            "lighthouse": "12.8.2",
            "measured_at": "2026-11-05T10:00:00.000Z",
            "visitors_of": "page",
            "visitors": {"LARGEST_CONTENTFUL_PAINT_MS": {"percentile": 2100, "category": "FAST"}},
        }
    ]


async def test_all_categories_are_asked_for_the_chosen_device_and_the_key_stands_in_no_address() -> None:
    google = Google()

    await google.row("dupont.fr", PagespeedConfig(strategy="desktop"))

    (asked,) = google.asked
    assert asked["category"] == ["performance", "accessibility", "best-practices", "seo"]
    assert (asked["url"], asked["strategy"], "key" in asked) == (["https://dupont.fr"], ["desktop"], False)
    assert google.headers == [{"X-Goog-Api-Key": "k"}]
    assert google.notes == []


async def test_without_a_key_it_measures_and_says_that_a_key_lifts_the_limit() -> None:
    google = Google(key=None)

    assert (await google.row())["pagespeed_score"] == 57
    assert (google.headers, google.notes) == ([{}], [NO_KEY])


async def test_a_used_up_quota_and_a_hidden_throttle_are_asked_again() -> None:
    google = Google([(429, None), (500, refused("Lighthouse returned error: Something went wrong.")), (200, ANSWER)])

    assert (await google.row())["pagespeed_score"] == 57
    assert len(google.asked) == 3


@pytest.mark.parametrize(
    ("answer", "error", "times"),
    [
        ((429, refused("Quota exceeded", "rateLimitExceeded")), QuotaUsedUp, 3),
        ((500, refused("Lighthouse returned error: Something went wrong.", "lighthouseError")), MeasureFailed, 3),
        ((200, None), MeasureFailed, 1),
        ((400, refused("API key not valid. Please pass a valid API key.", "badRequest")), KeyRefused, 1),
        ((400, refused("Bad Request", "keyInvalid")), KeyRefused, 1),
        ((403, refused("It is disabled.", "accessNotConfigured")), KeyRefused, 1),
        ((400, refused("Lighthouse returned error: DNS_FAILURE. No.", "lighthouseUserError")), NotLoaded, 1),
        ((200, {"lighthouseResult": {"runtimeError": {"code": "NO_FCP"}}}), NotLoaded, 1),
        ((400, ["odd"]), MeasureFailed, 1),
    ],
)
async def test_a_page_that_is_not_measured_is_an_error_that_says_why(
    answer: tuple[int, Any], error: type[Exception], times: int
) -> None:
    google = Google([answer])

    with pytest.raises(error):
        await google.row()

    assert len(google.asked) == times


async def test_a_refused_key_names_the_setting() -> None:
    with pytest.raises(KeyRefused) as told:
        await Google([(403, None)]).row()

    assert "OUTSEND_PAGESPEED_KEY" in told.value.next_step


async def test_a_cell_without_an_address_is_an_error() -> None:
    with pytest.raises(Unreachable):
        await Google().row("n/a")


@pytest.mark.slow(30)
async def test_the_sandbox_is_measured_as_it_is(running_sandbox: RunningSandbox) -> None:
    settings, truth, web = read_settings(running_sandbox.environment), running_sandbox.truth(), SmallWeb({})
    sites = [site.site_web for site in truth.of_kind("healthy")[:3]]
    config = PagespeedConfig(strategy="desktop")

    async with open_world(settings, Clock()) as world:
        run = replace(web.run(), api=world.api, pagespeed_key=settings.pagespeed_key)
        rows = [await module.enrich({"site_web": site}, config, run) for site in sites]
        with pytest.raises(NotLoaded, match="DNS_FAILURE"):
            await module.enrich({"site_web": truth.of_kind("nxdomain")[0].site_web}, config, run)
        with pytest.raises(KeyRefused):
            await module.enrich({"site_web": sites[0]}, config, replace(run, pagespeed_key="wrong"))

    assert rows == [truth.pagespeed(site, "desktop") for site in sites]
