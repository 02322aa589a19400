"""The tables, in the order in which a person meets them: show, capture, contact, lead, message, interaction.

Names are those of docs/glossary.md. Times are aware (see Moment); people's addresses are kept normalised:
email addresses in lower case, phone numbers in E.164, countries as ISO 3166-1 alpha-2.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from aftershow.store.types import Document, Id, Moment
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.fields import ContactField, Kept
from aftershow.words.states import State

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _of_contact(field: ContactField, kept: Kept) -> Column[Any]:
    if kept.flag:
        return Column(str(field), Boolean, nullable=False, default=False)
    return Column(str(field), String(kept.longest) if kept.longest else Text, index=kept.indexed)


#: Of tables whose numbers stand elsewhere, in links and in the occurrence of an enrollment: the number of a
#: row that is gone goes to no other. PostgreSQL's sequences never give one twice; SQLite must be told.
_NEVER_AGAIN: dict[str, Any] = {"sqlite_autoincrement": True}


#: A trade show, or a standing avenue such as a web form; written from config/shows/ at each import and run.
show = Table(
    "show",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(80), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("starts_at", Moment),
    Column("ends_at", Moment),
    Column("timezone", String(64), nullable=False),
    Column("city", Text),
    Column("country", String(2)),
    Column("cost", Numeric(14, 2)),
)

#: The company that contacts belong to; `core` is its name without legal form, case and accents.
account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("core", Text, nullable=False),
    Column("country", String(2)),
    Column("is_customer", Boolean, nullable=False, default=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "core"),
)

#: A person, with a column for each field that is kept here (see words/fields). The last_… columns repeat what
#: interactions say, so that segments need not look them up.
contact = Table(
    "contact",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", ForeignKey("account.id"), index=True),
    *(_of_contact(field, field.row.kept) for field in ContactField if field.row.kept),
    #: anyone in the company may read it (info@, sales@): never a sign of who a person is
    Column("email_is_shared", Boolean, nullable=False, default=False),
    #: where several clocks are possible: their IANA names, sorted, joined by a space
    Column("possible_zones", Text, index=True),
    #: one of ours: the key in `team:`; in no audience but that of campaigns for the team
    Column("rep", String(80), unique=True),
    #: names of the fields that a person typed by hand; no import changes them
    Column("locked", Document, nullable=False, default=list),
    #: the lead last captured; no foreign key, since leads point here already
    Column("latest_lead_id", Id),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("last_captured_at", Moment),
    Column("last_sent_at", Moment),
    Column("last_opened_at", Moment),
    Column("last_clicked_at", Moment),
    Column("last_replied_at", Moment),
    **_NEVER_AGAIN,
)

#: What says by itself who a person is: a personal email, a badge at a show, a mobile with a surname.
#: The kind `alike` only finds people who may be one; it never links.
contact_key = Table(
    "contact_key",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("value", String(400), primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
)

#: A contact x show.
lead = Table(
    "lead",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), nullable=False),
    Column("show_id", ForeignKey("show.id"), nullable=False),
    Column("grade", String(1)),
    #: key of the rep in `team:`, or the name as the file gave it
    Column("owner", Text),
    Column("status", String(20), nullable=False, default="new"),
    #: name of the question (lower case, words joined by _) to the answer, both text
    Column("answers", Document, nullable=False, default=dict),
    Column("first_captured_at", Moment),
    Column("last_captured_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("contact_id", "show_id"),
    Index(None, "show_id"),
)

#: A file that was imported, by the hash of its bytes.
import_file = Table(
    "import_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("show_id", ForeignKey("show.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("imported_at", Moment, nullable=False),
    UniqueConstraint("show_id", "sha256"),
)

#: A lead file that is being tried or could not be imported: it is not tried again by itself.
set_aside = Table(
    "set_aside",
    metadata,
    Column("show_id", ForeignKey("show.id"), primary_key=True),
    #: the hash of its bytes; of a file that is not read, of what is known of it
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    #: how often it was begun since it was last set aside
    Column("tries", Integer, nullable=False),
    Column("tried_at", Moment, nullable=False),
    #: a hash of how files were read then: the show's columns and Aftershow's version
    Column("read_as", String(64), nullable=False),
    #: why it can't be imported; empty while that is being tried, or when the process that tried ended
    Column("reason", Text),
)

#: One scan, card, form or row: the raw cells for ever. The same row of the same show is one capture.
capture = Table(
    "capture",
    metadata,
    Column("id", Id, primary_key=True),
    Column("show_id", ForeignKey("show.id"), nullable=False),
    Column("row_hash", String(64), nullable=False),
    Column("file_id", ForeignKey("import_file.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("cells", Document, nullable=False),
    #: the cells as Aftershow understood them: field name to normalised value
    Column("fields", Document, nullable=False),
    Column("captured_at", Moment),
    #: the time as the file wrote it, local to the show
    Column("captured_raw", Text),
    Column("captured_by", Text),
    Column("imported_at", Moment, nullable=False),
    UniqueConstraint("show_id", "row_hash"),
)

#: A row that could not be used: what it said, and why.
fix_entry = Table(
    "fix_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("show_id", ForeignKey("show.id"), nullable=False),
    Column("row_hash", String(64), nullable=False),
    Column("file_id", ForeignKey("import_file.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cells", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("show_id", "row_hash"),
)

#: Two contacts that may be one person; a person answers.
review = Table(
    "review",
    metadata,
    Column("id", Id, primary_key=True),
    #: the lower id of the two
    Column("contact_id", ForeignKey("contact.id"), nullable=False),
    Column("other_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    #: same, different, or empty while nobody has answered
    Column("answer", String(10)),
    Column("answered_by", Text),
    Column("answered_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("contact_id", "other_id"),
)

#: A contact that was found to be another one: old id to the id that took it in.
merged_contact = Table(
    "merged_contact",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("into_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("fields", Document, nullable=False),
    Column("merged_by", Text, nullable=False),
    Column("merged_at", Moment, nullable=False),
)

#: What a person said about being written to, as it was said; append-only.
permission_evidence = Table(
    "permission_evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("channel", String(10), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("answer", String(10), nullable=False),
    Column("source", Text, nullable=False),
    Column("wording", Text),
    Column("said_at", Moment, nullable=False),
    Column("capture_id", ForeignKey("capture.id")),
    _one_of("answer", Answer),
    _one_of("channel", Channel),
)

#: What counts now of all that was said.
permission = Table(
    "permission",
    metadata,
    Column("contact_id", ForeignKey("contact.id"), primary_key=True),
    Column("channel", String(10), primary_key=True),
    Column("purpose", String(40), primary_key=True),
    Column("answer", String(10), nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("evidence_id", ForeignKey("permission_evidence.id"), nullable=False),
    _one_of("answer", Answer),
    _one_of("channel", Channel),
)

#: An address that must not be used; it outlives the contact.
suppression = Table(
    "suppression",
    metadata,
    Column("channel", String(10), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    _one_of("channel", Channel),
)

#: A campaign as it was when someone was enrolled or written to: its YAML, by the hash of its bytes.
campaign_version = Table(
    "campaign_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign", String(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("campaign", "sha256"),
)

#: A contact inside a campaign; once for each of its tracks, and for each occurrence of what it is about.
enrollment = Table(
    "enrollment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign", String(80), nullable=False),
    #: the track's name; empty in a campaign that has one alone
    Column("track", String(80), nullable=False, default="", server_default=""),
    #: which meeting or date it is about, as a number; 0 when it is about the person
    Column("occurrence", BigInteger, nullable=False, default=0, server_default="0"),
    Column("version_id", ForeignKey("campaign_version.id"), nullable=False),
    Column("contact_id", ForeignKey("contact.id"), nullable=False),
    Column("lead_id", ForeignKey("lead.id"), index=True),
    Column("enrolled_at", Moment, nullable=False),
    #: where chance put the person: `hold_out`, or the arms of the splits so far, joined by /
    Column("arm", String(200)),
    #: the step that comes next, by its name; empty when the last one is behind
    Column("step", String(80)),
    #: how often that step was done before: attempts of a call, rounds of a recurring mailing
    Column("round", Integer, nullable=False, default=0, server_default="0"),
    #: what the step's wait counts from
    Column("base_at", Moment),
    #: when that step is due; empty until it is worked out from base_at
    Column("due_at", Moment),
    Column("exited_at", Moment),
    Column("exit_reason", String(200)),
    # The person first: who asks whether somebody is in must not be led through everybody of the campaign.
    UniqueConstraint("contact_id", "campaign", "track", "occurrence"),
    Index(None, "version_id", "step", "due_at"),
)

#: The ledger: one intended contact with one person by one channel.
message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign", String(80), nullable=False),
    Column("step", String(80), nullable=False),
    Column("contact_id", ForeignKey("contact.id"), nullable=False),
    #: which one of a recurring step, of attempts, or of what the enrollment is about
    Column("occurrence", BigInteger, nullable=False, default=0),
    #: the version of the campaign that planned it
    Column("version_id", ForeignKey("campaign_version.id")),
    Column("enrollment_id", ForeignKey("enrollment.id"), nullable=False, index=True),
    Column("channel", String(10), nullable=False),
    Column("template", String(80), nullable=False),
    Column("state", String(20), nullable=False),
    #: why it is held, rejected, unknown, cancelled or expired
    Column("reason", Text),
    Column("planned_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    #: after this it no longer makes sense
    Column("expires_at", Moment, nullable=False),
    #: who holds the claim, and until when
    Column("claimed_by", String(80)),
    Column("lease_until", Moment),
    #: how often it was tried and nothing was sent
    Column("attempts", Integer, nullable=False, default=0),
    #: the address it went to
    Column("address", String(320)),
    Column("handed_over_at", Moment),
    Column("settled_at", Moment),
    Column("provider_id", String(200), index=True),
    #: what it costs to send, in the currency of the workspace
    Column("cost", Numeric(14, 4)),
    Column("approved_at", Moment),
    Column("approved_by", Text),
    _one_of("state", State),
    _one_of("channel", Channel),
    CheckConstraint("state <> 'held' OR reason IS NOT NULL", name="held_has_a_reason"),
    # The person first, as in enrollment.
    UniqueConstraint("contact_id", "campaign", "step", "occurrence"),
    Index(None, "campaign", "state", "step", "due_at"),
    Index(None, "campaign", "step", "address"),
    Index(None, "contact_id", "handed_over_at"),
    **_NEVER_AGAIN,
)

#: Something that happened between us and a contact; append-only.
interaction = Table(
    "interaction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), nullable=False),
    Column("channel", String(10)),
    Column("direction", String(4), nullable=False),
    Column("kind", String(20), nullable=False),
    #: what was said, in words
    Column("note", Text),
    Column("occurred_at", Moment, nullable=False),
    #: who reports it, and its own name for it: the same report twice is one interaction
    Column("source", String(40), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("cost", Numeric(14, 4)),
    Column("data", Document),
    Column("recorded_at", Moment, nullable=False),
    _one_of("direction", Direction),
    UniqueConstraint("source", "external_id"),
    Index(None, "contact_id", "kind", "occurred_at"),
)

#: An appointment with a contact, as it stands now; how it came to that is in the interactions.
meeting = Table(
    "meeting",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", ForeignKey("contact.id"), nullable=False, index=True),
    Column("starts_at", Moment, nullable=False),
    Column("place", Text),
    #: the interaction kind that happened last: accepted, tentative, declined, held, no_show or cancelled
    Column("status", String(20), nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("contact_id", "starts_at"),
    **_NEVER_AGAIN,
)

#: How far a channel's rate is used up, for all workers together.
pace = Table(
    "pace",
    metadata,
    Column("channel", String(10), primary_key=True),
    #: when the next message may go
    Column("next_at", Moment, nullable=False),
    #: the day that is counted, in the workspace's time zone, as 2026-11-30
    Column("day", String(10), nullable=False),
    #: how many messages went on that day
    Column("sent", Integer, nullable=False),
    _one_of("channel", Channel),
)

#: What the installation must keep to itself, such as the key that signs links.
secret = Table(
    "secret",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
