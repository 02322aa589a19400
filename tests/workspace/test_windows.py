"""Days and windows are written as people say them."""

from datetime import date

import pytest

from aftershow.errors import WorkspaceError
from aftershow.workspace.times.durations import ALL_DAY, Hours
from aftershow.workspace.times.windows import DAILY, Days, SendWindow
from aftershow.workspace.yaml.yaml_file import YamlFile

#: Monday 23 November 2026, and the days after it; Thursday is Thanksgiving.
WEEK = [date(2026, 11, number) for number in range(23, 30)]


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("daily", "0123456", "daily"),
        ("mon-sun", "0123456", "daily"),
        ("mon-fri", "01234", "mon-fri"),
        ("Mon - Fri", "01234", "mon-fri"),
        ("mon, wed,sat", "025", "mon, wed, sat"),
        ("fri-mon", "0456", "mon, fri, sat, sun"),
        ("mon-wed, sat", "0125", "mon, tue, wed, sat"),
        ("sun", "6", "sun"),
        ("business days", "0124", "business days"),
    ],
)
def test_days_are_ranges_and_names(text: str, expected: str, said: str) -> None:
    """Days are read as a set, and said again shortly; only business days know holidays."""
    days = Days.parse(text)
    assert "".join(str(day.weekday()) for day in WEEK if days.contains(day, "US")) == expected
    assert str(days) == said
    assert Days.parse(said) == days


@pytest.mark.parametrize(
    "text", ["", "weekdays", "mon-", "monday", "mon;tue", "mon,,tue", "1-5", 1, ["mon"], None]
)
def test_other_days_are_refused(text: object) -> None:
    """What is not understood is answered with examples."""
    with pytest.raises(
        ValueError, match=r"^expected days such as `mon-fri`, .* `business days` or `daily`, found"
    ):
        Days.parse(text)


def test_a_window_is_days_hours_and_a_clock() -> None:
    """What is left out excludes nothing, by the contact's clock."""
    source = YamlFile.parse("x.yaml", 'days: mon-fri\nhours: "9:00-17:00"\nin: show')
    window = source.read(SendWindow)
    assert (window.days, window.hours, window.clock) == (
        Days.parse("mon-fri"),
        Hours.parse("9:00-17:00"),
        "show",
    )
    nothing = YamlFile.parse("x.yaml", "{}").read(SendWindow)
    assert (nothing.days, nothing.hours, nothing.clock) == (DAILY, ALL_DAY, "contact")


def test_another_clock_is_refused() -> None:
    """There are two clocks to go by, and the answer names them."""
    with pytest.raises(WorkspaceError, match="expected `contact` or `show`, found `owner`"):
        YamlFile.parse("x.yaml", "in: owner").read(SendWindow)
