"""A person's clock stands where address and phone both allow it, and where either does if they disagree."""

import pytest
from sqlalchemy import update

from aftershow.people.normalizing.phones import zones_of_phone
from aftershow.people.normalizing.places import zones_of_address
from aftershow.people.normalizing.zones import likely_zones, zones_of
from aftershow.store.tables import contact
from tests.leads.desk import Desk

CHICAGO, DENVER, NEW_YORK = "America/Chicago", "America/Denver", "America/New_York"


@pytest.mark.parametrize(
    ("country", "state", "phone", "expected"),
    [
        # One clock by the address.
        ("US", "IL", None, [CHICAGO]),
        ("DE", None, None, ["Europe/Berlin"]),
        ("GB", None, "+442079460123", ["Europe/London"]),
        # A state with two clocks, and what a phone says about it.
        ("US", "TX", None, [CHICAGO, DENVER]),
        ("US", "TX", "+19155550114", [DENVER]),
        ("US", "TX", "+12145550114", [CHICAGO]),
        ("US", "IN", "+13175550114", ["America/Indiana/Indianapolis"]),
        # One area code of Florida has two clocks; the digits after it decide.
        ("US", "FL", "+18502220114", [NEW_YORK]),
        ("US", "FL", "+18504320114", [CHICAGO]),
        # A country with several clocks, and what a phone says about it.
        ("US", None, "+12125550114", [NEW_YORK]),
        ("ES", None, "+34911234567", ["Europe/Madrid"]),
        ("AU", "WA", "+61412345678", ["Australia/Perth"]),
        # The phone says nothing: toll-free, or a mobile of the whole country.
        ("US", "IL", "+18005550114", [CHICAGO]),
        ("US", "TX", "+18005550114", [CHICAGO, DENVER]),
        ("AU", "NT", "+61412345678", ["Australia/Darwin"]),
        # They contradict each other: someone from Boston lives in Illinois, or the other way round.
        ("US", "IL", "+16175550114", [CHICAGO, NEW_YORK]),
        ("DE", None, "+12125550114", [NEW_YORK, "Europe/Berlin"]),
        # No address, or one that says nothing.
        (None, None, "+12125550114", [NEW_YORK]),
        (None, None, "+491711234567", ["Europe/Berlin"]),
        (None, "IL", "+12125550114", [NEW_YORK]),
        (None, None, "+34612345678", ["Atlantic/Canary", "Europe/Madrid"]),
        (None, None, "+18005550114", []),
        (None, None, None, []),
    ],
)
def test_the_zones_are_those_that_address_and_phone_allow(
    country: str | None, state: str | None, phone: str | None, expected: list[str]
) -> None:
    """What remains is one zone for each clock, and one alone for most people."""
    assert likely_zones(country, state, phone, year=2026) == tuple(expected)


def test_a_country_alone_leaves_one_zone_for_each_of_its_clocks() -> None:
    """Of someone in the United States, Hawaii and New York are possible; Indiana's nine zones add nothing."""
    zones = likely_zones("US", None, None, year=2026)
    assert {"Pacific/Honolulu", CHICAGO, NEW_YORK, "America/Phoenix"} <= set(zones)
    assert len(zones) < 12
    assert list(zones) == sorted(zones)


def test_a_state_that_is_not_known_is_the_whole_country() -> None:
    """A county in the column for the state does not make the country unknown."""
    assert zones_of_address("GB", "Kent") == ("Europe/London",)
    assert zones_of_address("US", "Elsewhere") == zones_of_address("US", None)
    assert zones_of_address(None, "IL") == ()


def test_numbers_that_are_answered_anywhere_have_no_zone() -> None:
    """Toll-free numbers say nothing about where a person is."""
    assert zones_of_phone("+18005550114") == ()
    assert zones_of_phone("+448001234567") == ()


@pytest.mark.parametrize(
    ("timezone", "possible", "country", "expected"),
    [
        (CHICAGO, None, "US", (CHICAGO,)),
        (None, f"{CHICAGO} {DENVER}", "US", (CHICAGO, DENVER)),
        (None, None, "GB", ("Europe/London",)),
        (None, None, None, ("Europe/Berlin",)),
        (None, None, "ZZ", ("Europe/Berlin",)),
    ],
)
def test_some_zone_counts_for_everybody(
    timezone: str | None, possible: str | None, country: str | None, expected: tuple[str, ...]
) -> None:
    """The columns come first, then all zones of the country, then our own."""
    assert zones_of(timezone, possible, country, home="Europe/Berlin") == expected


HEAD = "First name,Last name,Email,State,Country,Phone\n"


def test_a_contact_keeps_one_zone_or_those_that_are_possible(sqlite_desk: Desk) -> None:
    """While several clocks are possible the columns name them all; a phone number in a later file decides."""
    sqlite_desk.put(HEAD + "Ann,Lee,ann@example.com,Texas,US,\n")
    first = sqlite_desk.contact()
    assert (first["timezone"], first["possible_zones"]) == (None, f"{CHICAGO} {DENVER}")
    sqlite_desk.put(HEAD + "Ann,Lee,ann@example.com,Texas,US,+1 915 555 0114\n", name="b.csv")
    second = sqlite_desk.contact()
    assert (second["timezone"], second["possible_zones"]) == (DENVER, None)


def test_a_zone_that_was_typed_by_hand_is_the_only_one(sqlite_desk: Desk) -> None:
    """No import makes other zones possible again."""
    sqlite_desk.put(HEAD + "Ann,Lee,ann@example.com,Texas,US,\n")
    by_hand = {"timezone": "Europe/Paris", "possible_zones": None, "locked": ["timezone"]}
    with sqlite_desk.engine.begin() as connection:
        connection.execute(update(contact).values(**by_hand))
    sqlite_desk.put(HEAD + "Anna,Lee,ann@example.com,Texas,US,\n", name="b.csv")
    ann = sqlite_desk.contact()
    assert (ann["given_name"], ann["timezone"], ann["possible_zones"]) == ("Anna", "Europe/Paris", None)
