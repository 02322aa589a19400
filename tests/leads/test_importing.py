"""What an import leaves in the database, and what it leaves alone."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from aftershow.errors import LeadFileError
from aftershow.feedback.report import Report
from aftershow.feedback.taking import take
from aftershow.leads.batches import MOST_OF_ONE
from aftershow.leads.fixes import fix_list
from aftershow.leads.importing import import_files
from aftershow.leads.readers.bounds import BATCH
from aftershow.people.consent.suppressions import suppress
from aftershow.people.record.shows import show_id
from aftershow.store.tables import (
    account,
    capture,
    contact,
    fix_entry,
    import_file,
    interaction,
    lead,
    permission,
    permission_evidence,
    review,
    suppression,
)
from aftershow.store.tables import show as show_table
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.kinds import InteractionKind
from aftershow.workspace.shows import Show, Terms
from tests.leads.desk import NOW, Desk, show

FIRST, LAST = date(2026, 9, 15), date(2026, 9, 17)
HEAD = "First name,Last name,Company,Email,Phone,Badge,Created at,Grade,Notes,Scanned by\n"


def row(
    given: str = "",
    family: str = "",
    company: str = "",
    email: str = "",
    phone: str = "",
    badge: str = "",
    at: str = "",
    grade: str = "",
    notes: str = "",
    by: str = "",
) -> str:
    """Return a line below HEAD."""
    return ",".join((given, family, company, email, phone, badge, at, grade, notes, by)) + "\n"


def test_a_row_is_kept_for_ever(desk: Desk) -> None:
    """A capture has the raw cells, what was understood, where it stood, and the time as it was written."""
    desk.put(HEAD + row("ANN", "LEE", email="A@Example.com", at="9/15/2026 2:05 PM", by="DCole"))
    (kept,) = desk.rows(capture)
    assert kept["cells"] == {
        "First name": "ANN",
        "Last name": "LEE",
        "Email": "A@Example.com",
        "Created at": "9/15/2026 2:05 PM",
        "Scanned by": "DCole",
    }
    assert kept["fields"]["email"] == "a@example.com"
    assert (kept["line"], kept["captured_raw"], kept["captured_by"]) == (2, "9/15/2026 2:05 PM", "DCole")
    assert kept["captured_at"] == datetime(2026, 9, 15, 19, 5, tzinfo=UTC)
    (file,) = desk.rows(import_file)
    assert (file["name"], file["rows"]) == ("leads.csv", 1)
    (happened,) = desk.rows(interaction)
    assert (happened["kind"], happened["occurred_at"]) == ("captured", kept["captured_at"])
    assert (happened["source"], happened["external_id"]) == ("capture", str(kept["id"]))
    ann = desk.contact()
    assert (ann["given_name"], ann["family_name"], ann["email"]) == ("Ann", "Lee", "a@example.com")
    assert (ann["latest_lead_id"], ann["last_captured_at"]) == (
        desk.rows(lead)[0]["id"],
        kept["captured_at"],
    )


def test_a_row_that_stands_twice_is_one_capture(desk: Desk) -> None:
    """The same row twice in a file, or again in a longer export, is one capture."""
    ann = row("Ann", "Lee", email="a@example.com")
    first = desk.put(HEAD + ann + ann)
    assert (first.rows, first.captures) == (2, 1)
    longer = desk.put(HEAD + ann + row("Bo", "Ray", email="b@example.com"), name="longer.csv")
    assert (longer.captures, longer.contacts_new, longer.contacts_matched) == (1, 1, 1)


def test_rows_across_batches_meet(desk: Desk) -> None:
    """A person in the first batch and in the last is one person."""
    ann = [row("Ann", "Lee", email="a@example.com", notes=str(number)) for number in range(2)]
    others = [row("Bo", f"Ray{number}", email=f"b{number}@example.com") for number in range(BATCH)]
    found = desk.put(HEAD + ann[0] + "".join(others) + ann[1])
    assert (found.rows, found.contacts_new, found.contacts_matched) == (BATCH + 2, BATCH + 1, 0)
    assert desk.count(contact) == BATCH + 1


def test_the_fix_list(desk: Desk) -> None:
    """What can't be used is listed with file, line and reason, and leaves the list once it can be used."""
    text = "Who,Email\nAnn,\n,b@example.com\n"
    found = desk.put(text)
    (entry,) = found.fix_list
    assert (entry.file, entry.line) == ("leads.csv", 2)
    assert found.rows == found.captures + len(found.fix_list)
    with desk.engine.begin() as connection:
        assert list(fix_list(connection, "expo")) == list(fix_list(connection)) == [entry]
        assert list(fix_list(connection, "other")) == []
    said = show(leads={"headings": {"Who": "badge"}})
    assert desk.put("Who,Email\nAnn,a@example.com\n", name="b.csv", show=said).captures == 1
    assert desk.put(text, show=said).captures == 1
    assert desk.count(fix_entry) == 0


def test_too_many_rows_of_one_person(desk: Desk) -> None:
    """Rows that all name one person, as a wrong column makes them, wait for somebody to look at them."""
    rows = [row("Ann", "Lee", email="a@example.com", notes=str(number)) for number in range(MOST_OF_ONE + 1)]
    first = desk.put(HEAD + "".join(rows) + row("Bo", "Ray", email="b@example.com"))
    assert (first.captures, first.contacts_new, len(first.fix_list)) == (MOST_OF_ONE + 1, 2, 1)
    assert first.fix_list[0].line == MOST_OF_ONE + 2
    assert "the same person" in first.fix_list[0].reason
    again = desk.put(HEAD + row("Ann", "Lee", email="a@example.com", notes="more"), name="b.csv")
    assert (again.captures, len(again.fix_list)) == (0, 1)


def test_a_badge_alone(sqlite_desk: Desk) -> None:
    """A badge alone is enough for someone whom another row of the show names, wherever it stands."""
    found = sqlite_desk.put(
        HEAD + row(badge="17", grade="A") + row("Ann", "Lee", badge="0017") + row(badge="18")
    )
    assert (found.captures, found.contacts_new, len(found.fix_list)) == (2, 1, 1)
    assert sqlite_desk.put(HEAD + row(badge="17", notes="x"), name="b.csv").contacts_matched == 1
    other = sqlite_desk.put(HEAD + row(badge="17"), name="c.csv", show=show(show="other"))
    assert (other.captures, len(other.fix_list)) == (0, 1)


def test_a_badge_of_zeros_is_no_badge(sqlite_desk: Desk) -> None:
    """Zero stands for no badge: it does not make one person of strangers."""
    found = sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee", badge="0") + row("Bo", "Ray", "Ray", badge="000"))
    assert found.contacts_new == 2


def test_cells_that_can_not_be_read_are_noted(sqlite_desk: Desk) -> None:
    """A row with an unreadable cell is used without it, and the cell is named."""
    found = sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee", email="a@example.com", phone="5.55E+09"))
    assert [(note.line, note.field) for note in found.notes] == [(2, "phone")]
    assert found.captures == 1
    assert sqlite_desk.contact()["phone"] is None


def test_figures_as_json(sqlite_desk: Desk) -> None:
    """The figures are those of the command line's contract."""
    document = json.loads(json.dumps(sqlite_desk.put(HEAD + row("Ann")).as_json()))
    assert list(document) == [
        "rows",
        "captures",
        "contacts_new",
        "contacts_matched",
        "leads_new",
        "review",
        "fix_list",
    ]
    assert list(document["fix_list"][0]) == ["file", "line", "reason"]


def test_progress(sqlite_desk: Desk, tmp_path: Path) -> None:
    """Progress never goes back and ends at the size of all files."""
    rows = "".join(row("Ann", "Lee", email=f"a{number}@example.com") for number in range(BATCH * 2))
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.write_text(HEAD + rows)
    seen: list[tuple[int, int]] = []
    import_files(
        sqlite_desk.engine,
        sqlite_desk.show,
        sqlite_desk.settings,
        paths,
        now=NOW,
        progress=lambda done, total: seen.append((done, total)),
    )
    total = 2 * paths[0].stat().st_size
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (total, total)
    assert {of for _, of in seen} == {total}


def test_a_file_that_changes_while_it_is_read(sqlite_desk: Desk, tmp_path: Path) -> None:
    """Nothing of it is kept, so that the whole file comes in later."""
    path = tmp_path / "a.csv"
    rows = [row("Ann", "Lee", email=f"a{number}@example.com") for number in range(BATCH * 2)]
    path.write_text(HEAD + "".join(rows))

    def cut_off(done: int, total: int) -> None:
        path.write_text(HEAD + "".join(rows[:BATCH]))

    with pytest.raises(LeadFileError, match="changed while it was read"):
        import_files(
            sqlite_desk.engine, sqlite_desk.show, sqlite_desk.settings, [path], now=NOW, progress=cut_off
        )
    assert sqlite_desk.count(contact) == 0
    assert sqlite_desk.take([path]).captures == BATCH


def test_a_blank_never_overwrites(sqlite_desk: Desk) -> None:
    """What a newer row leaves out stays as an older row said it."""
    sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee Water", "a@example.com", "309-555-0100", at="2026-09-15"))
    sqlite_desk.put(HEAD + row("Ann", "", "", "a@example.com", at="2026-09-16"), name="b.csv")
    ann = sqlite_desk.contact()
    assert (ann["family_name"], ann["phone"]) == ("Lee", "+13095550100")
    assert sqlite_desk.rows(account)[0]["id"] == ann["account_id"]


@pytest.mark.parametrize("newer_first", [False, True])
def test_the_newer_row_counts(desk: Desk, newer_first: bool) -> None:
    """The newer row counts, in whatever order the rows are imported; the latest grade, too."""
    older = HEAD + row("Ann", "Lee", "", "a@example.com", "309-555-0100", at="2026-09-15", grade="A")
    newer = HEAD + row("Ann", "Ray", "", "a@example.com", "309-555-0155", at="2026-09-16", grade="B")
    for number, text in enumerate((newer, older) if newer_first else (older, newer)):
        desk.put(text, name=f"{number}.csv")
    ann, at_show = desk.contact(), desk.rows(lead)[0]
    assert (ann["family_name"], ann["phone"], at_show["grade"]) == ("Ray", "+13095550155", "B")
    assert at_show["first_captured_at"] < at_show["last_captured_at"] == ann["last_captured_at"]


@pytest.mark.parametrize(
    ("kept", "newer", "shown"),
    [
        ("McDonald", "MCDONALD", "McDonald"),
        ("MCDONALD", "McDonald", "McDonald"),
        ("de la Cruz", "DELACRUZ", "de la Cruz"),
        ("Lee", "LEE-RAY", "Lee-Ray"),
        ("LEE", "LEE", "Lee"),
    ],
)
def test_capitals(sqlite_desk: Desk, kept: str, newer: str, shown: str) -> None:
    """Capitals do not replace a better spelling of the same, and are shown as one writes a name."""
    sqlite_desk.put(HEAD + row("Ann", kept, "", "a@example.com", at="2026-09-15"))
    sqlite_desk.put(HEAD + row("Ann", newer, "", "a@example.com", at="2026-09-16"), name="b.csv")
    assert sqlite_desk.contact()["family_name"] == shown


def test_locked_fields_stay(desk: Desk) -> None:
    """What a person typed by hand is never changed by a file; the rest is."""
    desk.put(HEAD + row("Ann", "Lee", "Lee Water", "a@example.com", "309-555-0100"))
    by_hand = {"family_name": "Leigh", "phone": "+13095550177", "timezone": "Europe/Paris"}
    with desk.engine.begin() as connection:
        locked = [*by_hand, "company"]
        connection.execute(update(contact).values(**by_hand, account_id=None, locked=locked))
    desk.put(HEAD + row("Anna", "Lee", "Lee Water", "a@example.com", "309-555-0100"), name="b.csv")
    ann = desk.contact()
    assert {name: ann[name] for name in by_hand} == by_hand
    assert (ann["given_name"], ann["account_id"]) == ("Anna", None)


def test_a_personal_address_stays_before_a_shared_one(sqlite_desk: Desk) -> None:
    """A newer info@ does not replace the address of the person."""
    sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee", "a@example.com", badge="7"))
    sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee", "info@example.com", badge="7"), name="b.csv")
    ann = sqlite_desk.contact()
    assert (ann["email"], ann["email_is_shared"]) == ("a@example.com", False)


def test_rows_without_a_time_were_captured_at_the_show(sqlite_desk: Desk) -> None:
    """Without a time of its own a row counts as captured at the end of the show, or now while it lasts."""
    past = show(starts=FIRST, ends=LAST)
    sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee"), show=past)
    (at_show,) = sqlite_desk.rows(lead)
    assert at_show["last_captured_at"] == past.ends_at
    assert sqlite_desk.rows(capture)[0]["captured_at"] is None
    during = NOW - timedelta(days=55)
    sqlite_desk.put(HEAD + row("Bo", "Ray", "Ray"), name="b.csv", show=past, now=during)
    assert sqlite_desk.rows(lead)[1]["last_captured_at"] == during


def test_owner_of_a_lead(sqlite_desk: Desk) -> None:
    """The last rep who scanned owns the lead; where nobody is named, the owner of the show."""
    mine = show(owner="jonas")
    rows = [row("Ann", "Lee", email="a@example.com", at=f"2026-09-{day}", by=by) for day, by in
            ((15, "DCole"), (16, "mtran"), (17, ""))]  # fmt: skip
    sqlite_desk.put(HEAD + "".join(rows) + row("Bo", "Ray", "Ray"), show=mine)
    assert [found["owner"] for found in sqlite_desk.rows(lead)] == ["minh", "jonas"]


def test_answers_add_up(sqlite_desk: Desk) -> None:
    """The answers of all captures at a show are the lead's, the last to each question, for each show."""
    for number, (size, when) in enumerate([("big", ""), ("", "now"), ("small", "")]):
        text = f"Email,Size,When,Created at\na@example.com,{size},{when},2026-09-1{number}\n"
        sqlite_desk.put(text, name=f"{number}.csv")
    sqlite_desk.put("Email,Size\na@example.com,huge\n", show=show(show="other"))
    assert [found["answers"] for found in sqlite_desk.rows(lead)] == [
        {"size": "small", "when": "now"},
        {"size": "huge"},
    ]


TERMS = (Terms(channel=Channel.EMAIL, answer=Answer.YES, wording="Exhibitors may write."),)
ASKED = "Email,Mail?,Created at\n"


def _asked(**changes: object) -> Show:
    return show(leads={"headings": {"Mail?": "permission.email"}}, **changes)


def test_what_was_noted_at_one_scan_stays_with_the_next(sqlite_desk: Desk) -> None:
    """A promise is not taken back by another scan, whoever made it; the same note twice is one."""
    for number, notes in enumerate(("send the curve sheet", "call Tuesday", "call Tuesday")):
        line = row(
            "Ann", "Lee", email="a@example.com", at=f"9/1{number}/2026", notes=notes, by=f"rep{number}"
        )
        sqlite_desk.put(HEAD + line, name=f"{number}.csv")
    assert sqlite_desk.rows(lead)[0]["answers"]["notes"] == "send the curve sheet\ncall Tuesday"


def test_what_someone_told_us_later_stays_when_a_file_comes(desk: Desk) -> None:
    """An answer from a call is newer than the scan before it; a scan after the call is newer than both."""
    head = "Email,Created at,Budget\n"
    desk.put(head + "a@example.com,9/15/2026,none yet\n", name="first.csv")
    with desk.engine.begin() as connection:
        called = datetime(2026, 10, 1, tzinfo=UTC)
        heard = Report(
            contact_id=1,
            kind=InteractionKind.CONNECTED,
            at=called,
            source="test",
            channel=Channel.CALL,
            answers={"budget": "20,000"},
        )
        take(connection, heard, now=called)
    desk.put(head + "a@example.com,9/16/2026,\n", name="older.csv")
    assert desk.rows(lead)[0]["answers"]["budget"] == "20,000"
    desk.put(head + "a@example.com,10/2/2026,30000\n", name="newer.csv")
    assert desk.rows(lead)[0]["answers"]["budget"] == "30000"


def test_terms_of_the_show_count_for_the_silent(desk: Desk) -> None:
    """The terms of a show are evidence for rows that are silent, once for each person."""
    agreed = show(permissions=TERMS)
    ann = [row("Ann", "Lee", email="a@example.com", notes=str(number)) for number in range(2)]
    desk.put(HEAD + "".join(ann), show=agreed)
    (said,) = desk.rows(permission_evidence)
    assert (said["answer"], said["source"], said["wording"]) == ("yes", "show:expo", "Exhibitors may write.")
    assert desk.rows(permission)[0]["evidence_id"] == said["id"]


def test_a_blank_cell_is_not_silent(sqlite_desk: Desk) -> None:
    """Who was asked and left it blank, or said no, is not taken at the terms of the show."""
    agreed = _asked(permissions=TERMS)
    sqlite_desk.put(ASKED + "a@example.com,,\nb@example.com,no,\nc@example.com,yes,\n", show=agreed)
    assert [(said["contact_id"], said["answer"]) for said in sqlite_desk.rows(permission)] == [
        (2, "no"),
        (3, "yes"),
    ]
    assert {said["wording"] for said in sqlite_desk.rows(permission_evidence)} == {"Mail?"}


@pytest.mark.parametrize(
    ("answers", "counts"),
    [
        ([("yes", 15), ("no", 16)], "no"),
        ([("no", 15), ("yes", 16)], "no"),
        ([("yes", 16), ("no", 15)], "yes"),
        ([("yes", 15), ("no", 15)], "no"),
        ([("no", 15), ("yes", 15)], "no"),
        ([("yes", 15), ("", 16)], "yes"),
    ],
)
def test_permission_by_date(sqlite_desk: Desk, answers: list[tuple[str, int]], counts: str) -> None:
    """The newest statement counts, of two at once the stricter; a file never turns a no into a yes."""
    for number, (answer, day) in enumerate(answers):
        show_ = _asked(show=f"expo-{number}")
        sqlite_desk.put(ASKED + f"a@example.com,{answer},2026-09-{day}\n", name=f"{number}.csv", show=show_)
    (found,) = sqlite_desk.rows(permission)
    assert found["answer"] == counts
    assert sqlite_desk.count(permission_evidence) == sum(1 for answer, _ in answers if answer)


def test_what_is_suppressed_stays_so(desk: Desk) -> None:
    """A file that says yes does not bring back an address that must not be used."""
    with desk.engine.begin() as connection:
        for reason in ("unsubscribed", "again"):
            suppress(connection, Channel.EMAIL, "A@example.com", reason=reason, source="test", now=NOW)
    before = desk.rows(suppression)
    desk.put(ASKED + "a@example.com,yes,\n", show=_asked())
    assert desk.rows(suppression) == before
    assert [(found["address"], found["reason"]) for found in before] == [("a@example.com", "unsubscribed")]


def test_customers(sqlite_desk: Desk) -> None:
    """A customer makes a customer of the account; a no later does not take it from the account."""
    head = "Name,Company,Email,Customer,Created at\n"
    sqlite_desk.put(head + "Ann Lee,Lee Inc,a@example.com,yes,2026-09-15\nBo Ray,LEE,b@example.com,no,\n")
    assert [found["is_customer"] for found in sqlite_desk.rows(contact)] == [True, False]
    sqlite_desk.put(head + "Ann Lee,Lee Inc,a@example.com,no,2026-09-16\n", name="b.csv")
    assert sqlite_desk.contact()["is_customer"] is False
    (lee,) = sqlite_desk.rows(account)
    assert lee["is_customer"] is True


def test_accounts(desk: Desk) -> None:
    """One account for each core of a name and country; no country joins any; a better spelling wins."""
    lines = ["Ann,DELAVAL INC,US", "Bo,DeLaval,US", "Cy,DeLaval GmbH,DE", "Di,Delaval,"]
    lines.append("Ed,DeLaval Holdings,US")
    desk.put("First name,Company,Country\n" + "\n".join(lines))
    assert [(found["name"], found["country"]) for found in desk.rows(account)] == [
        ("DeLaval", "US"),
        ("DeLaval GmbH", "DE"),
        ("DeLaval Holdings", "US"),
    ]
    assert [found["account_id"] for found in desk.rows(contact)] == [1, 1, 2, 1, 3]


def test_the_show_follows_its_yaml(desk: Desk) -> None:
    """The row of a show is written once and changes when the YAML does."""
    with desk.engine.begin() as connection:
        number = show_id(connection, show())
        assert show_id(connection, show(name="Other", ends=LAST, starts=FIRST)) == number
        row_ = connection.execute(select(show_table)).mappings().one()
    assert (row_["name"], row_["city"]) == ("Other", None)
    assert row_["ends_at"] == show(starts=FIRST, ends=LAST).ends_at


def test_a_merged_number_is_not_given_again(sqlite_desk: Desk) -> None:
    """The number of a contact that was merged away names nobody else later."""
    from aftershow.ledger.merging import merge

    sqlite_desk.put(HEAD + row("Ann", "Lee", email="a@example.com") + row("Bo", "Ray", email="b@example.com"))
    with sqlite_desk.engine.begin() as connection:
        merge(connection, 1, 2, by="test", now=NOW)
    sqlite_desk.put(HEAD + row("Cy", "Fox", email="c@example.com"), name="b.csv")
    assert [found["id"] for found in sqlite_desk.rows(contact)] == [1, 3]


def test_reviews_that_were_answered_stay_answered(sqlite_desk: Desk) -> None:
    """A pair that is known to be different is not asked about again."""
    sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee Inc") + row("Ann", "Lee", "Lee Ltd"))
    with sqlite_desk.engine.begin() as connection:
        connection.execute(update(review).values(answer="different"))
    again = sqlite_desk.put(HEAD + row("Ann", "Lee", "Lee Inc", notes="again"), name="b.csv")
    asked = [(found["contact_id"], found["other_id"], found["answer"]) for found in sqlite_desk.rows(review)]
    assert (again.review, asked[0]) == (1, (1, 2, "different"))


def test_text_that_no_database_takes(desk: Desk) -> None:
    """Endless names and odd characters do no harm: what is too long stays in the raw row."""
    desk.put(
        HEAD + row("Ann", "L" * 5_000, "C" * 299, "a@example.com", notes="\u2028\U0001f600" + "n" * 9_000)
    )
    (kept,) = desk.rows(capture)
    assert len(kept["cells"]["Last name"]) == 5_000
    assert desk.contact()["family_name"] is None
