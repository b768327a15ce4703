"""import: a table from a text, an address or an upload, with its columns recognised."""

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import pytest
from pydantic import ValidationError

from engine.errors import OutsendError
from engine.module import Found, Run, Upload
from engine.modules.import_ import AddressUnreadable, ImportConfig, SheetNotShared, csv_export, module
from engine.network.types import ApiAnswer, Unreachable
from engine.rows.errors import ImportEmpty, ImportUnreadable

SHEET = "https://docs.google.com/spreadsheets/d/1AbC-d_E/edit#gid=42"
EXPORT = "https://docs.google.com/spreadsheets/d/1AbC-d_E/export?format=csv&gid=42"
TABLE = "Raison sociale;Website;Couleur\nCafé Été;cafe-ete.example;bleu\n".encode("cp1252")


def page(body: bytes = b"", status: int = 200, **headers: str) -> ApiAnswer:
    return ApiAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


class Web:
    """The outside world: what each address answers."""

    def __init__(self, answers: Mapping[str, ApiAnswer]) -> None:
        self.answers, self.asked = answers, list[str]()

    async def request(self, method: str, url: str, **options: Any) -> ApiAnswer:
        self.asked.append(url)
        if url not in self.answers:
            raise Unreachable(url=url, reason="nxdomain")
        return self.answers[url]


def no_upload(upload_id: str) -> BinaryIO:
    raise OutsendError


async def bring(
    config: Mapping[str, object], *, web: Web | None = None, upload: Upload = no_upload
) -> tuple[Found, list[str]]:
    notes: list[str] = []
    nothing: Any = None
    api: Any = web or Web({})
    run = Run(
        job_id="j", fetcher=nothing, dns=nothing, smtp=nothing, api=api, places=nothing, seen=nothing, upload=upload,
        log=lambda level, line: None, note=notes.append, report=lambda report, row=0: None,
    )  # fmt: skip
    checked = ImportConfig.model_validate(config)
    module.check(checked, nothing)
    (item,) = module.plan(checked)
    return await module.find(item, checked, run), notes


async def test_pasted_text_becomes_rows_under_canonical_names() -> None:
    found, notes = await bring({"content": "Raison sociale;E-mail;Couleur\nDupont;a@b.fr;bleu\n"})

    assert list(found.rows) == [{"nom": "Dupont", "email": "a@b.fr", "Couleur": "bleu"}]
    assert found.columns == ["nom", "email", "Couleur"]
    assert notes == [
        "Colonnes reconnues : « Raison sociale » → nom, « E-mail » → email. "
        "Colonnes gardées telles quelles : « Couleur »."
    ]


async def test_json_text_keeps_its_types() -> None:
    found, _ = await bring({"content": '[{"name": "A", "rating": 4.5, "tags": ["x"]}]'})

    assert list(found.rows) == [{"nom": "A", "note": 4.5, "tags": ["x"]}]


async def test_canonical_columns_need_no_notice() -> None:
    assert (await bring({"content": "nom;email\nDupont;a@b.fr\n"}))[1] == []


async def test_an_upload_is_read_whatever_its_encoding() -> None:
    found, _ = await bring({"upload_id": "u_1", "filename": "clients.csv"}, upload=lambda _: io.BytesIO(TABLE))

    assert list(found.rows) == [{"nom": "Café Été", "site_web": "cafe-ete.example", "Couleur": "bleu"}]


async def test_a_file_is_fetched_through_its_redirects() -> None:
    web = Web(
        {
            "https://exemple.fr/liste.csv": page(status=302, location="/fichiers/liste.csv"),
            "https://exemple.fr/fichiers/liste.csv": page(TABLE, content_type="text/csv"),
        }
    )

    found, _ = await bring({"url": " exemple.fr/liste.csv "}, web=web)

    assert len(found.rows) == 1
    assert len(web.asked) == 2


async def test_a_google_sheet_is_read_through_its_csv_export() -> None:
    web = Web({EXPORT: page(TABLE, content_type="text/csv")})

    assert len((await bring({"url": SHEET}, web=web))[0].rows) == 1


@pytest.mark.parametrize(
    "answer",
    [
        page(status=401),
        page(b"<html>Sign in</html>", content_type="text/html; charset=utf-8"),
        page(status=302, location="https://accounts.google.com/signin"),
    ],
)
async def test_a_sheet_that_is_not_shared_is_named_so(answer: ApiAnswer) -> None:
    web = Web({EXPORT: answer, "https://accounts.google.com/signin": page(b"<html>", content_type="text/html")})

    with pytest.raises(SheetNotShared):
        await bring({"url": SHEET}, web=web)


@pytest.mark.parametrize(
    ("address", "export"),
    [
        (SHEET, EXPORT),
        ("https://docs.google.com/spreadsheets/d/1A/edit?usp=sharing", "https://docs.google.com/spreadsheets/d/1A/export?format=csv"),
        ("https://docs.google.com/spreadsheets/d/e/2P-1/pubhtml?gid=3", "https://docs.google.com/spreadsheets/d/e/2P-1/pub?output=csv&gid=3&single=true"),
        ("https://docs.google.com/spreadsheets/u/0/d/1A/edit", "https://docs.google.com/spreadsheets/d/1A/export?format=csv"),
        (EXPORT, EXPORT),
        ("http://exemple.fr/a?b=c", "http://exemple.fr/a?b=c"),
    ],
)  # fmt: skip
def test_every_form_of_a_sheets_link_is_known(address: str, export: str) -> None:
    assert csv_export(address) == export


async def test_an_address_that_answers_no_file_is_refused() -> None:
    web = Web(
        {"https://exemple.fr/a.csv": page(status=404), "https://exemple.fr/b": page(b"<html><p>Bonjour</p></html>")}
    )

    with pytest.raises(AddressUnreadable, match="HTTP 404"):
        await bring({"url": "https://exemple.fr/a.csv"}, web=web)
    with pytest.raises(ImportUnreadable, match="HTML"):
        await bring({"url": "https://exemple.fr/b"}, web=web)
    with pytest.raises(Unreachable):
        await bring({"url": "https://exemple.fr/c"}, web=web)


async def test_redirects_without_end_are_given_up() -> None:
    web = Web({"https://exemple.fr/a": page(status=302, location="/a")})

    with pytest.raises(AddressUnreadable, match="HTTP 302"):
        await bring({"url": "https://exemple.fr/a"}, web=web)
    assert len(web.asked) == 6


async def test_an_empty_text_and_a_text_that_is_no_table_are_refused_before_the_job() -> None:
    for content in ("", "  \n", "nom;email\n"):
        with pytest.raises(ImportEmpty, match="Import vide"):
            module.check(ImportConfig(content=content), None)  # type: ignore[arg-type]
    with pytest.raises(ImportUnreadable, match="Import illisible : le contenu est une page HTML"):
        module.check(ImportConfig(content="<html></html>"), None)  # type: ignore[arg-type]
    with pytest.raises(ImportUnreadable, match="n'est pas une adresse web"):
        module.check(ImportConfig(url="file:///etc/passwd"), None)  # type: ignore[arg-type]


def test_without_a_source_the_field_content_is_missing() -> None:
    for given in ({}, {"url": " ", "upload_id": ""}, {"content": None}):
        with pytest.raises(ValidationError) as refusal:
            ImportConfig.model_validate(given)
        (error,) = refusal.value.errors()
        assert (error["type"], error["loc"]) == ("missing", ("content",))


def test_two_sources_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="une seule source"):
        ImportConfig.model_validate({"content": "a", "url": "exemple.fr"})


def test_blank_sources_count_as_not_given() -> None:
    config = ImportConfig.model_validate({"content": "", "url": "exemple.fr/a.csv", "upload_id": None})

    assert module.plan(config) == [{"source": "url"}]


async def test_options_reach_the_reader() -> None:
    found, _ = await bring({"content": "a;b,c\n1;2,3\n", "delimiter": ",", "has_header": "no"})

    assert [list(row.values()) for row in found.rows] == [["a;b", "c"], ["1;2", "3"]]


def test_costs_nothing_and_is_one_item() -> None:
    config = ImportConfig(content="x")

    assert module.cost(1, config) == 0
    assert module.width(config) == 1
