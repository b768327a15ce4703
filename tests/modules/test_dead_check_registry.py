"""What dead_check asks the registry of a domain, and what the answer is worth (RFC 9083)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.modules.looks import HOME, WORKING, verdict
from tests.modules.small_web import Site, SmallWeb

REGISTRY = "https://rdap.nic.fr/domain/dupont.fr"
BLANK = "<title>dupont.fr</title><h1>Bienvenue</h1><p>Cette page est fournie par votre bureau d'enregistrement.</p>"


def registration(*statuses: str, days: float | None = 200) -> dict[str, object]:
    """What a registry answers about a domain that runs out in so many days."""
    events = [{"eventAction": "registration", "eventDate": "2015-03-01T09:00:00Z"}]
    if days is not None:
        date = datetime.now(UTC) + timedelta(days=days)
        events.append({"eventAction": "expiration", "eventDate": date.strftime("%Y-%m-%dT%H:%M:%SZ")})
    return {"objectClassName": "domain", "ldhName": "dupont.fr", "status": list(statuses), "events": events}


def web(home: str | Site, answer: object = None) -> SmallWeb:
    return SmallWeb({HOME: home}, registered={} if answer is None else {REGISTRY: answer})


@pytest.mark.parametrize("status", ["redemption period", "Pending Delete"])
@pytest.mark.parametrize("home", [BLANK, Site(fails="bad_answer"), Site(status=503)], ids=["blank", "silent", "503"])
async def test_a_domain_that_its_registry_took_back_is_closed(home: str | Site, status: str) -> None:
    assert await verdict(web(home, registration(status, days=-40))) == "closed: expired_domain"


async def test_a_domain_that_ran_out_but_was_not_taken_back_is_uncertain() -> None:
    assert await verdict(web(BLANK, registration("active", days=-3))) == "uncertain: expired_domain"


async def test_a_page_of_few_words_under_a_paid_domain_is_open() -> None:
    seen = web(BLANK, registration("active"))

    assert await verdict(seen) == "open"
    assert "registered" in str(seen.reports[0]["signs"])


@pytest.mark.parametrize("name", ["Cabinet Dupont", ""])
async def test_a_site_that_speaks_of_its_business_is_not_looked_up(name: str) -> None:
    seen = web(WORKING + "<p>" + "Le droit des affaires. " * 60)

    assert await verdict(seen, name=name) == "open"
    assert seen.asked_registries == []


@pytest.mark.parametrize("answer", [None, 404, 429, 500, [1], {"status": "active"}, "text", {"events": [{"x": 1}]}])
async def test_a_registry_without_a_readable_answer_changes_nothing(answer: object) -> None:
    assert await verdict(web(Site(fails="bad_answer"), answer)) == "uncertain: bad_answer"
    assert await verdict(web(BLANK, answer)) == "open"


async def test_a_suffix_whose_registry_is_not_known_is_not_asked() -> None:
    seen = SmallWeb({"https://dupont.example/": Site(fails="bad_answer")})

    assert await verdict(seen, "https://dupont.example/") == "uncertain: bad_answer"
    assert seen.asked_registries == []


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("dupont.com", "https://rdap.verisign.com/com/v1/domain/dupont.com"),
        ("www.dupont.org", "https://rdap.publicinterestregistry.org/rdap/domain/dupont.org"),
        ("shop.dupont.co.uk", "https://rdap.nominet.uk/uk/domain/dupont.co.uk"),
    ],
)
async def test_each_registry_is_asked_at_its_own_address(host: str, url: str) -> None:
    seen = SmallWeb({f"https://{host}/": Site(fails="bad_answer")})
    await verdict(seen, f"https://{host}/")

    assert seen.asked_registries == [url]
