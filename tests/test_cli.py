"""The command line keeps its contract: names, keys, exit codes, and what is printed where."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from aftershow.cli import main
from aftershow.desk import open_desk
from aftershow.journey.turn import prepare
from aftershow.printing import table
from aftershow.store.tables import message
from tests.servers.twilio_server import TwilioServer
from tests.support.moves import unwatched

ROOT = Path(__file__).parent.parent
AT = "2026-09-18T10:00-05:00"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document that was printed."""
        return json.loads(self.out)


Run = Callable[..., Ran]


#: What midwest-leads sends, and what that is built on.
ITS_TEMPLATES = ("base", "thanks", "quick-question", "site-visit")


def keep_one_campaign(workspace: Path) -> None:
    """Leave midwest-leads and its templates alone in a workspace: looking at all of them takes a while."""
    for file in (workspace / "config" / "campaigns").iterdir():
        if not file.name.startswith("midwest-leads."):
            file.unlink()
    for folder in (workspace / "templates").iterdir():
        if folder.name not in ITS_TEMPLATES:
            shutil.rmtree(folder)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line as a shell would."""

    def call(*words: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["aftershow", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return Ran(code=int(end.value.code or 0), out=captured.out, err=captured.err)

    return call


@pytest.fixture
def workspace(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's workspace over a fresh database, once for each kind."""
    monkeypatch.setenv("AFTERSHOW_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    for folder in ("config", "templates", "leads"):
        shutil.copytree(ROOT / folder, tmp_path / "w" / folder)
    monkeypatch.setenv("AFTERSHOW_WORKSPACE", str(tmp_path / "w"))
    return tmp_path / "w"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The smallest campaign of the demo's workspace alone, with its test; for what needs no database."""
    for folder in ("config", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / "small" / folder)
    keep_one_campaign(tmp_path / "small")
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    monkeypatch.setenv("AFTERSHOW_WORKSPACE", str(tmp_path / "small"))
    return tmp_path / "small"


@pytest.fixture
def imported(run: Run, workspace: Path) -> Path:
    """The workspace with the leads of one show."""
    book = workspace / "leads" / "midwest-expo-2026" / "04_titled_workbook.xlsx"
    assert run("import", book, "--show", "midwest-expo-2026", "--at", AT).code == 0
    return workspace


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with the leads of one show, for commands that change nothing: one for all of them."""
    root = tmp_path_factory.mktemp("unchanged")
    for folder in ("config", "templates", "leads"):
        shutil.copytree(ROOT / folder, root / folder)
    keep_one_campaign(root)
    book = root / "leads" / "midwest-expo-2026" / "04_titled_workbook.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
        patch.setenv("AFTERSHOW_WORKSPACE", str(root))
        words = ["import", str(book), "--show", "midwest-expo-2026", "--at", AT]
        patch.setattr(sys, "argv", ["aftershow", *words])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        yield root


@pytest.fixture
def doubtful(imported: Path) -> Path:
    """The workspace with one email, to Ann Lee, of which nobody knows whether it went out."""
    keep_one_campaign(imported)
    at = datetime.fromisoformat(AT)
    with open_desk(imported) as desk, desk.engine.begin() as connection, unwatched(connection):
        prepare(connection, desk.campaign("midwest-leads"), now=at)
        lost = {"state": "unknown", "reason": "no answer", "address": "ann.lee@example.com"}
        planned = update(message).where(message.c.state == "planned")
        assert connection.execute(planned.values(handed_over_at=at, **lost)).rowcount == 1
    return imported


def test_import(run: Run, workspace: Path) -> None:
    """The document has the agreed keys; the file again changes nothing."""
    file = workspace / "leads" / "rental-show-2026" / "01_registrar_flat.csv"
    first = run("import", file, "--show", "rental-show-2026", "--json")
    again = run("import", file, "--show", "rental-show-2026", "--json")
    keys = ["rows", "captures", "contacts_new", "contacts_matched", "leads_new", "review", "fix_list"]
    assert (first.code, list(first.document)) == (0, keys)
    assert [first.document[key] for key in keys] == [3, 3, 3, 0, 3, 0, []]
    assert [again.document[key] for key in keys] == [3, 0, 0, 3, 0, 0, []]


def test_import_with_rows_to_fix(run: Run, workspace: Path) -> None:
    """Rows that can't be used are printed with file, line and reason, and the exit code tells."""
    ran = run("import", workspace / "leads" / "website" / "web_form.csv", "--show", "website", "--json")
    assert ran.code == 1
    (entry,) = ran.document["fix_list"]
    assert (entry["file"], entry["line"]) == ("web_form.csv", 8)
    listed = run("fixes", "--json")
    assert (listed.code, listed.document["fix_list"]) == (0, [entry])


def test_import_of_what_is_no_lead_file(run: Run, workspace: Path) -> None:
    """A bad file is a problem that is named, and nothing of it is kept."""
    (workspace / "flyer.pdf").write_bytes(b"%PDF-1.7 \x00\x01")
    ran = run("import", workspace / "flyer.pdf", "--show", "website")
    assert (ran.code, ran.out) == (1, "")
    assert "flyer.pdf" in ran.err


def test_import_of_a_good_file_and_a_bad_one(run: Run, workspace: Path) -> None:
    """A bad file among good ones is named; the good ones are imported and counted, whatever the order."""
    (workspace / "flyer.pdf").write_bytes(b"%PDF-1.7 \x00\x01")
    good = workspace / "leads" / "rental-show-2026" / "01_registrar_flat.csv"
    ran = run("import", workspace / "flyer.pdf", good, "--show", "rental-show-2026", "--json")
    assert (ran.code, ran.document["captures"]) == (1, 3)
    assert "flyer.pdf" in ran.err


def test_import_of_files_that_break_things(run: Run, workspace: Path) -> None:
    """Whatever a file breaks, the others come in; it is named, and listed among what is to fix."""
    (workspace / "bad.vcf").write_bytes(b"BEGIN:VCARD\n" + b"TEL:1\n" * 2_000)
    (workspace / "odd.csv").write_text("Name,Email\n" + "x" * 300_000 + ",a@example.com\n")
    good = workspace / "leads" / "rental-show-2026" / "01_registrar_flat.csv"
    files = (workspace / "bad.vcf", workspace / "odd.csv", good)
    ran = run("import", *files, "--show", "rental-show-2026", "--json")
    assert (ran.code, ran.document["captures"]) == (1, 3)
    assert "bad.vcf:1: this file has more than 1,000 columns" in ran.err
    assert "odd.csv:2: " in ran.err
    found = run("fixes", "--json").document
    assert [(one["show"], one["file"]) for one in found["set_aside"]] == [
        ("rental-show-2026", "bad.vcf"),
        ("rental-show-2026", "odd.csv"),
    ]
    assert found["set_aside"][0]["reason"].startswith("line 1: this file has more than 1,000 columns")
    assert "bad.vcf" in run("fixes").out
    (workspace / "bad.vcf").write_bytes(b"BEGIN:VCARD\nN:Lee;Ann\nEMAIL:a@example.com\nEND:VCARD\n")
    assert run("import", workspace / "bad.vcf", "--show", "rental-show-2026").code == 0
    assert [one["file"] for one in run("fixes", "--json").document["set_aside"]] == ["odd.csv"]


def test_import_of_a_file_that_is_not_there(run: Run, workspace: Path) -> None:
    """A wrong path is a wrong call, and nothing is done."""
    good = workspace / "leads" / "rental-show-2026" / "01_registrar_flat.csv"
    ran = run("import", good, workspace / "nothing.csv", "--show", "rental-show-2026", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert run("import", good, "--show", "rental-show-2026", "--json").document["captures"] == 3


def test_plan(run: Run, imported: Path) -> None:
    """The plan is dated and has a reason for everyone who is held."""
    ran = run("plan", "midwest-leads", "--at", AT, "--json")
    plan = ran.document
    assert (ran.code, plan["campaign"]) == (0, "midwest-leads")
    assert {(m["contact"], m["step"], m["channel"], m["due_at"][:10]) for m in plan["planned"]} == {
        ("ann.lee@example.com", "thanks", "email", "2026-09-18"),
        ("ann.lee@example.com", "site-visit", "email", "2026-09-25"),
    }
    assert {(m["contact"], m["step"], m["reason"]) for m in plan["held"]} == {
        ("ann.lee@example.com", "quick-question", "permission"),
        ("+13095550101", "thanks", "no_address"),
        ("+13095550101", "quick-question", "no_address"),
        ("+13095550101", "site-visit", "no_address"),
    }


def test_plan_until(run: Run, imported: Path) -> None:
    """The calendar counts messages by day and step, of one campaign or of all; nothing is written."""
    keep_one_campaign(imported)
    words = ("plan", "--until", "2026-09-25", "--at", AT)
    every, one = run(*words, "--json"), run(*words, "midwest-leads", "--json")
    assert every.code == 0
    assert list(every.document) == ["at", "until", "entries", "cost", "too_much"]
    assert every.document["until"] == "2026-09-25T00:00:00-05:00"
    assert every.document["entries"] == one.document["entries"]
    assert [tuple(entry.values()) for entry in every.document["entries"]] == [
        ("2026-09-18", "midwest-leads", "thanks", "email", 1, 0, "0"),
    ]
    longer = run("plan", "midwest-leads", "--until", "2026-09-26", "--at", AT).out
    assert longer.startswith("2 messages until 2026-09-26 00:00 CDT")
    assert "Fri 2026-09-25" in longer
    assert run("ledger", "midwest-leads", "--json").document["messages"] == 0


def test_approve(run: Run, imported: Path, prefect_api: str) -> None:
    """What needs a person's word waits, is listed, and goes out with the turn after `approve --yes`."""
    campaign = imported / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(
        campaign.read_text().replace("email: thanks", "email: thanks\n    approval: required")
    )
    first = run("run", "midwest-leads", "--at", AT, "--json").document
    assert (first["accepted"], first["held"]["approval"]) == (0, 1)

    listed = run("approve", "midwest-leads", "--json").document
    assert (listed["campaign"], listed["approved"]) == ("midwest-leads", 0)
    (row,) = listed["waiting"]
    assert (row["step"], row["channel"], row["messages"]) == ("thanks", "email", 1)
    assert "thanks" in run("approve", "midwest-leads").out

    other = run("approve", "midwest-leads", "--step", "site-visit", "--yes", "--at", AT, "--json").document
    assert (other["approved"], other["waiting"]) == (0, [])
    let_go = run("approve", "midwest-leads", "--step", "thanks", "--yes", "--by", "dana", "--at", AT)
    assert let_go.out.startswith("Approved: 1 message.")
    assert "Nothing waits" in run("approve", "midwest-leads").out
    assert run("run", "midwest-leads", "--at", AT, "--json").document["accepted"] == 1


def test_run_and_ledger(run: Run, imported: Path, prefect_api: str) -> None:
    """A turn sends what is due, once; the ledger counts the same."""
    first, again = (run("run", "midwest-leads", "--at", AT, "--json") for _ in range(2))
    keys = {"campaign", "at", "planned", "held", "accepted", "rejected", "unknown", "interactions"}
    assert keys <= set(first.document)
    assert (first.code, first.document["accepted"], again.document["accepted"]) == (0, 1, 0)
    ledger = run("ledger", "midwest-leads", "--json").document
    assert set(ledger) == {"messages", "by_state", "held", "by_channel"}
    assert ledger["by_state"]["accepted"] == 1
    assert len(list((imported / "outbox" / "email").glob("*.eml"))) == 1


def test_what_is_in_doubt(run: Run, doubtful: Path) -> None:
    """The list names the message, its person and its key; a word settles it, once, with a name to it."""
    listed = run("ledger", "--unknown", "--json", "--at", AT)
    (row,) = listed.document["unknown"]
    assert (listed.code, row["contact"], row["campaign"], row["step"], row["channel"]) == (
        0,
        "ann.lee@example.com",
        "midwest-leads",
        "thanks",
        "email",
    )
    assert row["handed_over_at"] == "2026-09-18T15:00:00+00:00"
    assert row["key"] in row["remedy"]
    printed = run("ledger", "midwest-leads", "--unknown", "--at", AT).out
    assert "Fri 2026-09-18 10:00 CDT" in printed
    assert row["key"] in printed
    assert "aftershow settle MESSAGE" in printed

    word = ("settle", row["key"], "--not-sent", "--again", "--by", "dana", "--at", AT)
    settled = run(*word, "--json")
    assert (settled.code, settled.document) == (
        0,
        {"message": row["message"], "state": "planned", "reason": None},
    )
    twice = run(*word)
    assert (twice.code, twice.out) == (2, "")
    assert "is not in doubt: it is planned" in twice.err
    assert run("ledger", "--unknown").out == "Nothing is in doubt.\n"
    (event,) = [
        event
        for event in run("contact", "ann.lee@example.com", "--json").document["timeline"]
        if event["kind"] == "not_sent"
    ]
    assert (event["step"], event["data"]["by"]) == ("thanks", "dana")


def test_nobody_to_ask(run: Run, doubtful: Path) -> None:
    """Where no provider keeps a list, asking changes nothing, and the list is shown."""
    asked = run("ledger", "--unknown", "--reconcile", "--json", "--at", AT)
    assert (asked.code, asked.document["settled"], len(asked.document["unknown"])) == (0, [], 1)


def test_a_provider_that_does_not_answer(run: Run, doubtful: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a list can't be asked, the trouble is told beside what is in doubt, and the exit code is 1."""
    with TwilioServer() as server:
        twilio = {"connector": "twilio", "account_sid": "AC1", "from": "+15005550006", "base_url": server.url}
    settings = doubtful / "config" / "aftershow.yaml"
    other = [line for line in settings.read_text().splitlines() if not line.startswith("  text: {connector")]
    settings.write_text("\n".join(other).replace("channels:\n", f"channels:\n  text: {json.dumps(twilio)}\n"))
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", "secret")
    with open_desk(doubtful) as desk, desk.engine.begin() as connection:
        by_text = {"channel": "text", "address": "+13095550100"}
        connection.execute(update(message).where(message.c.state == "unknown").values(**by_text))
    words = ("ledger", "--unknown", "--reconcile", "--at", "2026-09-18T12:00-05:00")
    asked = run(*words, "--json")
    assert (asked.code, len(asked.document["unknown"])) == (1, 1)
    assert "list can't be read" in asked.document["trouble"]
    assert "--reconcile asks twilio" in asked.document["unknown"][0]["remedy"]
    assert asked.document["trouble"] in run(*words).out


def test_the_ledger_of_a_campaign_that_is_gone(run: Run, doubtful: Path) -> None:
    """Without the campaign's file its messages are still counted and listed, and can be settled."""
    (doubtful / "config" / "campaigns" / "midwest-leads.yaml").unlink()
    (doubtful / "config" / "campaigns" / "midwest-leads.test.yaml").unlink()
    assert run("ledger", "midwest-leads", "--json").document["by_state"]["unknown"] == 1
    (row,) = run("ledger", "midwest-leads", "--unknown", "--json").document["unknown"]
    sent = run("settle", row["message"], "--sent", "--at", AT)
    assert sent.out == f"Message {row['message']}: it was sent, and counts as accepted.\n"
    assert run("ledger", "midwest-leads", "--json").document["by_state"]["accepted"] == 1


def test_a_campaign_with_a_mistake_enrols_nobody(run: Run, imported: Path) -> None:
    """A misspelt template stops plan and run before anyone is enrolled; after the correction all get it."""
    campaign = imported / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(campaign.read_text().replace("email: site-visit", "email: site-vist"))
    for command in ("plan", "run"):
        ran = run(command, "midwest-leads", "--at", AT)
        assert (ran.code, ran.out) == (2, "")
        assert "did you mean `site-visit`?" in ran.err
    campaign.write_text(campaign.read_text().replace("email: site-vist", "email: site-visit"))
    assert run("ledger", "midwest-leads", "--json").document["messages"] == 0
    assert "ann.lee@example.com" in run("plan", "midwest-leads", "--at", AT).out


def test_segment(run: Run, imported: Path) -> None:
    """A segment lists its people, and says of one person which clause fails."""
    assert run("segment", "a-leads", "--json").document == {"count": 1, "contacts": ["+13095550101"]}
    explained = run("segment", "a-leads", "--explain", "ANN.LEE@example.com", "--json").document
    assert (explained["holds"], explained["fails"]) == (False, 'grade == "A"')


def test_preview(run: Run, imported: Path, tmp_path: Path) -> None:
    """A preview writes the parts that this person would get, and sends nothing."""
    ran = run("preview", "thanks", "--contact", "ann.lee@example.com", "--out", tmp_path / "look", "--json")
    assert ran.code == 0
    names = sorted(path.name for path in (tmp_path / "look").iterdir())
    assert names == ["email.html", "email.txt", "message.eml", "subject.txt"]
    assert "Ann" in (tmp_path / "look" / "email.html").read_text()
    assert not (imported / "outbox").exists()


def test_contact(run: Run, imported: Path) -> None:
    """A person is shown with facts and their sources, permissions and what happened."""
    person = run("contact", "Ann.Lee@example.com", "--json").document
    assert {"facts", "leads", "permissions", "timeline"} <= set(person)
    assert [event["kind"] for event in person["timeline"]] == ["captured", "captured"]


def test_log(run: Run, imported: Path) -> None:
    """What a rep types stands in the record, once; the answer is the lead's."""
    words = ("log", "ann.lee@example.com", "connected", "--answer", "decision_date=2027-03", "--by", "dana")
    first, again = run(*words, "--json"), run(*words)
    assert (first.code, first.document["kind"], first.document["new"]) == (0, "connected", True)
    assert (again.code, "already" in again.out) == (0, True)
    invited = (
        "log",
        "ann.lee@example.com",
        "accepted",
        "--meeting",
        "2026-12-01T10:00-06:00",
        "--place",
        "Peoria",
    )
    assert run(*invited).code == 0
    person = run("contact", "ann.lee@example.com", "--json").document
    assert [event["kind"] for event in person["timeline"]][:2] == ["accepted", "connected"]
    assert person["leads"][0]["answers"]["decision_date"] == "2027-03"


def test_leaving_a_campaign(run: Run, imported: Path, prefect_api: str) -> None:
    """Who is taken out of a campaign gets nothing more of it; a reply is tied to the step that was sent."""
    assert run("run", "midwest-leads", "--at", AT, "--json").document["accepted"] == 1
    assert run("log", "ann.lee@example.com", "replied", "--campaign", "midwest-leads", "--at", AT).code == 0
    assert run("exit", "ann.lee@example.com", "midwest-leads", "--reason", "bought", "--at", AT).code == 0
    person = run("contact", "ann.lee@example.com", "--json").document
    steps = {event["kind"]: (event["campaign"], event["step"]) for event in person["timeline"]}
    assert steps["replied"] == steps["sent"] == ("midwest-leads", "thanks")
    assert "exited" in steps
    later = run("run", "midwest-leads", "--at", "2026-09-26T10:00-05:00", "--json").document
    assert later["accepted"] == 0


def test_check(run: Run, small: Path) -> None:
    """A workspace without mistakes passes, with its campaign's own test."""
    found = run("check", "--json")
    assert (found.code, found.document["problems"]) == (0, [])
    counts = [found.document[name] for name in ("campaigns", "templates", "tests")]
    assert counts == [1, 3, 7]
    assert run("check").out.startswith("All good: 1 campaign, 3 templates, 7 expectations of their tests.")


def test_check_of_the_demo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's workspace has no mistake; `make check` plays its campaigns' tests as well."""
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    for folder in ("config", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.test.yaml"))
    found = run("check", "--workspace", tmp_path, "--json")
    assert (found.code, found.document["problems"]) == (0, [])
    assert found.document["campaigns"] > 5


def test_check_with_mistakes(run: Run, small: Path) -> None:
    """Each mistake is named with its file, line and likely meaning, all at once."""
    campaign = small / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(
        campaign.read_text().replace("site-visit", "site-vist").replace("grade in", "grad in")
    )
    ran = run("check")
    assert ran.code == 1
    assert "config/campaigns/midwest-leads.yaml:6: audience.where: " in ran.out
    assert "Did you mean grade?" in ran.out
    assert "config/campaigns/midwest-leads.yaml:14: steps.3.email: " in ran.out
    assert "did you mean `site-visit`?" in ran.out


def test_check_with_a_marketers_test_that_fails(run: Run, small: Path) -> None:
    """An expectation that did not come true is told at its line, with what became of the person instead."""
    campaign = small / "config" / "campaigns" / "midwest-leads.yaml"
    campaign.write_text(campaign.read_text().replace("after: 5 days", "after: 1 week"))
    ran = run("check")
    assert ran.code == 1
    assert ran.out == (
        "config/campaigns/midwest-leads.test.yaml:15: expect.3: "
        "expected: ann@example.com gets email site-visit on Fri 25 Sep 2026\n"
        "    but:      gets email thanks on Fri 18 Sep 2026 10:00 CDT\n"
        "              gets text quick-question on Sun 20 Sep 2026 10:00 CDT\n"
        "              gets email site-visit on Sun 27 Sep 2026 10:00 CDT\n"
        "\nMistakes: 1. Correct them, then run `aftershow check` again.\n"
    )


def test_init(run: Run, tmp_path: Path) -> None:
    """A new workspace passes its own check."""
    assert run("init", tmp_path / "new").code == 0
    assert run("check", "--workspace", tmp_path / "new").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plan", "midwest-leds"], "midwest-leads"),
        (["segment", "a-leds"], "a-leads"),
        (["import", "x.csv", "--show", "nowhere"], "nowhere"),
        (["contact", "nobody@example.com"], "No contact"),
        (["preview", "thanks", "--contact", "nobody@example.com"], "No contact"),
        (["log", "ann.lee@example.com", "conected"], "did you mean `connected`?"),
        (["log", "ann.lee@example.com", "connected", "--campaign", "midwest-leads"], "Nothing of campaign"),
        (["log", "ann.lee@example.com", "connected", "--answer", "size"], "NAME=VALUE"),
        (["log", "ann.lee@example.com", "delivered"], "--channel"),
        (["exit", "ann.lee@example.com", "midwest-leads"], "is not in the campaign"),
        (["plan"], "--until"),
        (["plan", "--until", "christmas"], "2026-12-24"),
        (["approve", "midwest-leads", "--step", "thank"], "has no step `thank`"),
        (["plan", "midwest-leads", "--at", "yesterday"], "2026-11-24T10:00-06:00"),
        (["plan", "midwest-leads", "--at", "2026-09-18T10:00"], "time zone"),
        (["ledger"], "--unknown"),
        (["ledger", "midwest-leads", "--reconcile"], "--unknown"),
        (["ledger", "midwest-leds"], "did you mean `midwest-leads`?"),
        (["settle", "1"], "--not-sent"),
        (["settle", "1", "--sent", "--again"], "--not-sent"),
        (["settle", "1", "--sent"], "There is no message 1"),
        (["settle", "one", "--sent"], "number or its key"),
        (["--workspace", "/nowhere", "plan", "x"], "aftershow init"),
    ],
)
def test_wrong_usage(run: Run, unchanged: Path, words: list[str], says: str) -> None:
    """What is not there, and what can't be understood, ends with 2 and says what would do."""
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_what_is_printed_for_a_program_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """No cell of a table is cut where there is no terminal."""
    table("", ("contact",), [("x" * 300,)])
    assert "x" * 300 in capsys.readouterr().out


def test_db_upgrade(run: Run, workspace: Path) -> None:
    """Upgrading what is new already says so."""
    ran = run("db", "upgrade", "--json")
    assert (ran.code, ran.document["before"]) == (0, ran.document["after"])
