"""A template as plain values, so that one process can compile it and another one render with it."""

from typing import NamedTuple

from aftershow.content.compiling import HtmlParts
from aftershow.content.language.dialect import HTML, PLAIN, compiled
from aftershow.content.parts import Part
from aftershow.content.template import MessageTemplate
from aftershow.words.channels import Channel


class PartRecipe(NamedTuple):
    """A part before it is compiled."""

    place: str
    #: Jinja2's, with all that is the same for everybody worked out
    source: str
    limit: int
    is_html: bool


class Recipe(NamedTuple):
    """All that a MessageTemplate is made of; what was found wrong with it was found before."""

    name: str
    warnings: tuple[str, ...]
    names: frozenset[str]
    subject: PartRecipe | None
    #: the HTML and the plain part
    email: tuple[PartRecipe, PartRecipe] | None
    #: the CSS is inlined for each person
    inline_each: bool
    bodies: tuple[tuple[Channel, PartRecipe], ...]


def recipe_of(template: MessageTemplate) -> Recipe:
    """Return what a template is made of."""
    email = template.email
    return Recipe(
        name=template.name,
        warnings=template.warnings,
        names=template.names,
        subject=_written(template.subject) if template.subject else None,
        email=(_written(email.html), _written(email.plain)) if email else None,
        inline_each=email is not None and email.inline_each,
        bodies=tuple((channel, _written(body)) for channel, body in template.bodies.items()),
    )


def follow(recipe: Recipe) -> MessageTemplate:
    """Return the template, compiled; raises as language.compiled does, which it did not where it was made."""
    email = recipe.email
    return MessageTemplate(
        name=recipe.name,
        warnings=recipe.warnings,
        names=recipe.names,
        subject=recipe.subject and _compiled(recipe.subject),
        email=email
        and HtmlParts(html=_compiled(email[0]), plain=_compiled(email[1]), inline_each=recipe.inline_each),
        bodies={channel: _compiled(body) for channel, body in recipe.bodies},
    )


def to_plain(recipe: Recipe) -> tuple[object, ...]:
    """Return a recipe without its classes."""
    email, bodies = recipe.email, recipe.bodies
    return (
        *recipe[:3],
        recipe.subject and tuple(recipe.subject),
        email and tuple(map(tuple, email)),
        recipe.inline_each,
        tuple((channel.value, tuple(body)) for channel, body in bodies),
    )


def from_plain(plain: tuple[object, ...]) -> Recipe:
    """Return the recipe that `to_plain` made plain."""
    found = Recipe(*plain)  # type: ignore[arg-type]  # of the right kinds: `to_plain` wrote them
    return found._replace(
        subject=found.subject and PartRecipe(*found.subject),
        email=found.email and (PartRecipe(*found.email[0]), PartRecipe(*found.email[1])),
        bodies=tuple((Channel(channel), PartRecipe(*body)) for channel, body in found.bodies),
    )


def _written(part: Part) -> PartRecipe:
    return PartRecipe(part.place, part.source, part.limit, part.template.environment is HTML)


def _compiled(part: PartRecipe) -> Part:
    template = compiled(HTML if part.is_html else PLAIN, part.source)
    return Part(place=part.place, template=template, source=part.source, limit=part.limit)
