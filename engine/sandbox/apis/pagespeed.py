"""PageSpeed Insights v5 at its two host names: what Lighthouse measures of a page, without loading it.

Source: Google's public reference of `pagespeedapi.runpagespeed` and the errors that it is known to give: the
laboratory's own as 400 (`lighthouseUserError`) or as a 500 that says nothing (a hidden throttle: asked again, it
measures), the quota's as 429, the key's as 400 or 403.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from engine.sandbox.apis.service_desk import PAGESPEED_DESK, ServiceDesk
from engine.sandbox.http import Reply, Request, reply
from engine.sandbox.page_speed import CATEGORIES, Speed, Strategy, bare_host, failure_of, is_blank, speed_of
from engine.sandbox.sites.site import Site

PAGESPEED_HOSTS = ("pagespeedonline.googleapis.com", "www.googleapis.com")
PATH = "/pagespeedonline/v5/runPagespeed"
API_KEY = "sandbox-pagespeed-key"
DISABLED_KEY = "sandbox-pagespeed-key-disabled"  # of a project that has not switched the service on
WINDOW_SECONDS = 100.0
WITH_KEY, WITHOUT_KEY = 400, 25  # questions in the window; without a key, everybody shares one project's quota
SECONDS = 0.05  # a real answer takes ten to thirty
PARAMETERS = frozenset({"url", "strategy", "category", "key", "locale", "utm_campaign", "utm_source", "captchaToken"})
JSON = "application/json; charset=UTF-8"
VISITOR_METRICS = ("LARGEST_CONTENTFUL_PAINT_MS", "FIRST_CONTENTFUL_PAINT_MS", "CUMULATIVE_LAYOUT_SHIFT_SCORE")
NO_PAINT = "The page did not paint any content. Please keep the browser window in the foreground during the load."
DETAILS = {
    "DNS_FAILURE": "DNS servers could not resolve the provided domain.",
    "INSECURE_DOCUMENT_REQUEST": "The URL you have provided does not have a valid security certificate.",
    "FAILED_DOCUMENT_REQUEST": "Lighthouse was unable to reliably load the page you requested. (net::ERR_TIMED_OUT)",
    "ERRORED_DOCUMENT_REQUEST": "Lighthouse was unable to reliably load the page you requested. (Status code: 500)",
}


class ApiError(Exception):
    """An error in the shape of Google's older services."""

    def __init__(
        self, code: int, message: str, *, domain: str = "global", reason: str, status: str | None = None
    ) -> None:
        error: dict[str, object] = {
            "code": code,
            "message": message,
            "errors": [{"message": message, "domain": domain, "reason": reason}],
        }
        if status:
            error["status"] = status
        self.code = code
        self.body = json.dumps({"error": error}, indent=2).encode()
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Asked:
    url: str
    strategy: Strategy
    categories: Sequence[str]
    key: str | None
    locale: str


class PageSpeedApi:
    """Measures every page of the world; `sites` are those whose faults the laboratory sees."""

    def __init__(self, sites: Iterable[Site], exists: Callable[[str], bool], desk: ServiceDesk) -> None:
        self._desk = desk
        self._sites = {site.domain: site for site in sites if site.bad != "directory"}
        self._exists = exists
        self._times_asked: Counter[str] = Counter()

    def answer(self, request: Request) -> Reply:
        try:
            body = json.dumps(self._answer(request), indent=2).encode()
            answer = replace(reply(200, body, content_type=JSON), delay_seconds=SECONDS)
        except ApiError as error:
            answer = reply(error.code, error.body, content_type=JSON)
        return self._desk.note(request, answer)

    def _answer(self, request: Request) -> dict[str, object]:
        if request.path != PATH or request.method != "GET":
            raise ApiError(404, "Requested entity was not found.", reason="notFound", status="NOT_FOUND")
        asked = read_asked(request.target.partition("?")[2], key=request.headers.get("x-goog-api-key"))
        self._check_quota(asked, request.egress)
        host = bare_host(asked.url)
        speed = speed_of(host, asked.strategy)
        self._check_loads(asked, host, speed)
        site = self._sites.get(host)
        return _document(asked, speed, blank=site is not None and is_blank(site))

    def _check_quota(self, asked: Asked, egress: str) -> None:
        _check_key(asked.key)
        status = self._desk.fault()
        if status == 503:
            raise ApiError(503, "The service is currently unavailable.", reason="backendError", status="UNAVAILABLE")
        if status == 500:
            raise _went_wrong()
        client, limit = (asked.key, WITH_KEY) if asked.key else (f"no key, {egress}", WITHOUT_KEY)
        if status == 429 or self._desk.is_too_much(client, limit=limit, seconds=WINDOW_SECONDS):
            message = "Quota exceeded for quota metric 'Queries' and limit 'Queries per 100 seconds'."
            raise ApiError(429, message, reason="rateLimitExceeded", status="RESOURCE_EXHAUSTED")

    def _check_loads(self, asked: Asked, host: str, speed: Speed) -> None:
        site = self._sites.get(host)
        code = failure_of(site) if site else None if self._exists(host) else "DNS_FAILURE"
        if code is not None:
            message = f"Lighthouse returned error: {code}. {DETAILS[code]}"
            raise ApiError(400, message, domain="lighthouse", reason="lighthouseUserError")
        self._times_asked[f"{host} {asked.strategy}"] += 1
        if speed.stubborn and self._times_asked[f"{host} {asked.strategy}"] % 2:
            raise _went_wrong()


def pagespeed_hosts(
    sites: Iterable[Site], exists: Callable[[str], bool]
) -> Iterable[tuple[str, Callable[[Request], Reply]]]:
    """The service's two names and the host that controls it. `exists` tells of a host without www."""
    desk = ServiceDesk()
    api = PageSpeedApi(sites, exists, desk)
    return (*((name, api.answer) for name in PAGESPEED_HOSTS), (PAGESPEED_DESK, desk.answer))


def _went_wrong() -> ApiError:
    message = "Lighthouse returned error: Something went wrong."
    return ApiError(500, message, domain="lighthouse", reason="lighthouseError")


def _check_key(key: str | None) -> None:
    if key == DISABLED_KEY:
        message = "PageSpeed Insights API has not been used in this project before or it is disabled."
        raise ApiError(403, message, domain="usageLimits", reason="accessNotConfigured", status="PERMISSION_DENIED")
    if key not in (None, "", API_KEY):
        message = "API key not valid. Please pass a valid API key."
        raise ApiError(400, message, reason="badRequest", status="INVALID_ARGUMENT")


def read_asked(query: str, *, key: str | None = None) -> Asked:
    """The parameters of a question. `key` is that of the header, which Google takes as well as the parameter.

    Raises:
        ApiError: one is missing, wrong or unknown.
    """
    given = parse_qs(query, keep_blank_values=True)
    unknown = given.keys() - PARAMETERS
    if unknown:
        name = min(unknown)
        raise _invalid(f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.')
    url = given.get("url", [""])[-1]
    if urlsplit(url).scheme not in ("http", "https") or not bare_host(url):
        raise _invalid(f"Invalid value '{url}'. Values must match the regular expression: 'http(s)?://.*'")
    strategy = given.get("strategy", ["desktop"])[-1].lower()
    if strategy not in ("mobile", "desktop"):
        raise _invalid(f"Invalid value at 'strategy': \"{strategy}\"")
    categories = [one.lower().replace("_", "-") for one in given.get("category", ["performance"])]
    if not set(categories) <= set(CATEGORIES):
        raise _invalid("Invalid value at 'category'")
    return Asked(
        url=url,
        strategy=strategy,
        categories=categories,
        key=given.get("key", [key])[-1],
        locale=given.get("locale", ["en"])[-1],
    )


def _invalid(message: str) -> ApiError:
    return ApiError(400, message, reason="invalidParameter", status="INVALID_ARGUMENT")


def _document(asked: Asked, speed: Speed, *, blank: bool) -> dict[str, object]:
    return {
        "captchaResult": "CAPTCHA_NOT_NEEDED",
        "kind": "pagespeedonline#result",
        "id": asked.url,
        "loadingExperience": _visitors(asked.url, speed),
        "lighthouseResult": _lighthouse(asked, speed, blank=blank),
        "analysisUTCTimestamp": "2026-09-08T10:15:13.000Z",
    }


def _lighthouse(asked: Asked, speed: Speed, *, blank: bool) -> dict[str, object]:
    found: dict[str, object] = {
        "requestedUrl": asked.url,
        "finalUrl": asked.url,
        "lighthouseVersion": "12.8.2",
        "configSettings": {"formFactor": asked.strategy, "locale": asked.locale, "onlyCategories": asked.categories},
        "categories": {
            category: {"id": category, "title": category, "score": None if blank else speed.scores[category] / 100}
            for category in asked.categories
        },
        "audits": _audits(speed, blank=blank) if "performance" in asked.categories else {},
        "runWarnings": [],
    }
    if blank:
        found["runtimeError"] = {"code": "NO_FCP", "message": f"{NO_PAINT} (NO_FCP)"}
    return found


def _audits(speed: Speed, *, blank: bool) -> Mapping[str, object]:
    figures = {
        "largest-contentful-paint": (speed.lcp_ms, "millisecond"),
        "first-contentful-paint": (speed.fcp_ms, "millisecond"),
        "total-blocking-time": (speed.tbt_ms, "millisecond"),
        "cumulative-layout-shift": (speed.cls, "unitless"),
    }
    if blank:
        error = {"score": None, "scoreDisplayMode": "error", "errorMessage": "NO_FCP"}
        return {name: {"id": name, **error} for name in figures}
    return {
        name: {"id": name, "score": 0.5, "scoreDisplayMode": "numeric", "numericValue": value, "numericUnit": unit}
        for name, (value, unit) in figures.items()
    }


def _visitors(url: str, speed: Speed) -> dict[str, object]:
    """What Google knows of real visitors; of most small sites, nothing."""
    if not speed.visits:
        return {"initial_url": url}
    figures = (speed.lcp_ms, speed.fcp_ms, round(speed.cls * 100))
    return {
        "id": url,
        "metrics": {
            name: {
                "percentile": figure,
                "distributions": [
                    {"min": 0, "max": figure, "proportion": 0.75},
                    {"min": figure, "proportion": 0.25},
                ],
                "category": "AVERAGE",
            }
            for name, figure in zip(VISITOR_METRICS, figures, strict=True)
        },
        "overall_category": "AVERAGE",
        "initial_url": url,
    }
