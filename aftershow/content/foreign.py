"""A template from outside, of which this process knows only what the other one says.

Nothing of it is compiled or rendered here: whatever it does, it does it where it is limited
(aftershow/confined/). What it was compiled to is remembered, with the files that this came from.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from aftershow.cache import fingerprint, recall, remember
from aftershow.confined.asking import ask
from aftershow.confined.limits import Limits
from aftershow.content.answering import compile_template, render_all
from aftershow.content.language.files import TemplateFiles
from aftershow.content.parts import EmailParts, InvitationParts, Parts, TextParts
from aftershow.content.recipe import Recipe, from_plain
from aftershow.errors import ContentError, LimitError, Problem
from aftershow.words.channels import Channel

#: What compiling one template may take; the starter templates take less than a second and 50 MB.
COMPILING = Limits(seconds=30, memory=512 << 20)
#: What rendering one message may take; where CSS is inlined for each person, it takes tenths of a second.
RENDERING = Limits(seconds=10, memory=512 << 20)

_PARTS: Mapping[Channel, Any] = {
    Channel.EMAIL: EmailParts,
    Channel.TEXT: TextParts,
    Channel.MEETING: InvitationParts,
}


class ForeignTemplate:
    """A message before it is anyone's, rendered by the other process."""

    def __init__(self, recipe: Recipe, *, limits: Limits = RENDERING) -> None:
        self._recipe = recipe
        self._limits = limits
        self._broken: ContentError | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every name that it uses, dotted where it is so written, among them filters and its own."""
        return self._recipe.names

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes it slow or dear, each with file and line, though nothing is wrong."""
        return self._recipe.warnings

    @property
    def channels(self) -> frozenset[Channel]:
        """The channels that it can go by."""
        email = {Channel.EMAIL} if self._recipe.email else frozenset[Channel]()
        return frozenset(channel for channel, _ in self._recipe.bodies) | email

    def render(
        self, channel: Channel, contexts: Sequence[Mapping[str, Any]]
    ) -> Iterator[Parts | ContentError]:
        """Yield for each person, in order, what the message says by a channel, or why it can't be made.

        They are asked for at once, and each is rendered while the one before it is worked on here.
        """
        left = len(contexts)
        try:
            for why, parts in self._answers(channel, contexts):
                left -= 1
                yield ContentError(why) if why is not None else _parts(channel, parts)
        except LimitError as error:
            # What takes too much for one person most likely does for the next one, and each would cost all
            # that the limits allow: thousands of them hours. The next run tries it again.
            self._broken = ContentError(f"{FOLDER}/{self._recipe.name}: {error}. {ADVICE}")
        if self._broken is not None:
            yield from repeat(self._broken, left)

    def render_one(self, channel: Channel, context: Mapping[str, Any]) -> Any:
        """Return the parts of one message; raises ContentError when it can't be made for this person."""
        [parts] = self.render(channel, [context])
        if isinstance(parts, ContentError):
            raise parts
        return parts

    def _answers(
        self, channel: Channel, contexts: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[str | None, Any]]:
        if self._broken is not None or not contexts:
            return iter(())
        return ask(render_all, self._recipe, channel, contexts, limits=self._limits)


#: Where templates lie, as people name it, and what to do about one that takes too much.
FOLDER = "templates"
ADVICE = "Make it simpler: fewer loops, shorter texts, less CSS"


def open_template(
    templates: Path, name: str, *, names: frozenset[str], limits: Limits = COMPILING
) -> ForeignTemplate:
    """Return the message in the folder templates/NAME, compiled elsewhere; `names` as for load_template.

    One that was compiled before, of the same files, is not compiled and proved again.
    Raises ContentError with every mistake as file:line in `problems`.
    """
    files = TemplateFiles(root=templates)
    there = sorted(entry.name for entry in files.folder(name).iterdir())
    memory = fingerprint("template", templates.name, name, *sorted(names), "files", *there)
    recipe = _recalled(memory, files)
    if recipe is None:
        recipe, hashes = _compiled(templates, name, names, limits)
        remember(memory, _memory().dump_json((hashes, recipe)))
    return ForeignTemplate(recipe)


@cache
def _memory() -> TypeAdapter[tuple[dict[str, str], Recipe]]:
    """Return how it is remembered: the hashes of the files that were read, and the recipe."""
    return TypeAdapter(tuple[dict[str, str], Recipe])


def _recalled(memory: str, files: TemplateFiles) -> Recipe | None:
    """Return what was remembered, if all that it came from is as it was."""
    said = recall(memory)
    if said is None:
        return None
    try:
        hashes, recipe = _memory().validate_json(said)
    except ValidationError:
        return None
    # What came from no file came from nowhere.
    is_as_it_was = hashes and all(files.still_has(path, hash_) for path, hash_ in hashes.items())
    return recipe if is_as_it_was else None


def _compiled(
    templates: Path, name: str, names: frozenset[str], limits: Limits
) -> tuple[Recipe, dict[str, str]]:
    try:
        [(problems, recipe, hashes)] = ask(compile_template, templates.absolute(), name, names, limits=limits)
    except LimitError as error:
        problem = Problem(file=f"{templates.name}/{name}", text=f"{error}. {ADVICE}")
        raise ContentError(problems=[problem]) from error
    if problems:
        found = [Problem(file=file, line=line, path=path, text=text) for file, line, path, text in problems]
        raise ContentError(problems=found)
    return from_plain(recipe), hashes


def _parts(channel: Channel, answer: Any) -> Parts:
    made = _PARTS.get(channel)
    parts: Parts = made(**answer) if made else answer
    return parts
