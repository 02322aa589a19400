"""The command line: each command reads its words, calls the inside and prints what came back."""

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast
from zoneinfo import ZoneInfo

import typer

from aftershow.errors import AftershowError, CampaignStoppedError, LeadFileError, UsageError, WorkspaceError
from aftershow.privacy import keep_to_ourselves

if TYPE_CHECKING:
    from aftershow.desk import Desk
    from aftershow.journey.reconciling import Reconciled
    from aftershow.ports import Reconciler

app = typer.Typer(
    help="Turn the people met at a trade show into relationships.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(database, name="db")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write a moment such as 2026-11-24T10:00-06:00") from error
    if at.tzinfo is None:
        raise typer.BadParameter("say the time zone too, such as 2026-11-24T10:00-06:00")
    return at


def _day_or_moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write a day such as 2026-12-24, or a moment") from error


Workspace = Annotated[
    Path, typer.Option("--workspace", envvar="AFTERSHOW_WORKSPACE", help="The workspace's folder.")
]
At = Annotated[
    datetime | None, typer.Option(parser=_moment, metavar="ISO8601", help="Work at this moment, not now.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="An email address, a phone number or an id.")]
By = Annotated[str, typer.Option(envvar="USER", help="Who says so.")]
HERE = Path()


def main() -> NoReturn:
    """Run the command line; exits 0 when done, 1 with problems found, 2 for wrong usage or workspace."""
    keep_to_ourselves()
    try:
        app()
    except (UsageError, WorkspaceError) as error:
        _fail(error, code=2)
    except AftershowError as error:
        _fail(error, code=1)
    except Exception as error:
        # SQLAlchemy takes a while to import, and only commands that used it can raise its errors.
        if "sqlalchemy" not in type(error).__module__:
            raise
        _fail(f"The database did not do it: {error.args[0] if error.args else type(error).__name__}", code=1)
    sys.exit(0)


@app.callback()
def everywhere(
    workspace: Annotated[Path | None, typer.Option(help="The workspace's folder.")] = None,
) -> None:
    """Turn the people met at a trade show into relationships."""
    if workspace is not None:
        os.environ["AFTERSHOW_WORKSPACE"] = str(workspace)


@app.command()
def demo(
    target: Annotated[Path, typer.Option("--in", help="Where to play it; made anew each time.")] = Path(
        "demo"
    ),
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Play the sample shows and campaigns through weeks of virtual time, into an outbox folder."""
    from aftershow import printing
    from aftershow.demo.playing import play_demo

    outcome = asdict(play_demo(workspace, target, tell=None if as_json else printing.progress))
    _show(as_json, outcome, lambda: printing.demo(outcome))


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Make a new workspace."""
    from aftershow import printing
    from aftershow.journey.schemas import MODELS
    from aftershow.workspace.init import init_workspace

    init_workspace(folder, MODELS)
    printing.initialised(folder)


@app.command()
def check(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Check every YAML file and template; all mistakes at once, each with its file and line."""
    from aftershow import printing
    from aftershow.journey import checking
    from connectors import check_settings

    findings = checking.check(workspace, os.environ, check_settings)
    _show(as_json, asdict(findings), lambda: printing.findings(findings))
    if findings.problems:
        sys.exit(1)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    show: Annotated[str, typer.Option(help="The show they come from: a file in config/shows/.")],
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Import lead files: CSV, Excel, vCards."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.leads.each import import_each

    with open_desk(workspace) as desk, printing.import_progress(hidden=as_json) as progress:
        into, settings, now = desk.show(show), desk.workspace.settings, at or right_now()
        imported = import_each(desk.engine, into, settings, files, now=now, progress=progress)
    if len(imported.unreadable) < len(files):
        _show(as_json, imported.result.as_json(), lambda: printing.imported(show, imported.result))
    if imported.unreadable:
        raise LeadFileError("\n".join(map(str, imported.unreadable)))
    if imported.result.fix_list:
        sys.exit(1)


@app.command()
def segment(
    name: str,
    explain: Annotated[
        str | None, typer.Option(metavar="CONTACT", help="Say which clause fails for a person.")
    ] = None,
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """List who is in a segment, or explain why a person is or is not."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.journey.segments import explain_contact, members

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        now = at or right_now()
        if explain is not None:
            explanation = explain_contact(connection, desk.workspace, name, explain, now=now)
            return _show(
                as_json, printing.explanation_document(explanation), lambda: printing.explanation(explanation)
            )
        contacts = members(connection, desk.workspace, name, now=now)
    return _show(
        as_json, {"count": len(contacts), "contacts": contacts}, lambda: printing.members(name, contacts)
    )


@app.command()
def plan(
    campaign: Annotated[
        str | None, typer.Argument(help="The campaign; with --until, all of them without it.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=_day_or_moment, metavar="DATE", help="Play ahead to this day, on a copy."),
    ] = None,
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Show who would get what and when, who would not and why. Nothing is written."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.journey.calendar import make_calendar
    from aftershow.journey.checking import require_sound
    from aftershow.journey.plan import make_plan

    now = at or right_now()
    with open_desk(workspace) as desk:
        settings = desk.workspace.settings
        if until is not None:
            end = until if until.tzinfo else until.replace(tzinfo=ZoneInfo(settings.timezone))
            campaigns = [desk.campaign(name) for name in desk.workspace.campaign_sources]
            if campaign is not None:
                desk.campaign(campaign)
            for planned in campaigns:
                require_sound(planned)
            with printing.calendar_progress(now, end, hidden=as_json) as tell:
                calendar = make_calendar(desk.engine, campaigns, only=campaign, now=now, until=end, tell=tell)
            return _show(as_json, asdict(calendar), lambda: printing.calendar(calendar, settings.timezone))
        if campaign is None:
            raise UsageError("Say a campaign, or --until DATE for the calendar of all of them.")
        sound = desk.campaign(campaign)
        require_sound(sound)
        made = make_plan(desk.engine, sound, now=now)
    return _show(as_json, asdict(made), lambda: printing.plan(made, settings.timezone))


@app.command()
def approve(
    campaign: str,
    step: Annotated[list[str] | None, typer.Option(help="Only this step; may be said again.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Let what waits go out with the next turn.")] = False,
    by: Annotated[str, typer.Option(envvar="USER", help="Who approves.")] = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """List what waits for a person's word, or let it go with --yes."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.ledger.approvals import approve as let_go
    from aftershow.ledger.approvals import waiting

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        named = desk.campaign(campaign)
        unknown = set(step or ()) - {known.key for known in named.steps}
        if unknown:
            raise UsageError(f"{campaign} has no step `{sorted(unknown)[0]}`.")
        approved = let_go(connection, campaign, step, by=by, now=at or right_now()) if yes else 0
        rows = [row for row in waiting(connection, campaign) if not step or row.step in step]
    document = {"campaign": campaign, "approved": approved, "waiting": [asdict(row) for row in rows]}
    _show(as_json, document, lambda: printing.approvals(rows, approved, desk.workspace.settings.timezone))


@app.command()
def preview(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="A folder in templates/.")],
    contact: Annotated[str, typer.Option(metavar="CONTACT", help="Whom to render it for.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; default: preview/MESSAGE/.")
    ] = None,
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write what a person would get, each part as a file. Nothing is sent."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.journey.preview import preview as render
    from aftershow.people.finding import find_contact

    folder = out or workspace / "preview" / message
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        person = find_contact(connection, contact)
        files = render(
            connection, desk.workspace, message, person, desk.signer(connection), now=at or right_now()
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    paths = [str(folder / file) for file in files]
    _show(as_json, {"message": message, "files": paths}, lambda: printing.written(paths))


@app.command()
def run(campaign: str, workspace: Workspace = HERE, at: At = None, as_json: Json = False) -> None:
    """Run one turn of a campaign: enrol, plan, send what is due, log."""
    from aftershow.desk import open_desk
    from aftershow.journey.checking import require_sound

    with open_desk(workspace) as desk:
        # Said before Prefect starts, which takes seconds and tells of a mistake at length.
        require_sound(desk.campaign(campaign))
    _quiet_prefect()
    from aftershow import printing
    from flows.in_process import run_here
    from flows.run_campaign import run_campaign

    stopped = None
    try:
        result = run_here(run_campaign, campaign=campaign, workspace=workspace, at=at)
    except CampaignStoppedError as error:
        stopped, result = error, error.result
    _show(as_json, result, lambda: printing.turn(result))
    if stopped is not None:
        raise stopped


@app.command()
def deploy(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Make deployments those of the workspace, on its server that is up, or on that of PREFECT_API_URL."""
    _quiet_prefect()
    from aftershow import printing
    from aftershow.desk import open_desk
    from flows.connecting import connected
    from flows.deployments import deploy

    with open_desk(workspace) as desk, connected(workspace) as client:
        deployed = asdict(deploy(desk, client))
    _show(as_json, deployed, lambda: printing.deployed(deployed))


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Where Prefect's pages are.")] = 4200, workspace: Workspace = HERE
) -> None:
    """Run everything on its schedule: Prefect's server, its pages and a worker, until Ctrl-C."""
    _quiet_prefect()
    from aftershow import printing
    from flows.up import up

    up(workspace, port=port, tell=printing.say)


@app.command()
def ledger(
    campaign: Annotated[
        str | None, typer.Argument(help="The campaign; with --unknown, all of them without it.")
    ] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List what is in doubt, and what can be done.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="With --unknown: first ask the providers that keep a list.")
    ] = False,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Count a campaign's messages by state, by reason of holding and by channel; or list what is in doubt."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.journey.doubts import campaign_named
    from aftershow.ledger.counts import summary

    if not unknown and (campaign is None or reconcile):
        raise UsageError("Say a campaign, or --unknown for what is in doubt.")
    with open_desk(workspace) as desk:
        if campaign is not None:
            with desk.engine.begin() as connection:
                campaign_named(connection, campaign, desk.workspace.campaign_sources)
                counted = summary(connection, campaign)
            if not unknown:
                return _show(as_json, asdict(counted), lambda: printing.ledger(campaign, counted))
        now = at or right_now()
        found = _ask_providers(desk, campaign, by, now) if reconcile else None
        return _show_doubts(desk, campaign, found, now, as_json)


def _ask_providers(desk: "Desk", campaign: str | None, by: str, now: datetime) -> "Reconciled":
    from aftershow.desk import senders_for
    from aftershow.journey.doubts import doubts
    from aftershow.journey.reconciling import Inquiry, Reconciled, concerned, reconcile
    from connectors import keeps_a_list

    with desk.engine.begin() as connection:
        signer = desk.signer(connection)
        open_ = concerned(doubts(connection, signer, now=now), campaign)
    channels, found = desk.workspace.settings.channels, Reconciled()
    asked = {doubt.channel for doubt in open_ if keeps_a_list(channels[doubt.channel])}
    with senders_for(desk.workspace, asked) as senders:
        for channel, sender in senders.items():
            inquiry = Inquiry(
                workspace=desk.workspace,
                signer=signer,
                channel=channel,
                provider=cast("Reconciler", sender),
                source=str(channels[channel]["connector"]),
                by=by,
                now=now,
            )
            found += reconcile(desk.engine, inquiry, open_)
    return found


def _show_doubts(
    desk: "Desk", campaign: str | None, found: "Reconciled | None", now: datetime, as_json: bool
) -> None:
    from aftershow import printing
    from aftershow.journey.doubts import doubts, remedy
    from connectors import keeps_a_list

    with desk.engine.begin() as connection:
        left = doubts(connection, desk.signer(connection), campaign=campaign, now=now)
    channels = desk.workspace.settings.channels
    rows = [
        {
            **asdict(doubt),
            "asked": found.still.get(doubt.message) if found else None,
            "remedy": remedy(
                doubt,
                str(channels[doubt.channel]["connector"]),
                has_list=keeps_a_list(channels[doubt.channel]),
            ),
        }
        for doubt in left
    ]
    settled = [asdict(one) for one in found.settled] if found else []
    trouble = found.trouble if found else None
    document = {"settled": settled, "unknown": rows, "trouble": trouble}
    _show(as_json, document, lambda: printing.doubts(document, desk.workspace.settings.timezone))
    if trouble:
        sys.exit(1)


@app.command()
def settle(
    message: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="The message's number, or its key in a Message-ID.")
    ],
    sent: Annotated[
        bool | None, typer.Option("--sent/--not-sent", help="Did the provider take it?", show_default=False)
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --not-sent: send it, if it still makes sense.")
    ] = False,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Say what became of a message that is in doubt; `ledger --unknown` lists them."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.journey.doubts import message_named, settle_by_hand

    if sent is None or (sent and again):
        raise UsageError("Say --sent, or --not-sent, or --not-sent --again to send it after all.")
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        number = message_named(desk.signer(connection), message)
        settled = settle_by_hand(
            connection, desk.workspace, number, sent=sent, again=again, by=by, now=at or right_now()
        )
    _show(as_json, asdict(settled), lambda: printing.settled([asdict(settled)]))


@app.command()
def contact(contact: Contact, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show a person: facts and where each came from, permissions, and all that happened."""
    from aftershow import printing
    from aftershow.desk import open_desk
    from aftershow.people.finding import find_contact
    from aftershow.people.profile import profile

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        person = profile(connection, find_contact(connection, contact))
    _show(as_json, asdict(person), lambda: printing.person(person))


@app.command()
def log(
    contact: Contact,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="What happened, such as connected or no_answer.")
    ],
    channel: Annotated[str | None, typer.Option(help="Where the kind alone does not say it.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Whose message it answers.")] = None,
    step: Annotated[str | None, typer.Option(help="Which of its messages.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What a question was answered with; repeatable."),
    ] = None,
    meeting: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="ISO8601", help="When the meeting begins.")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Where the meeting is.")] = None,
    note: Annotated[str | None, typer.Option(help="What was said.")] = None,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write down what came back from a person: how a call went, a reply, a meeting.

    The same words within a minute, or with the same --at, are one report.
    """
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.feedback.by_hand import BY_HAND, log_by_hand, pairs
    from aftershow.feedback.kinds import channel_named, channel_of, reportable
    from aftershow.feedback.report import Report
    from aftershow.people.finding import find_contact

    what = reportable(kind)
    where = channel_of(what, channel_named(channel))
    answers = pairs(answer or [])
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        now = right_now()
        report = Report(
            contact_id=find_contact(connection, contact),
            kind=what,
            at=at or now,
            source=BY_HAND,
            channel=where,
            campaign=campaign,
            step=step,
            answers=answers,
            meeting_at=meeting,
            place=place,
            note=note,
            by=by,
        )
        new = log_by_hand(connection, report, now=now)
    _show(
        as_json, {"contact": report.contact_id, "kind": what, "new": new}, lambda: printing.logged(what, new)
    )


@app.command("exit")
def exit_(
    contact: Contact,
    campaign: str,
    reason: Annotated[str | None, typer.Option(help="Why, in a few words.")] = None,
    by: By = "someone",
    workspace: Workspace = HERE,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Take a person out of a campaign: nothing of it is sent to them any more."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.feedback.by_hand import exit_by_hand
    from aftershow.people.finding import find_contact

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        person = find_contact(connection, contact)
        exit_by_hand(connection, person, campaign, reason=reason, by=by, now=at or right_now())
    _show(as_json, {"contact": person, "campaign": campaign}, lambda: printing.left(campaign))


@app.command()
def review(
    pair: Annotated[
        int | None, typer.Argument(metavar="PAIR", help="The number of the pair to answer.")
    ] = None,
    same: Annotated[bool | None, typer.Option("--same/--different", help="Are they one person?")] = None,
    by: By = "someone",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """List pairs of contacts that may be one person, or answer one."""
    from aftershow import printing
    from aftershow.desk import open_desk, right_now
    from aftershow.ledger.merging import answer_review
    from aftershow.people.reviews import open_reviews

    if (pair is None) != (same is None):
        raise UsageError("Say a pair and its answer: aftershow review PAIR --same, or --different.")
    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        if pair is not None:
            answer_review(connection, pair, "same" if same else "different", by=by, now=right_now())
        pairs = open_reviews(connection)
    _show(as_json, {"open": [asdict(pair) for pair in pairs]}, lambda: printing.reviews(pairs))


@app.command()
def fixes(
    show: Annotated[str | None, typer.Option(help="Only the files of this show.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """List the rows of lead files that could not be used, and the files that could not be read."""
    from aftershow import printing
    from aftershow.desk import open_desk
    from aftershow.leads.aside import files_aside
    from aftershow.leads.fixes import fix_list

    with open_desk(workspace) as desk, desk.engine.begin() as connection:
        key = desk.show(show).show if show else None
        entries, files = fix_list(connection, key), files_aside(connection, key)
    document = {
        "fix_list": [asdict(entry) for entry in entries],
        "set_aside": [{**asdict(file), "tried_at": file.tried_at.isoformat()} for file in files],
    }
    _show(as_json, document, lambda: printing.to_fix(entries, files))


@database.command()
def upgrade(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Bring the database to this version's tables."""
    from aftershow import printing
    from aftershow.desk import upgrade_database

    before, after = upgrade_database(workspace)
    _show(as_json, {"before": before, "after": after}, lambda: printing.upgraded(before, after))


def _quiet_prefect() -> None:
    """Keep Prefect offline and its log short, where nobody chose otherwise; call before importing it."""
    from flows.environment import QUIET

    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def _show(as_json: bool, document: Mapping[str, Any], print_it: Any) -> None:
    if as_json:
        from aftershow import printing

        printing.document(document)
    else:
        print_it()


def _fail(error: AftershowError | str, *, code: int) -> NoReturn:
    from aftershow import printing

    printing.complain(str(error))
    sys.exit(code)
