"""What each channel sends to, as SQL over the contact: the same wherever an address is read or suppressed."""

from sqlalchemy import ColumnElement, Text, case, func, literal

from aftershow.store.tables import contact
from aftershow.words.channels import Channel

#: The longest address that a message and a suppression can keep.
_LONGEST_ADDRESS = 320
#: Countries whose letters name the state and put the postal code behind the town.
_TOWN_FIRST = ("US", "CA", "AU")


def _postal_address() -> ColumnElement[str]:
    """The address on one line, as 1 Pump Road, Peoria IL 61602, US; NULL without a street or a town."""
    at = contact.c
    town_first = _joined(" ", at.city, at.state, at.postal_code)
    town = case((at.country.in_(_TOWN_FIRST), town_first), else_=_joined(" ", at.postal_code, at.city))
    line = _joined(", ", at.address_1, at.address_2, town, at.country)
    known = (at.address_1 != "") & (at.city != "")
    return case((known, func.substr(line, 1, _LONGEST_ADDRESS)))


def _joined(between: str, *parts: ColumnElement[str] | ColumnElement[str | None]) -> ColumnElement[str]:
    """The parts that there are, with this between them."""
    separator = literal(between, Text())
    line: ColumnElement[str] = literal("", Text())
    for part in parts:
        line = line.concat(func.coalesce(separator.concat(func.nullif(part, "")), ""))
    return func.substr(line, len(between) + 1)


#: The address that each channel uses; NULL for a contact who has none.
ADDRESSES: dict[Channel, ColumnElement[str]] = {
    Channel.EMAIL: contact.c.email,
    Channel.TEXT: contact.c.mobile,
    Channel.LETTER: _postal_address(),
    Channel.CALL: func.coalesce(contact.c.phone, contact.c.mobile),
    Channel.MEETING: contact.c.email,
}
