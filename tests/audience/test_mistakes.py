"""A condition that can't be understood says where, what is wrong, and what was likely meant."""

import pytest

from aftershow.audience.expression import parse
from aftershow.errors import ExpressionError

USE = "Use fields, comparisons, in, is none, and, or, not."
BRACKETS = (
    "Brackets stand only after permission, refused, suppressed, sent, acknowledged, arm and days_since."
)
IS = "After `is` stands none, not none, defined or undefined; values are compared by == and in."
NONE = "none stands only after is, == or !=, as in `grade is none`."

MISTAKES = [
    # names
    ('grad == "A"', "column 1: there is no field grad. Did you mean grade?"),
    ("grade == A", 'column 10: there is no field A. If it is text, put it in quotes: "A".'),
    ('replied and\n  cuontry == "DE"', "column 15: there is no field cuontry. Did you mean country?"),
    ("account.nme", "column 1: there is no field account.nme. Did you mean account.name?"),
    ("show.hall", "column 1: there is no field show.hall. "
     "It has key, name, city, country, timezone, starts and ends."),
    ("contact.email", "column 1: write email alone, without contact."),
    ("contact.foo", "column 1: there is no field contact.foo."),
    ("account", "column 1: account has parts; say which, as in account.name."),
    ("answers", "column 1: answers has parts; say which, as in answers.interested_in."),
    ("company.name", "column 1: only account, answers, meeting and show have parts."),
    ("answers[0]", 'column 1: write the name of the part in quotes, as in answers["interested_in"].'),
    ('answers[""]', "column 1: the name of an answer is not empty and has no quotes or backslashes."),
    # questions
    ('permission == "text"', 'column 1: permission needs to know about what, as in permission("email").'),
    ("permission(email)", 'column 1: permission asks about a word in quotes, as in permission("email").'),
    ("permission()", 'column 1: permission asks about one thing, as in permission("email").'),
    ('permission(channel="text")', 'column 1: permission asks about one thing, as in permission("email").'),
    ('permission("txt")', 'column 12: permission does not know "txt". Did you mean "text"?'),
    (
        'suppressed("fax")',
        'column 12: suppressed does not know "fax". There is email, text, letter, call and meeting.',
    ),
    ('days_since("snt") > 3', 'column 12: days_since does not know "snt". Did you mean "sent"?'),
    ('days_since("show.ends")', "column 12: write days_since(show.ends), without quotes."),
    ("days_since(grade)", "column 12: grade is text; days_since needs a moment."),
    ("days_since(30)", 'column 1: days_since asks about a word in quotes, as in days_since("sent").'),
    ("replied()", "column 1: replied is asked without brackets."),
    ('permision("text")', "column 1: there is no question permision(…). Did you mean permission?"),
    ("range(9)", f"column 1: there is no question range(…). {BRACKETS}"),
    ("grade.upper()", f"column 1: this can't be called. {BRACKETS}"),
    ('sent("thanks")', "column 1: sent can be asked only in a step of a campaign."),
    ('arm("cards")', "column 1: arm can be asked only in a step of a campaign that has a split."),
    ("meeting", "column 1: meeting has parts; say which, as in meeting.starts."),
    ("meeting.acepted", "column 1: there is no field meeting.acepted. Did you mean meeting.accepted?"),
    # types
    ("grade == 3", 'column 1: grade is text; 3 is a number. Put the number in quotes: "3".'),
    ('days_since("sent") > "30"',
     'column 1: days_since("sent") is a number; "30" is text. Write the number without quotes.'),
    ('is_customer == "yes"',
     'column 1: is_customer is true or false; "yes" is text. Write is_customer or not is_customer.'),
    ("is_customer < true", "column 1: is_customer is true or false; < has no meaning for it."),
    ("captured_at > 3", "column 1: captured_at is a moment; 3 is a number. Write a date in quotes, or "
     "days_since(captured_at) for a number of days."),
    ("captured_at == grade", "column 1: captured_at is a moment; grade is text."),
    ('"soon" < captured_at',
     'column 1: "soon" is no date or time. Write "2026-09-15" or "2026-09-15T10:00-05:00".'),
    ('captured_at > "0001-01-01"',
     'column 15: "0001-01-01" is no date or time. Write "2026-09-15" or "2026-09-15T10:00-05:00".'),
    ('grade in ["A", 3]', 'column 16: grade is text; 3 is a number. Put the number in quotes: "3".'),
    ("grade in [city]", "column 11: a list holds texts or numbers that are written out."),
    ("captured_at in []", "column 1: captured_at is a moment; only texts and numbers can be in a list."),
    ('"3" in days_since("sent")',
     'column 8: days_since("sent") is a number; after `in` stands a list such as ["A", "B"] or a text.'),
    ("3 in country", "column 1: 3 is a number; only a text can be in a text."),
    # what says nothing
    ('"grade" == "A"', "column 1: this is the same for everyone: it names no field. "
     "Write grade without quotes if the field is meant."),
    ("1 < 2", "column 1: this is the same for everyone: it names no field."),
    ('grade == "A" or "B"', 'column 17: "B" by itself says nothing about a person. '
     'Name the field each time, as in grade == "A" or grade == "B".'),
    ("is_customer is none", "column 1: is_customer is never missing."),
    ('"A" is defined', 'column 1: "A" is never missing.'),
    ("none", f"column 1: {NONE}"),
    ("grade < none", f"column 9: {NONE}"),
    ('grade in ["A", none]', f"column 16: {NONE}"),
    # what Jinja2 knows and conditions do not
    ('grade|lower == "a"', f"column 1: a filter (|) has no place in a condition. {USE}"),
    ("grade if city else state", f"column 1: if … else has no place in a condition. {USE}"),
    ('days_since("sent") + 1 > 3', f"column 1: arithmetic has no place in a condition. {USE}"),
    ("-days_since(captured_at) > 3", f"column 1: a sign has no place in a condition. {USE}"),
    ('grade ~ city == "x"', f"column 1: ~ has no place in a condition. {USE}"),
    ("{}", f"column 1: a dictionary has no place in a condition. {USE}"),
    ("grade == city[1:2]", "column 10: only account, answers, meeting and show have parts."),
    ("grade is string", f"column 1: `is string` has no meaning here. {IS}"),
    ("grade is none none", f"column 1: `is none` has no meaning here. {IS}"),
    ('["A"]', "column 1: a list stands only after `in`."),
    ("(grade == city) == replied",
     "column 2: a comparison can't be compared again. Join comparisons by and, or, not."),
    # what Jinja2 does not know
    ("", "The condition is empty. Write `true` if everyone is meant."),
    ('grade = "A"', "column 7: `=` has no meaning here. Write `==` for `is equal to`."),
    ("replied && opened", "column 9: `&` has no meaning here. Write `and`."),
    ("replied || opened", "column 10: `|` has no meaning here. Write `or`."),
    ("replied AND opened", "column 9: `AND` has no meaning here. Write `and` in small letters."),
    ("!replied", "column 1: `!` has no meaning here. Write `not`, or `!=` between two values."),
    ("grade == “A”", "column 10: `“` has no meaning here. Write straight quotes."),
    ('grade in "A", "B"',
     'column 13: `,` has no meaning here. Write values in square brackets, as in ["A", "B"].'),
    ('grade "A"', 'column 7: `"A"` is not expected here. Is `and`, `or` or a comparison missing before it?'),
    ('grade == "A', 'column 10: the text that begins here is not closed by another ".'),
    ("grade ==", "column 9: the condition ends too early. What follows the last word is missing."),
    ("(replied", "column 9: the condition ends too early. `)` is missing."),
    ("replied)", "column 8: `)` is not expected here."),
    ("{{ replied }}", "column 12: `}` has no meaning here. Write the condition alone, without braces."),
    # what is too much
    ("grade" + " " * 2000, "The condition has 2005 characters; it may have 2000."),
    ("(" * 11 + "grade" + ")" * 11, "column 11: this is nested too deep; 10 levels are the most."),
    ("not " * 11 + "grade", "column 45: this is nested too deep; 10 levels are the most."),
    ('days_since("sent") > 100001', "column 22: this number is too large; 100000 is the most."),
    ('city == "\\x00"', "column 9: this text has a character that no database can keep."),
    ('city == "\\ud800"', "column 9: this text has a character that no database can keep."),
]  # fmt: skip


@pytest.mark.parametrize(("source", "message"), MISTAKES)
def test_a_mistake_is_explained(source: str, message: str) -> None:
    """Each mistake has its column, its words and its remedy."""
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert str(caught.value) == message


def test_a_step_that_is_not_there() -> None:
    """A step is looked for among the campaign's steps, and the nearest one is offered."""
    steps = ["thanks", "quick-question"]
    with pytest.raises(
        ExpressionError, match=r'column 18: .* does not know "thank"\. Did you mean "thanks"\?'
    ):
        parse('not acknowledged("thank")', steps=steps)
    with pytest.raises(ExpressionError, match=r'does not know "x"\. There is thanks and quick-question\.'):
        parse('sent("x")', steps=steps)
