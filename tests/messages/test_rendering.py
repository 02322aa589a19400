"""A message of the ledger becomes what a connector sends."""

import pytest
from sqlalchemy import select, update

from aftershow.audience.fields import RECORDED
from aftershow.campaign.versions import newest
from aftershow.confined.limits import Limits
from aftershow.content.foreign import ForeignTemplate, open_template
from aftershow.content.recipe import PartRecipe, Recipe
from aftershow.messages.context import Reader
from aftershow.messages.rendering import asked
from aftershow.store.tables import contact, message
from aftershow.words.channels import Channel


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "ana@example.com"),
        (Channel.TEXT, "+13095550100"),
        (Channel.LETTER, "1 Pump Road, 70173 Stuttgart, DE"),
        (Channel.CALL, "+13095550199"),
        (Channel.MEETING, "ana@example.com"),
    ],
)
def test_a_message_goes_where_its_channel_reaches(channel: Channel, address: str, stage) -> None:
    """Each channel has its address, as the contact has it now; without one there is none."""
    where = {"address_1": "1 Pump Road", "postal_code": "70173", "city": "Stuttgart", "country": "DE"}
    ana = stage.person("ana@example.com", mobile="+13095550100", phone="+13095550199", **where)
    stage.turn()
    with stage.engine.begin() as connection:
        connection.execute(update(message).values(channel=channel))
        ids = connection.execute(select(message.c.id)).scalars().all()
        version = newest(connection, stage.campaign(), now=stage.now)
        step = version.campaign.steps[0]
        reader = Reader(version, step, channel, RECORDED, stage.now)
        [person] = reader.people(connection, ids, now=stage.now)
        assert (person.contact_id, person.address) == (ana, address)
        connection.execute(update(contact).values(email=None, mobile=None, phone=None, address_1=None))
        [person] = reader.people(connection, ids, now=stage.now)
        assert person.address is None


def test_what_a_step_asks_comes_with_what_is_known() -> None:
    """A brief says each question in words, and the answer that the lead gave already."""
    assert asked(("decision_date", "budget"), {"budget": "20,000"}) == [
        {"question": "decision date", "answer": None},
        {"question": "budget", "answer": "20,000"},
    ]


def test_paper_and_phone_get_what_they_need(stage) -> None:
    """A card goes out with its envelope, a call with what to find out, and an invitation with its subject."""
    stage.write(
        "config/campaigns/by-all-means.yaml",
        """campaign: by-all-means
purpose: Reach the A leads by whatever reaches them.
show: expo
audience: {where: grade == "A"}
from: owner
steps:
  - letter: card
  - call: ask
    asks: [decision_date, budget]
  - meeting: visit-us
""",
    )
    stage.write("templates/card/letter.txt", "Dear {{ given_name }},\n\nthank you. {{ sender.name }}")
    stage.write(
        "templates/ask/call.txt",
        "{% for ask in asks %}{{ ask.question }}={{ ask.answer or '?' }} {% endfor %}",
    )
    stage.write("templates/visit-us/subject.txt", "A visit, {{ given_name }}?")
    stage.write("templates/visit-us/meeting.txt", "Come and see us.")
    where = {"address_1": "1 Pump Road", "postal_code": "70173", "city": "Stuttgart", "country": "DE"}
    stage.person(
        "ana@example.com",
        given_name="Ana",
        phone="+13095550199",
        answers={"budget": "20,000"},
        owner="dana",
        says=dict.fromkeys(("email", "letter", "call", "meeting"), "yes"),
        **where,
    )
    for _ in range(3):
        stage.turn("by-all-means")
    letter, call, invitation = stage.sender.received
    assert (letter.recipient, letter.body) == (
        ("Ana", "1 Pump Road", "70173 Stuttgart", "Germany"),
        "Dear Ana,\n\nthank you. Dana Cole",
    )
    assert (call.to, call.body) == ("+13095550199", "decision date=? budget=20,000")
    assert (invitation.to, invitation.subject) == ("ana@example.com", "A visit, Ana?")


#: Gets past the language: for who has a name, it doubles a text without end.
GREEDY = (
    "{% set a %}{{ family_name or '' }}{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{{ a }}{{ a }}{% endset %}" * 20
    + "Hello {{ given_name }}"
)


def test_a_template_that_takes_too_much_stops_nobody_else(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it would say is held as content, what it has said goes out, and so does every other template."""

    def opened(templates, name, *, names):
        if name != "a":
            return open_template(templates, name, names=names)
        part = PartRecipe("templates/a/letter.txt", GREEDY, 10_000, is_html=False)
        recipe = Recipe(name, (), names, None, None, False, ((Channel.LETTER, part),))
        return ForeignTemplate(recipe, limits=Limits(seconds=2, memory=64 << 20))

    monkeypatch.setattr("aftershow.messages.rendering.open_template", opened)
    stage.journey(
        """- branch: way
  cases: [{if: 'city == "Bonn"', steps: [{letter: a}]}]
  otherwise: {letter: b}
"""
    )
    first, second, third = (
        stage.someone(f"{number}@example.com", city="Bonn", given_name="Ana", family_name=name)
        for number, name in enumerate(("", "Okafor", ""))
    )
    other = stage.someone("other@example.com")
    stage.turn("c")
    assert stage.ledger(first) == [("a", "accepted", None)]
    assert stage.ledger(second) == stage.ledger(third) == [("a", "held", "content")]
    assert stage.ledger(other) == [("b", "accepted", None)]


def test_the_link_in_a_mail_is_the_one_in_its_header(stage) -> None:
    """Whoever reads it leaves by the own link, wherever they click."""
    stage.person("ana@example.com")
    stage.turn()
    [mail] = stage.sender.received
    [header] = [line for line in mail.mime.splitlines() if line.startswith(b"List-Unsubscribe: ")]
    url = header.partition(b"<")[2].rstrip(b">")
    assert b'href="' + url + b'"' in mail.mime.replace(b"=\r\n", b"").replace(b"=3D", b"=")
