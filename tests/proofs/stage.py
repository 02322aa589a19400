"""A campaign that is sent in this process, and what is done to it in the middle."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from aftershow.desk import Desk, ticking_from
from aftershow.ledger.sending import Clock
from aftershow.workspace.workspace import load_workspace
from tests.proofs.boundaries import Boundaries
from tests.proofs.law import Figures, figures
from tests.proofs.scene import MORNING, PATIENCE, Scene
from tests.proofs.worker import take_one, take_turns
from tests.servers.mail_sink import MailSink

#: Small, so that few people make several windows.
WINDOW = 2
PEOPLE = 3


def standing_at(moment: datetime) -> Clock:
    """Return a clock that stands still: a busy machine would pass other boundaries by one that goes on."""
    return lambda: moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A scene, its mail server, and two ways to its database: ours and that of somebody else."""

    scene: Scene
    sink: MailSink
    engine: Engine
    other: Engine

    def fresh(self) -> None:
        """Begin anew, with some people."""
        self.scene.empty()
        self.scene.invite(PEOPLE)
        self.sink.taken()

    def boundaries(self, *names: str) -> list[int]:
        """Return the numbers of the boundaries of these names in a turn that nothing disturbs."""
        self.fresh()
        with Boundaries(self.engine) as boundaries:
            take_one(self._desk(self.engine), standing_at(MORNING))
        return [number for number, name in enumerate(boundaries.passed, 1) if name in names]

    def each(self, *names: str) -> Iterator[int]:
        """Begin anew for each of these boundaries; yields its number."""
        for number in self.boundaries(*names):
            self.fresh()
            yield number

    def disturbed(
        self, boundary: int, deed: Callable[[], object], *, clock: Clock | None = None
    ) -> OperationalError | None:
        """Take a turn, and do something at a boundary; returns the database's error, if there is one."""
        with Boundaries(self.engine) as boundaries:
            boundaries.at(boundary, deed)
            trouble = self.turn(clock)
        assert len(boundaries.passed) >= boundary
        return trouble

    def turn(self, clock: Clock | None = None) -> OperationalError | None:
        """Take a turn; returns the database's error, if there is one."""
        try:
            take_one(self._desk(self.engine), clock or standing_at(MORNING))
        except OperationalError as error:
            return error
        return None

    def others_run(self) -> None:
        """Let somebody else take a turn at the same time."""
        take_one(self._desk(self.other), ticking_from(MORNING))

    def settled(self, at: datetime = MORNING + PATIENCE) -> Figures:
        """Take turns until nothing is left, from a moment on at which all claims have run out; compare."""
        take_turns(self._desk(self.engine), ticking_from(at))
        return figures(self.scene, self.sink.taken())

    def _desk(self, engine: Engine) -> Desk:
        return Desk(load_workspace(self.scene.root), engine)
