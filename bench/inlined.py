"""A template of ours in the language of a mailer that compiles nothing: styles inlined once, beforehand."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from premailer import transform

from bench.rendering import person


def inlined(templates: Path, name: str, marks: Mapping[str, str]) -> str:
    """Return the HTML of a template folder, which says marks where facts of a person belong.

    `marks` has what to write for given_name, company, interest and unsubscribe_url. That somebody has no
    interest is not asked any more: everybody is told about it.
    """
    stand_ins = {fact: f"the-{fact.replace('_', '-')}-here" for fact in marks}
    facts = {
        **person(1),
        **{fact: stand_in for fact, stand_in in stand_ins.items() if fact != "interest"},
        "answers": {"interest_product": stand_ins["interest"]},
    }
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True)
    html: str = transform(
        environment.get_template(f"{name}/email.html").render(facts),
        strip_important=False,
        allow_network=False,
        disable_validation=True,
    )
    for fact, mark in marks.items():
        if stand_ins[fact] not in html:
            raise ValueError(f"the template says nothing of {fact}")
        html = html.replace(stand_ins[fact], mark)
    return html
