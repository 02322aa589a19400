"""One file on its way into the database, some thousand rows at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from aftershow.leads.readers.rows import LeadRow
from aftershow.leads.result import FixEntry, Note
from aftershow.leads.row_reader import ReadRow, RowReader
from aftershow.people.consent.permissions import MARKETING, Statement, record_all
from aftershow.people.identity.matching import Candidate, Key, Roster, add_keys, alike_keys, linking_keys
from aftershow.people.identity.reviews import add_reviews
from aftershow.people.record.captures import Captured, load_captures, moment_of, sort_captures
from aftershow.people.record.interactions import Interaction, write_many
from aftershow.people.record.records import write_records
from aftershow.signs import plain
from aftershow.store.bulk import insert_rows
from aftershow.store.engine import insert_into
from aftershow.store.numbers import take_ids
from aftershow.store.tables import capture, contact, fix_entry
from aftershow.store.types import in_list
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.workspace.shows import Show

#: Why a row that has nothing but a badge can't be used.
BADGE_ALONE = "only a badge number, and no other row of this show tells whose it is"
#: Nobody is scanned so often at one show; all that is known of a person is gone through at each new row.
MOST_OF_ONE = 100
TOO_OFTEN = (
    f"more than {MOST_OF_ONE} rows of this show name the same person; are the columns of email addresses, "
    "badges and mobile numbers the right ones?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where the rows of a file go."""

    connection: Connection
    show: Show
    show_id: int
    file_id: int
    #: of the import, aware
    now: datetime
    #: the newest contact that was there before the file
    newest_contact: int


@dataclass(kw_only=True, slots=True)
class ImportCounts:
    """What has become of a file's rows so far."""

    rows: int = 0
    captures: int = 0
    contacts_new: int = 0
    leads_new: int = 0
    review: int = 0
    #: contacts that were there before the file
    matched: set[int] = field(default_factory=set)
    fix_list: list[FixEntry] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Placed:
    """A row that is new, and the person whom it speaks of."""

    id: int
    said: ReadRow
    person: Candidate
    at: datetime


def newest_contact(connection: Connection) -> int:
    """Return the highest number of a contact; 0 without any."""
    return connection.scalar(select(func.coalesce(func.max(contact.c.id), 0))) or 0


def import_batch(
    target: Target, understand: RowReader, rows: Sequence[LeadRow], totals: ImportCounts
) -> None:
    """Bring rows into the database and count them in `totals`; rows that it has already are left alone."""
    totals.rows += len(rows)
    fresh = _fresh(target, map(understand, rows), totals)
    keys = {
        said.fingerprint: (linking_keys(said.fields, target.show.show), alike_keys(said.fields))
        for said in fresh
    }
    roster = Roster(target.connection, (key for links, alike in keys.values() for key in (*links, *alike)))
    usable = _usable(target, fresh, keys, roster, totals)
    persons = [roster.person_for(said.fields, *keys[said.fingerprint]) for said in usable]
    few = _without_too_many(target, usable, persons, totals)
    _write(target, _place(target, few, roster), roster, totals)


def _fresh(target: Target, said: Iterable[ReadRow], totals: ImportCounts) -> list[ReadRow]:
    """Return the rows that are not in the database, each once."""
    by_fingerprint: dict[str, ReadRow] = {}
    for one in said:
        by_fingerprint.setdefault(one.fingerprint, one)
    known = target.connection.execute(
        select(capture.c.row_hash, capture.c.contact_id).where(
            capture.c.show_id == target.show_id, in_list(capture.c.row_hash, values=by_fingerprint)
        )
    )
    for fingerprint, contact_id in known:
        del by_fingerprint[fingerprint]
        if contact_id <= target.newest_contact:
            totals.matched.add(contact_id)
    return list(by_fingerprint.values())


_Keys = Mapping[str, tuple[list[Key], list[Key]]]


def _usable(
    target: Target, fresh: Sequence[ReadRow], keys: _Keys, roster: Roster, totals: ImportCounts
) -> list[ReadRow]:
    """Put the rows that can't be used on the fix list; returns the others.

    A badge alone is enough for a person who is known, from an earlier file or from any row of this batch.
    """
    named = {
        key for one in fresh if not one.unusable and not one.needs_known for key in keys[one.fingerprint][0]
    }
    usable, broken = [], []
    for one in fresh:
        links = keys[one.fingerprint][0]
        reason = one.unusable
        if not reason and one.needs_known and not (roster.names_someone(links) or named.intersection(links)):
            reason = BADGE_ALONE
        if reason:
            broken.append((one, reason))
        else:
            usable.append(one)
    _write_fixes(target, broken, totals)
    # Rows that need someone else to be known come last.
    return sorted(usable, key=lambda one: one.needs_known)


def _without_too_many(
    target: Target, usable: Sequence[ReadRow], persons: Sequence[Candidate], totals: ImportCounts
) -> list[tuple[ReadRow, Candidate]]:
    """Put rows on the fix list whose person has more of them than a show gives; returns the others."""
    known = {person.id: person for person in persons if person.id is not None}
    counted = select(capture.c.contact_id, func.count()).group_by(capture.c.contact_id)
    of_show = counted.where(capture.c.show_id == target.show_id, in_list(capture.c.contact_id, values=known))
    counts = Counter({known[number]: count for number, count in target.connection.execute(of_show)})
    few, broken = [], []
    for said, person in zip(usable, persons, strict=True):
        counts[person] += 1
        if counts[person] > MOST_OF_ONE:
            broken.append((said, TOO_OFTEN))
        else:
            few.append((said, person))
    _write_fixes(target, broken, totals)
    return few


def _place(target: Target, few: Sequence[tuple[ReadRow, Candidate]], roster: Roster) -> list[_Placed]:
    placed = []
    ends_at = target.show.ends_at
    for number, (said, person) in zip(take_ids(target.connection, capture, len(few)), few, strict=True):
        at = moment_of(said.captured_at, ends_at, target.now)
        person.captured.append(Captured(id=number, show_id=target.show_id, at=at, fields=said.fields))
        placed.append(_Placed(id=number, said=said, person=person, at=at))
    for number, person in zip(
        take_ids(target.connection, contact, len(roster.added)), roster.added, strict=True
    ):
        person.id = number
    return placed


def _write(target: Target, placed: Sequence[_Placed], roster: Roster, totals: ImportCounts) -> None:
    if not placed:
        return
    connection, now = target.connection, target.now
    persons = {one.person.number: one.person for one in placed}
    new = {person.number for person in roster.added}
    captures = load_captures(connection, persons.keys() - new)
    for number, person in persons.items():
        captured_rows = captures.setdefault(number, [])
        captured_rows.extend(person.captured)
        sort_captures(captured_rows)
    owners = {target.show_id: target.show.owner}
    totals.leads_new += write_records(connection, captures, new=new, owners=owners, now=now)
    _write_captures(target, placed)
    add_keys(connection, ((key, person.number) for person in persons.values() for key in person.keys))
    said = [statement for one in placed for statement in _statements(target, one)]
    record_all(connection, said, imported=True, new=new)
    pairs = [(s.one.number, s.other.number, s.reason) for s in roster.suspicions]
    totals.review += add_reviews(connection, pairs, now=now)
    totals.captures += len(placed)
    totals.contacts_new += len(new)
    totals.matched.update(number for number in persons if number <= target.newest_contact)
    for one in placed:
        row = one.said.row
        for name, reason in one.said.fields.get("unread", {}).items():
            totals.notes.append(Note(file=plain(row.file), line=row.line, field=name, reason=reason))


def _write_captures(target: Target, placed: Sequence[_Placed]) -> None:
    connection = target.connection
    data = {"show": target.show.show}
    insert_rows(
        connection,
        capture,
        [
            {
                "id": one.id,
                "show_id": target.show_id,
                "row_hash": one.said.fingerprint,
                "file_id": target.file_id,
                "line": one.said.row.line,
                "contact_id": one.person.id,
                "cells": one.said.row.cells,
                "fields": one.said.fields,
                "captured_at": one.said.captured_at,
                "captured_raw": one.said.captured_raw,
                "captured_by": one.said.captured_by,
                "imported_at": target.now,
            }
            for one in placed
        ],
    )
    captured = [
        Interaction(
            contact_id=one.person.number,
            kind=InteractionKind.CAPTURED,
            at=one.at,
            source="capture",
            external_id=str(one.id),
            data=data,
        )
        for one in placed
    ]
    write_many(connection, captured, now=target.now)
    # What was on the fix list may be usable now that the YAML says how to read it.
    connection.execute(
        delete(fix_entry).where(
            fix_entry.c.show_id == target.show_id,
            in_list(fix_entry.c.row_hash, values=[one.said.fingerprint for one in placed]),
        )
    )


def _statements(target: Target, one: _Placed) -> Iterable[Statement]:
    """Yield what a row says about permission; what it is silent on is said by the terms of the show."""
    said = one.said.fields.get("permission", {})
    for channel, answer in said.items():
        if answer != Answer.NOT_ASKED:
            wording = one.said.asked[channel]
            yield _statement(target, one, Channel(channel), MARKETING, Answer(answer), wording)
    for terms in target.show.permissions:
        if terms.channel not in said:
            yield _statement(target, one, terms.channel, terms.purpose, terms.answer, terms.wording)


def _statement(
    target: Target, one: _Placed, channel: Channel, purpose: str, answer: Answer, wording: str
) -> Statement:
    return Statement(
        contact_id=one.person.number,
        channel=channel,
        purpose=purpose,
        answer=answer,
        source=f"show:{target.show.show}",
        wording=wording,
        said_at=one.at,
        capture_id=one.id,
    )


def _write_fixes(target: Target, broken: Sequence[tuple[ReadRow, str]], totals: ImportCounts) -> None:
    rows = []
    for one, why in broken:
        row = one.row
        reason = plain(f"sheet {row.sheet}: {why}" if row.sheet else why)
        totals.fix_list.append(FixEntry(file=plain(row.file), line=row.line, reason=reason))
        rows.append(
            {
                "show_id": target.show_id,
                "row_hash": one.fingerprint,
                "file_id": target.file_id,
                "line": row.line,
                "reason": reason,
                "cells": row.cells,
                "created_at": target.now,
            }
        )
    if rows:
        target.connection.execute(insert_into(target.connection, fix_entry).on_conflict_do_nothing(), rows)
