"""What a rep is told at the end of a day."""

from datetime import UTC, datetime

from sqlalchemy import update

from aftershow.messages.digest import digest
from aftershow.store.tables import lead


def test_a_scan_is_told_by_the_clock_of_the_day(stage) -> None:
    """A rep reads when a scan was made as the clock showed it, not in another zone."""
    ana = stage.person("ana@example.com", owner="dana", grade=None)
    scanned = datetime(2026, 9, 21, 14, 58, tzinfo=UTC)
    with stage.engine.begin() as connection:
        connection.execute(update(lead).where(lead.c.contact_id == ana).values(last_captured_at=scanned))
        told = digest(connection, "dana", None, "America/Chicago", now=stage.now)
    (scan,) = told["ungraded"]
    assert scan["captured_at"].isoformat() == "2026-09-21T09:58:00-05:00"
