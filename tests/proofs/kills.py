"""Kill workers at random moments, begin others in their place, and go on until enough have died."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.process import BaseProcess
from random import Random
from threading import Event

from sqlalchemy import func, select

from aftershow.ledger.sending import SLICE
from aftershow.store.tables import contact, message
from tests.proofs.law import ENDS
from tests.proofs.scene import MORNING, PATIENCE, Scene
from tests.proofs.worker import begin
from tests.servers.mail_sink import MailSink

#: Of a hundred kills, so many come at any time of a worker's life; the others when it has sent something.
ANY_TIME = 30
#: Seconds: a worker has begun to send by then.
START = 0.15
#: Seconds: longer than a window takes.
WHILE = 0.03


@dataclass(kw_only=True)
class Massacre:
    """Workers of one campaign, and how many of them were killed."""

    scene: Scene
    sink: MailSink
    random: Random
    #: how many people come whenever a worker finds nobody left to write to
    people: int
    killed: int = 0
    _moments: Iterator[datetime] = field(init=False)

    def __post_init__(self) -> None:
        self._moments = (MORNING + PATIENCE * number for number in range(10_000))

    def kill(self, count: int, *, workers: int) -> None:
        """Kill so many, of some that work at the same time."""
        self.scene.invite(self.people)
        alive: list[BaseProcess] = []
        while self.killed < count:
            alive += [self._begin() for _ in range(workers - len(alive))]
            victim = self.random.choice(alive)
            self._wait_for_the_moment(victim)
            victim.kill()
            victim.join()
            self.killed += victim.exitcode == -signal.SIGKILL
            if any(worker.exitcode == 0 for worker in alive):
                self.scene.invite(self.people)
            alive = [worker for worker in alive if worker.is_alive()]
        for worker in alive:
            worker.join()

    def settle(self) -> None:
        """Let workers come, unharmed, until the ledger is at rest."""
        while not self._at_rest():
            worker = self._begin()
            worker.join()
            assert worker.exitcode == 0

    def _begin(self) -> BaseProcess:
        return begin(self.scene, next(self._moments))

    def _wait_for_the_moment(self, victim: BaseProcess) -> None:
        pause = Event()
        if self.random.randrange(100) < ANY_TIME:
            pause.wait(self.random.uniform(0, START))
            return
        line = len("1-0123456789abcdef person1@example.com\n")
        enough = self.sink.size() + self.random.randrange(1, 3 * SLICE) * line
        while victim.is_alive() and self.sink.size() < enough:
            pause.wait(0.001)
        pause.wait(self.random.uniform(0, WHILE))

    def _at_rest(self) -> bool:
        with self.scene.engine() as engine, engine.begin() as connection:
            ended = select(func.count()).select_from(message).where(message.c.state.in_(ENDS))
            everyone = select(func.count()).select_from(contact)
            return connection.scalar(ended) == connection.scalar(everyone)
