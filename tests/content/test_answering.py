"""What the other process keeps of templates, and for whom."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aftershow.content.answering import MANY, render_all
from aftershow.content.foreign import open_template
from aftershow.content.recipe import from_plain, recipe_of, to_plain
from aftershow.content.template import MessageTemplate
from aftershow.words.channels import Channel

Load = Callable[..., MessageTemplate]
Folder = Callable[[dict[str, str]], Path]
BODY = "{{ given_name }}, {{ sender.name }}, {{ our.name }}"


def test_a_recipe_is_all_that_a_template_is_made_of(load_email: Load, context: dict[str, Any]) -> None:
    """A template that travels between processes says in each what it says in the other."""
    files = {"hello/text.txt": BODY, "hello/meeting.txt": BODY, "hello/call.txt": BODY}
    template = load_email(f'<p style="color: red">{BODY}</p>', files)
    recipe = from_plain(to_plain(recipe_of(template)))
    assert recipe == recipe_of(template)
    for channel in template.channels - {Channel.EMAIL}:
        [(why, parts)] = render_all(recipe, channel, [context])
        assert why is None
        assert (parts if isinstance(parts, str) else parts["body"]) == "Zoë, Dana Cole, Example Pumps"
    [(_, parts)] = render_all(recipe, Channel.EMAIL, [context])
    assert parts["html"] == template.render_email(context).html


def test_many_messages_of_one_sender_say_the_same(load_text: Load, context: dict[str, Any]) -> None:
    """What is worked out for one sender and one firm is never said in the name of another one."""
    recipe = recipe_of(load_text(BODY))
    people = [context | {"given_name": f"Ana {number}"} for number in range(MANY + 10)]
    others = [
        context | {"sender": {**context["sender"], "name": "Marge"}},
        context | {"our": {**context["our"], "name": "Other Pumps"}},
    ]
    said = [parts["body"] for _, parts in render_all(recipe, Channel.TEXT, [*people, *others])]
    assert said[:-2] == [f"Ana {number}, Dana Cole, Example Pumps" for number in range(MANY + 10)]
    assert said[-2:] == ["Zoë, Marge, Example Pumps", "Zoë, Dana Cole, Other Pumps"]


def test_what_cannot_be_made_for_one_is_made_for_others(folder: Folder, context: dict[str, Any]) -> None:
    """Each person gets a message, or the reason why there is none."""
    template = open_template(folder({"hello/text.txt": BODY}), "hello", names=frozenset({"given_name"}))
    people = [context, context | {"given_name": None}, context]
    first, second, third = template.render(Channel.TEXT, people)
    assert first == third
    assert str(second).startswith("templates/hello/text.txt:1: {{ given_name }} has no value for this person")
