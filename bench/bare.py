"""What a turn of the campaigns in bench.population writes, as SQL by hand: who comes in, and who gets what.

It is told what the engine finds out in each turn: the version, the dates, and which step is due. It moves
nobody on, takes nobody out, and looks at nothing a second time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, String, TextClause, bindparam, text

from aftershow.store.types import Moment
from aftershow.words.channels import Channel

ENROL = """
INSERT INTO enrollment
  (campaign, track, occurrence, version_id, contact_id, lead_id, enrolled_at, step, round, base_at, due_at)
SELECT :campaign, '', 0, :version, contact.id, lead.id, :now, 'thanks', 0, :now,
  CASE contact.timezone WHEN 'America/Los_Angeles' THEN :in_an_hour ELSE :now END
FROM lead
  JOIN contact ON contact.id = lead.contact_id
  JOIN account ON account.id = contact.account_id
WHERE lead.show_id = :show AND lead.grade IN ('A', 'B')
  AND COALESCE(contact.rep, '') = '' AND NOT contact.is_customer AND NOT account.is_customer
  AND NOT EXISTS (SELECT 1 FROM enrollment AS known WHERE known.campaign = :campaign
    AND known.contact_id = contact.id AND known.track = '' AND known.occurrence = 0)
"""

_PLAN = """
INSERT INTO message (campaign, step, contact_id, occurrence, version_id, enrollment_id, channel, template,
  state, reason, planned_at, due_at, expires_at, attempts)
SELECT campaign, step, contact_id, 0, version_id, id, :channel, step,
  CASE WHEN reason IS NULL THEN 'planned' ELSE 'held' END, reason, :now, due_at, :in_a_week, 0
FROM (
  SELECT enrollment.*, CASE {reasons}
    WHEN (SELECT COUNT(*) FROM message AS heard WHERE heard.contact_id = enrollment.contact_id
      AND heard.handed_over_at > :week_ago AND heard.state = 'accepted') >= 3 THEN 'frequency_cap'
    END AS reason
  FROM enrollment JOIN contact ON contact.id = enrollment.contact_id
  WHERE enrollment.version_id = :version AND enrollment.step = :step AND enrollment.due_at <= :now
    AND enrollment.exited_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM message AS known WHERE known.campaign = :campaign
      AND known.step = :step AND known.contact_id = enrollment.contact_id AND known.occurrence = 0)
) AS due
"""

_NOT_BY_EMAIL = """
    WHEN contact.email IS NULL THEN 'no_address'
    WHEN EXISTS (SELECT 1 FROM suppression
      WHERE channel = 'email' AND address = contact.email) THEN 'suppressed'
    WHEN NOT EXISTS (SELECT 1 FROM permission WHERE permission.contact_id = contact.id
      AND channel = 'email' AND purpose = 'marketing' AND answer = 'yes') THEN 'permission'
    WHEN contact.country <> 'US' THEN 'condition'
    WHEN EXISTS (SELECT 1 FROM contact AS other JOIN enrollment AS theirs ON theirs.contact_id = other.id
      WHERE other.email = contact.email AND other.id < contact.id
      AND theirs.version_id = :version) THEN 'duplicate_address'
"""
_NOT_BY_LETTER = """
    WHEN contact.address_1 IS NULL THEN 'no_address'
    WHEN EXISTS (SELECT 1 FROM permission WHERE permission.contact_id = contact.id
      AND channel = 'letter' AND purpose = 'marketing' AND answer = 'no') THEN 'permission'
"""
_REASONS = {Channel.EMAIL: _NOT_BY_EMAIL, Channel.LETTER: _NOT_BY_LETTER}

_CLAIM = """
UPDATE message SET state = 'claimed', claimed_by = 'bench', lease_until = :lease
WHERE id IN (
  SELECT id FROM message
  WHERE campaign = :campaign AND step = :step AND state = 'planned' AND due_at <= :now AND expires_at > :now
  ORDER BY id LIMIT :most{lock}
)
RETURNING id
"""

_TYPES = {datetime: Moment, str: String, int: Integer}
_WEEK = timedelta(weeks=1)


def enrol(connection: Connection, campaign: str, *, version: int, show: int, now: datetime) -> int:
    """Take everyone in who meets the audience; returns how many."""
    given = {"campaign": campaign, "version": version, "show": show, "in_an_hour": now + timedelta(hours=1)}
    return _execute(connection, ENROL, now=now, **given)


def plan(
    connection: Connection, campaign: str, step: str, channel: Channel, *, version: int, now: datetime
) -> int:
    """Write down the message of everyone who is due at a step; returns how many."""
    given = {"campaign": campaign, "version": version, "step": step, "channel": channel.value}
    moments = {"in_a_week": now + _WEEK, "week_ago": now - _WEEK}
    return _execute(connection, _PLAN.format(reasons=_REASONS[channel]), now=now, **given, **moments)


def claim(connection: Connection, campaign: str, step: str, *, now: datetime, most: int) -> list[int]:
    """Claim messages that are due; returns their ids."""
    lock = " FOR UPDATE SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
    given = {
        "campaign": campaign,
        "step": step,
        "now": now,
        "lease": now + timedelta(minutes=10),
        "most": most,
    }
    return list(connection.execute(_typed(_CLAIM.format(lock=lock), given), given).scalars())


def _execute(connection: Connection, statement: str, **given: object) -> int:
    return connection.execute(_typed(statement, given), given).rowcount


def _typed(statement: str, given: Mapping[str, object]) -> TextClause:
    typed = [bindparam(name, type_=_TYPES[type(value)]()) for name, value in given.items()]
    return text(statement).bindparams(*typed)
