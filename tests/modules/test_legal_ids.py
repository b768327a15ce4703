"""The legal_ids module: whose numbers it takes, in which forms, and what its report says."""

import json
from typing import Any

import pytest

from engine.extract.legal_ids import is_siren, is_siret, siren_in, vat_of
from engine.module import NoConfig, Unreachable
from engine.modules.legal_ids import module
from engine.rows.types import Row
from tests.modules.small_web import Site, SmallWeb

HOME = "https://www.dupont.fr/"
NOTICE = f"{HOME}mentions-legales"
NAV = '<a href="/mentions-legales">Mentions légales</a><a href="/cgv">CGV</a><a href="/contact">Contact</a>'
SIREN, SIRET, VAT = "912345675", "91234567500017", "FR65912345675"
OTHER = "901234567"  # of another company
OVH = "<h2>Hébergeur</h2><p>OVH SAS<br>RCS Lille Métropole 424 761 419 00045<br>N° TVA : FR 22 424 761 419</p>"


async def numbers(notice: str, *, home: str = NAV, name: str = "Plomberie Dupont", **more: str) -> Row:
    return await read(
        SmallWeb({HOME: home, NOTICE: notice, **{HOME + path: html for path, html in more.items()}}), name
    )


async def read(web: SmallWeb, name: str = "Plomberie Dupont") -> Row:
    found = await module.enrich({"nom": name, "site_web": HOME}, NoConfig(), web.run())
    return {column: value for column, value in found.items() if value is not None}


def report(web: SmallWeb) -> Any:
    (only,) = web.reports
    return only


@pytest.mark.parametrize(
    "line",
    [
        "SIREN : 912 345 675", "Siren 912.345.675", "N° SIREN : 912345675", "RCS Lille B 912 345 675",
        "912 345 675 R.C.S. Lille", "Immatriculée au RCS de Lille sous le numéro 912 345 675", "RCS: B912345675",
        "Registre du commerce et des sociétés de Lille : 912 345 675", "SIREN / SIRET : 912 345 675",
        "<table><tr><th>SIREN</th><td>912 345 675</td></tr></table>", "<dl><dt>RCS<dd>912-345-675</dl>",
        "912 345 675 (SIREN)", "<table><tr><td>RCS</td><td>Lille 912 345 675</td></tr></table>",
        "RCS Lille 912 345 675 59000 Lille", "SIREN\u00a0:\u00a0912\u202f345\u202f675",
    ],
)  # fmt: skip
async def test_reads_a_siren_in_the_forms_that_notices_give_it(line: str) -> None:
    """C-211."""
    assert await numbers(f"<p>Dupont SARL<br>{line}</p>") == {"siren": SIREN, "legal_ids_source": NOTICE}


@pytest.mark.parametrize(
    "line",
    [
        "SIRET : 912 345 675 00017", "N° Siret 91234567500017", "Siret 912 345 675 000 17", "SIRET : 912 345 67500017",
        "RCS Lille 912 345 675 00017", "<p>SIRET</p><p>912 345 675 00017</p>",
        "Dupont EI – 91234567500017 (n° de SIRET)",
    ],
)  # fmt: skip
async def test_reads_a_siret_and_the_siren_within_it(line: str) -> None:
    assert await numbers(line) == {"siren": SIREN, "siret": SIRET, "legal_ids_source": NOTICE}


@pytest.mark.parametrize(
    "line", ["TVA FR65912345675", "TVA : FR 65 912 345 675", "FR-65-912345675", "fr65 912.345.675"]
)
async def test_reads_a_vat_number_and_the_siren_within_it(line: str) -> None:
    assert await numbers(line) == {"siren": SIREN, "tva_intra": VAT, "legal_ids_source": NOTICE}


async def test_no_number_is_made_from_another() -> None:
    """A company may have no VAT number, though its SIREN would tell it."""
    assert "tva_intra" not in await numbers(f"SIRET {SIRET}")


@pytest.mark.parametrize(
    "line",
    [
        "SIREN : 912 345 678", "SIRET : 912 345 675 00016", "TVA FR66912345675", "Commande 912 345 675",
        "Tél. 912 345 675", "Suivi : 91234567500017", "SIREN 000 000 000", "SIREN : 91 234 567 51",
        "Commande 912345675 – SIRET : 912 345 678 00016",
    ],
)  # fmt: skip
async def test_what_fails_its_checksum_or_is_not_called_so_is_no_number(line: str) -> None:
    assert await numbers(line) == {}


@pytest.mark.parametrize(
    "others",
    [
        OVH,
        f"<p>Ce site est hébergé par Nuage SAS, au capital de 20 000 €, RCS Lille {OTHER}, dont le siège y est.</p>",
        f"<h2>Conception et réalisation</h2><p>Studio Web<br>SIRET {OTHER} 00011</p>",
        f"<table><tr><td>Hébergeur</td><td>Nuage SAS<br>RCS Lille {OTHER}</td></tr></table>",
        f"<p>Hébergement Nuage SAS, SAS au capital de 90 000 €, 2 rue du Serveur, 59100 Roubaix, RCS Lille {OTHER}</p>",
        f"<h2>Assurance professionnelle</h2><p>Mutuelle SA, RCS Niort {OTHER}</p>",
        f"<h2>Titulaire de la marque</h2><p>Enseignes SAS<br>RCS Lille {OTHER}</p>",
        "<p>Garantie : AXA France IARD, 722 057 460 RCS Nanterre</p>",
        "<p>OVH, RCS Lille Métropole 424 761 419</p>",
    ],
)
@pytest.mark.parametrize("first", [True, False])
async def test_the_numbers_of_others_are_not_the_companys(others: str, first: bool) -> None:
    own = f"<h2>Éditeur</h2><p>Dupont SARL<br>SIREN {SIREN}</p>"

    assert (await numbers(others + own if first else own + others))["siren"] == SIREN


async def test_one_sentence_may_name_the_company_and_its_host() -> None:
    text = f"Le site dupont.fr, édité par Dupont SARL, RCS Lille {SIREN}, est hébergé par Nuage SAS, RCS Lille {OTHER}."

    assert (await numbers(f"<p>{text}</p>"))["siren"] == SIREN


async def test_the_host_of_others_has_its_own_numbers_on_its_own_site() -> None:
    web = SmallWeb({"https://www.ovhcloud.com/": "<footer>OVH SAS, RCS Lille 424 761 419</footer>"})

    found = await module.enrich({"nom": "OVH", "site_web": "https://www.ovhcloud.com/"}, NoConfig(), web.run())

    assert found["siren"] == "424761419"


async def test_of_two_companies_the_one_that_bears_the_name_or_the_domain_counts() -> None:
    two = f"<h2>Société</h2><p>Martin SAS<br>SIREN {OTHER}</p><h2>Société</h2><p>Dupont SARL<br>SIREN {SIREN}</p>"

    assert (await numbers(two, name="Plomberie Dupont"))["siren"] == SIREN
    assert (await numbers(two, name=""))["siren"] == SIREN
    assert (await numbers(two.replace("Dupont", "Durand"), name="Chez Zoé")) == {}


async def test_numbers_that_disagree_leave_the_cells_empty_and_the_report_tells_them() -> None:
    web = SmallWeb({HOME: NAV, NOTICE: f"<p>Dupont SARL<br>SIREN {SIREN}<br>TVA {vat_of(OTHER)}</p>"})

    assert await read(web) == {}
    assert report(web)["reason"] == "several_companies"
    assert report(web)["disagreement"] == [OTHER, SIREN]


async def test_the_report_says_where_each_number_stands_and_whose_it_is() -> None:
    broken = "<p>SIREN : 912 345 678</p>"
    web = SmallWeb({HOME: NAV, NOTICE: f"<p>Dupont, SIRET {SIRET}</p>{OVH}{broken}"})

    await read(web)

    first, second, *_ = report(web)["numbers"]
    told = {"kind": "siret", "number": SIRET, "whose": "owner", "page": NOTICE, "way": "text"}
    assert first == {**told, "line": f"Dupont, SIRET {SIRET}"}
    assert second["whose"] == "host"
    assert report(web)["broken"] == [{"number": "912345678", "page": NOTICE}]
    assert len(json.dumps(report(web))) < 10_000


async def test_the_notice_is_read_before_terms_and_contact_pages_which_are_then_left_alone() -> None:
    web = SmallWeb({HOME: NAV, NOTICE: f"SIREN {SIREN}", f"{HOME}cgv": f"SIREN {SIREN}"})

    await read(web)

    assert web.asked == [HOME, NOTICE]
    assert web.closed == [HOME]


async def test_terms_of_sale_and_footers_serve_where_there_is_no_notice() -> None:
    in_terms = SmallWeb({HOME: '<a href="/cgv">CGV</a>', f"{HOME}cgv": f"Dupont, RCS Lille {SIREN}"})
    in_footer = SmallWeb({HOME: f"<footer>Dupont – SIRET {SIRET}</footer>"})
    in_data = SmallWeb({HOME: f'<script type="application/ld+json">{{"@type": "Store", "vatID": "{VAT}"}}</script>'})

    assert (await read(in_terms))["legal_ids_source"] == f"{HOME}cgv"
    assert await read(in_footer) == {"siren": SIREN, "siret": SIRET, "legal_ids_source": HOME}
    assert (await read(in_data))["tva_intra"] == VAT
    assert in_footer.asked == [HOME]


async def test_a_directory_tells_nothing_and_a_dead_site_is_an_error() -> None:
    there = "https://www.facebook.com/dupont"
    web = SmallWeb({HOME: Site(leads_to=there), there: f"SIREN {SIREN}"})

    assert await read(web) == {}
    assert report(web)["reason"] == "directory"
    with pytest.raises(Unreachable):
        await read(SmallWeb({HOME: Site(status=500)}))


def test_checksums_are_those_of_the_register() -> None:
    """Source of the numbers: public notices of OVH, La Poste and o2switch."""
    assert all(map(is_siren, ("424761419", "356000000", "510909807", SIREN, OTHER)))
    assert is_siret("42476141900045")
    assert is_siret("35600000000048")
    assert is_siret("35600000049837")  # La Poste: the digits' sum divides by five
    assert not is_siret("42476141900046")
    assert vat_of("424761419") == "FR22424761419"


@pytest.mark.parametrize(
    ("cell", "siren"),
    [("912 345 675", SIREN), (SIRET, SIREN), (VAT, SIREN), ("FR66912345675", None), ("912345678", None), ("", None)],
)
def test_a_cell_gives_its_siren(cell: str, siren: str | None) -> None:
    assert siren_in(cell) == siren
