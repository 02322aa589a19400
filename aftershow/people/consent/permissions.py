"""What people said about being written to: every statement is kept, and one of them counts."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from aftershow.store.bulk import insert_rows
from aftershow.store.numbers import take_ids
from aftershow.store.tables import permission, permission_evidence
from aftershow.store.types import in_list
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel

MARKETING = "marketing"
#: Of two statements made at the same moment, the later one in this list counts.
_STRICTNESS = [Answer.YES, Answer.NOT_ASKED, Answer.NO]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What a person said, once."""

    contact_id: int
    channel: Channel
    purpose: str = MARKETING
    answer: Answer
    #: who says that it was said, such as show:pack-expo-2026
    source: str
    #: what the person was asked or told, where it is known
    wording: str | None = None
    said_at: datetime
    capture_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counting:
    """The answer that counts, and since when."""

    answer: Answer
    said_at: datetime
    evidence_id: int


#: Contact, channel and purpose: what an answer is about.
_Matter = tuple[int, str, str]
_MATTER = ("contact_id", "channel", "purpose")


def record(
    connection: Connection,
    contact_id: int,
    channel: Channel,
    answer: Answer,
    *,
    source: str,
    said_at: datetime,
    wording: str | None = None,
    purpose: str = MARKETING,
) -> None:
    """Keep what a person said to us directly; the newest counts, of two at the same moment the strictest.

    `source` tells where it was said, `wording` what the person was asked; `said_at` is aware.
    """
    statement = Statement(
        contact_id=contact_id,
        channel=channel,
        purpose=purpose,
        answer=answer,
        source=source,
        wording=wording,
        said_at=said_at,
    )
    record_all(connection, [statement], imported=False)


def record_all(
    connection: Connection, statements: Sequence[Statement], *, imported: bool, new: Collection[int] = ()
) -> None:
    """Keep statements, in their order, and let the newest count.

    A statement that its source made before, and that says nothing new, is not kept again. With `imported`, a
    `no` never becomes a `yes`: a file may repeat what was true when it was written, so that only the person
    can take a `no` back. `new` are contacts who have said nothing so far.
    """
    if not statements:
        return
    people = {statement.contact_id for statement in statements}.difference(new)
    latest = _latest_of_each_source(connection, people)
    counting = _counting(connection, people)
    before = dict(counting)
    kept: list[tuple[int, Statement]] = []
    numbers = iter(take_ids(connection, permission_evidence, len(statements)))
    for statement in statements:
        matter = (statement.contact_id, statement.channel, statement.purpose)
        said = (statement.answer, statement.wording)
        current = counting.get(matter)
        # A person who repeats a yes after a no elsewhere says something new; a file that repeats it does not.
        repeated = latest.get((*matter, statement.source)) == said
        if repeated and (imported or (current and current.answer == statement.answer)):
            continue
        latest[(*matter, statement.source)] = said
        number = next(numbers)
        kept.append((number, statement))
        if _takes_over(statement, current, imported=imported):
            counting[matter] = _Counting(
                answer=statement.answer, said_at=statement.said_at, evidence_id=number
            )
    changed = {matter: now for matter, now in counting.items() if before.get(matter) != now}
    _write(connection, kept, changed, before)


def _takes_over(said: Statement, current: _Counting | None, *, imported: bool) -> bool:
    if current is None:
        return True
    if imported and current.answer == Answer.NO:
        return said.answer == Answer.NO and said.said_at > current.said_at
    if said.said_at == current.said_at:
        return stricter(said.answer, than=current.answer)
    return said.said_at > current.said_at


def stricter(answer: Answer, *, than: Answer) -> bool:
    """Tell whether an answer allows less than another."""
    return _STRICTNESS.index(answer) > _STRICTNESS.index(than)


def _latest_of_each_source(
    connection: Connection, people: Iterable[int]
) -> dict[tuple[int, str, str, str], tuple[str, str | None]]:
    table = permission_evidence.c
    rows = connection.execute(
        select(table.contact_id, table.channel, table.purpose, table.source, table.answer, table.wording)
        .where(in_list(table.contact_id, values=people))
        .order_by(table.said_at, table.id)
    )
    return {
        (person, channel, purpose, source): (answer, wording)
        for person, channel, purpose, source, answer, wording in rows
    }


def _counting(connection: Connection, people: Iterable[int]) -> dict[_Matter, _Counting]:
    rows = connection.execute(select(permission).where(in_list(permission.c.contact_id, values=people)))
    return {
        (row.contact_id, row.channel, row.purpose): _Counting(
            answer=Answer(row.answer), said_at=row.said_at, evidence_id=row.evidence_id
        )
        for row in rows
    }


def _write(
    connection: Connection,
    kept: Sequence[tuple[int, Statement]],
    changed: Mapping[_Matter, _Counting],
    before: Container[_Matter],
) -> None:
    insert_rows(
        connection,
        permission_evidence,
        [
            {
                "id": number,
                "contact_id": said.contact_id,
                "channel": said.channel.value,
                "purpose": said.purpose,
                "answer": said.answer.value,
                "source": said.source,
                "wording": said.wording,
                "said_at": said.said_at,
                "capture_id": said.capture_id,
            }
            for number, said in kept
        ],
    )
    rows = [
        {
            "contact_id": contact_id,
            "channel": channel,
            "purpose": purpose,
            "answer": now.answer.value,
            "said_at": now.said_at,
            "evidence_id": now.evidence_id,
        }
        for (contact_id, channel, purpose), now in changed.items()
    ]
    insert_rows(connection, permission, [row for row in rows if _matter(row) not in before])
    _replace(connection, [row for row in rows if _matter(row) in before])


def _matter(row: Mapping[str, Any]) -> _Matter:
    return row["contact_id"], row["channel"], row["purpose"]


def _replace(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    matter = [permission.c[name] == bindparam(f"of_{name}") for name in _MATTER]
    values: dict[str, Any] = {name: bindparam(name) for name in ("answer", "said_at", "evidence_id")}
    given = [row | {f"of_{name}": row[name] for name in _MATTER} for row in map(dict, rows)]
    connection.execute(update(permission).where(*matter).values(values), given)
