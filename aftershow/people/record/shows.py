"""The row of a show in the database, as config/shows/ has it now."""

from sqlalchemy import Connection, insert, select, update

from aftershow.store import tables
from aftershow.workspace.shows import Show


def show_id(connection: Connection, show: Show) -> int:
    """Return the id of the show's row; it is written, or brought up to date where the YAML says otherwise."""
    values = {
        "name": show.name,
        "starts_at": show.starts_at,
        "ends_at": show.ends_at,
        "timezone": show.timezone,
        "city": show.city,
        "country": show.country,
        "cost": show.cost,
    }
    row = connection.execute(select(tables.show).where(tables.show.c.key == show.show)).mappings().first()
    if row is None:
        added = insert(tables.show).values(key=show.show, **values).returning(tables.show.c.id)
        return int(connection.execute(added).scalar_one())
    if any(row[name] != value for name, value in values.items()):
        connection.execute(update(tables.show).where(tables.show.c.id == row["id"]).values(**values))
    return int(row["id"])
