"""Virtual time writes what a turn in earnest would have written."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Table, select

from aftershow.rehearsal.virtual_time import in_virtual_time
from aftershow.store.copying import copied
from aftershow.store.tables import contact, interaction
from tests.support.stage import Stage

HOUR = timedelta(hours=1)


def record(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]


def test_what_counts_as_sent_is_written_down_as_in_earnest(stage: Stage) -> None:
    """Who was written to in virtual time has the same interactions as in earnest, in every column."""
    stage.journey("- email: a\n- text: b\n  after: 1 hour\n- letter: c\n  after: 1 hour")
    stage.someone()
    stage.someone("bo@example.com", mobile="+13095550101", address_1="2 Pump Road")
    with copied(stage.engine) as copy:
        for _ in range(3):
            stage.now += HOUR
            in_virtual_time(copy, stage.campaign("c"), stage.now, news=True)
            stage.turn("c")
        assert record(copy, interaction) == record(stage.engine, interaction)
        assert record(copy, contact) == record(stage.engine, contact)
    sent = [(row["kind"], row["channel"]) for row in record(stage.engine, interaction)]
    assert sent == [("sent", channel) for channel in ("email", "text", "letter") for _ in range(2)]
