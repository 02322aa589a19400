"""The door to Prefect: who is not the operator gets nothing done by a server that we started.

Every test stands before one workspace that is really up.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from asyncio import run as wait_for
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import httpx
import pytest
from prefect.workers.process import ProcessJobConfiguration
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from aftershow.errors import UsageError
from flows.access import HOME, LOGIN, Access, access_to, using
from flows.environment import server_environment, worker_environment
from flows.in_process import run_here
from flows.pool import TEMPLATE
from flows.run_campaign import run_campaign
from flows.up import up
from tests.flows.conftest import SCHEDULED
from tests.flows.conftest import office as office
from tests.flows.program import Program, environment, processes, started_up
from tests.flows.test_up import sending
from tests.promises.conftest import MORNING, Office
from tests.servers.chromium import Tab, chromium
from tests.servers.prefect_server import free_port, send_events
from tests.servers.smtp_server import Act, Rule, SmtpServer
from tests.support.waiting import HANGS, eventually

pytestmark = pytest.mark.prefect_server

#: Of our secrets, one that every process of ours could have.
SECRET = "qK7vR2mX9pL4tW8zB3nH6cJ5dF1gS0aYuEoIPtGh"
#: A user of this machine who is nobody to us.
NOBODY = 65534

#: What is there behind the door, from runs to the steps and blocks that could make a run do other things.
QUESTIONS = tuple(
    f"/{what}/filter"
    for what in (
        "flow_runs",
        "deployments",
        "work_pools",
        "block_documents",
        "automations",
        "variables",
        "logs",
    )
)

#: What a page can send from where it stands, with what the browser keeps; says what it was let do.
ATTACK = """
(async (api, deployment, command) => {
  const words = {job_variables: {command}, parameters: {campaign: 'follow-up'}, state: {type: 'SCHEDULED'}};
  const body = JSON.stringify(words), json = {'content-type': 'application/json'};
  const said = [];
  for (const home of [api, api.replace('127.0.0.1', 'localhost')]) {
    const address = home + '/deployments/' + deployment + '/create_flow_run';
    for (const how of [
      {mode: 'cors', headers: json}, {mode: 'cors', credentials: 'include', headers: json},
      {mode: 'no-cors', credentials: 'include'}, {mode: 'no-cors', credentials: 'include', headers: json},
    ]) {
      try {
        const answer = await fetch(address, {method: 'POST', body, ...how});
        if (answer.ok) said.push('answered ' + address);
      } catch {}
    }
    navigator.sendBeacon(address, new Blob([body], {type: 'text/plain'}));
    const frame = document.createElement('iframe'), form = document.createElement('form');
    frame.name = 'frame' + said.length + Math.random();
    document.body.append(frame, form);
    form.action = address; form.method = 'post'; form.enctype = 'text/plain'; form.target = frame.name;
    const field = document.createElement('input');
    field.name = body.slice(0, -1) + ', "tags": ["'; field.value = '"]}';
    form.append(field);
    const sent = new Promise(done => { frame.onload = done; });
    form.submit();
    await sent;
    for (const path of ['/events/in', '/events/out', '/logs/out']) {
      const socket = new WebSocket(home.replace('http', 'ws') + path, 'prefect');
      said.push(...await new Promise(done => {
        socket.onopen = () => done(['opened ' + path]);
        socket.onerror = () => done([]);
      }));
    }
  }
  return said;
})(%s, %s, %s)
"""

#: Fills the page in that asks for the password; says which page came then.
LOGIN_PAGE = """
(async password => {
  const pause = () => new Promise(done => setTimeout(done, 50));
  const until = async look => { while (!look()) await pause(); return look(); };
  const field = await until(() => document.querySelector('input[type=password]'));
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, password);
  field.dispatchEvent(new Event('input', {bubbles: true}));
  field.form.requestSubmit();
  await until(() => location.pathname !== '/login');
  return location.pathname;
})(%s)
"""


class House(NamedTuple):
    """A workspace that is up."""

    root: Path
    port: int
    #: the command, where it is `aftershow up`
    up: "Program[str] | None" = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def password(self) -> str:
        access = access_to(self.root)
        return str(access and access.password)

    def ask(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Ask the server as the operator does, but for some `headers`."""
        token = b64encode(self.password.encode()).decode()
        mine = {"authorization": f"Basic {token}", **headers}
        return httpx.post(self.api + path, json=body or {}, headers=mine, timeout=HANGS)

    def begun(self) -> list[str]:
        """Return the runs that somebody began, by name; not those of the schedule."""
        runs = self.ask("/flow_runs/filter", {"limit": 200}).json()
        return [run["name"] for run in runs if not run["auto_scheduled"]]

    def answers(self, question: str) -> bool:
        """Return whether somebody without a password gets an answer."""
        return httpx.post(self.api + question, json={}, timeout=HANGS).is_success

    def deployment(self) -> str:
        (campaign,) = self.ask("/deployments/filter", {"flows": {"name": {"any_": ["run-campaign"]}}}).json()
        return str(campaign["id"])

    def a_run(self) -> dict[str, Any]:
        """Return what begins a run of the campaign by the way on which nothing is compared with the pool."""
        (flow,) = self.ask("/flows/filter", {"flows": {"name": {"any_": ["run-campaign"]}}}).json()
        return {
            "flow_id": flow["id"],
            "deployment_id": self.deployment(),
            "work_pool_name": "aftershow",
            "work_queue_name": "default",
            "parameters": {"campaign": "follow-up"},
            "state": {"type": "SCHEDULED"},
        }

    def end_of(self, run: str) -> str | None:
        """Return the name of the state in which a run ended."""
        (now,) = self.ask("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run]}}}).json()
        return now["state"]["name"] if now["end_time"] else None

    def processes(self, what: str) -> list[int]:
        """Return the ids of our processes whose command line has one of some words."""
        words = what.split("|")
        ours = processes(str(self.root / HOME))
        return [number for number, line in ours.items() if any(word in line for word in words)]


@pytest.fixture(scope="module")
def house(sqlite_template: Path) -> Iterator[House]:
    """A workspace in a folder that every user of the machine may enter, up."""
    with (
        tempfile.TemporaryDirectory(prefix="aftershow-door-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(folder).chmod(0o755)
        patch.delenv("AFTERSHOW_DATABASE_URL", raising=False)
        for name in ("AFTERSHOW_SMTP_PASSWORD", "AFTERSHOW_TWILIO_AUTH_TOKEN", "AFTERSHOW_SECRET"):
            patch.setenv(name, SECRET)
        house = House(Path(folder), free_port())
        (house.root / "aftershow.db").write_bytes(sqlite_template.read_bytes())
        office = Office(house.root)
        office.set_up("email", {"connector": "outbox"})
        office.write("config/campaigns/follow-up.yaml", SCHEDULED)
        with started_up(house.root, house.port) as started:
            eventually(
                lambda: house.processes("worker start") or started.poll() is not None,
                "the workspace is up",
            )
            yield house._replace(up=started)


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """The operator's browser, for which evil.example is this machine: the name was turned towards it."""
    with chromium("--host-resolver-rules=MAP evil.example 127.0.0.1") as tab:
        yield tab


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[Path, str]]:
    """A folder with a page of somebody else's, and where a web server shows it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text("<!doctype html><title>Cats</title><body>Look at these cats!")
        handler = partial(SilentHandler, directory=folder)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield Path(folder), f"http://127.0.0.1:{server.server_port}/page.html"
            server.shutdown()


class SilentHandler(SimpleHTTPRequestHandler):
    """Shows files, and says nothing of it."""

    def log_message(self, *_words: object) -> None:
        pass


def attack(house: House, tab: Tab, page: str, marker: Path) -> list[str]:
    """Open a page that tries to start a command; returns what it was let do, and what came of it."""
    tab.open(page)
    said = tab.run(ATTACK % tuple(map(json.dumps, (house.api, house.deployment(), f"touch {marker}"))))
    return [*said, *house.begun()]


def log_in(house: House, tab: Tab) -> None:
    """Log in as the operator does, by Prefect's own page; the browser keeps it."""
    tab.open(f"http://127.0.0.1:{house.port}/deployments")
    assert tab.run(LOGIN_PAGE % json.dumps(house.password)) == "/deployments"


@pytest.mark.parametrize("has_logged_in", [False, True])
def test_a_page_in_the_browser(
    house: House, tab: Tab, elsewhere: tuple[Path, str], tmp_path: Path, has_logged_in: bool
) -> None:
    """Pages of others, files, and names turned towards us start nothing, nor after the operator logged in."""
    if has_logged_in:
        log_in(house, tab)
    folder, page = elsewhere
    marker = tmp_path / "marker"
    for address in (page, (folder / "page.html").as_uri(), f"http://evil.example:{house.port}/"):
        assert attack(house, tab, address, marker) == []
    assert not marker.exists()


OURS = "http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{port}",
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1:{port}.evil.example",
        "127.0.0.1.evil.example:{port}",
        "127.1:{port}",
        "2130706433:{port}",
        "user@127.0.0.1:{port}",
        "[::1]:{port}",
        "0.0.0.0:{port}",
        "",
    ],
)
def test_another_name(house: House, host: str) -> None:
    """Who asks for another name than ours is refused, pages and password or not."""
    name = host.format(port=house.port)
    assert house.ask("/flow_runs/filter", host=name).status_code == 403
    assert httpx.get(OURS.format(port=house.port), headers={"host": name}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}, https://evil.example",
        "file://",
    ],
)
def test_another_page(house: House, origin: str) -> None:
    """Pages of others are refused, with the right password too, also by the websockets."""
    page = origin.format(port=house.port)
    assert house.ask("/flow_runs/filter", origin=page).status_code == 403
    for path in ("/events/in", "/logs/out"):
        with pytest.raises(InvalidHandshake):
            connect(
                house.api.replace("http", "ws") + path,
                subprotocols=[Subprotocol("prefect")],
                additional_headers={"Origin": page},
            ).close()


def test_our_own_pages(house: House) -> None:
    """Our own pages are let in by either of our names, and shown in nobody's frame."""
    for name in (f"127.0.0.1:{house.port}", f"localhost:{house.port}"):
        mine = house.ask("/flow_runs/filter", host=name, origin=f"http://{name}")
        assert (mine.status_code, mine.headers["x-frame-options"]) == (200, "DENY")
        assert mine.headers.get("access-control-allow-origin") != "*"


@pytest.mark.parametrize("word", ["Basic {wrong}", "Bearer {right}", "Basic", "{right}", ""])
def test_a_wrong_password(house: House, word: str) -> None:
    """Without the password, or with another one, nothing is answered."""
    words = {"right": b64encode(house.password.encode()).decode(), "wrong": b64encode(b"admin:pass").decode()}
    for path in (
        "/flow_runs/filter",
        "/deployments/filter",
        "/block_documents/filter",
        "/automations/filter",
    ):
        assert house.ask(path, authorization=word.format(**words)).status_code == 401


def test_another_user_of_the_machine(house: House) -> None:
    """Another user gets at neither the password nor the server, though the workspace's folder is open."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    files = [
        house.root / HOME / name for name in (LOGIN, "prefect.db", "server.log", "worker.log", "up.lock")
    ]
    ours = house.processes("")
    files += [Path(f"/proc/{number}/environ") for number in ours]
    spied = as_nobody(lambda: [*filter(may_be_read, files), *filter(house.answers, QUESTIONS)])
    assert (len(ours) >= 2, os.listdir(house.root) != [], spied) == (True, True, [])
    for number in ours:
        assert house.password.encode() not in Path(f"/proc/{number}/cmdline").read_bytes()


def may_be_read(file: Path) -> bool:
    try:
        return file.open("rb").read(1) is not None
    except OSError:
        return False


def as_nobody(look: Callable[[], list[object]]) -> list[str]:
    """Look in a process of another user; one that begins anew could not even read this Python's files."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        os.write(writing, json.dumps([str(found) for found in look()]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    assert os.waitpid(child, 0)[1] == 0
    return list(json.loads(said))


def test_the_pages_lie_in_the_workspace(house: House) -> None:
    """A server changes nothing where Prefect is installed: another user's could not start any more."""
    assert (house.root / HOME / "pages/v1/index.html").is_file()


def test_the_server_has_no_secret(house: House) -> None:
    """In the server's environment there is nothing of ours; the worker has what its runs need."""
    (server,) = house.processes("flows.server|server start")
    (worker,) = house.processes("worker start")
    there = {number: Path(f"/proc/{number}/environ").read_bytes() for number in (server, worker)}
    assert (b"AFTERSHOW_" in there[server], SECRET.encode() in there[server]) == (False, False)
    assert f"AFTERSHOW_SMTP_PASSWORD={SECRET}".encode() in there[worker]


def words(marker: Path) -> dict[str, Any]:
    """Return what would make a process do more than ours."""
    return {
        "command": f"touch {marker}",
        "env": {"PYTHONPATH": str(marker), "AFTERSHOW_WORKSPACE": "/elsewhere"},
        "env.AFTERSHOW_WORKSPACE": "/elsewhere",
        "working_dir": "/elsewhere",
    }


def test_words_for_the_process(house: House, tmp_path: Path) -> None:
    """The pool's template makes nothing of any word, whatever whoever starts a run says."""
    values = words(tmp_path)
    for said in (values, *({name: value} for name, value in values.items())):
        with using(Access(house.api, house.password)):
            made = wait_for(ProcessJobConfiguration.from_template_and_values(TEMPLATE, said))
        assert (made.command, made.env, made.working_dir) == (None, {}, None)


def test_a_command_with_the_password(house: House, tmp_path: Path) -> None:
    """Even with the password, words for the process are refused."""
    deployment = house.deployment()
    for name, value in words(tmp_path / "marker").items():
        address = f"/deployments/{deployment}/create_flow_run"
        assert house.ask(address, {"job_variables": {name: value}}).status_code == 422


@pytest.mark.proof
def test_a_run_with_the_password(house: House, tmp_path: Path) -> None:
    """There is a way in that takes words for the process; the worker does not, and it is a run of ours."""
    marker = tmp_path / "marker"
    begun = house.ask("/flow_runs/", {**house.a_run(), "job_variables": words(marker)}).json()["id"]
    ended = eventually(lambda: house.end_of(begun), "the run ends")
    assert (ended, marker.exists()) == ("Completed", False)


def test_another_workspace_or_moment(house: House) -> None:
    """Nobody who starts a run says where or when: no deployment has a word for it."""
    deployed = house.ask("/deployments/filter").json()
    given = {name for one in deployed for name in one["parameters"]}
    asked = {name for one in deployed for name in one["parameter_openapi_schema"]["properties"]}
    assert (len(deployed), given | asked) == (4, {"campaign", "show", "edition"})


@pytest.mark.parametrize(
    "name", ["../config/campaigns/follow-up", "follow-up.yaml", "{campaign}", "", "x" * 999]
)
def test_a_campaign_that_is_none(house: House, name: str) -> None:
    """A name from outside leads to a campaign or to an error, never to a file."""
    with using(Access(house.api, house.password)), pytest.raises(UsageError, match="There is no campaign"):
        run_here(run_campaign, campaign=name, workspace=house.root, at=MORNING)
    send_events()


@pytest.mark.proof
def test_the_server_of_one_command(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that is there for one command has the same door, and dies with the command."""
    home = str(tmp_path / "prefect")
    monkeypatch.setenv("AFTERSHOW_SMTP_PASSWORD", SECRET)
    words = [sys.executable, "-c", "from aftershow.cli import main; main()", "run", "follow-up"]
    whole = {**environment(), "PREFECT_HOME": home, "AFTERSHOW_WORKSPACE": str(office.root)}
    with SmtpServer([Rule(at="RCPT", do=Act.HANG)]) as mail:
        sending(office, mail)
        with subprocess.Popen(words, env=whole) as command:
            eventually(lambda: any(line.startswith("RCPT") for line in mail.said), "the run sends")
            (server,) = (number for number in processes(home) if number != command.pid)
            house = House(office.root, port_of(server))
            refused = [
                house.ask("/flow_runs/filter").status_code,
                house.ask("/flow_runs/filter", host="evil.example").status_code,
                house.ask("/flow_runs/filter", origin="null").status_code,
            ]
            secrets = Path(f"/proc/{server}/environ").read_bytes()
            command.kill()
    assert (refused, b"AFTERSHOW_" in secrets) == ([401, 403, 403], False)
    eventually(lambda: server not in processes(home), "the server is gone")


@pytest.mark.parametrize("of", ["server", "worker"])
def test_a_module_in_the_folder(tmp_path: Path, of: str) -> None:
    """A file in the folder where somebody starts us is not taken for a module of a library."""
    taken, access = tmp_path / "taken", Access("http://127.0.0.1:1/api", None)
    (tmp_path / "idna.py").write_text(f"open({str(taken)!r}, 'w')")
    whole = server_environment(access) if of == "server" else worker_environment(tmp_path, access, tmp_path)
    # With the environment of ours, but not with all of Prefect, which takes seconds to import.
    words = [sys.executable, "-c", "import idna; print(idna.__file__)"]
    ended = subprocess.run(words, cwd=tmp_path, env=whole, capture_output=True, text=True, check=True)
    assert ("site-packages" in ended.stdout, taken.exists()) == (True, False)


def port_of(process: int) -> int:
    """Return the port at which a process listens (proc_pid_net(5): inode in the tenth column, state 0A)."""
    files = Path(f"/proc/{process}/fd").iterdir()
    sockets = {os.readlink(file) for file in files}
    (port,) = {
        int(line.split()[1].partition(":")[2], 16)
        for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in sockets
    }
    return port


def test_up_and_down(house: House, tmp_path: Path) -> None:
    """All is deployed and shown, a second start says why not, and TERM leaves nothing behind.

    It comes last here: afterwards nothing is up.
    """
    (campaign,) = house.ask("/deployments/filter", {"flows": {"name": {"any_": ["run-campaign"]}}}).json()
    assert campaign["paused"] is False
    assert "Prefect" in httpx.get(f"http://127.0.0.1:{house.port}/").text
    with pytest.raises(UsageError, match="This workspace is up already"):
        up(house.root, port=free_port(), tell=print)
    other = Office(tmp_path)
    other.set_up("email", {"connector": "outbox"})
    with pytest.raises(UsageError, match=f"Port {house.port} is taken"):
        up(other.root, port=house.port, tell=print)
    assert house.up is not None
    house.up.send_signal(signal.SIGTERM)
    said, _ = house.up.communicate(timeout=HANGS)
    assert (house.up.returncode, house.processes("")) == (0, [])
    assert said.endswith("Stopped.\n")
