"""The fix list: rows that could not be used, until someone corrects the file or the show's YAML."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from aftershow.leads.result import FixEntry
from aftershow.store.tables import fix_entry, import_file, show


def fix_list(connection: Connection, show_key: str | None = None) -> Sequence[FixEntry]:
    """Return what waits to be fixed, of one show or of all, by file and line."""
    query = (
        select(import_file.c.name, fix_entry.c.line, fix_entry.c.reason)
        .join(import_file, import_file.c.id == fix_entry.c.file_id)
        .join(show, show.c.id == fix_entry.c.show_id)
        .order_by(show.c.key, import_file.c.name, fix_entry.c.line)
    )
    if show_key is not None:
        query = query.where(show.c.key == show_key)
    return [FixEntry(file=name, line=line, reason=reason) for name, line, reason in connection.execute(query)]
