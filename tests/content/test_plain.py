"""The text that an HTML part becomes for those who read text."""

from collections.abc import Callable
from typing import Any

import pytest

from aftershow.content.html.plain import plain_text, tidy
from aftershow.content.template import MessageTemplate

Load = Callable[..., MessageTemplate]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one\n two</p><p>three</p>", "one two\n\nthree\n"),
        ("one<br>two<div>three</div>four", "one\ntwo\nthree\nfour\n"),
        ("<h1>Title</h1>text", "Title\n\ntext\n"),
        ("<ul><li>one</li><li>two <b>2</b></li></ul>", "- one\n- two 2\n"),
        (
            "<table><tr><td>Pump</td><td> $ 5 </td></tr><tr><td>Valve</td><td>$ 3</td></tr></table>",
            "Pump  $ 5\nValve  $ 3\n",
        ),
        ('<a href="https://example.com/a">Our site</a>', "Our site <https://example.com/a>\n"),
        ('<a href="https://example.com">https://example.com</a>', "https://example.com\n"),
        ('<a href="mailto:a@example.com">a@example.com</a>', "a@example.com\n"),
        ('<a href="tel:+12175550142">+1 217 555-0142</a>', "+1 217 555-0142\n"),
        ('<a href="#">x</a>', "x\n"),
        ('<img src="https://example.com/a.png" alt="A pump"> stands', "A pump stands\n"),
        (
            "<p>x<span style='display : none'>no</span><i hidden>no</i><b aria-hidden='true'>no</b></p>",
            "x\n",
        ),
        ("<style>p {}</style><title>no</title><!-- no --><!--[if mso]>no<![endif]--><p>x</p>", "x\n"),
        ("a<hr>b", "a\n\n--\n\nb\n"),
        ("Grüße&nbsp;&amp; &lt;Küsse&gt;", "Grüße & <Küsse>\n"),
    ],
)
def test_what_can_be_seen_can_be_read(html: str, text: str) -> None:
    """The words, in their order, with the addresses that links lead to."""
    assert plain_text(html) == text


def test_a_tidy_text() -> None:
    """No white space at the borders, no gaps, one line end at the end."""
    assert tidy(" \n a \n\n \n\n\tb\n\n") == "a\n\nb\n"


HTML = """<p>Hello {{ company }}</p>
{% for x in [1, 2] %}<p>{{ x }}{% if not loop.last %},{% endif %}</p>{% endfor %}
{% if grade == "B" %}<p>B</p>{% else %}<div>not B{% if company %} at all{% endif %}</div>{% endif %}
<div><a href="mailto:{{ sender.email }}">{{ sender.email }}</a></div>
<table><tr><td>{{ company }}</td><td>{{ grade }}</td></tr></table>
<p><a href="https://example.com/{{ grade }}">{{ grade or "x" }}</a></p>
<div style="display:none">{{ given_name }}{% if grade %}x{% endif %}</div>"""


@pytest.mark.parametrize("person", [{}, {"grade": "B"}, {"company": "Miller & <Sons>"}])
def test_made_once_it_reads_as_made_for_each(
    person: dict[str, Any], load_email: Load, context: dict[str, Any]
) -> None:
    """The plain part compiled from the template says what one made of the person's HTML says."""
    parts = load_email(HTML).render_email(context | person)
    assert parts.text == plain_text(parts.html)
    assert "&amp;" not in parts.text
