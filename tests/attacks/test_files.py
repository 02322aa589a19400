"""Nobody else on the machine reads what we write, and no link leads us to what is not the workspace's."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_IMODE

import pytest

from aftershow.cli import main
from aftershow.content.template import load_template
from aftershow.desk import open_desk, senders_for
from aftershow.errors import ContentError, UsageError, WorkspaceError
from aftershow.leads.aside import files_aside
from aftershow.leads.each import import_each
from aftershow.leads.folder import new_files
from aftershow.store.engine import open_engine
from aftershow.words.channels import Channel
from aftershow.workspace.workspace import load_workspace
from tests.connectors.rig import a_text

#: What must not be quoted, in YAML that no file of ours can be.
SECRET = "root:x:0:0:Persephone:/root: [unclosed\n"
ROWS = "First name,Last name,Email\nAna,Lee,ana@example.com\n"

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _usual_umask(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever starts us lets everybody read, as most systems do."""
    monkeypatch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
    monkeypatch.delenv("AFTERSHOW_SECRET", raising=False)
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line as a shell would; returns all that it printed."""

    def call(*words: str | Path) -> str:
        monkeypatch.setattr(sys, "argv", ["aftershow", *map(str, words)])
        with pytest.raises(SystemExit):
            main()
        return "".join(capsys.readouterr())

    return call


@pytest.fixture
def office(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new workspace."""
    run("init", tmp_path / "office")
    monkeypatch.setenv("AFTERSHOW_WORKSPACE", str(tmp_path / "office"))
    return tmp_path / "office"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the workspace, with a file for each name that is looked for in one."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("aftershow.yaml", "segments.yaml", "x.yaml", "x.test.yaml", "scans.csv", "text.txt"):
        (folder / name).write_text(ROWS if name == "scans.csv" else SECRET)
    return folder


def mode(path: Path) -> int:
    """The rights of a file or folder."""
    return S_IMODE(path.stat().st_mode)


def readable(root: Path) -> set[str]:
    """Return the files that another user can read, each folder on the way to them being open."""
    found = set()
    for folder, folders, files in os.walk(root):
        found |= {file for file in files if mode(Path(folder, file)) & 0o007}
        folders[:] = [name for name in folders if mode(Path(folder, name)) & 0o007]
    return found


def test_a_new_workspace_is_its_owners(office: Path) -> None:
    """Leads, database and outbox will lie in there."""
    assert mode(office) == 0o700


def test_what_commands_write_is_their_users(office: Path, run: Run, tmp_path: Path) -> None:
    """In a workspace that others may enter, they read neither the database nor its logs, nor a message."""
    office.chmod(0o755)
    before = readable(office)
    (office / "scans.csv").write_text(ROWS)
    run("import", office / "scans.csv", "--show", "my-show")
    run("preview", "thank-you", "--contact", "ana@example.com")
    run("preview", "thank-you", "--contact", "ana@example.com", "--out", tmp_path / "elsewhere")
    with open_desk(office) as desk, desk.engine.connect():
        with senders_for(desk.workspace, [Channel.TEXT]) as senders:
            list(senders[Channel.TEXT].send([a_text()]))
        assert {mode(file) for file in office.glob("aftershow.db*")} == {0o600}
        assert len(list(office.glob("aftershow.db*"))) == 3
    for folder in (office / "preview", office / "outbox", tmp_path / "elsewhere"):
        assert mode(folder) == 0o700
        assert not readable(folder)
    assert readable(office) == before


def test_a_database_is_private_whoever_opens_it(tmp_path: Path) -> None:
    """A program that does not go through our commands makes no file for everybody either."""
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE secret (value TEXT)")
    assert {file.name: mode(file) for file in tmp_path.iterdir()} == {
        "new.db": 0o600,
        "new.db-shm": 0o600,
        "new.db-wal": 0o600,
    }
    engine.dispose()


def test_what_an_earlier_version_left_open_is_closed(office: Path, run: Run) -> None:
    """Other users lose what they could do; the group, which somebody meant, does not; check says so first."""
    (office / "scans.csv").write_text(ROWS)
    run("import", office / "scans.csv", "--show", "my-show")
    for name in (".prefect", "outbox", "preview"):
        (office / name).mkdir()
        (office / name).chmod(0o775)
    (office / "aftershow.db").chmod(0o664)
    noted = run("check")
    for name in (".prefect", "outbox", "preview", "aftershow.db"):
        assert f"note: {name} is open to every user of this machine" in noted
    with open_desk(office) as desk, senders_for(desk.workspace, [Channel.EMAIL]):
        pass
    assert [mode(office / name) for name in (".prefect", "outbox", "preview")] == [0o770] * 3
    assert mode(office / "aftershow.db") == 0o660
    assert "open to every user" not in run("check")


LINKS = (
    ("config/aftershow.yaml", "aftershow.yaml"),
    ("config/segments.yaml", "segments.yaml"),
    ("config/shows/x.yaml", "x.yaml"),
    ("config/campaigns/x.yaml", "x.yaml"),
    ("config/campaigns/x.test.yaml", "x.test.yaml"),
    ("config/shows", ""),
    ("config/campaigns", ""),
    ("config", ""),
)


def linked(office: Path, link: str, to: Path | str) -> None:
    """Put a link in the place of what is there."""
    path = office / link
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(to)


@pytest.mark.parametrize(("link", "name"), LINKS)
def test_configuration_follows_no_link_out(
    link: str, name: str, office: Path, outside: Path, run: Run
) -> None:
    """Whether the link is the file, its folder or the one above: it is a mistake, and nothing is quoted."""
    if link == "config/campaigns/x.test.yaml":
        shutil.copy(office / "config/campaigns/thank-you.yaml", office / "config/campaigns/x.yaml")
        text = (office / "config/campaigns/x.yaml").read_text()
        (office / "config/campaigns/x.yaml").write_text(text.replace("campaign: thank-you", "campaign: x"))
    linked(office, link, outside / name)
    said = run("check")
    assert "a link leads out of the workspace" in said
    assert "Persephone" not in said + run("import", outside / "scans.csv", "--show", "my-show")
    if not link.endswith(".test.yaml"):
        with pytest.raises(WorkspaceError, match="a link leads out"):
            load_workspace(office)


@pytest.mark.parametrize("to", ["/etc/passwd", "/proc/self/environ", "../../../outside/x.yaml"])
def test_every_way_out_is_one(to: str, office: Path, outside: Path) -> None:
    """Absolute, relative, or into /proc."""
    linked(office, "config/shows/x.yaml", to)
    with pytest.raises(WorkspaceError, match="a link leads out"):
        load_workspace(office)


@pytest.mark.parametrize("to", ["x.yaml", "nowhere.yaml", "/dev/zero", "."])
def test_what_leads_nowhere_is_no_file(to: str, office: Path) -> None:
    """A circle, a link to nothing, a device and a folder are passed over, and nobody waits for them."""
    linked(office, "config/shows/x.yaml", to)
    assert list(load_workspace(office).shows) == ["my-show"]


def test_links_inside_the_workspace_are_followed(office: Path) -> None:
    """One file under two names, or a shared folder, is what people mean; so is a workspace behind a link."""
    (office / "shared").mkdir()
    shutil.move(office / "config/shows", office / "shared/shows")
    (office / "config/shows").symlink_to("../shared/shows")
    (office.parent / "link").symlink_to(office)
    assert list(load_workspace(office.parent / "link").shows) == ["my-show"]


def test_what_is_no_file_is_not_waited_for(office: Path, run: Run) -> None:
    """A pipe under the name of a YAML, template or lead file blocks nobody."""
    for name in ("config/shows/x.yaml", "templates/thank-you/email.txt", "leads/my-show/scans.csv"):
        os.mkfifo(office / name)
    run("check")
    now = datetime.now(UTC) + timedelta(minutes=2)
    with open_desk(office) as desk, desk.engine.connect() as connection:
        assert new_files(connection, office, desk.show("my-show"), now=now) == []
    assert "there is no such file" in run("import", office / "leads/my-show/scans.csv", "--show", "my-show")


@pytest.mark.parametrize("name", ["../../outside", "/etc", "..", "thank-you/../../../outside"])
def test_a_template_is_named_not_placed(name: str, office: Path, outside: Path, run: Run) -> None:
    """A campaign can't reach a folder outside of templates/ by its name."""
    file = office / "config/campaigns/thank-you.yaml"
    file.write_text(file.read_text().replace("email: thank-you", f"email: {name}"))
    said = run("check") + run("preview", name, "--contact", "1")
    assert "Mistakes: " in said
    assert "Persephone" not in said


def test_the_folder_of_templates_is_no_link_out(office: Path, outside: Path) -> None:
    """Nor are the messages in it: tests/content/test_untrusted.py."""
    (outside / "hello").mkdir()
    (outside / "hello/text.txt").write_text("Persephone")
    linked(office, "templates", outside)
    with pytest.raises(ContentError, match="a link out of the workspace"):
        load_template(office / "templates", "hello", names=frozenset())


@pytest.mark.parametrize("link", ["leads/my-show/scans.csv", "leads/my-show", "leads"])
def test_leads_are_not_taken_from_outside(link: str, office: Path, outside: Path, run: Run) -> None:
    """What lies in leads/ is imported by itself, but for what a link leads to; check says so."""
    if link == "leads":
        (outside / "my-show").mkdir()
        shutil.move(outside / "scans.csv", outside / "my-show/scans.csv")
    linked(office, link, outside / "scans.csv" if link.endswith(".csv") else outside)
    now = datetime.now(UTC) + timedelta(minutes=2)
    with open_desk(office) as desk, desk.engine.connect() as connection:
        assert new_files(connection, office, desk.show("my-show"), now=now) == []
    assert f"note: {link} is a link out of the workspace" in run("check")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system refuses such names")
def test_a_name_that_is_no_text_keeps_nobody_out(office: Path) -> None:
    """Linux calls a file what it likes; a database takes only what is text."""
    for name, content in (
        (b"a\xff.csv", "no headings"),
        (b"b\xff.csv", ROWS),
        (b"c.csv", f"{ROWS}Bo,Ray,b@x.eu\n"),
    ):
        (office / "leads/my-show" / os.fsdecode(name)).write_text(content)
    now = datetime.now(UTC) + timedelta(minutes=2)
    with open_desk(office) as desk:
        into = desk.show("my-show")

        def new() -> list[Path]:
            with desk.engine.begin() as connection:
                return new_files(connection, office, into, now=now)

        taken = import_each(desk.engine, into, desk.workspace.settings, new(), now=now)
        assert (taken.result.captures, len(taken.unreadable)) == (2, 1)
        assert new() == []
        with desk.engine.begin() as connection:
            (aside,) = files_aside(connection)
    assert aside.file == "a.csv"
    assert aside.reason.startswith("none of the first")


def test_leads_that_a_person_names_are_imported(office: Path, outside: Path, run: Run) -> None:
    """Whoever names a file, or a link to one, means it."""
    linked(office, "leads/my-show/scans.csv", outside / "scans.csv")
    assert "new contacts" in run("import", office / "leads/my-show/scans.csv", "--show", "my-show")


@pytest.mark.parametrize("link", ["config/shows/x.yaml", "templates/hello", "leads/my-show/scans.csv"])
def test_the_demo_copies_nothing_from_outside(
    link: str, office: Path, outside: Path, run: Run, tmp_path: Path
) -> None:
    """Its copy would make a file of the workspace of what a link leads to."""
    name = Path(link).name
    linked(office, link, outside / name if "." in name else outside)
    said = run("demo", "--in", tmp_path / "demo")
    assert "Persephone" not in said
    copies = [file for file in (tmp_path / "demo").rglob("*") if file.is_file()]
    assert not [file for file in copies if b"Persephone" in file.read_bytes() or file.name == "scans.csv"]


def test_an_empty_secret_of_the_environment_is_none(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set to nothing, it is refused rather than taken."""
    monkeypatch.setenv("AFTERSHOW_SECRET", "")
    with (
        open_desk(office) as desk,
        desk.engine.begin() as connection,
        pytest.raises(UsageError, match="token_hex"),
    ):
        desk.signer(connection)
