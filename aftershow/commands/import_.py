"""Lead files into the record."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aftershow.commands._options import HERE, At, Json, Workspace
from aftershow.commands._pages import fix_list_page
from aftershow.commands._printing import bar, say, show, table
from aftershow.errors import LeadFileError

if TYPE_CHECKING:
    from aftershow.leads.result import ImportResult


def command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    show_name: Annotated[
        str, typer.Option("--show", help="The show they come from: a file in config/shows/.")
    ],
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Import lead files: CSV, Excel (.xlsx) or vCards."""
    from aftershow.desk import open_desk, right_now
    from aftershow.leads.each import import_each

    with open_desk(workspace) as desk, bar("reading leads", hidden=as_json) as progress:
        into, settings, now = desk.show(show_name), desk.workspace.settings, at or right_now()
        imported = import_each(desk.engine, into, settings, files, now=now, progress=progress)
    if len(imported.unreadable) < len(files):
        show(as_json, imported.result.as_json(), lambda: page(show_name, imported.result))
    if imported.unreadable:
        raise LeadFileError("\n".join(map(str, imported.unreadable)))
    if imported.result.fix_list:
        sys.exit(1)


def page(show_name: str, result: "ImportResult") -> None:
    """Print what became of the rows, and the rows that need a person."""
    figures = {
        "rows": result.rows,
        "captures kept": result.captures,
        "new contacts": result.contacts_new,
        "contacts met again": result.contacts_matched,
        "new leads": result.leads_new,
        "pairs to review": result.review,
    }
    table(f"Imported into {show_name}", ("what", "count"), list(figures.items()))
    if result.notes:
        notes = [(note.file, note.line, note.field, note.reason) for note in result.notes]
        table("Left out of rows that are in use", ("file", "line", "field", "reason"), notes)
    if result.fix_list:
        fix_list_page(result.fix_list)
    if result.review:
        say("Are they one person? `aftershow review` lists the pairs and takes your answers.")
