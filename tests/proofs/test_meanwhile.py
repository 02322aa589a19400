"""What others do while a campaign is being sent, at each moment in turn."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from aftershow.desk import ticking_from
from aftershow.errors import UsageError
from aftershow.feedback.report import Report
from aftershow.feedback.taking import take
from aftershow.store.tables import contact, message
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.words.states import State
from tests.proofs.law import figures, require
from tests.proofs.scene import CAMPAIGN, MORNING, PATIENCE, Scene
from tests.proofs.stage import PEOPLE, WINDOW, Stage
from tests.proofs.worker import begin, begin_to_die
from tests.servers.mail_sink import MailSink

pytestmark = pytest.mark.either_database

RUNS = 4
COMMITTED = "after do_commit"
#: Boundaries of a worker's life: when it has claimed, while it hands over, and later.
SOME = range(8, 34, 12)


def test_runs_that_begin_together(scene: Scene, sink: MailSink) -> None:
    """Runs of one campaign that begin at the same moment share it, also the first that enrols everyone."""
    scene.invite(120)
    runs = [begin(scene, MORNING) for _ in range(RUNS)]
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0] * RUNS, scene.trouble()
    require(figures(scene, sink.taken()), doubts=0, case=RUNS)


@pytest.mark.both_databases
def test_another_run_in_the_middle(stage: Stage) -> None:
    """A whole run that another process takes between two steps of ours: everyone once, nobody in doubt."""
    for boundary in stage.each(COMMITTED):
        assert stage.disturbed(boundary, stage.others_run) is None
        require(stage.settled(), doubts=0, case=boundary)


def test_an_edit_in_the_middle(stage: Stage) -> None:
    """A campaign whose file is edited, and whose new version runs, while the old one is being sent."""
    file = stage.scene.root / CAMPAIGN
    for boundary in stage.each(COMMITTED):
        stage.scene.write()

        def edit_and_run() -> None:
            file.write_text(file.read_text().replace("Thank everyone.", "Thank them all."))
            stage.others_run()

        assert stage.disturbed(boundary, edit_and_run) is None
        require(stage.settled(), doubts=0, case=boundary)


def test_a_step_that_is_removed_in_the_middle(stage: Stage) -> None:
    """Of a step that an edit takes away, what was handed over is settled and the rest is cancelled."""
    file = stage.scene.root / CAMPAIGN
    fates: set[str] = set()
    for boundary in stage.each(COMMITTED):
        stage.scene.write()

        def remove_and_run() -> None:
            file.write_text(file.read_text() + "    name: later\n    after: 2 days\n")
            stage.others_run()

        assert stage.disturbed(boundary, remove_and_run) is None
        found = stage.settled()
        assert (found.twice, found.unknown, found.received) == (0, 0, found.accepted), boundary
        ended = states(stage)
        assert set(ended) <= {State.ACCEPTED, State.CANCELLED}, boundary
        fates |= set(ended)
    assert fates == {State.ACCEPTED, State.CANCELLED}


def test_a_file_that_is_removed_in_the_middle(stage: Stage) -> None:
    """The run goes on with what it has read, the next one says what is missing; nobody is lost."""
    file = stage.scene.root / CAMPAIGN
    for boundary in stage.each(COMMITTED):
        assert stage.disturbed(boundary, file.unlink) is None
        with pytest.raises(UsageError, match="follow-up"):
            stage.others_run()
        stage.scene.write()
        require(stage.settled(), doubts=0, case=boundary)


def test_an_unsubscribe_in_the_middle(stage: Stage) -> None:
    """Whoever unsubscribes before the hand-over is committed gets nothing; after it, the record says so."""
    before_it = 0
    for boundary in stage.each(COMMITTED):
        found: list[str | None] = []
        trouble = stage.disturbed(boundary, lambda: found.append(unsubscribe(stage)))  # noqa: B023  called at once
        assert trouble is None
        figures_ = stage.settled()
        assert (figures_.twice, figures_.unknown) == (0, 0), boundary
        if found[0] in (None, State.PLANNED, State.CLAIMED):
            before_it += 1
            assert (figures_.received, states(stage)[-1]) == (PEOPLE - 1, State.HELD), boundary
        else:
            assert (figures_.received, states(stage)[-1]) == (PEOPLE, State.ACCEPTED), boundary
    assert before_it > 1


def test_a_clock_that_goes_back(stage: Stage) -> None:
    """A clock that is set back by hours while messages are being sent harms nobody."""
    for boundary in stage.each(COMMITTED):
        clock = Clockwork(MORNING)
        assert stage.disturbed(boundary, clock.set_back, clock=clock) is None
        require(stage.settled(), doubts=0, case=boundary)


def test_an_heir_whose_clock_is_behind(scene: Scene, sink: MailSink) -> None:
    """A worker dies, and the clock of the next one is behind its: nothing is ended before its time."""
    for boundary in SOME:
        die_and_inherit(scene, boundary, MORNING, MORNING - timedelta(hours=1), MORNING + PATIENCE)
        require(figures(scene, sink.taken()), doubts=WINDOW, case=boundary)


#: The clocks of Chicago are changed: two minutes before it, and nine and eleven minutes later.
CHANGES = {
    "back": ("2026-11-01T01:58-05:00", "2026-11-01T01:07-06:00", "2026-11-01T01:09-06:00"),
    "forward": ("2027-03-14T01:58-06:00", "2027-03-14T03:07-05:00", "2027-03-14T03:09-05:00"),
}


@pytest.mark.proof
@pytest.mark.parametrize("moments", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_summer_time(scene: Scene, sink: MailSink, moments: tuple[str, ...]) -> None:
    """A lease is as long as ever in the hour that comes twice, and beside the one that is missing."""
    for boundary in SOME:
        die_and_inherit(scene, boundary, *map(datetime.fromisoformat, moments))
        require(figures(scene, sink.taken()), doubts=WINDOW, case=boundary)


def die_and_inherit(scene: Scene, boundary: int, death: datetime, early: datetime, late: datetime) -> None:
    """Let a worker die, one come while the lease lasts, which leaves what is claimed, and one after it."""
    scene.empty()
    scene.invite(PEOPLE)
    begin_to_die(scene, death, boundary, window=WINDOW).join()
    claimed = leases(scene)
    begin(scene, early).join()
    assert leases(scene) == claimed, boundary
    begin(scene, late).join()
    assert leases(scene) == [], boundary
    assert not scene.trouble(), scene.trouble()


def leases(scene: Scene) -> list[int]:
    """Return the messages that a worker holds."""
    query = select(message.c.id).where(message.c.lease_until.is_not(None)).order_by(message.c.id)
    with scene.engine() as engine, engine.begin() as connection:
        return list(connection.scalars(query))


class Clockwork:
    """A clock that goes on from a moment, and can be set back."""

    def __init__(self, at: datetime) -> None:
        self._at = ticking_from(at)
        self._back = timedelta()

    def __call__(self) -> datetime:
        return self._at() - self._back

    def set_back(self) -> None:
        """Let it show three hours less."""
        self._back = timedelta(hours=3)


def states(stage: Stage) -> list[str]:
    """Return the state of each message of the step, in the order of the people."""
    query = select(message.c.state).where(message.c.step == "thanks").order_by(message.c.contact_id)
    with stage.engine.begin() as connection:
        return list(connection.scalars(query))


def unsubscribe(stage: Stage) -> str | None:
    """Let the last person unsubscribe; returns the state that their message has at this moment."""
    with stage.scene.engine() as engine, engine.begin() as connection:
        last = connection.scalar(select(func.max(contact.c.id)))
        assert last is not None
        report = Report(
            contact_id=last,
            kind=InteractionKind.UNSUBSCRIBED,
            at=MORNING,
            source="proof",
            channel=Channel.EMAIL,
        )
        take(connection, report, now=MORNING)
        return connection.scalar(select(message.c.state).where(message.c.contact_id == last))
