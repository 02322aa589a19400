"""A desk that imports what a test writes down, and shows what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, RowMapping, Table, func, select

from aftershow.leads.importing import ImportResult, import_files
from aftershow.store.tables import contact, metadata
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import Show

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
EXPO = {
    "show": "expo",
    "name": "Expo",
    "timezone": "America/Chicago",
    "country": "US",
}


@dataclass
class Desk:
    """Imports files that a test writes, and looks at what became of them."""

    engine: Engine
    settings: Settings
    folder: Path
    show: Show = field(default_factory=lambda: Show.model_validate(EXPO))

    def put(
        self, content: str | bytes, *, name: str = "leads.csv", show: Show | None = None, now: datetime = NOW
    ) -> ImportResult:
        """Import a file with this content."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.take([path], show=show, now=now)

    def take(self, paths: Sequence[Path], *, show: Show | None = None, now: datetime = NOW) -> ImportResult:
        """Import files that are there."""
        return import_files(self.engine, show or self.show, self.settings, paths, now=now)

    def rows(self, table: Table) -> list[RowMapping]:
        """Return the rows of a table in the order of their first column."""
        with self.engine.begin() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key)).mappings())

    def contact(self, number: int = 1) -> RowMapping:
        """Return the contact at this place, counted from 1."""
        return self.rows(contact)[number - 1]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Return all rows of all tables."""
        return {table.name: [dict(row) for row in self.rows(table)] for table in metadata.sorted_tables}

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        with self.engine.begin() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0


def show(**changes: Any) -> Show:
    """Return the show Expo with changes."""
    return Show.model_validate({**EXPO, **changes})
