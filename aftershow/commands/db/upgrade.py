"""The database, brought to this version's tables."""

from aftershow.commands._options import HERE, Json, Workspace
from aftershow.commands._printing import say, show


def command(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Bring the database to this version's tables."""
    from aftershow.desk import upgrade_database

    before, after = upgrade_database(workspace)
    show(as_json, {"before": before, "after": after}, lambda: page(before, after))


def page(before: str | None, after: str) -> None:
    """Print what an upgrade did."""
    say(
        f"The database is at {after}."
        if before == after
        else f"The database went from {before or 'empty'} to {after}."
    )
