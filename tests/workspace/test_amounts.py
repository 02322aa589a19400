"""Shares and sums are read without rounding."""

import re
from decimal import Decimal

import pytest

from aftershow.errors import WorkspaceError
from aftershow.workspace.amounts import Money, Share
from aftershow.workspace.yaml.model import Model
from aftershow.workspace.yaml.yaml_file import YamlFile


class Priced(Model):
    """Something with a price."""

    cost: Money


@pytest.mark.parametrize(
    ("text", "percent", "fraction"),
    [("10%", "10", "0.1"), ("33.3%", "33.3", "0.333"), ("100 %", "100", "1"), ("0.5%", "0.5", "0.005")],
)
def test_a_share_is_exact(text: str, percent: str, fraction: str) -> None:
    """A third that was written with three digits has three digits."""
    share = Share.parse(text)
    assert (share.percent, share.fraction) == (Decimal(percent), Decimal(fraction))
    assert Share.parse(str(share)) == share


@pytest.mark.parametrize("text", ["10", "ten %", "-5%", "%", "1/3", "", 10, 0.1, True, None])
def test_another_share_is_refused(text: object) -> None:
    """A bare number may be a part of one or of a hundred, and is not guessed."""
    with pytest.raises(ValueError, match=r"^expected a share such as `10%`, found"):
        Share.parse(text)


@pytest.mark.parametrize("text", ["0%", "100.1%", "999%"])
def test_a_share_is_more_than_nobody_and_at_most_everybody(text: str) -> None:
    """A share of nobody is a step that can never be reached."""
    with pytest.raises(
        ValueError, match=f"^expected a share above 0% and up to 100%, found `{re.escape(text)}`"
    ):
        Share.parse(text)


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("2.40", "2.40"),
        ("0.1", "0.1"),
        ("0.0079", "0.0079"),
        ("12", "12"),
        ("'2.40'", "2.40"),
        ("1234567.89", "1234567.89"),
    ],
)
def test_a_sum_is_what_was_written(yaml: str, expected: str) -> None:
    """A price goes from the file to a Decimal without the error of a float."""
    assert YamlFile.parse("x.yaml", f"cost: {yaml}").read(Priced).cost == Decimal(expected)


@pytest.mark.parametrize(
    ("yaml", "text"),
    [
        ("-1", "greater than or equal to 0"),
        ("free", "expected a number, found `free`"),
        ("0.12345", "4 decimal places"),
    ],
)
def test_another_sum_is_refused(yaml: str, text: str) -> None:
    """A price is a number, and nothing costs less than nothing."""
    with pytest.raises(WorkspaceError, match=text):
        YamlFile.parse("x.yaml", f"cost: {yaml}").read(Priced)
