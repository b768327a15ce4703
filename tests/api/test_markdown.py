"""Markdown of the documentation as HTML."""

from outsend_api.markdown import Heading, render


def test_headings_get_anchors_of_their_own_and_the_title_is_left_to_the_page() -> None:
    rendered = render("# Title\n\n## GET `/api/jobs`\n\n### Errors\n\n## Errors\n\n## Errors 2\n\n## É\n")

    assert rendered.headings == (
        Heading(2, "get-api-jobs", "GET /api/jobs"),
        Heading(3, "errors", "Errors"),
        Heading(2, "errors-2", "Errors"),
        Heading(2, "errors-2-2", "Errors 2"),
        Heading(2, "section", "É"),
    )
    assert "Title" not in rendered.html
    assert '<h3 id="errors">Errors <a class="anchor" href="#errors" aria-label="Link to this section">' in rendered.html


def test_html_in_a_page_is_shown_and_not_run() -> None:
    html = render("<script>alert(1)</script> `<b>`\n\n```html\n<i>&\n```\n\n[x](javascript:alert(1))").html

    assert "<script" not in html and "<b>" not in html and "<i>" not in html and 'href="javascript' not in html
    assert '<pre tabindex="0"><code>&lt;i&gt;&amp;\n</code></pre>' in html


def test_a_table_scrolls_by_itself_and_can_be_reached_by_keyboard() -> None:
    html = render("| a | b |\n| --- | --- |\n| `x \\| y` | 2 |\n").html

    assert html.startswith('<div class="wide" role="region" aria-label="Table" tabindex="0"><table>')
    assert "<td><code>x | y</code></td>" in html
    assert html.endswith("</table></div>\n")
