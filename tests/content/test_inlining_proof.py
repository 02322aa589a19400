"""CSS inlined once is right for every person, or it is inlined for each."""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import Environment

from aftershow.content.html.inlining import inline_css
from aftershow.content.html.inlining_proof import same_document
from aftershow.content.template import MessageTemplate

Load = Callable[..., MessageTemplate]

CSS = (
    "tr:nth-child(odd) { color: blue } "
    "p { margin: 0 } td { padding: 4px } .row td { color: #333 } .last { color: red }"
)

#: What stands in a body, and CSS that it needs beside the common rules.
ONCE = {
    "text": "<p>Hello {{ given_name or 'there' }}, {{ company }}</p>",
    "link": '<p><a href="https://example.com/é x?n={{ company|urlencode }}">{{ company }}</a></p>',
    "style": '<p style="color: {{ answers.colour or "#0b5d66" }}; width: {{ 4 * 20 }}px">x</p>',
    "if": "{% if grade == 'A' %}<p>A</p>{% elif grade %}<p>B</p>{% else %}<div>C</div>{% endif %}",
    "loop": "<p>x</p>{% for x in range(3) %}<p>{{ x }} {{ loop.index }}</p>{% else %}<p>0</p>{% endfor %}",
    "rows": "<table>{% for x in ['a', 'b'] %}<tr class='row'><td>{{ x }}</td></tr>{% endfor %}</table>",
    "attribute": '<p {% if grade == "A" %}lang="en"{% endif %}>x</p>',
    "zebra": "<table>{% for x in range(4) %}<tr><td>{{ x }}</td></tr>{% endfor %}</table>",
    "set": "{% set greeting = 'Hello ' ~ company %}<p>{{ greeting }}</p>",
    "condition for Outlook": "<!--[if mso]><table><![endif]--><p>x</p><!--[if mso]></table><![endif]-->",
    "braces": "<p>{% raw %}{{ x }}{% endraw %} {&#123; y }} {{ company }}</p>",
}

EACH_TIME = {
    "class of a person": ("", '<p class="{{ answers.interest }}">x</p>'),
    "class by condition": ("", "<p class=\"{% if grade == 'A' %}last{% else %}first{% endif %}\">x</p>"),
    "printed attribute": ("[title] { color: green }", '<p title="{{ company }}">x</p>'),
    "rows that change": (
        "tr:first-child { font-weight: bold }",
        "<table>{% if grade == 'B' %}<tr><td>B</td></tr>{% endif %}<tr><td>x</td></tr></table>",
    ),
    "neighbours": ("p + p { color: blue }", "{% if grade == 'B' %}<p>B</p>{% endif %}<p>x</p>"),
    "first of a loop": (
        "tr:first-child { font-weight: bold }",
        "<table>{% for x in ['a', 'b'] %}<tr><td>{{ x }}</td></tr>{% endfor %}</table>",
    ),
}

PEOPLE: list[dict[str, Any]] = [
    {},
    {"grade": "B", "given_name": None, "answers": {"interest": "last", "colour": "red"}},
    {"grade": None, "company": "\"Quoted\" & 'Sons' {{ 7 * 7 }} <b>", "given_name": "O'Brien & é"},
]


def page(body: str, css: str = "") -> str:
    return f"<!doctype html><html><head><style>{CSS} {css}</style></head><body>{body}</body></html>"


def inlined_for_one(source: str, names: dict[str, Any]) -> str:
    """Render with Jinja2 alone, then inline."""
    return inline_css(Environment(autoescape=True).from_string(source).render(names))


@pytest.mark.parametrize("body", ONCE.values(), ids=ONCE.keys())
def test_inlined_once_is_as_inlined_for_each(body: str, load_email: Load, context: dict[str, Any]) -> None:
    """The fast way gives every person the mail that the slow way would."""
    template = load_email(page(body))
    assert template.warnings == ()
    for person in PEOPLE:
        names = context | person
        assert same_document(template.render_email(names).html, inlined_for_one(page(body), names))


@pytest.mark.parametrize(("css", "body"), EACH_TIME.values(), ids=EACH_TIME.keys())
def test_where_once_would_be_wrong_each_is_inlined(
    css: str, body: str, load_email: Load, context: dict[str, Any]
) -> None:
    """A template whose rules depend on the person is slower, says so, and is right."""
    template = load_email(page(body, css))
    assert len(template.warnings) == 1
    assert template.warnings[0].startswith("templates/hello/email.html: ")
    for person in PEOPLE:
        names = context | person
        assert same_document(template.render_email(names).html, inlined_for_one(page(body, css), names))


def test_a_text_without_a_page_is_inlined_once(load_email: Load, context: dict[str, Any]) -> None:
    """A template that begins with a condition or a loop becomes a whole page for everyone."""
    body = "{% for x in answers.many %}<p>{{ x }}</p>{% endfor %}{% if grade %}<p>{{ grade }}</p>{% endif %}"
    template = load_email(body)
    assert template.warnings == ()
    for many, grade in (([], None), ([], "A"), (["a", "b"], None)):
        names = context | {"answers": {"many": many}, "grade": grade}
        assert same_document(
            template.render_email(names).html, inlined_for_one(f"<body>{body}</body>", names)
        )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a</p>", "<p>a</p><p>a</p>"),
        ("<p style='color:red'>a</p>", "<p>a</p>"),
        ("<p>a<b>b</b></p>", "<p>a<b>b</b>c</p>"),
        ("<p>a</p>", "<div>a</div>"),
        ("<p><!--[if mso]>a<![endif]--></p>", "<p></p>"),
    ],
)
def test_documents_that_differ(one: str, other: str) -> None:
    """The comparison behind the proof sees a difference in element, attribute, text and number."""
    assert not same_document(one, other)
    assert same_document(one, f"\n {one} \n")
