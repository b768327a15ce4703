"""Bad input, row by row: what emails, techstack and dead_check say of every broken site, each in one job."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.network.visits import Limits
from engine.sandbox.process import RunningSandbox
from engine.sandbox.truth import SiteTruth
from tests.api.job_steps import created, over
from tests.api_house import api_house

SECONDS = 40.0
# Hosts that hang would take their twenty seconds.
HURRIED = Limits(max_bytes=2 * 1024 * 1024, seconds=2.5, text_only=True)
# Kind of site: why there is no page ('' = there is one), and the verdict with its reason.
SAID = {
    "nxdomain": ("nxdomain", "closed: nxdomain"),
    "dns_failure": ("dns_failure", "uncertain: dns_failure"),
    "refused": ("refused", "uncertain: refused"),
    "reset": ("bad_answer", "uncertain: bad_answer"),
    "hang_before_headers": ("timeout", "uncertain: timeout"),
    "hang_after_headers": ("timeout", "uncertain: timeout"),
    "hang_in_body": ("timeout", "uncertain: timeout"),
    "drip": ("timeout", "uncertain: timeout"),
    "slow": ("timeout", "uncertain: timeout"),  # nine seconds, more than the hurried test gives
    "tls_expired": ("tls_expired", "uncertain: tls_expired"),
    "tls_wrong_name": ("tls_name", "uncertain: tls_name"),
    "tls_untrusted": ("tls_untrusted", "uncertain: tls_untrusted"),
    "length_too_long": ("bad_answer", "uncertain: bad_answer"),
    "length_too_short": ("bad_answer", "uncertain: bad_answer"),
    "bad_chunks": ("bad_answer", "uncertain: bad_answer"),
    "bad_gzip": ("bad_answer", "uncertain: bad_answer"),
    "endless_headers": ("bad_answer", "uncertain: bad_answer"),
    "bomb": ("", "uncertain: empty"),
    "bomb_deflate": ("", "uncertain: empty"),
    "bomb_brotli": ("bad_answer", "uncertain: bad_answer"),  # an encoding that was not asked for
    "huge": ("", "open"),
    "wrong_charset": ("", "open"),
    "redirect_loop": ("too_many_redirects", "uncertain: too_many_redirects"),
    "redirect_chain": ("too_many_redirects", "uncertain: too_many_redirects"),
    "redirect_to_private": ("forbidden_address", "uncertain: forbidden_address"),
    "redirect_to_metadata": ("forbidden_address", "uncertain: forbidden_address"),
    "http_403": ("bad_answer", "uncertain: blocked"),
    "http_404": ("bad_answer", "uncertain: missing"),
    "http_410": ("bad_answer", "uncertain: missing"),
    "http_429": ("bad_answer", "uncertain: blocked"),
    "server_error": ("bad_answer", "uncertain: http_error"),
    "challenge": ("bad_answer", "uncertain: blocked"),
    "soft_404": ("", "uncertain: missing"),
    "default_page": ("", "uncertain: default_page"),
    "parked_nameserver": ("", "closed: parked"),
    "parked_phrase": ("", "closed: for_sale"),
    "suspended": ("", "closed: suspended"),
    "resold": ("", "closed: resold"),
    "directory": ("", "uncertain: directory"),
    "expired": ("", "closed: expired_domain"),
    "expired_busy": ("", "closed: expired_domain"),
    "expiring_soon": ("", "open"),
}
UNSTEADY = {"healthy", "rebinding"}  # not bad, and bad by the minute
every_kind = pytest.mark.parametrize("kind", SAID)


@dataclass(frozen=True, slots=True)
class Told:
    """A job that is over: by kind of site its truth, its row and its report."""

    job: dict[str, Any]
    sites: dict[str, SiteTruth]
    rows: dict[str, dict[str, Any]]
    reports: dict[str, dict[str, Any]]

    def reason(self, kind: str) -> str:
        """Why there is no page of this site; '' when there is one."""
        message = self.reports[kind].get("error", {}).get("message", "")
        return message.rpartition("(")[2].rstrip(")")


@contextmanager
def told_by(slug: str, sandbox: RunningSandbox, folder: Path) -> Generator[Told]:
    """The module's job on one site of every kind. The worker is its own: what it knows of the sites is not shared."""
    sites = {kind: sandbox.truth().of_kind(kind)[0] for kind in SAID}
    items = [{"nom": kind, "site_web": site.site_web} for kind, site in sites.items()]
    overrides: dict[str, Any] = dict(sandbox.overrides)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.network.fetcher.PAGE", HURRIED)
        with api_house(folder, works=True, **overrides) as house, house.client() as api:
            job = over(api, created(api, f"/{slug}", {"items": items})["id"], seconds=SECONDS)
            path = f"/api/jobs/{job['id']}"
            rows = api.get(f"{path}/items", params={"limit": 100}).json()["items"]
            reports = [api.get(f"{path}/report", params={"row": row}).json()["report"] for row in range(len(rows))]
    yield Told(job, sites, {row["nom"]: row for row in rows}, dict(zip(sites, reports, strict=True)))


@pytest.fixture(scope="module")
def emails(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told_by("emails", running_sandbox, tmp_path_factory.mktemp("emails")) as told:
        yield told


@pytest.fixture(scope="module")
def techstack(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told_by("techstack", running_sandbox, tmp_path_factory.mktemp("techstack")) as told:
        yield told


@pytest.fixture(scope="module")
def dead_check(running_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with told_by("dead-check", running_sandbox, tmp_path_factory.mktemp("dead_check")) as told:
        yield told


def test_every_kind_of_bad_site_is_among_them(running_sandbox: RunningSandbox) -> None:
    truth = running_sandbox.truth()

    assert {site.kind for site in (*truth.sites, *truth.special_sites)} - UNSTEADY == set(SAID)


@pytest.mark.slow(SECONDS)
@every_kind
def test_emails_says_of_a_bad_site_why_its_row_is_empty(emails: Told, kind: str) -> None:
    """C-432, C-434."""
    row, site = emails.rows[kind], emails.sites[kind]

    assert emails.reason(kind) == SAID[kind][0]
    expected = None if SAID[kind][0] else site.email_normal
    assert (row["email"], row["email_personal"]) == (expected, None)


@pytest.mark.slow(SECONDS)
@every_kind
def test_techstack_says_of_a_bad_site_why_its_row_is_empty(techstack: Told, kind: str) -> None:
    """C-432, C-434."""
    row, reason = techstack.rows[kind], SAID[kind][0]

    assert techstack.reason(kind) == reason
    if reason:
        assert [row[column] for column in ("tech_cms", "tech_analytics", "tech_ads_pixels")] == [None] * 3
    else:
        assert "error" not in techstack.reports[kind]


@pytest.mark.slow(SECONDS)
@every_kind
def test_dead_check_says_of_a_bad_site_what_it_is_and_why(dead_check: Told, kind: str) -> None:
    """C-453."""
    report, verdict = dead_check.reports[kind], dead_check.rows[kind]["site_alive"]

    assert f"{verdict}: {report['reason']}".rstrip(": ") == SAID[kind][1]


@pytest.mark.slow(SECONDS)
@pytest.mark.parametrize("slug", ["emails", "techstack", "dead_check"])
def test_a_job_of_bad_sites_goes_on_and_ends_done(slug: str, request: pytest.FixtureRequest) -> None:
    """C-432."""
    told: Told = request.getfixturevalue(slug)

    failed = 0 if slug == "dead_check" else sum(bool(reason) for reason, _ in SAID.values())
    assert (told.job["status"], told.job["error_count"]) == ("done", failed)
    assert told.job["results_count"] >= 1 and len(told.rows) == len(SAID)
