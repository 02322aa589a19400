"""Numbers that are understood without asking phonenumbers are understood as it understands them."""

from collections.abc import Iterator
from random import Random

import phonenumbers
import pytest
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from aftershow.people.normalizing.phones import may_be_carried, read_phone, zones_of_phone

TEXTABLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
#: Area codes of all kinds: the USA, Canada, the Caribbean, toll-free, personal, not in use.
AREAS = range(200, 1000)
WRITINGS = ("({}) {}-{}", "{}-{}-{}", "+1 {} {} {}", "1-{}-{}-{}", "{}{}{}", "1 {}.{}.{}")


def north_american() -> Iterator[tuple[str, str]]:
    """Yield three numbers of each area code, each as it is written and in digits."""
    chance = Random(7)
    for area in AREAS:
        for _ in range(3):
            parts = (area, chance.randint(190, 999), f"{chance.randrange(10_000):04}")
            yield chance.choice(WRITINGS).format(*parts), "{}{}{}".format(*parts)


def test_north_american_numbers_are_what_phonenumbers_says() -> None:
    """A number, whether it takes texts, and where it may be: the short way gives what the long way gives."""
    for written, digits in north_american():
        number = phonenumbers.parse("+1" + digits)
        kind = phonenumbers.number_type(number)
        valid = phonenumbers.is_valid_number(number)
        found = read_phone(written, "US")
        assert (found.e164 if found else None) == (f"+1{digits}" if valid else None), written
        expected = (kind in TEXTABLE, kind == PhoneNumberType.MOBILE)
        assert may_be_carried("+1" + digits) == expected, written
        if found:
            assert (found.takes_texts, found.is_mobile) == expected, written
        if expected[0]:
            zones = [zone for zone in time_zones_for_number(number) if zone != UNKNOWN_TIMEZONE]
            assert zones_of_phone("+1" + digits) == tuple(zones), written


@pytest.mark.parametrize("country", ["DE", "FR", "GB", "AU", "MX", "NL", "ES", "BR", "IN", "AT"])
def test_numbers_of_other_countries_are_what_phonenumbers_says(country: str) -> None:
    """Numbers that differ in the last digits alone are looked up once, and are the same kind."""
    chance = Random(country)
    example = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    landline = phonenumbers.example_number_for_type(country, PhoneNumberType.FIXED_LINE)
    for one in (example, landline):
        national = phonenumbers.format_number(one, PhoneNumberFormat.NATIONAL)
        start = phonenumbers.normalize_digits_only(national)[:-6]
        for _ in range(40):
            written = start + f"{chance.randrange(1_000_000):06}"
            try:
                number = phonenumbers.parse(written, country)
            except NumberParseException:
                assert read_phone(written, country) is None
                continue
            kind = phonenumbers.number_type(number)
            found = read_phone(written, country)
            if not phonenumbers.is_valid_number(number):
                assert found is None, written
                continue
            assert found, written
            assert found.e164 == phonenumbers.format_number(number, PhoneNumberFormat.E164)
            assert found.takes_texts == (kind in TEXTABLE), written
            assert found.is_mobile == (kind == PhoneNumberType.MOBILE), written
            assert may_be_carried(found.e164) == (found.takes_texts, found.is_mobile)
