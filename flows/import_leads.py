"""Import lead files as a Prefect flow: whatever is new in the show's folder."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger

from aftershow.desk import Desk
from aftershow.errors import LeadFileError
from aftershow.leads.aside import Aside, files_aside
from aftershow.leads.each import import_each
from aftershow.leads.folder import new_files
from aftershow.phrases import number_of
from aftershow.workspace.shows import Show
from flows.artifacts import show_aside, show_import
from flows.occasion import this_occasion
from flows.opening import opened
from flows.run_names import named_by_moment


@flow(name="import-leads", flow_run_name=named_by_moment("import {show}"))
def import_leads(show: str) -> dict[str, Any]:
    """Import what is new in leads/SHOW/; returns the figures of `aftershow import --json`.

    Raises UsageError when there is no such show, and LeadFileError when some files can't be read, after all
    others were imported. Nothing of those is kept, and by itself none is tried again before its content
    changes.
    """
    occasion = this_occasion()
    now = occasion.now
    with ExitStack() as stack:
        desk = opened(stack, occasion.workspace)
        into = desk.show(show)
        paths = _new(desk, into, now)
        get_run_logger().info("%s to import", number_of(len(paths), "new file"))
        imported = import_each(desk.engine, into, desk.workspace.settings, paths, now=now)
        aside = _aside(desk, into)
    if paths:
        show_import(show, imported.result)
    show_aside(show, aside)
    if imported.unreadable:
        raise LeadFileError("\n".join(map(str, imported.unreadable)))
    return dict(imported.result.as_json())


def _new(desk: Desk, into: Show, now: datetime) -> list[Path]:
    # Not `begin`: nobody has to wait for the database while files are looked at.
    with desk.engine.connect() as connection:
        found = new_files(connection, desk.workspace.root, into, now=now)
        connection.commit()
    return found


def _aside(desk: Desk, into: Show) -> Sequence[Aside]:
    with desk.engine.begin() as connection:
        return files_aside(connection, into.show)
