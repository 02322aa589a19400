"""HTML as mail builders and old hands write it: Outlook's comments, VML, media queries, web fonts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aftershow.content.template import MessageTemplate
from aftershow.errors import ContentError

MAILS = Path(__file__).parent / "mails"

Load = Callable[..., MessageTemplate]


@pytest.mark.parametrize("name", ["columns", "button"])
def test_a_mail_from_a_builder_goes_out(name: str, load_email: Load, context: dict[str, Any]) -> None:
    """What builders write is taken as it is, with its CSS inlined once."""
    template = load_email((MAILS / f"{name}.html").read_text())
    html = template.render_email(context).html
    assert template.warnings == ()
    assert "<![endif]-->" in html
    assert "@media" in html


def test_outlook_gets_the_same_words_and_links(load_email: Load, context: dict[str, Any]) -> None:
    """What stands in a comment for Outlook is escaped and guarded as anywhere else."""
    html = load_email((MAILS / "button.html").read_text()).render_email(context).html
    outlook = html.split("<!--[if mso]>")[1].split("<![endif]-->")[0]
    assert 'href="https://mail.example.com/u/1"' in outlook
    assert "For Caf&#233; &amp; S&#246;hne &lt;GmbH&gt;!" in outlook


@pytest.mark.parametrize(
    ("html", "line", "said"),
    [
        (
            '\n<link href="https://fonts.example/css" rel="stylesheet">',
            2,
            "a web font as @font-face in a <style",
        ),
        ("\n<style>@import url(https://fonts.example/css);</style>", 2, "write the rules here"),
        ("\n\n<![if !mso]><p>x</p><![endif]>", 3, "write <!--[if !mso]><!--> and <!--<![endif]-->"),
        ("<p>x</p>\n<form><p>x</p></form>", 2, "link to a page with the form"),
        ('<p>\n<p style="behavior: none">x</p></p>', 2, "`behavior` is no property of CSS"),
        (
            '<p>\n<a href="{{ answers.site }}">x</a></p>',
            2,
            "data decide where it leads: write the whole host",
        ),
        ("<p>\n<div/></p>", 2, "stays open: write <div></div>"),
        ("<p>\n<img src=a.png?x alt=''></p>", 2, "put quotation marks around the value"),
        ('<p>\n<b class="a"title="b">x</b></p>', 2, "put a space before each attribute"),
        ("<p>\n<!-- {{ company }} --></p>", 2, "write {# … #} around it"),
        ("<p>\n<b{% if grade %} lang='de'{% endif %}>x</b></p>", 2, "can't stand at this place"),
    ],
)
def test_what_is_refused_comes_with_what_to_write(
    html: str, line: int, said: str, load_email: Load, context: dict[str, Any]
) -> None:
    """An author reads where it stands and what to write instead."""
    with pytest.raises(ContentError) as caught:
        load_email(html)
    (problem, *_) = caught.value.problems
    assert (problem.file, problem.line) == ("templates/hello/email.html", line)
    assert said in problem.text


def test_a_web_font_that_is_written_out_arrives(load_email: Load, context: dict[str, Any]) -> None:
    """The way that the advice names works."""
    font = "@font-face { font-family: X; src: url(https://fonts.example/x.woff2) format('woff2') }"
    html = load_email(f'<style data-premailer="ignore">{font}</style><p>x</p>').render_email(context).html
    assert font in html
