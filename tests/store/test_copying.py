"""A copy of a database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event, insert, select

from aftershow.store.copying import copied
from aftershow.store.tables import contact, metadata, show

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)


def test_a_copy_is_of_one_moment(engine: Engine) -> None:
    """Whoever comes in while it is made is in none of its tables."""
    first, entered = metadata.sorted_tables[0].name, list[bool]()

    def come_in(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if f"FROM {first}" not in statement or entered:
            return
        entered.append(True)
        with engine.begin() as other:
            other.execute(insert(show).values(key="s", name="S", timezone="UTC"))
            row = {"email_is_shared": False, "locked": [], "created_at": NOON, "updated_at": NOON}
            other.execute(insert(contact).values(row))

    event.listen(engine, "after_cursor_execute", come_in)
    with copied(engine) as copy, copy.begin() as connection:
        assert connection.execute(select(contact)).all() == []
        assert connection.execute(select(show)).all() == []
    with engine.begin() as connection:
        assert len(connection.execute(select(contact)).all()) == 1
