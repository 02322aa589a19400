"""What must hold after whatever happened: the ledger beside what the mail server took."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from aftershow.signing import Signer, load_secret
from aftershow.store.tables import contact, interaction, message
from aftershow.words.kinds import InteractionKind
from aftershow.words.states import State
from tests.proofs.scene import Scene
from tests.servers.mail_sink import Taken

#: In these nothing more happens to a message by itself, but for those that wait for something else.
ENDS = frozenset({State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.CANCELLED, State.EXPIRED, State.HELD})


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How it ended."""

    people: int
    #: messages that the mail server took
    received: int
    accepted: int
    unknown: int
    #: people who got it more than once
    twice: int
    #: people without a message that ended, and messages that we think accepted and nobody took
    lost: int


def require(found: Figures, *, doubts: int, case: object) -> None:
    """Fail unless everyone has it once, or it is in doubt, of so many at most; says for which case."""
    said = (case, found)
    assert found.twice == found.lost == 0, said
    assert found.accepted <= found.received <= found.accepted + found.unknown, said
    assert found.accepted + found.unknown == found.people, said
    assert found.unknown <= doubts, said


def figures(scene: Scene, received: list[Taken]) -> Figures:
    """Compare, and count; fails where the ledger contradicts itself."""
    with scene.engine() as engine, engine.begin() as connection:
        people = set(connection.scalars(select(contact.c.id)))
        rows = connection.execute(select(message)).all()
        by_id = {row.id: row for row in rows}
        ids = _ids(connection, received)
        logged = _logged(connection)
    accepted = {row.id for row in rows if row.state == State.ACCEPTED}
    unknown = {row.id for row in rows if row.state == State.UNKNOWN}
    assert [by_id[number].address for number in ids] == [one.to for one in received]
    assert set(ids) <= accepted | unknown, "the mail server took what the ledger does not know of"
    assert logged == dict.fromkeys(accepted, 1), "one interaction for each accepted message"
    times = Counter(by_id[number].contact_id for number in ids)
    ended = {row.contact_id for row in rows if row.state in ENDS}
    return Figures(
        people=len(people),
        received=len(ids),
        accepted=len(accepted),
        unknown=len(unknown),
        twice=sum(count > 1 for count in times.values()),
        lost=len(people - ended) + len(accepted - set(ids)),
    )


def _ids(connection: Connection, received: list[Taken]) -> list[int]:
    signer = Signer(load_secret(connection))
    read = [signer.read_message_key(one.key) for one in received]
    ids = [number for number in read if number is not None]
    assert len(ids) == len(read), "the mail server took a message whose key we did not make"
    return ids


def _logged(connection: Connection) -> dict[int | None, int]:
    query = (
        select(interaction.c.message_id, func.count())
        .where(interaction.c.kind == InteractionKind.SENT)
        .group_by(interaction.c.message_id)
    )
    return dict(connection.execute(query).tuples().all())
