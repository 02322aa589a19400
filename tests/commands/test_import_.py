"""Lead files come in, each for itself; what could not be used is named."""

from pathlib import Path

from tests.commands.conftest import Run


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
