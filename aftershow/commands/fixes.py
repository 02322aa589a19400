"""Rows and files of leads that wait for somebody's correction."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aftershow.commands._options import HERE, Json, Workspace
from aftershow.commands._pages import fix_list_page
from aftershow.commands._printing import say, show, table

if TYPE_CHECKING:
    from aftershow.leads.aside import Aside
    from aftershow.leads.result import FixEntry


def command(
    show_name: Annotated[str | None, typer.Option("--show", help="Only the files of this show.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """List the rows of lead files that could not be used, and the files that could not be read."""
    from aftershow.desk import open_desk
    from aftershow.leads.aside import files_aside
    from aftershow.leads.fixes import fix_list

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        key = desk.show(show_name).show if show_name else None
        entries, files = fix_list(connection, key), files_aside(connection, key)
    document = {
        "fix_list": [asdict(entry) for entry in entries],
        "set_aside": [asdict(file) for file in files],
    }
    show(as_json, document, lambda: page(entries, files))


def page(entries: Sequence["FixEntry"], files: Sequence["Aside"]) -> None:
    """Print the rows and the files that wait for somebody's correction."""
    fix_list_page(entries)
    if files:
        rows = [(file.show, file.file, file.reason) for file in files]
        table(f"Files that were set aside: {len(files)}", ("show", "file", "reason"), rows)
        say("A corrected file in leads/SHOW/ comes in by itself; to try one as it is, import it by its name.")
