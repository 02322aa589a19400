"""From the cells of a row to our fields: what it says, how it is kept, and what could not be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aftershow.leads.readers.badges import normal_badge
from aftershow.leads.readers.headings import ANSWER, Columns
from aftershow.leads.readers.rows import LeadRow
from aftershow.leads.times import read_moment
from aftershow.leads.wordings import grade, language_tag, yes_or_no
from aftershow.people.normalizing.emails import normal_email
from aftershow.people.normalizing.harmless import why_unread
from aftershow.people.normalizing.names import split_full_name
from aftershow.people.normalizing.phones import Phone, read_phone
from aftershow.people.normalizing.places import (
    city_and_state,
    country_code,
    has_state,
    is_canadian,
    state_code,
)
from aftershow.signs import plain
from aftershow.words.answers import Answer
from aftershow.words.fields import Cell, ContactField
from aftershow.workspace.settings import Settings
from aftershow.workspace.shows import RAW_ONLY, Show

#: A cell that says that nothing is there.
_BLANKS = frozenset(("-", "--", "---", ".", "?", "n/a", "N/A", "#N/A", "n.a."))
#: Text of more characters is no name, address or title; it stays in the raw row alone.
_LONGEST = 300
#: Countries that write the month of a date first; those of the second set do both.
_MONTH_FIRST, _EITHER = frozenset(("US", "PR", "PH")), frozenset(("CA",))
_PERMISSION = "permission."
#: What is kept as its cell has it.
_AS_IT_STANDS = tuple(str(field) for field in ContactField if field.row.cell is Cell.TEXT)
#: Any of these would say who a person is or how to reach them.
_TELLING = (
    ContactField.EMAIL,
    ContactField.PHONE,
    ContactField.MOBILE,
    ContactField.GIVEN_NAME,
    ContactField.FAMILY_NAME,
    ContactField.FULL_NAME,
    ContactField.COMPANY,
)
_SHORTENED_CODE = re.compile(r"\d{3,4}")

#: Field to the text of its cell, trimmed.
_Cells = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRow:
    """What a row says."""

    row: LeadRow
    fingerprint: str
    #: what is kept in capture.fields: names of FIELDS, but `answers` and `permission` (channel to answer) are
    #: mappings, and `unread` tells for a field why its cell could not be used
    fields: Mapping[str, Any]
    captured_at: datetime | None
    captured_raw: str | None
    captured_by: str | None
    #: channel to the heading of the column that asks for permission
    asked: Mapping[str, str]
    #: why the row can't be used; None when it can
    unusable: str | None
    #: only a person whom we know may be meant: the row says nothing of them but the badge
    needs_known: bool = False


class RowReader:
    """Reads the rows of one show as its YAML says."""

    def __init__(self, show: Show, settings: Settings, columns: Columns) -> None:
        layout = show.leads
        self._columns = columns
        self._zone = ZoneInfo(show.timezone)
        self._country = layout.phone_country or show.country
        self._replace = layout.replace
        self._codes = layout.codes
        self._translated_fields = {*layout.replace, *layout.codes}
        self._day_first = _day_first(show)
        self._reps = {
            name.casefold(): key
            for key, rep in settings.team.items()
            for name in (key, rep.name, *rep.aliases)
        }
        #: for each heading our field, and the name of the answer if it is one
        self._told_by: dict[str, tuple[str, str]] = {}
        self._asked_by: dict[tuple[str, ...], dict[str, str]] = {}

    def __call__(self, row: LeadRow) -> ReadRow:
        """Return what a row says; never raises for what a cell holds."""
        fields: dict[str, Any] = {}
        unread: dict[str, str] = {}
        cells, answers = self._by_field(row, unread)
        for name in _AS_IT_STANDS:
            _put(fields, name, cells.get(name))
        _read_names(cells, fields)
        self._read_place(cells, fields, unread)
        self._read_addresses(cells, fields, unread)
        self._read_lead(cells, fields, answers, unread)
        asked = self._asked(row.headings)
        if asked:
            fields["permission"] = _permissions(asked, cells, unread)
        moment, raw = self._read_time(cells, unread)
        if answers:
            fields["answers"] = answers
        if unread:
            fields["unread"] = unread
        reachable = _is_reachable(fields)
        return ReadRow(
            row=row,
            fingerprint=row.fingerprint(),
            fields=fields,
            captured_at=moment,
            captured_raw=raw,
            captured_by=cells.get("captured_by"),
            asked=asked,
            unusable=row.trouble or (None if reachable or "badge" in fields else _why_unusable(unread)),
            needs_known=not reachable,
        )

    def _by_field(self, row: LeadRow, unread: dict[str, str]) -> tuple[_Cells, dict[str, str]]:
        cells: _Cells = {}
        answers: dict[str, str] = {}
        for heading, text in row.cells.items():
            field, answer = self._told_by.get(heading) or self._learn(heading)
            written = text.strip()
            if field in self._translated_fields:
                written = self._translated(field, written)
            value = plain(written).strip()
            if not value or value in _BLANKS or field == RAW_ONLY:
                continue
            if field == "notes":
                cells[field] = f"{cells[field]}\n{value}" if field in cells else value
            elif answer:
                answers[answer] = f"{answers[answer]}; {value}" if answer in answers else value
            elif field not in cells:
                _take(cells, unread, field, written)
        return cells, answers

    def _learn(self, heading: str) -> tuple[str, str]:
        field = self._columns.field(heading)
        self._told_by[heading] = field, field.removeprefix(ANSWER) if field.startswith(ANSWER) else ""
        return self._told_by[heading]

    def _translated(self, field: str, value: str) -> str:
        for old, new in self._replace.get(field, {}).items():
            value = value.replace(old, new)
        return self._codes.get(field, {}).get(value, value)

    def _read_place(self, cells: _Cells, fields: dict[str, Any], unread: dict[str, str]) -> None:
        country = None
        if "country" in cells:
            country = country_code(cells["country"])
            if country is None:
                unread["country"] = "this is no country that is known"
        state, code = cells.get("state"), cells.get("postal_code")
        if is_canadian(state, code):
            country = "CA"
        city = cells.get("city")
        if city and not state:
            city, state = city_and_state(city, country)
        home = country or self._country
        if not country and state and has_state(self._country, state):
            country = self._country
        _put(fields, "country", country)
        _put(fields, "city", city)
        _put(fields, "state", state and state_code(state, home))
        _put(fields, "postal_code", code and _postal_code(code, home))

    def _read_addresses(self, cells: _Cells, fields: dict[str, Any], unread: dict[str, str]) -> None:
        if "email" in cells:
            _put(fields, "email", normal_email(cells["email"]))
            if "email" not in fields:
                unread["email"] = "this is no email address"
        phones = {name: self._phone(name, cells, fields, unread) for name in ("phone", "mobile", "fax")}
        phone, mobile, fax = phones.values()
        if mobile and not mobile.takes_texts:
            phone, mobile = phone or mobile, None
        if phone:
            fields["phone"] = phone.e164
            _put(fields, "phone_extension", phone.extension)
            if not mobile and phone.takes_texts:
                mobile = phone
        _put(fields, "mobile", mobile and mobile.e164)
        _put(fields, "fax", fax and fax.e164)

    def _phone(
        self, name: str, cells: _Cells, fields: dict[str, Any], unread: dict[str, str]
    ) -> Phone | None:
        if name not in cells:
            return None
        phone = read_phone(cells[name], fields.get("country") or self._country)
        if phone is None:
            unread[name] = "this is no number that can be dialled; write it with + and the country's code"
        return phone

    def _read_lead(
        self, cells: _Cells, fields: dict[str, Any], answers: dict[str, str], unread: dict[str, str]
    ) -> None:
        _put(fields, "badge", "badge" in cells and normal_badge(cells["badge"]))
        if "grade" in cells:
            _put(fields, "grade", grade(cells["grade"]))
            if "grade" not in fields:
                answers.setdefault("grade", cells["grade"])
        owner = cells.get("owner") or cells.get("captured_by")
        _put(fields, "owner", owner and self._reps.get(owner.casefold(), owner))
        if "language" in cells:
            _put(fields, "language", language_tag(cells["language"]))
            if "language" not in fields:
                unread["language"] = "this is no language that is known"
        if "is_customer" in cells:
            said = yes_or_no(cells["is_customer"])
            if said is None:
                unread["is_customer"] = "this is neither yes nor no"
            else:
                fields["is_customer"] = said

    def _asked(self, headings: tuple[str, ...]) -> dict[str, str]:
        if headings not in self._asked_by:
            fields = {heading: self._columns.field(heading) for heading in headings}
            self._asked_by[headings] = {
                field.removeprefix(_PERMISSION): heading
                for heading, field in fields.items()
                if field.startswith(_PERMISSION)
            }
        return self._asked_by[headings]

    def _read_time(self, cells: _Cells, unread: dict[str, str]) -> tuple[datetime | None, str | None]:
        day, clock = cells.get("captured_date", ""), cells.get("captured_time", "")
        raw = cells.get("captured_at") or f"{day} {clock}".strip()
        if not raw:
            return None, None
        if "captured_at" in cells:
            day, clock = raw, ""
        moment = read_moment(day, clock, zone=self._zone, day_first=self._day_first)
        if moment is None:
            unread["captured_at"] = "this is no time that can be read; see `dates:` in the show's YAML"
        return moment, raw


def _day_first(show: Show) -> bool | None:
    if show.leads.dates:
        return show.leads.dates == "day_first"
    if show.country is None or show.country in _EITHER:
        return None
    return show.country not in _MONTH_FIRST


def _take(cells: _Cells, unread: dict[str, str], field: str, written: str) -> None:
    """Take the text of a cell for a field, or note why not; then a later column may say it."""
    if len(written) > _LONGEST:
        unread.setdefault(field, f"it is longer than {_LONGEST} characters")
    elif why := why_unread(field, written):
        unread.setdefault(field, why)
    else:
        value = plain(written)
        cells[field] = value if value.isalnum() else " ".join(value.split())


def _put(fields: dict[str, Any], name: str, value: object) -> None:
    if value:
        fields[name] = value


def _read_names(cells: _Cells, fields: dict[str, Any]) -> None:
    given, family = cells.get("given_name"), cells.get("family_name")
    full = cells.get("full_name")
    if full and not family:
        # Beside a first name, `Name` holds the rest of the name.
        given, family = (given, full.removeprefix(given).strip()) if given else split_full_name(full)
    _put(fields, "given_name", given)
    _put(fields, "family_name", family)


def _permissions(asked: Mapping[str, str], cells: _Cells, unread: dict[str, str]) -> dict[str, str]:
    answers = {}
    for channel in asked:
        name = _PERMISSION + channel
        said = yes_or_no(cells[name]) if name in cells else None
        if said is None and name in cells:
            unread[name] = "this is neither yes nor no"
        answers[channel] = (Answer.NOT_ASKED if said is None else Answer.YES if said else Answer.NO).value
    return answers


def _postal_code(text: str, country: str | None) -> str:
    code = text.removeprefix("'").removesuffix(".0")
    # Spreadsheets drop the zeros that begin a ZIP code.
    return code.zfill(5) if country == "US" and _SHORTENED_CODE.fullmatch(code) else code.upper()


def _is_reachable(fields: Mapping[str, Any]) -> bool:
    """Tell whether a row says who a person is or how to reach them."""
    if "email" in fields or "phone" in fields or "mobile" in fields:
        return True
    named = "family_name" in fields or "given_name" in fields
    return named and any(name in fields for name in ("company", "badge", "address_1", "city"))


def _why_unusable(unread: Mapping[str, str]) -> str:
    unreadable = [f"the {field.row.label}" for field in _TELLING if field in unread]
    reason = "nothing to recognise or reach a person by (a name with a company, an email address, a phone)"
    return f"{reason}; can't be read: {', '.join(unreadable)}" if unreadable else reason
