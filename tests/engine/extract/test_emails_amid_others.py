"""Addresses beside what is not theirs: numbers glued to them, a broker's page, a page of two megabytes."""

import pytest

from engine.network.markup import parseable
from tests.engine.extract.reading import addresses

ADDRESS = "contact@dupont.fr"
MEGABYTES = 1_900_000


@pytest.mark.parametrize(
    "html",
    [
        f"<p><span>04 76 12 34 56</span><a>{ADDRESS}</a></p>",
        f"<p><span>04.76.12.34.56</span><a>{ADDRESS}</a></p>",
        f"<p><span>+33 4 76 12 34 56</span><a>{ADDRESS}</a></p>",
        f"<p><span>+33 (0)4 76 12 34 56</span><b>{ADDRESS}</b></p>",
        f"<p>Tél. <b>0476 12 34 56</b><i>{ADDRESS}</i></p>",
        f"<p><span>030 / 12 34 56 78</span><a>{ADDRESS}</a></p>",
    ],
)
def test_the_digits_of_a_number_before_are_no_part_of_an_address(html: str) -> None:
    assert addresses(html) == [ADDRESS]


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<p>04 76 12 34 56 3suisses@dupont.fr</p>", "3suisses@dupont.fr"),
        ("<p>Salle 12 34contact@dupont.fr</p>", "34contact@dupont.fr"),
        ("<p>Depuis 1956 2roues@dupont.fr</p>", "2roues@dupont.fr"),
        ("<p>04 76 12 34 56, 56contact@dupont.fr</p>", "56contact@dupont.fr"),
    ],
)
def test_digits_that_a_name_begins_with_stay(html: str, address: str) -> None:
    assert addresses(html) == [address]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>dupont.fr est à vendre</h1><p>Écrivez à ventes@courtier-noms.com</p>",
        "<title>dupont.fr</title><h1>Ce nom de domaine est à vendre</h1><a href='mailto:jo@gmail.com'>Offre</a>",
        "<h2>This domain is for sale</h2><p>Contact broker@name-brokers.net</p>",
        "<p>The domain name dupont.fr may be for sale.</p><p>sales@name-brokers.net</p>",
        "<h1>Acheter ce domaine</h1><p>offres@courtier-noms.com</p>",
        "<p>Ce domaine a été enregistré chez Toile.</p><p>aide@toile-noms.fr</p>",
        "<p>This domain is parked by Toile.</p><p>help@toile-names.com</p>",
        "<p>Diese Domain steht zum Verkauf</p><p>makler@namen-markt.de</p>",
    ],
)
def test_whoever_sells_the_name_is_not_the_business(page: str) -> None:
    assert addresses(page) == []


@pytest.mark.parametrize(
    "line",
    ["Domaine viticole à vendre en Touraine", "Notre domaine est en vente directe", "Marque déposée et enregistrée",
     "Table à réserver par téléphone", "Maisons à vendre"],
)  # fmt: skip
def test_a_business_that_sells_other_things_keeps_its_address(line: str) -> None:
    assert addresses(f"<h1>{line}</h1><p>vins.martin@orange.fr</p>") == ["vins.martin@orange.fr"]


@pytest.mark.parametrize(
    "pair",
    ["data-nom=contact data-domaine=dupont.fr", "data-utilisateur=contact data-hote=dupont.fr",
     "data-boite=contact data-domaine=dupont data-suffixe=fr", "data-identifiant=contact data-serveur=dupont.fr",
     "data-mail-nom=contact data-mail-domaine=@dupont.fr", "data-avant=contact data-apres=dupont.fr",
     "data-courriel-compte=contact data-courriel-domaine=dupont.fr"],
)  # fmt: skip
def test_reads_parts_whose_names_are_french(pair: str) -> None:
    assert addresses(f"<span {pair}></span>") == [ADDRESS]


FILLERS = {
    "paragraphs": "<p>Nous accueillons nos clients chez nous, à Lyon (a) et (b) ailleurs, at the shop.</p>",
    "one line": "Nous vous recevons chez nous ou at home (a) dès le matin. ",
    "lists": "<li><a href='/produits/1234'>Produit 1234</a></li>",
    "scripts": "<script>var a = 'x@'; b('mail')</script>",
    "comments": "<!-- a - b -->\n",
}


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS.keys())
@pytest.mark.parametrize("place", [0.0, 0.5, 0.95])
def test_an_address_is_found_anywhere_in_a_page_of_two_megabytes(filler: str, place: float) -> None:
    before = filler * int(MEGABYTES * place / len(filler))
    after = filler * int(MEGABYTES * (1 - place) / len(filler))

    html = f"<body>{before}<p>contact arobase dupont point fr</p>{after}"

    assert parseable(html) == html
    assert addresses(html) == [ADDRESS]
