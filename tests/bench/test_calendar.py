"""What `python -m bench.calendar` measures."""

from sqlalchemy import Engine

from aftershow.workspace.workspace import load_workspace
from bench.calendar import WORKSPACE, fill, play


def test_every_campaign_after_a_show_is_played(sqlite_engine: Engine) -> None:
    """The people whom the bench makes come into the campaigns for leads and for customers."""
    workspace = load_workspace(WORKSPACE)
    fill(sqlite_engine, workspace, 60)
    calendar = play(sqlite_engine, workspace, days=7)
    assert {entry.campaign for entry in calendar.entries} >= {"a-leads", "b-leads", "c-leads", "customers"}
