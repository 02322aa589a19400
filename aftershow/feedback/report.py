"""What comes back of a message or a person, whoever says it: one report is one interaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a person, a provider, a mailbox or a page says happened with a contact.

    It is one by `source` and `external_id`: said again, it changes nothing.
    """

    contact_id: int
    kind: InteractionKind
    #: aware; when it happened
    at: datetime
    #: who says it
    source: str
    #: the source's own name for it; None: its words and its moment are its name
    external_id: str | None = None
    channel: Channel | None = None
    #: the message that it is about
    message_id: int | None = None
    #: where the message is not known: the one that was sent last of this campaign and step, on the channel
    campaign: str | None = None
    step: str | None = None
    #: name of the question to what was answered
    answers: Mapping[str, str] = field(default_factory=dict)
    #: aware; when the meeting begins
    meeting_at: datetime | None = None
    #: where the meeting is
    place: str | None = None
    #: what was said
    note: str | None = None
    #: the person who says it
    by: str | None = None
    #: of a bounce: nobody has this address
    hard: bool = False
    #: what else the source says, kept beside the rest
    data: Mapping[str, Any] = field(default_factory=dict)


def words_of(report: Report) -> str:
    """Return a short name for what is said, whenever it is said; the same words have the same name."""
    said = [
        report.contact_id,
        report.kind,
        report.channel,
        report.campaign,
        report.step,
        sorted(report.answers.items()),
        report.meeting_at.isoformat() if report.meeting_at else None,
        report.place,
        report.note,
        report.by,
    ]
    said += [part for part in (report.message_id, report.data) if part]
    return sha256(json.dumps(said).encode()).hexdigest()[:40]


def name_of(report: Report) -> str:
    """Return what the report is called among those of its source."""
    return report.external_id or f"{words_of(report)}:{report.at.timestamp():.6f}"
