"""The facts of a page: lines, sections, links, scripts, structured data."""

import pytest

from tests.engine.extract.reading import document


def lines(html: str) -> list[str]:
    return [block.text for block in document(html).blocks]


def test_joins_what_stands_in_one_line_and_breaks_at_blocks() -> None:
    html = "<div>contact<b>@</b><!-- x -->dupont.fr<p>Rue <i>Haute</i></p>puis<br>fin</div>"

    assert lines(html) == ["contact@dupont.fr", "Rue Haute", "puis", "fin"]


def test_shows_text_that_the_style_sheet_turns_round_as_people_see_it() -> None:
    html = (
        "<style>.r {unicode-bidi: bidi-override; direction: rtl}</style><p>Mail : <span class='x r'>olleh</span> !</p>"
    )

    assert lines(html) == ["Mail : hello !"]


@pytest.mark.parametrize(
    "decoy",
    ["<i hidden>x</i>", "<b style='display: none'>x</b>", "<style>.n{color:red;display:none}</style><i class=n>x</i>"],
)
def test_leaves_out_decoys_hidden_inside_a_line(decoy: str) -> None:
    assert lines(f"<p>a{decoy}b</p>") == ["ab"]


def test_reads_blocks_that_are_hidden_until_a_click() -> None:
    assert lines("<div style='display:none'><p>Nos horaires</p></div>") == ["Nos horaires"]


def test_removes_marks_that_nobody_sees() -> None:
    assert lines("<p>con\u200btact\u00ad@dupont.fr</p><p>\u202erf.tnopud\u202c</p>") == [
        "contact@dupont.fr",
        "dupont.fr",
    ]


def test_ignores_comments_templates_and_form_texts() -> None:
    assert lines(
        "<p>a</p><!-- b --><template>c</template><textarea>d</textarea><select><option>e</option></select>"
    ) == ["a"]


def test_names_the_landmark_of_each_line() -> None:
    html = """<header><p>1</p></header><div class="main-nav"><p>2</p></div><main><header>3</header><p>4</p></main>
    <div id="footer"><p>5</p></div><div role="contentinfo"><p>6</p></div><p>7</p>"""

    sections = [block.section for block in document(html).blocks]

    assert sections == ["header", "nav", "main", "main", "footer", "footer", "main"]


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Éditeur</h2><p>nous</p><h2>Hébergeur</h2><p>eux</p><p>eux</p><h2>Contact</h2><p>nous</p>",
        "<div><h2>Hébergement du site</h2></div><div><p>eux</p><p>eux</p></div><h2>Données</h2><p>nous</p>",
        "<p>nous</p><p><strong>Hébergeur</strong><br>eux<br>eux</p><p>nous</p>",
        "<p>nous</p><p>Hébergeur : eux<br>eux</p><p>nous</p>",
        "<table><tr><th>Éditeur</th><td>nous</td></tr><tr><th>Hébergeur</th><td>eux<br>eux</td></tr></table><p>nous</p>",
        "<dl><dt>Hosting provider</dt><dd>eux</dd><dd>eux</dd><dt>Owner</dt><dd>nous</dd></dl>",
        "<h2>Hébergement</h2><p>Ce site est hébergé par eux, chez eux.</p><p>eux</p><h2>Éditeur</h2><p>nous</p>",
        "<p>nous</p><p>Hébergé par eux</p><p>Das Webhosting: nous</p><p>Webhoster: eux</p>",
    ],
)
def test_the_hosts_lines_are_told_from_the_owners(html: str) -> None:
    blocks = document(html).blocks

    assert {block.section for block in blocks if "eux" in block.text} == {"host"}
    assert {block.section for block in blocks if "nous" in block.text} == {"main"}


@pytest.mark.parametrize(
    "line",
    ["Site réalisé par Web Studio", "Création du site : Web Studio", "Conception et réalisation : Web Studio",
     "Website by Web Studio", "Webdesign: Web Studio", "Realizzazione sito Web Studio", "Design by Web Studio"],
)  # fmt: skip
def test_a_line_that_names_the_agency_is_the_agencys(line: str) -> None:
    read = document(f"<footer><p>{line} <a href='https://webstudio.fr'>ici</a></p><p>Dupont</p></footer>")

    assert [block.section for block in read.blocks] == ["agency", "footer"]
    assert read.links[0].section == "agency"


@pytest.mark.parametrize(
    "line", ["Nos réalisations", "Nos hébergements insolites", "Conception de jardins", "Médiathèque"]
)
def test_words_of_a_trade_are_no_agency_and_no_host(line: str) -> None:
    assert document(f"<h2>{line}</h2><p>x</p>").blocks[0].section == "main"


@pytest.mark.parametrize("ending", ["</div><div>", "<br>", "</div><div><a href='/z'></a></div><div>"])
def test_a_row_of_icons_is_no_part_of_the_line_below_it(ending: str) -> None:
    icons = "<div><a href='https://x.com/dupont'><svg></svg></a><a href='tel:1'><img></a>"
    read = document(f"<footer>{icons}{ending}Site réalisé par <a href='https://a.fr'>Pixelio</a></div></footer>")

    assert [link.section for link in read.links if "z" not in link.href] == ["footer", "footer", "agency"]


def test_keeps_links_with_their_text_and_section() -> None:
    read = document(
        "<nav><a href=' /contact '><i></i> Nous  <b>écrire</b></a></nav><a name=x>no</a><a href='mailto:a@b.fr'>m</a>"
    )

    assert [(link.href, link.text, link.section) for link in read.links] == [
        ("/contact", "Nous écrire", "nav"),
        ("mailto:a@b.fr", "m", "main"),
    ]


def test_reads_the_head() -> None:
    read = document(
        "<html lang=FR><head><title> Cabinet\n Dupont </title><base href='/fr/'><link rel=canonical href='https://d.fr/'>"
        "<meta name=Description content=a><meta property='og:site_name' content=b>"
        "<meta http-equiv=refresh content=\"0; URL='/accueil'\"></head></html>"
    )

    assert (read.title, read.language, read.base, read.canonical) == ("Cabinet Dupont", "fr", "/fr/", "https://d.fr/")
    assert (read.metas["description"], read.metas["og:site_name"], read.refresh) == ("a", "b", "/accueil")


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; URL='/fr/'", "/fr/"),
        ("5;url=https://d.fr/", "https://d.fr/"),
        ("url=/a", "/a"),
        ("0.5, url=/a", "/a"),
        ("1800; url=/", ""),
        ("30", ""),
    ],
)
def test_a_refresh_leads_on_unless_the_page_is_to_be_read_first(content: str, target: str) -> None:
    assert document(f'<meta http-equiv="refresh" content="{content}">').refresh == target


def test_a_refresh_for_browsers_without_scripts_is_none() -> None:
    assert document('<noscript><meta http-equiv="refresh" content="0; url=/no-script"></noscript>').refresh == ""


def test_tells_loaded_scripts_from_inline_ones() -> None:
    read = document(
        "<script src=' /a.js'></script><script type='Text/JavaScript'>var a='<b>'</script><iframe src=/f></iframe>"
    )

    assert [(script.src, script.code, script.kind) for script in read.scripts] == [
        ("/a.js", "", ""),
        ("", "var a='<b>'", "text/javascript"),
    ]
    assert read.frames == ("/f",)


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "Store", "email": "a@b.fr"}',
        '[{"@type": "Store", "email": "a@b.fr",}]',
        '{"@graph": [{"@type": "Store", "email": "a@b.fr"},],}',
        '<!-- {"@type": "Store", "email": "a@b.fr"} -->',
        '/* x */ {"@type": "Store", // https://x\n "email": "a@b.fr"};',
        '<![CDATA[{"@type": "Store", "email": "a@b.fr"}]]>',
        '{"@type": "Store", "email": "a@b.fr", "description": "two\nlines, and // no comment, /* either */"}',
    ],
)
def test_reads_json_ld_that_is_not_quite_json(text: str) -> None:
    (thing,) = document(f'<script type="application/ld+json">{text}</script>').json_ld

    assert (thing["@type"], thing["email"]) == ("Store", "a@b.fr")


@pytest.mark.parametrize("text", ["", "{", "nothing", '{"a": ' * 5_000, "[" * 50_000])
def test_unreadable_json_ld_is_no_fact(text: str) -> None:
    assert document(f'<script type="application/ld+json">{text}</script>').json_ld == ()


def test_nests_thousands_deep_without_harm() -> None:
    assert lines("<div>" * 5_000 + "<b>" * 50_000 + "x") == ["x"]


@pytest.mark.parametrize(
    "html",
    ["", "plain", "<frameset><frame src=a></frameset>", "<p", "\x00\ufffe", "<a href='http://[x'>y</a>", "<p>" * 9],
)
def test_any_text_is_a_page(html: str) -> None:
    document(html)
