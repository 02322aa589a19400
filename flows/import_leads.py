"""Import lead files as a Prefect flow."""

from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow

from aftershow.desk import open_desk, right_now
from aftershow.leads.importing import import_files
from flows.artifacts import show_import


@flow(name="import-leads", flow_run_name="{show}")
def import_leads(
    show: str, files: list[str], workspace: str = ".", at: datetime | None = None
) -> dict[str, Any]:
    """Import lead files into a show; returns the figures of `aftershow import --json`.

    `files` are paths, relative ones within the workspace. Raises LeadFileError for a file that can't be read;
    nothing of that file is kept, the files before it are.
    """
    now = at or right_now()
    with open_desk(Path(workspace)) as desk:
        paths = [desk.workspace.root / file for file in files]
        result = import_files(desk.engine, desk.show(show), desk.workspace.settings, paths, now=now)
    show_import(show, result)
    return dict(result.as_json())
