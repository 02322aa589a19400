"""Segments as a carrier counts them."""

import pytest

from aftershow.content.sms_segments import count_segments, describe_character


@pytest.mark.parametrize(
    ("body", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("äöüÄÖÜß" * 20, "GSM-7", 1),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        # The euro sign would straddle the border at 153 and moves: 152 + 153 + 1.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("ç" * 70, "UCS-2", 1),
        ("ç" * 71, "UCS-2", 2),
        ("ç" * 134, "UCS-2", 2),
        ("ç" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        # 33 pairs of units fit into 67: one unit is left empty in each segment.
        ("😀" * 67, "UCS-2", 3),
    ],
)
def test_borders_between_segments(body: str, encoding: str, segments: int) -> None:
    """A message is charged as the carrier counts it, to the character."""
    counted = count_segments(body)
    assert (counted.encoding, counted.count) == (encoding, segments)


@pytest.mark.parametrize("character", ["’", "ç", "`", "\u00a0"])
def test_characters_that_make_a_text_dear(character: str) -> None:
    """One typographic character is named, since it more than halves what fits."""
    assert count_segments(f"Hello{character}s {character}").forced_by == (character,)


def test_each_foreign_character_is_named_once_in_order() -> None:
    """The list reads as the text does."""
    assert count_segments("“it’s” – it’s").forced_by == ("“", "’", "”", "–")


def test_a_character_is_described_with_what_to_write() -> None:
    """A marketer who can't see the difference reads its name, and what to type."""
    assert describe_character("’") == "’ (RIGHT SINGLE QUOTATION MARK), write ' instead"
    assert describe_character("\u00a0") == "NO-BREAK SPACE, write a space instead"
    assert describe_character("漢") == "漢 (CJK UNIFIED IDEOGRAPH-6F22)"
