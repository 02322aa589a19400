"""A provider's list settles what it proves, and nothing that it leaves open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import RowMapping, insert, select, update

from aftershow.doubts import reconciling
from aftershow.doubts.doubts import doubts
from aftershow.doubts.reconciling import Inquiry, Reconciled, concerned, reconcile
from aftershow.errors import OutcomeUnknownError, TemporaryError
from aftershow.ports import Receipt, Taken
from aftershow.signing import Signer
from aftershow.store.tables import campaign_version, interaction, message
from aftershow.words.channels import Channel
from tests.support.moves import unwatched
from tests.support.stage import NOW, Stage

pytestmark = pytest.mark.either_database

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SIGNER = Signer(b"a secret of the tests")
#: Of Ana's texts nobody knows; Bo's are accepted, so that his show whether the list is the right one.
ANA, BO = "+13095550100", "+13095550101"
HELLO = "Hello"


class Listing:
    """A provider that shows what it took, and keeps who asked."""

    def __init__(self) -> None:
        self.taken: dict[str, list[Taken]] = {}
        self.asked: list[tuple[str, datetime, datetime]] = []
        self.away_for: set[str] = set()

    def has(self, address: str, name: str, *, body: str = HELLO, at: datetime = NOW) -> None:
        self.taken.setdefault(address, []).append(Taken(provider_id=name, body=body, at=at))

    def look_up(self, to: str, *, since: datetime, until: datetime) -> Sequence[Taken]:
        self.asked.append((to, since, until))
        if to in self.away_for:
            raise TemporaryError("The list is away.")
        return self.taken.get(to, [])


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def texts(stage: Stage, listing: Listing) -> Stage:
    """A text to Bo, which was accepted, and one to Ana, of which nobody knows."""
    write_to_both(stage, listing, "- text: a")
    assert states(stage) == ["accepted", "unknown"]
    stage.now += HOUR
    return stage


def write_to_both(stage: Stage, listing: Listing, steps: str) -> None:
    stage.journey(steps)
    stage.someone("bo@example.com", mobile=BO)
    stage.someone("ana@example.com", mobile=ANA)
    stage.sender.outcomes[BO] = Receipt(key="", accepted=True, provider_id="SM-bo")
    listing.has(BO, "SM-bo")
    stage.sender.outcomes[ANA] = OutcomeUnknownError("no answer")
    stage.turn("c")
    stage.sender.outcomes[ANA] = Receipt(key="", accepted=True, provider_id="SM-again")


def ask(stage: Stage, listing: Listing, campaign: str | None = None) -> Reconciled:
    with stage.engine.begin() as connection:
        open_ = concerned(doubts(connection, SIGNER, now=stage.now), campaign)
    inquiry = Inquiry(
        workspace=stage.workspace,
        signer=SIGNER,
        channel=Channel.TEXT,
        provider=listing,
        source="twilio",
        by="dana",
        now=stage.now,
    )
    return reconcile(stage.engine, inquiry, open_)


def rows(stage: Stage) -> list[RowMapping]:
    with stage.engine.begin() as connection:
        return list(connection.execute(select(message).order_by(message.c.id)).mappings())


def states(stage: Stage) -> list[str]:
    return [row["state"] for row in rows(stage)]


def of_ana(stage: Stage) -> list[tuple[Any, ...]]:
    """Interactions that the list is the source of."""
    seen = interaction.c
    query = select(seen.kind, seen.occurred_at, seen.data).where(seen.source == "twilio").order_by(seen.id)
    with stage.engine.begin() as connection:
        return [(kind, at, data["by"]) for kind, at, data in connection.execute(query)]


def received(stage: Stage) -> list[str]:
    return [rendered.to for rendered in stage.sender.received]


@pytest.mark.both_databases
def test_what_the_list_has_was_sent(texts: Stage, listing: Listing) -> None:
    """A message with its words, about the time, is it: accepted, with the provider's name and who asked."""
    listing.has(ANA, "SM-ana", at=NOW + 20 * MINUTE)
    (settled,) = ask(texts, listing).settled
    assert (settled.message, settled.state) == (2, "accepted")
    assert rows(texts)[1]["provider_id"] == "SM-ana"
    assert of_ana(texts) == [("sent", NOW, "dana")]
    assert listing.asked == [(ANA, NOW - DAY, NOW + DAY)]
    texts.turn("c")
    assert received(texts) == [BO, ANA]


def test_what_the_list_lacks_was_not_sent(texts: Stage, listing: Listing) -> None:
    """Nothing for the number, in a list that has what was accepted: the text goes out after all, once."""
    (settled,) = ask(texts, listing).settled
    assert (settled.message, settled.state) == (2, "planned")
    assert of_ana(texts) == [("not_sent", NOW + HOUR, "dana")]
    for _ in range(2):
        texts.turn("c")
    assert states(texts) == ["accepted", "accepted"]
    assert received(texts) == [BO, ANA, ANA]


def test_an_empty_list_needs_a_witness(texts: Stage, listing: Listing) -> None:
    """A list that lacks what it accepted, such as another account's, proves nothing."""
    listing.taken.clear()
    assert ask(texts, listing).still == {2: reconciling.NO_WITNESS}
    listing.has(BO, "SM-other")
    assert ask(texts, listing).still == {2: reconciling.NO_WITNESS}
    assert states(texts) == ["accepted", "unknown"]


def test_without_anything_accepted_nothing_is_proved(texts: Stage, listing: Listing) -> None:
    """Where the campaign has nothing that the list could show, a person must decide."""
    with texts.engine.begin() as connection:
        connection.execute(update(message).where(message.c.id == 1).values(provider_id=None))
    assert ask(texts, listing).still == {2: reconciling.NO_WITNESS}


@pytest.mark.parametrize(("minutes", "settles"), [(14, False), (15, True)])
def test_it_is_too_early(texts: Stage, listing: Listing, minutes: int, settles: bool) -> None:
    """For a quarter of an hour its sender may be at work, or the list be behind."""
    texts.now = NOW + minutes * MINUTE
    found = ask(texts, listing)
    assert (len(found.settled), found.still) == ((1, {}) if settles else (0, {2: reconciling.TOO_EARLY}))


def test_something_is_on_its_way_to_the_number(texts: Stage, listing: Listing) -> None:
    """While another message goes to the number, what the list has may be that one."""
    with texts.engine.begin() as connection, unwatched(connection):
        on_its_way = {"address": ANA, "state": "handing_over", "lease_until": texts.now + HOUR}
        first = update(message).where(message.c.id == 1)
        connection.execute(first.values(handed_over_at=texts.now, **on_its_way))
    listing.has(ANA, "SM-ana")
    assert ask(texts, listing).still == {2: reconciling.TOO_EARLY}


@pytest.mark.parametrize(
    "other",
    [
        {"body": "Hello from your trial account"},
        {"at": NOW + 61 * MINUTE},
        {"at": NOW - 61 * MINUTE},
    ],
)
def test_something_else_at_the_number(texts: Stage, listing: Listing, other: dict[str, Any]) -> None:
    """A message that may be it, or may not, leaves it in doubt."""
    listing.has(ANA, "SM-x", **other)
    assert ask(texts, listing).still == {2: reconciling.OTHERS}


def test_two_of_them_at_the_number(texts: Stage, listing: Listing) -> None:
    """More messages with its words than are in doubt: some are not ours, and which is which nobody knows."""
    listing.has(ANA, "SM-1")
    listing.has(ANA, "SM-2")
    assert ask(texts, listing).still == {2: reconciling.OTHERS}


def test_the_template_was_edited(texts: Stage, listing: Listing) -> None:
    """What the message said can't be made again: the one in the list may be it."""
    listing.has(ANA, "SM-ana")
    texts.write("templates/a/text.txt", "Hello again")
    assert ask(texts, listing).still == {2: reconciling.OTHERS}
    texts.write("templates/a/text.txt", "{{ broken")
    assert ask(texts, listing).still == {2: reconciling.OTHERS}


def test_the_campaign_is_gone(texts: Stage, listing: Listing) -> None:
    """Without the file its words can't be made; but nothing at the number is still nothing."""
    (texts.root / "config/campaigns/c.yaml").unlink()
    listing.has(ANA, "SM-ana")
    assert ask(texts, listing).still == {2: reconciling.OTHERS}
    del listing.taken[ANA]
    (settled,) = ask(texts, listing).settled
    assert (settled.state, settled.reason) == ("cancelled", "not sent, and its step is gone")


def test_lists_do_not_reach_back_for_ever(texts: Stage, listing: Listing) -> None:
    """After a month, nothing in the list does not mean that nothing was sent."""
    texts.now = NOW + 31 * DAY
    assert ask(texts, listing).still == {2: reconciling.TOO_OLD}


def test_what_the_ledger_knows_does_not_count(texts: Stage, listing: Listing) -> None:
    """Another text to the number that was accepted is neither the one in doubt nor in its way."""
    with texts.engine.begin() as connection:
        connection.execute(update(message).where(message.c.id == 1).values(address=ANA))
    listing.has(ANA, "SM-bo")
    assert [settled.state for settled in ask(texts, listing).settled] == ["planned"]


@pytest.fixture
def alike(stage: Stage, listing: Listing) -> Stage:
    """Two texts to Ana with the same words, a day apart, of which nobody knows."""
    write_to_both(stage, listing, "- text: a\n- {text: a, name: more, after: 1 day}")
    stage.sender.outcomes[ANA] = OutcomeUnknownError("no answer")
    stage.now += DAY
    stage.turn("c")
    stage.now += HOUR
    assert [row["state"] for row in rows(stage) if row["contact_id"] == 2] == ["unknown"] * 2
    return stage


def test_two_alike_and_both_are_listed(alike: Stage, listing: Listing) -> None:
    """As many in the list as are in doubt: they are the same, in the order of time."""
    listing.has(ANA, "SM-later", at=NOW + DAY)
    listing.has(ANA, "SM-first")
    assert [settled.state for settled in ask(alike, listing).settled] == ["accepted"] * 2
    named = {row["step"]: row["provider_id"] for row in rows(alike) if row["contact_id"] == 2}
    assert named == {"a": "SM-first", "more": "SM-later"}


@pytest.mark.both_databases
def test_two_alike_and_one_is_listed(alike: Stage, listing: Listing) -> None:
    """One in the list for two in doubt: it may be either, also when another number stands between."""
    lost = {"state": "unknown", "provider_id": None}
    between = update(message).where(message.c.step == "more", message.c.address == BO)
    with alike.engine.begin() as connection, unwatched(connection):
        assert connection.execute(between.values(handed_over_at=NOW + HOUR, **lost)).rowcount == 1
    listing.has(ANA, "SM-one")
    found = ask(alike, listing)
    assert set(found.still.values()) == {reconciling.OTHERS}
    assert [row["state"] for row in rows(alike) if row["contact_id"] == 2] == ["unknown"] * 2


def test_two_alike_of_two_campaigns(alike: Stage, listing: Listing) -> None:
    """Whoever asks about one campaign does not take what another one may have sent."""
    later = update(message).where(message.c.step == "more", message.c.address == ANA)
    with alike.engine.begin() as connection:
        another = {"campaign": "another", "sha256": "0", "source": "", "created_at": NOW}
        connection.execute(insert(campaign_version).values(**another))
        connection.execute(later.values(campaign="another"))
    listing.has(ANA, "SM-one")
    found = ask(alike, listing, "c")
    assert (found.settled, list(found.still.values())) == ([], [reconciling.OTHERS] * 2)


def test_two_alike_and_none_is_listed(alike: Stage, listing: Listing) -> None:
    """Neither was sent: the later one goes, the earlier one has been overtaken."""
    listing.taken.pop(ANA, None)
    assert [settled.state for settled in ask(alike, listing).settled] == ["cancelled", "planned"]


@pytest.mark.parametrize("broken", [False, True])
def test_two_that_differ(stage: Stage, listing: Listing, broken: bool) -> None:
    """Of two with different words, the one that is listed was sent, unless the other's can't be made."""
    write_to_both(stage, listing, "- text: a\n- {text: b, after: 1 day}")
    stage.write("templates/b/text.txt", "Bye")
    stage.sender.outcomes[ANA] = OutcomeUnknownError("no answer")
    stage.now += DAY
    stage.turn("c")
    stage.now += HOUR
    listing.has(ANA, "SM-first")
    if broken:
        stage.write("templates/b/text.txt", "{{ broken")
        assert (ask(stage, listing).settled, len(listed_as_others(ask(stage, listing)))) == ([], 2)
        return
    found = ask(stage, listing)
    assert [settled.state for settled in found.settled] == ["accepted"]
    assert len(listed_as_others(found)) == 1
    # The ledger knows the listed one by now: what is left at the number is nothing.
    assert [settled.state for settled in ask(stage, listing).settled] == ["planned"]


def listed_as_others(found: Reconciled) -> list[int]:
    return [number for number, why in found.still.items() if why == reconciling.OTHERS]


def test_the_list_is_away(texts: Stage, listing: Listing) -> None:
    """What can't be asked stays in doubt, and why is told; so it is when the witness can't be asked."""
    for number in (ANA, BO):
        listing.away_for = {number}
        assert ask(texts, listing) == Reconciled(trouble="The list is away.")
    assert states(texts) == ["accepted", "unknown"]


def test_asking_twice(texts: Stage, listing: Listing) -> None:
    """Of two who ask with the same list in hand, one settles, and the other changes nothing."""
    with texts.engine.begin() as connection:
        open_ = doubts(connection, SIGNER, now=texts.now)
    first = ask(texts, listing)
    texts.turn("c")
    with texts.engine.begin() as connection, unwatched(connection):
        connection.execute(update(message).where(message.c.id == 2).values(state="unknown", provider_id=None))
    texts.now += HOUR
    inquiry = Inquiry(
        workspace=texts.workspace,
        signer=SIGNER,
        channel=Channel.TEXT,
        provider=listing,
        source="twilio",
        by="tom",
        now=texts.now,
    )
    second = reconcile(texts.engine, inquiry, open_)
    assert (len(first.settled), second.settled) == (1, [])
    assert states(texts) == ["accepted", "unknown"]


@pytest.mark.both_databases
def test_whose_addresses_are_asked_about(texts: Stage, listing: Listing) -> None:
    """For one campaign, all that is in doubt at its addresses is looked at, and nothing else."""
    with texts.engine.begin() as connection:
        (open_,) = doubts(connection, SIGNER, now=texts.now)
    assert concerned([open_], "c") == concerned([open_], None) == [open_]
    assert concerned([open_], "another") == []
    assert ask(texts, listing, "another") == Reconciled()
    assert listing.asked == []
