"""The parts of pages that are made from rows; `python -m aftershow.campaign.pages FILE...` writes them.

A part is what stands between its marker and the next empty line:

    <!-- reasons: `make fix` writes this from aftershow/words/reasons.py -->
"""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import fill

from aftershow.audience.fields import describe
from aftershow.campaign.steps.step import OUTCOMES, SILENCE
from aftershow.words.channels import Channel
from aftershow.words.fields import ContactField
from aftershow.words.kinds import InteractionKind, kinds_on
from aftershow.words.reasons import HoldReason

PART = re.compile(r"^(?P<marker><!-- (?P<name>\w+): `make fix` .* -->\n)(?:.+\n)*", re.MULTILINE)


def _table(*rows: Iterable[str]) -> str:
    head, *body = (f"| {' | '.join(row)} |\n" for row in rows)
    return "".join((head, "|---" * (head.count("|") - 1), "|\n", *body))


def _kinds() -> str:
    on = {str(channel): kinds_on(channel) for channel in Channel}
    on["any"] = tuple(kind for kind in InteractionKind if not kind.row.channels)
    return _table(("channel", "kinds"), *((channel, ", ".join(kinds)) for channel, kinds in on.items()))


def _outcomes() -> str:
    rows = ((channel, ", ".join(outcomes)) for channel, outcomes in OUTCOMES.items())
    return _table(("step", "what may come back"), *rows, ("all", SILENCE))


def _fields() -> str:
    others = (field for field in ContactField if not field.row.in_conditions)
    rows = ((field, f"{field.row.about[0].upper()}{field.row.about[1:]}.") for field in others)
    return _table(("field", "meaning"), *rows)


def _given() -> str:
    fields = ", ".join(f"`{field}`" for field in ContactField if field.row.in_tests)
    return fill(f"Fields of a contact that `given` may have: {fields}.", width=120) + "\n"


#: What stands below a marker, by the name on it.
PARTS: Mapping[str, str] = {
    "reasons": _table(("reason", "meaning"), *((reason, reason.row.about) for reason in HoldReason)),
    "kinds": _kinds(),
    "fields": _fields(),
    "outcomes": _outcomes(),
    "given": _given(),
    "catalogue": _table(
        ("word", "is", "meaning"), *((f"`{entry.text}`", entry.type, entry.about) for entry in describe())
    ),
}


def written(page: str) -> str:
    """Return a page with its parts made anew; raises KeyError for a part that nobody makes."""
    return PART.sub(lambda part: part["marker"] + PARTS[part["name"]], page)


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(written(file.read_text("utf-8")), "utf-8")
