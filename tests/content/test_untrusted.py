"""Neither a template nor what leads wrote can do harm."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aftershow.content.language.files import FILE_LIMIT
from aftershow.content.template import MessageTemplate, load_template
from aftershow.errors import ContentError

Load = Callable[..., MessageTemplate]
Folder = Callable[[dict[str, str]], Path]

#: Refused when the template is read.
FORBIDDEN = [
    "{{ '%1000000000s'|format(1) }}",
    "{{ '%1000000000s' % 1 ** 9 }}",
    "{{ 'x'.ljust(10**9) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ lipsum(n=100000) }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ self.__init__ }}",
    "{{ company['__class__'] }}{{ _budget }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ company|attr('__class__') }}",
    "{{ company|safe }}",
    "{% autoescape false %}{{ company }}{% endautoescape %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    '{% import "base/x.html" as x %}',
    "{% set a = [company, company] %}{% set a = [a, a] %}{{ a }}",
    "{% for a in [[company], [company]] %}{% endfor %}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% set a %}{{ company }}{{ company }}{% endset %}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    '{% include "../secret.txt" %}',
    '{% include "/etc/passwd" %}',
    '{% extends "hello/text.txt" %}',
    '{% include "hello/text.txt" %}',
]

#: Stopped when a message is rendered, with why.
BOUNDED = [
    ("{{ 'x' * 1000000000 }}", "takes numbers"),
    ("{{ '%1000000000s' % 1 }}", "takes numbers"),
    ("{{ [1] * 1000000000 }}", "takes numbers"),
    ("{% for x in range(100000000) %}x{% endfor %}", "counts further"),
    ("{% for x in range(1000) %}{% for y in range(1000) %}{% endfor %}{% endfor %}x", "turn too often"),
    ("{% for x in range(1000) %}" + "{% set a = x ~ '' %}" * 200 + "{% endfor %}x", "are too long"),
    ("{% set a = 'x' ~ company %}" + "{% set a = a ~ a ~ a %}" * 40, "joined text is too long"),
    (
        "{% set a = 'xx' ~ company %}" + "{% set a = a|replace('x', 'xxxx') %}" * 40,
        "replaced text is too long",
    ),
    ("{% set a = 9 %}" + "{% set a = a * a %}" * 40 + "{{ a }}", "number is too large"),
    ("{{ range(1000)|join(company ~ range(1000)|join('xxxxxxxx')) }}", "joined text is too long"),
    ("{% for x in range(1000) %}xxxxxxxxxx{% endfor %}", "longer than 1,600 characters"),
]

ADDRESSES = [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example",
    'https://example.com/" onmouseover="x',
]


@pytest.mark.parametrize("body", FORBIDDEN, ids=range(len(FORBIDDEN)))
def test_what_no_template_may_say(body: str, load_text: Load) -> None:
    """A template that could reach out of its box, or grow without end, is never compiled."""
    with pytest.raises(ContentError):
        load_text(body)


@pytest.mark.parametrize(("body", "why"), BOUNDED, ids=range(len(BOUNDED)))
def test_what_grows_is_stopped(body: str, why: str, load_text: Load, context: dict[str, Any]) -> None:
    """A template that takes too much ends with a content error, at once and in little memory."""
    template = load_text(body)
    with pytest.raises(ContentError, match=rf"^templates/hello/text\.txt.*{why}"):
        template.render_text(context)


def test_files_are_bounded(folder: Folder, load_text: Load) -> None:
    """A template is a page, not a library."""
    with pytest.raises(ContentError, match="longer than 256 KB"):
        load_text("x" * (FILE_LIMIT + 1))


def test_partials_can_not_multiply(folder: Folder) -> None:
    """A thousand laughs, each a thousand times, are not told."""
    files = {f"base/{n}.html": f'{{% include "base/{n + 1}.html" %}}' * 50 for n in range(8)}
    root = folder({**files, "base/8.html": "ha" * 1000, "hello/text.txt": '{% include "base/0.html" %}'})
    with pytest.raises(ContentError, match="more than 300 files"):
        load_template(root, "hello", names=frozenset())


@pytest.mark.parametrize("link", ["hello/part.txt", "linked"])
def test_links_are_not_followed(link: str, folder: Folder, tmp_path: Path) -> None:
    """A link can't bring a file from elsewhere into a mail."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/part.txt").write_text("secret")
    part = "linked/part.txt" if link == "linked" else link
    root = folder({"hello/text.txt": f'{{% include "{part}" %}}'})
    (root / link).symlink_to(tmp_path / "outside" / ("part.txt" if "/" in link else ""))
    with pytest.raises(ContentError, match="links are not followed"):
        load_template(root, "hello", names=frozenset())


@pytest.mark.parametrize("name", ["../templates/hello", "/tmp", "", ".", "hello/"])
def test_a_template_has_a_plain_name(name: str, folder: Folder) -> None:
    """A campaign can't name a folder outside of templates/."""
    with pytest.raises(ContentError, match="there is no template"):
        load_template(folder({"hello/text.txt": "x"}), name, names=frozenset())


def test_what_leads_wrote_is_text(load_email: Load, context: dict[str, Any]) -> None:
    """Markup and template syntax in a name are words like others, in every part of an HTML."""
    evil = "<script>x</script>{{ 7 * 7 }}{% raw %}\"'>-->"
    template = load_email(
        "<p title=\"{{ company }}\" lang='{{ company }}'>{{ company }}</p>"
        "<!--[if mso]><p>{{ company }}</p><![endif]-->"
    )
    html = template.render_email(context | {"company": evil}).html
    escaped = "&lt;script&gt;x&lt;/script&gt;{{ 7 * 7 }}{% raw %}&#34;&#39;&gt;--&gt;"
    assert html.count(escaped) == 4
    assert "<script" not in html


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "html", ['<a href="{{ our.website }}">x</a>', '<img src="{{ our.website }}/x.png" alt="">']
)
def test_a_link_opens_a_page_and_runs_nothing(
    html: str, address: str, load_email: Load, context: dict[str, Any]
) -> None:
    """Even an address of ours can't run a script in the reader's browser."""
    template = load_email(html)
    with pytest.raises(ContentError, match="a link would not begin with"):
        template.render_email(context | {"our": {"website": address}})
    ours = context | {"our": {"website": "https://a.example/q"}}
    assert "https://a.example/q" in template.render_email(ours).html


@pytest.mark.parametrize(
    "html",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java&#10;script:{{ company }}">x</a>',
        '<a href="java{% if grade %}{% endif %}script:{{ company }}">x</a>',
        '<p onclick="x()">x</p>',
        "<script>x</script>",
        '<iframe src="https://example.com"></iframe>',
        "<a href={{ company }}>x</a>",
        "<{{ company }}>x",
    ],
)
def test_a_template_has_no_scripts(html: str, load_email: Load) -> None:
    """What an email program would remove, or worse not remove, is refused."""
    with pytest.raises(ContentError):
        load_email(html)


def test_a_style_takes_no_second_rule(load_email: Load, context: dict[str, Any]) -> None:
    """A colour from a lead file can't load a picture."""
    template = load_email('<p style="color: {{ company }}">x</p>')
    assert "color: #0b5d66" in template.render_email(context | {"company": "#0b5d66"}).html
    with pytest.raises(ContentError, match="a style can take"):
        template.render_email(context | {"company": "red; background: url(https://evil.example)"})


def test_a_subject_is_one_line(folder: Folder, context: dict[str, Any]) -> None:
    """A line end in a name begins no header."""
    root = folder({"hello/subject.txt": "For {{ company }}\n\n", "hello/email.html": "<p>x</p>"})
    template = load_template(root, "hello", names=frozenset({"company"}))
    evil = "x\r\nBcc: all@example.com\x00\u2028y\x85z"
    assert template.render_email(context | {"company": evil}).subject == "For x Bcc: all@example.com y z"


@pytest.mark.parametrize(
    "body", ["{{ company|int + 1 / 0 }}", "{{ company.nothing }}", "{{ company|first|date }}"]
)
def test_errors_say_nothing_about_the_person(body: str, load_text: Load, context: dict[str, Any]) -> None:
    """A log of errors holds no data of people."""
    template = load_text(body)
    # Put together, so that the line of this test in the traceback does not have it.
    names = context | {"company": "Oka" + "for"}
    with pytest.raises(ContentError) as caught:
        template.render_text(names)
    assert "Okafor" not in "".join(traceback.format_exception(caught.value))
