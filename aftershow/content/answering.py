"""What the other process does for templates: it compiles them, and renders with them.

It keeps those that it has compiled. Which, it knows by what they are made of, which every question brings
along: so a process that was just started answers as well as one that has died.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from aftershow.content.language.dialect import CANNOT_COMPILE
from aftershow.content.language.files import TemplateFiles
from aftershow.content.parts import Parts
from aftershow.content.recipe import Recipe, follow, recipe_of, to_plain
from aftershow.content.template import MessageTemplate, compile_folder
from aftershow.errors import ContentError
from aftershow.words.channels import Channel

#: So many templates are kept.
KEPT = 32
#: From so many messages in one sender's name on, compiling the template for that sender pays.
MANY = 500
#: For so many senders.
SENDERS = 100

#: What a sender says in all their messages.
_SHARED = ("sender", "our")


def compile_template(
    templates: Path, name: str, names: frozenset[str]
) -> Iterator[tuple[list[Any], tuple[Any, ...], dict[str, str]]]:
    """Yield the problems of a template as their fields, its plain recipe when it has none, and what was read.

    That is the hash of each file, by its path in the folder of the templates.
    """
    files = TemplateFiles(root=templates)
    try:
        recipe = to_plain(recipe_of(compile_folder(files, name, names=names)))
        yield [], recipe, files.hashes
    except ContentError as error:
        yield [astuple(problem) for problem in error.problems], (), files.hashes


def render_all(
    recipe: Recipe, channel: Channel, contexts: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str | None, Any]]:
    """Yield for each person why the message can't be made, or None and its parts as plain values."""
    template = _kept(recipe)
    for context in contexts:
        try:
            yield None, _plain(template.render(channel, context))
        except ContentError as error:
            yield str(error), None


class _Kept:
    """A template; for many messages of one sender, compiled again with what that one always says."""

    def __init__(self, template: MessageTemplate) -> None:
        self._template = template
        #: how many messages were rendered in whose name, and the template that they share
        self._written: Counter[Any] = Counter()
        self._told: dict[Any, MessageTemplate] = {}

    def render(self, channel: Channel, context: Mapping[str, Any]) -> Parts:
        return self._for(context).render(channel, context)

    def _for(self, context: Mapping[str, Any]) -> MessageTemplate:
        shared = {name: context[name] for name in _SHARED if name in context}
        sender = tuple((name, *sorted(said.items())) for name, said in shared.items())
        if sender in self._told:
            return self._told[sender]
        self._written[sender] += 1
        if self._written[sender] < MANY or len(self._told) >= SENDERS:
            return self._template
        self._told[sender] = self._told_by(shared)
        return self._told[sender]

    def _told_by(self, shared: Mapping[str, Any]) -> MessageTemplate:
        try:
            return self._template.with_values(shared)
        except CANNOT_COMPILE:
            return self._template


@lru_cache(maxsize=KEPT)
def _kept(recipe: Recipe) -> _Kept:
    return _Kept(follow(recipe))


def _plain(parts: Parts) -> Any:
    if isinstance(parts, str):
        return parts
    return {field.name: getattr(parts, field.name) for field in fields(parts)}
