"""What each channel sends to, as SQL over the contact: the same wherever an address is read or suppressed."""

from sqlalchemy import ColumnElement, Text, case, func, literal

from aftershow.store.tables import contact
from aftershow.words import Channel

#: The longest address that a message and a suppression can keep.
_LONGEST_ADDRESS = 320


def _postal_address() -> ColumnElement[str]:
    """The address on one line, as 1 Pump Road, 61602 Peoria, US; NULL without a street or a town."""
    code = func.coalesce(contact.c.postal_code.concat(" "), "")
    country = func.coalesce(literal(", ", Text()).concat(contact.c.country), "")
    line = contact.c.address_1.concat(", ").concat(code).concat(contact.c.city).concat(country)
    known = (contact.c.address_1 != "") & (contact.c.city != "")
    return case((known, func.substr(line, 1, _LONGEST_ADDRESS)))


#: The address that each channel uses; NULL for a contact who has none.
ADDRESSES: dict[Channel, ColumnElement[str]] = {
    Channel.EMAIL: contact.c.email,
    Channel.TEXT: contact.c.mobile,
    Channel.LETTER: _postal_address(),
    Channel.CALL: func.coalesce(contact.c.phone, contact.c.mobile),
    Channel.MEETING: contact.c.email,
}
