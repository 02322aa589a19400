"""Every mistake of a workspace."""

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from aftershow.commands._options import HERE, Json, Workspace
from aftershow.commands._printing import after_a_while, say, show
from aftershow.phrases import number_of

if TYPE_CHECKING:
    from aftershow.rehearsal.checking import Findings


def command(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Check every YAML file and template; all mistakes at once, each with its file and line."""
    from aftershow.rehearsal.checking import check
    from connectors import check_settings

    with after_a_while("checking", hidden=as_json) as tell:
        found = check(workspace, os.environ, check_settings, tell=tell)
    show(as_json, asdict(found), lambda: page(found))
    if found.problems:
        sys.exit(1)


def page(found: "Findings") -> None:
    """Print what a check found."""
    for problem in found.problems:
        say(str(problem))
    for warning in found.warnings:
        say(f"note: {warning}")
    if found.problems:
        say(f"\nMistakes: {len(found.problems)}. Correct them, then run `aftershow check` again.")
    else:
        counts = [number_of(found.campaigns, "campaign"), number_of(found.templates, "template")]
        if found.tests:
            counts.append(f"{number_of(found.tests, 'expectation')} of their tests")
        say(f"All good: {', '.join(counts)}.")
