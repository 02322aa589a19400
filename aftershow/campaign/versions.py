"""Versions of a campaign: its YAML as it is now, and as it was for those who began with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from aftershow.campaign.campaign import Campaign, MessageStep
from aftershow.campaign.program import Next
from aftershow.campaign.reading import read_source
from aftershow.campaign.steps.step import SendingStep
from aftershow.errors import WorkspaceError
from aftershow.ledger.step_rules import OpenTo, StepRules, messages_of, people_at
from aftershow.ledger.versions import bring_messages
from aftershow.people.record.shows import show_id
from aftershow.store.engine import insert_into
from aftershow.store.tables import campaign_version, contact, enrollment, message
from aftershow.words.channels import consent_channel
from aftershow.words.populations import Population
from aftershow.workspace.settings import Limits, Need
from aftershow.workspace.times.durations import Unit
from aftershow.workspace.times.openings import Opening
from aftershow.workspace.times.places import open_places
from aftershow.workspace.yaml.yaml_file import YamlFile

#: A wait that goes by the calendar is at least so long.
_SHORTEST = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(hours=23),
    Unit.BUSINESS_DAY: timedelta(hours=23),
    Unit.WEEK: timedelta(days=6, hours=23),
    Unit.MONTH: timedelta(days=27, hours=23),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version of a campaign that people are in, with what the database knows of its surroundings."""

    id: int
    campaign: Campaign
    #: the campaign's show in the database
    show_id: int | None
    #: every text that contact.possible_zones has
    possible_zones: tuple[str, ...]

    @property
    def home_country(self) -> str | None:
        """Return whose holidays count for people of whom no country is known: the show's."""
        return self.campaign.show.country if self.campaign.show else None

    @property
    def people(self) -> ColumnElement[bool]:
        """Whether an enrollment goes by this version."""
        return and_(enrollment.c.campaign == self.campaign.name, enrollment.c.version_id == self.id)

    def people_at(self, step: str | ColumnElement[str]) -> ColumnElement[bool]:
        """Whether an enrollment is at a step of this version, by the key of the step."""
        return people_at(self.campaign.name, self.id, step)

    def messages_of(self, step: str | ColumnElement[str]) -> ColumnElement[bool]:
        """Whether a message is of a step of this version, by the key of the step."""
        return messages_of(self.campaign.name, self.id, step)

    def rules(self, step: MessageStep, now: datetime) -> StepRules:
        """Return what the messages of a step are measured by at a moment."""
        campaign, settings, sending = self.campaign, self.campaign.settings, step.sends
        # Our own people need no permission of ours, and hear from us as often as their work wants it.
        ours = campaign.track_of(step).population is Population.TEAM
        usual = Limits() if ours else settings.limits
        cap = (campaign.model.limits or usual).per_contact
        needs_yes = settings.permission[consent_channel(sending.channel)] is Need.YES
        hold_out = campaign.model.audience.hold_out
        return StepRules(
            campaign=campaign.name,
            step=step.key,
            version_id=self.id,
            channel=sending.channel,
            template=sending.template,
            needs_yes=needs_yes and not (ours or sending.service),
            cap=None if sending.service or not sending.channel.row.counts_for_caps else cap,
            open_to=self._open_to(campaign.opening(step), now),
            condition=step.condition.sql(campaign.step_scope(now, step)) if step.condition else None,
            expires=_expires(sending, settings.expires.delta),
            needs_approval=sending.approval is not None,
            needs_date=sending.when is not None,
            holds_out=hold_out is not None and hold_out.lasts is None,
            has_instead=step.node.instead != step.node.follower,
            cost=sending.cost,
            show_id=self.show_id,
        )

    def _open_to(self, opening: Opening, now: datetime) -> OpenTo | None:
        if opening == Opening():
            return None
        places = open_places(opening, now)
        own = self.campaign.settings.timezone
        return OpenTo(
            groups=(*places.groups, *places.grouped(self.possible_zones)),
            countries=places.countries(),
            elsewhere=places.open_for(own, self.home_country),
            home_country=self.home_country,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """People who go on with the newest version of an edited campaign."""

    #: the step that they were to get next
    step: str
    #: what they get next now; None: nothing, they are through
    to: Next
    people: int


def _expires(sending: SendingStep, usual: timedelta) -> timedelta:
    """Return how late a message may be; one of a recurring step at most until the next one comes."""
    given = sending.expires.delta if sending.expires else usual
    return given if sending.every is None else min(given, _SHORTEST[sending.every.unit] * sending.every.count)


def newest(connection: Connection, campaign: Campaign, *, now: datetime) -> Version:
    """Return the version of the campaign as it is written now; a new one is kept for ever."""
    values = {"campaign": campaign.name, "sha256": campaign.source.sha256}
    known = select(campaign_version.c.id).filter_by(**values)
    number = connection.scalar(known)
    if number is None:
        connection.execute(
            insert_into(connection, campaign_version)
            .values(**values, source=campaign.source.text, created_at=now)
            .on_conflict_do_nothing()
        )
        number = connection.scalars(known).one()
    return _version(connection, campaign, number)


def in_use(connection: Connection, campaign: Campaign) -> list[Version]:
    """Return the versions that anybody goes by, the oldest first.

    People whose last step is behind them count too: they may still reach the goal.
    """
    query = (
        select(campaign_version.c.id, campaign_version.c.sha256, campaign_version.c.source)
        .where(campaign_version.c.campaign == campaign.name, _is_used())
        .order_by(campaign_version.c.id)
    )
    versions = []
    for row in connection.execute(query):
        as_it_was = campaign if row.sha256 == campaign.source.sha256 else _earlier(campaign, row.source)
        if as_it_was is not None:
            versions.append(_version(connection, as_it_was, row.id))
    return versions


def entered(campaign: str) -> ColumnElement[bool]:
    """Whether an enrollment is of a campaign: by its versions, which the index of enrollments begins with."""
    versions = select(campaign_version.c.id).where(campaign_version.c.campaign == campaign)
    return enrollment.c.version_id.in_(versions)


def move(connection: Connection, campaign: Campaign, current: Version, *, now: datetime) -> list[Moved]:
    """Bring those who are on the way under an earlier version to the newest, if the campaign says so.

    Who waits for a step that is gone goes where `successor` says. A message of such a step that has not gone
    out is cancelled.
    """
    if campaign.model.on_edit != "move":
        return []
    moved = []
    for number, source in _earlier_versions(connection, current):
        earlier = _earlier(campaign, source)
        for track, step, people in _waiting(connection, number):
            to = successor(earlier, campaign, track, step)
            moved.append(Moved(step=step, to=to, people=people))
            _bring(connection, number, track, step, to, current)
        _bring_the_rest(connection, number, current)
        steps = [step.key for step in current.campaign.steps]
        bring_messages(connection, number, current.id, steps=steps, now=now)
    return moved


def successor(earlier: Campaign | None, campaign: Campaign, track: str, step: str) -> Next:
    """Return what comes in a campaign for people whom an earlier version had at a step of a track.

    The same step, when it is still there. Else what follows now on the nearest step before it that is still
    there, and the track's first step without one; None when the track is gone.
    """
    now = {known.key: known.node for known in campaign.steps if known.node.track == track}
    if step in now:
        return step
    before = [known.key for known in earlier.steps if known.node.track == track] if earlier else []
    passed = before[: before.index(step)] if step in before else []
    nearest = next((key for key in reversed(passed) if key in now), None)
    if nearest is not None:
        return now[nearest].follower
    return next((known.program.first for known in campaign.tracks if known.name == track), None)


def _earlier_versions(connection: Connection, current: Version) -> Sequence[tuple[int, str]]:
    its = campaign_version.c
    query = select(its.id, its.source).where(
        its.campaign == current.campaign.name, its.id != current.id, _is_used()
    )
    return connection.execute(query).tuples().all()


def _is_used() -> ColumnElement[bool]:
    return exists().where(enrollment.c.version_id == campaign_version.c.id)


def _waiting(connection: Connection, version_id: int) -> Sequence[tuple[str, str, int]]:
    here = (enrollment.c.track, enrollment.c.step)
    query = (
        select(*here, func.count())
        .where(enrollment.c.version_id == version_id)
        .where(enrollment.c.step.is_not(None), enrollment.c.exited_at.is_(None))
        .group_by(*here)
        .order_by(*here)
    )
    return connection.execute(query).tuples().all()


def _bring(
    connection: Connection, version_id: int, track: str, step: str, to: Next, current: Version
) -> None:
    here = (enrollment.c.version_id == version_id, enrollment.c.track == track, enrollment.c.step == step)
    connection.execute(
        update(enrollment)
        .where(*here)
        .values(version_id=current.id, step=to, round=enrollment.c.round if to == step else 0)
    )
    # Timed anew, since the wait may have been edited; without a base it keeps the time that it has.
    connection.execute(
        update(enrollment)
        .where(enrollment.c.version_id == current.id, enrollment.c.step == to)
        .where(enrollment.c.base_at.is_not(None), enrollment.c.due_at.is_not(None))
        .where(~_has_message())
        .values(due_at=None)
    )


def _bring_the_rest(connection: Connection, version_id: int, current: Version) -> None:
    """Let the goal of the newest version count for those who are through or have left."""
    rest = update(enrollment).where(enrollment.c.version_id == version_id)
    connection.execute(rest.values(version_id=current.id))


def _has_message() -> ColumnElement[bool]:
    return exists().where(message.c.enrollment_id == enrollment.c.id, message.c.step == enrollment.c.step)


def _earlier(campaign: Campaign, source: str) -> Campaign | None:
    try:
        return read_source(campaign.workspace, YamlFile.parse(campaign.source.file, source), campaign.name)
    except WorkspaceError:
        # Written for something that the workspace no longer has.
        return None


def _version(connection: Connection, campaign: Campaign, number: int) -> Version:
    texts = select(contact.c.possible_zones).where(contact.c.possible_zones.is_not(None)).distinct()
    return Version(
        id=number,
        campaign=campaign,
        show_id=show_id(connection, campaign.show) if campaign.show else None,
        possible_zones=tuple(sorted(connection.scalars(texts))),
    )
