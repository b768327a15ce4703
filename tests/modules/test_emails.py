"""The emails module on small sites: which pages it reads, what it returns, what it refuses."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from engine.module import Unreachable
from engine.modules.emails import BadEmailMode, DeepNeedsNormal, EmailsConfig, module
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
NAV = '<nav><a href="/contact">Contact</a><a href="/mentions-legales">Mentions</a><a href="/equipe">Équipe</a></nav>'


def shown(web: SmallWeb) -> list[Any]:
    """The candidates of the only report."""
    (report,) = web.reports
    return cast("list[Any]", report["candidates"])


async def found(web: SmallWeb, site: str = HOME) -> Row:
    return await module.enrich({"nom": "Cabinet Dupont", "site_web": site}, EmailsConfig(), web.run())


async def test_returns_the_best_address_and_says_that_it_is_a_persons() -> None:
    web = SmallWeb(
        {
            HOME: NAV + "contact@dupont.fr",
            f"{HOME}equipe": "<p>j.martin@dupont.fr</p>",
            f"{HOME}contact": "info@dupont.fr",
        }
    )

    assert await found(web) == {"email": "j.martin@dupont.fr", "email_personal": "j.martin@dupont.fr"}


async def test_a_role_mailbox_is_no_personal_one() -> None:
    assert await found(SmallWeb({HOME: "<p>contact@dupont.fr</p>"})) == {
        "email": "contact@dupont.fr",
        "email_personal": None,
    }


async def test_a_site_without_an_address_leaves_the_cells_empty() -> None:
    assert await found(SmallWeb({HOME: "<p>Appelez-nous</p>"})) == {}


async def test_the_page_of_a_directory_gives_no_address_of_the_directory() -> None:
    web = SmallWeb({"https://www.pagesjaunes.fr/pros/1": "<p>service.client@pagesjaunes.fr</p>"})

    assert await found(web, "https://www.pagesjaunes.fr/pros/1") == {}
    assert web.asked == []


async def test_a_site_that_leads_to_a_social_network_gives_no_address() -> None:
    web = SmallWeb(
        {HOME: Site(leads_to="https://www.facebook.com/dupont"), "https://www.facebook.com/dupont": "x@facebook.com"}
    )

    assert await found(web) == {}


@pytest.mark.parametrize("site", [Site(fails="timeout"), Site(status=503), Site(status=403)])
async def test_a_site_that_gives_no_page_is_an_error_of_the_row(site: Site) -> None:
    web = SmallWeb({HOME: site, "http://www.dupont.fr/": site})

    with pytest.raises(Unreachable):
        await found(web)

    assert web.closed == [HOME]


async def test_a_cell_that_holds_no_address_is_an_error_of_the_row() -> None:
    with pytest.raises(Unreachable) as refused:
        await found(SmallWeb({}), "aucun")

    assert refused.value.reason == "bad_url"


async def test_reads_by_http_what_does_not_speak_https() -> None:
    web = SmallWeb({"https://dupont.fr": Site(fails="refused"), "http://dupont.fr": "<p>contact@dupont.fr</p>"})

    assert (await found(web, "dupont.fr"))["email"] == "contact@dupont.fr"


async def test_a_deep_address_that_is_gone_is_replaced_by_the_home_page() -> None:
    web = SmallWeb({HOME: "<p>contact@dupont.fr</p>"})

    assert (await found(web, f"{HOME}ancienne/page"))["email"] == "contact@dupont.fr"


async def test_follows_a_meta_refresh_once() -> None:
    refresh = '<meta http-equiv="refresh" content="0;url={}">'
    web = SmallWeb(
        {
            HOME: refresh.format("/fr/"),
            f"{HOME}fr/": refresh.format("/encore") + "<p>contact@dupont.fr</p>",
            f"{HOME}encore": "<p>a.b@dupont.fr</p>",
        }
    )

    assert (await found(web))["email"] == "contact@dupont.fr"


async def test_reads_the_frames_of_a_page_that_is_nothing_else() -> None:
    web = SmallWeb(
        {
            HOME: "<frameset><frame src=haut.html><frame src='//ads.fr/x'></frameset>",
            f"{HOME}haut.html": "a.b@dupont.fr",
        }
    )

    assert (await found(web))["email"] == "a.b@dupont.fr"
    assert "https://ads.fr/x" not in web.asked


async def test_reads_the_frames_of_a_frame_set_that_also_speaks_to_those_who_show_none() -> None:
    links = "<noframes><body><a href=/plan.htm>Plan</a></body></noframes>"
    web = SmallWeb({HOME: f"<frameset><frame src=haut.html>{links}</frameset>", f"{HOME}haut.html": "a.b@dupont.fr"})

    assert (await found(web))["email"] == "a.b@dupont.fr"


async def test_takes_the_pages_from_the_sitemap_when_home_links_none() -> None:
    index = "<sitemapindex><loc>https://www.dupont.fr/posts.xml</loc><loc>https://www.dupont.fr/pages.xml</loc></sitemapindex>"
    web = SmallWeb(
        {
            HOME: "<p>Bienvenue</p>",
            f"{HOME}sitemap.xml": index,
            f"{HOME}pages.xml": "<urlset><url><loc>https://www.dupont.fr/nous-contacter</loc></url></urlset>",
            f"{HOME}nous-contacter": "<p>contact@dupont.fr</p>",
        }
    )

    assert (await found(web))["email"] == "contact@dupont.fr"


async def test_tries_two_well_known_addresses_when_nothing_names_a_page() -> None:
    web = SmallWeb({HOME: "<p>Bienvenue</p>", f"{HOME}mentions-legales": "<p>contact@dupont.fr</p>"})

    assert (await found(web))["email"] == "contact@dupont.fr"
    assert web.asked == [HOME, f"{HOME}sitemap.xml", f"{HOME}contact", f"{HOME}mentions-legales"]


async def test_a_contact_page_that_only_the_sitemap_knows_is_read_when_the_linked_ones_give_no_address() -> None:
    web = SmallWeb(
        {
            HOME: '<a href="/mentions-legales">Mentions légales</a>',
            f"{HOME}mentions-legales": "<h2>Hébergeur</h2><p>info@toile.fr</p>",
            f"{HOME}sitemap.xml": f"<urlset><loc>{HOME}mentions-legales</loc><loc>{HOME}nous-contacter</loc></urlset>",
            f"{HOME}nous-contacter": "<p>contact@dupont.fr</p>",
        }
    )

    assert (await found(web))["email"] == "contact@dupont.fr"
    assert web.asked == [HOME, f"{HOME}mentions-legales", f"{HOME}sitemap.xml", f"{HOME}nous-contacter"]


async def test_a_contact_page_that_another_page_links_is_read_without_a_sitemap() -> None:
    web = SmallWeb(
        {
            HOME: '<a href="/a-propos">À propos</a>',
            f"{HOME}a-propos": '<a href="/ecrire">Nous écrire</a>',
            f"{HOME}ecrire": "<p>contact@dupont.fr</p>",
        }
    )

    assert (await found(web))["email"] == "contact@dupont.fr"
    assert web.asked == [HOME, f"{HOME}a-propos", f"{HOME}ecrire"]


async def test_neither_sitemap_nor_guesses_are_tried_when_home_gives_an_address() -> None:
    web = SmallWeb({HOME: "<footer>contact@dupont.fr</footer>"})

    await found(web)

    assert web.asked == [HOME]


async def test_a_guess_that_leads_back_home_is_no_contact_page() -> None:
    web = SmallWeb({HOME: "<p>contact@autre.fr</p>", f"{HOME}contact": Site(leads_to=HOME)})

    await found(web)

    assert [candidate["page_kind"] for candidate in shown(web)] == ["home"]


async def test_reads_six_pages_at_most_and_each_kind_before_a_second_of_one() -> None:
    names = ("contact", "fr/contact", "mentions", "fr/mentions", "equipe", "fr/equipe", "a-propos", "fr/a-propos")
    web = SmallWeb({HOME: "".join(f'<a href="/{name}">x</a>' for name in names)})

    await found(web)

    assert len(web.asked) == 6
    assert {f"{HOME}contact", f"{HOME}mentions", f"{HOME}equipe", f"{HOME}a-propos"} <= set(web.asked)


async def test_stops_when_no_further_page_can_bring_a_better_address() -> None:
    pages: Mapping[str, str] = {
        HOME: NAV,
        f"{HOME}contact": "<p>j.martin@dupont.fr</p>",
        f"{HOME}equipe": "a.a@dupont.fr",
    }
    web = SmallWeb(pages)

    assert (await found(web))["email"] == "j.martin@dupont.fr"
    assert web.asked == [HOME, f"{HOME}contact"]


async def test_leaves_out_pages_that_lead_to_another_site() -> None:
    there = "https://toile-sas.fr/contact"
    web = SmallWeb({HOME: NAV, f"{HOME}contact": Site(leads_to=there), there: "<p>hello@toile-sas.fr</p>"})

    assert await found(web) == {}


async def test_a_site_that_moved_counts_both_domains_as_its_own() -> None:
    there = "https://cabinet-martin.com/"
    web = SmallWeb({HOME: Site(leads_to=there), there: "<p>z@dupont.fr b@cabinet-martin.com c@autre.fr</p>"})

    await found(web)

    assert {candidate["email"]: candidate["domain"] for candidate in shown(web)} == {
        "b@cabinet-martin.com": "own",
        "z@dupont.fr": "own",
        "c@autre.fr": "other",
    }


async def test_reports_each_candidate_with_its_page_and_method_and_closes_the_site() -> None:
    web = SmallWeb({HOME: NAV, f"{HOME}contact": '<footer><a href="mailto:contact@dupont.fr">x</a></footer>'})

    await found(web)

    assert web.reports == [
        {
            "candidates": [
                {
                    "email": "contact@dupont.fr",
                    "rank": 1,
                    "page": f"{HOME}contact",
                    "page_kind": "contact",
                    "section": "footer",
                    "method": "mailto",
                    "domain": "own",
                    "personal": False,
                }
            ],
            "found": 1,
            "pages": [HOME, f"{HOME}contact"],
        }
    ]
    assert web.closed == [HOME]


async def test_the_report_of_a_page_full_of_addresses_stays_plain_and_small() -> None:
    addresses = " ".join(f"{'x' * 50}{number}@{'dupont-' * 8}{number}.fr" for number in range(500))
    there = f"{HOME}?{'q' * 5_000}"

    await found(web := SmallWeb({HOME: Site(leads_to=there), there: f"<p>{addresses}</p>"}))

    (report,) = web.reports
    assert len(json.dumps(report, allow_nan=False)) < 10_000
    assert report["found"] == 500
    assert {"email", "page", "method"} <= shown(web)[0].keys()


class Finished:
    """The caller's finished jobs: `jobs` by id, `on` by source."""

    def __init__(self, jobs: Mapping[str, Any] | None = None, on: Mapping[str, Any] | None = None) -> None:
        self.jobs, self.on = jobs or {}, on or {}

    def done(self, job_id: str, job_type: str) -> Mapping[str, object] | None:
        return self.jobs.get(job_id) if job_type == "emails" else None

    def done_on(self, source_job_id: str, job_type: str) -> list[Mapping[str, object]]:
        return self.on.get(source_job_id, []) if job_type == "emails" else []


def test_normal_is_the_default_and_is_allowed() -> None:
    module.check(EmailsConfig(), Finished())


def test_another_mode_is_refused_in_the_words_of_the_docs() -> None:
    with pytest.raises(BadEmailMode) as refused:
        module.check(EmailsConfig(mode="turbo"), Finished())

    assert refused.value.text == "Mode email invalide : turbo (attendu: normal | deep)"


@pytest.mark.parametrize(
    ("source", "past"),
    [
        (None, Finished(jobs={"e": {"mode": "normal"}})),
        ("s", Finished()),
        ("e", Finished(jobs={"e": {"mode": "deep"}})),
    ],
)
def test_deep_needs_a_finished_normal_run(source: str | None, past: Finished) -> None:
    """C-439."""
    with pytest.raises(DeepNeedsNormal) as refused:
        module.check(EmailsConfig(mode="deep", source_job_id=source), past)

    assert refused.value.text.startswith("Le mode Deep Extract n'est dispo qu'après une extraction normale")


@pytest.mark.parametrize(
    "past",
    [Finished(jobs={"e": {"mode": "normal"}}), Finished(jobs={"e": {}}), Finished(on={"e": [{"mode": "normal"}]})],
)
def test_deep_is_allowed_after_a_normal_run_named_itself_or_by_its_source(past: Finished) -> None:
    """C-440."""
    module.check(EmailsConfig(mode="deep", source_job_id="e"), past)
