"""Import lead files as a Prefect flow: whatever is new in the show's folder."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger

from aftershow.desk import Desk
from aftershow.errors import LeadFileError
from aftershow.leads.importing import import_files
from aftershow.leads.result import ImportResult
from aftershow.phrases import number_of
from aftershow.workspace.shows import Show
from flows.artifacts import show_import, show_unreadable
from flows.lead_folder import new_files
from flows.occasion import this_occasion
from flows.opening import opened
from flows.run_names import named_by_moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of some files."""

    result: ImportResult
    unreadable: list[LeadFileError]


@flow(name="import-leads", flow_run_name=named_by_moment("import {show}"))
def import_leads(show: str) -> dict[str, Any]:
    """Import what is new in leads/SHOW/; returns the figures of `aftershow import --json`.

    Raises UsageError when there is no such show, and LeadFileError when some files can't be read, after all
    others were imported; nothing of those is kept.
    """
    occasion = this_occasion()
    now = occasion.now
    with ExitStack() as stack:
        desk = opened(stack, occasion.workspace)
        into = desk.show(show)
        paths = _new(desk, into, now)
        get_run_logger().info("%s to import", number_of(len(paths), "new file"))
        imported = _import_each(desk, into, paths, now)
    if paths:
        show_import(show, imported.result)
    if imported.unreadable:
        show_unreadable(show, imported.unreadable)
        raise LeadFileError("\n".join(map(str, imported.unreadable)))
    return dict(imported.result.as_json())


def _new(desk: Desk, into: Show, now: datetime) -> list[Path]:
    with desk.engine.connect() as connection:
        return new_files(connection, desk.workspace.root, into, now=now)


def _import_each(desk: Desk, into: Show, paths: list[Path], now: datetime) -> Imported:
    result, unreadable = ImportResult(), list[LeadFileError]()
    for path in paths:
        try:
            result += import_files(desk.engine, into, desk.workspace.settings, [path], now=now)
        except LeadFileError as error:
            unreadable.append(error)
    return Imported(result=result, unreadable=unreadable)
