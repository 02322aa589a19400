"""What becomes of a text on its way to Twilio, whatever Twilio answers."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from urllib.parse import parse_qs

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from aftershow.errors import DeliveryError, OutcomeUnknownError, PermanentError, TemporaryError, UsageError
from aftershow.ports import DeliveryOutcome, Receipt, Reconciler, Rendered, Sender, Taken
from aftershow.words.channels import Channel
from connectors import open_sender
from connectors._twilio_requests import RequestsInFlight
from tests.connectors.rig import Rig, a_text, an_email
from tests.servers.certificate import self_signed
from tests.servers.twilio_server import Act, Refusal, TwilioServer
from tests.support.waiting import HANGS

TOKEN = "0123456789abcdef-token"
SETTINGS = {"connector": "twilio", "account_sid": "AC1", "from": "+15005550006"}
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"


def created(number: int = 1, **more: object) -> str:
    answer = {
        "sid": f"SM{number}",
        "status": "queued",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
    }
    return json.dumps({**answer, **more})


def refusal(code: int, to: str, status: int = 400) -> str:
    words = f"The 'To' number {to} or (555) 010-0001 is not for this list"
    return json.dumps({"code": code, "message": words, "status": status})


@contextmanager
def rig(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """Twilio's address, answered by `responses`."""
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", TOKEN)
    refused: set[str] = set()

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        to = number_in(request)
        return (400, {}, refusal(21610, to)) if to in refused else (201, {}, created())

    with responses.RequestsMock(assert_all_requests_are_fired=False) as twilio:
        twilio.add_callback("POST", URL, answer)

        def fail(status: int, code: int) -> Callable[[], None]:
            return lambda: _replace(twilio, body=refusal(code, a_text(1).to, status), status=status)

        yield Rig(
            settings=SETTINGS,
            secrets={"AFTERSHOW_TWILIO_AUTH_TOKEN": TOKEN},
            refuse=refused.add,
            failures={
                TemporaryError: fail(429, 20429),
                OutcomeUnknownError: fail(503, 20503),
                PermanentError: fail(401, 20003),
            },
        )


def _replace(twilio: responses.RequestsMock, **answer: object) -> None:
    twilio.reset()
    twilio.add("POST", URL, **answer)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERSHOW_TWILIO_AUTH_TOKEN", TOKEN)


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    with closing(open_sender(SETTINGS, Channel.TEXT, tmp_path)) as sender:
        yield sender


@pytest.fixture
def one_line(tmp_path: Path) -> Iterator[Sender]:
    """A sender with one request at a time."""
    with closing(open_sender({**SETTINGS, "connections": 1}, Channel.TEXT, tmp_path)) as sender:
        yield sender


@pytest.fixture
def twilio() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as twilio:
        yield twilio


def number_in(request: requests.PreparedRequest) -> str:
    """The number that a request writes to."""
    return parse_qs(str(request.body))["To"][0]


@contextmanager
def threads_that_interrupt_each_other() -> Iterator[None]:
    """Let Python change threads as often as it can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def kinds(outcomes: list[DeliveryOutcome]) -> list[object]:
    """For a receipt, whether it was accepted; for an error, its class."""
    return [o.accepted if isinstance(o, Receipt) else type(o) for o in outcomes]


def test_a_text_is_created(twilio: responses.RequestsMock, sender: Sender) -> None:
    """Twilio gets number, sender and body; the receipt has its name for the message and what it costs."""
    twilio.add("POST", URL, body=created(7, price="-0.00750"), status=201)
    message = a_text()
    assert list(sender.send([message])) == [
        Receipt(
            key="message-1",
            accepted=True,
            provider_id="SM7",
            data={"num_segments": "1", "price": "-0.00750", "price_unit": "USD", "status": "queued"},
        )
    ]
    fields = parse_qs(str(twilio.calls[0].request.body))
    assert fields == {"To": [message.to], "From": ["+15005550006"], "Body": [message.body]}


def test_every_request_has_a_time_out(twilio: responses.RequestsMock, sender: Sender, tmp_path: Path) -> None:
    """Twilio's client would wait for ever; ours waits as long as the settings say."""
    twilio.add("POST", URL, body=created(), status=201)
    list(sender.send([a_text()]))
    list(open_sender({**SETTINGS, "timeout": 3}, Channel.TEXT, tmp_path).send([a_text()]))
    assert [call.request.req_kwargs["timeout"] for call in twilio.calls] == [20, 3]  # type: ignore[attr-defined]


def test_a_messaging_service_may_choose_the_sender(twilio: responses.RequestsMock, tmp_path: Path) -> None:
    """With `messaging_service_sid` there is no sender's number."""
    twilio.add("POST", URL, body=created(), status=201)
    settings = {"connector": "twilio", "account_sid": "AC1", "messaging_service_sid": "MG1"}
    list(open_sender(settings, Channel.TEXT, tmp_path).send([a_text()]))
    fields = parse_qs(str(twilio.calls[0].request.body))
    assert fields["MessagingServiceSid"] == ["MG1"]
    assert "From" not in fields


@pytest.mark.parametrize("sender", [{}, {"from": "+15005550006", "messaging_service_sid": "MG1"}])
def test_one_sender_is_needed(sender: dict[str, str], tmp_path: Path) -> None:
    """Neither or both of the senders is a mistake that is told when the connector is opened."""
    settings = {"connector": "twilio", "account_sid": "AC1", **sender}
    with pytest.raises(UsageError, match="either `from` or `messaging_service_sid`"):
        open_sender(settings, Channel.TEXT, tmp_path)


def test_an_email_is_not_for_twilio(sender: Sender) -> None:
    """A message of another channel is our mistake, and nothing is sent."""
    assert kinds(list(sender.send([an_email()]))) == [PermanentError]


ANSWERS = [
    # status, code, what the outcome is, suppress
    (400, 21610, False, "stop"),
    (400, 21211, False, "bad_number"),
    (400, 21614, False, "bad_number"),
    (403, 21610, False, "stop"),
    (400, 21612, False, None),
    (400, 21617, False, None),
    (400, 99999, False, None),
    (422, 30008, False, None),
    (429, 20429, TemporaryError, None),
    (429, 12345, TemporaryError, None),
    (400, 30001, TemporaryError, None),
    (400, 30022, TemporaryError, None),
    (401, 20003, PermanentError, None),
    (403, 20003, PermanentError, None),
    (400, 21408, PermanentError, None),
    (400, 21606, PermanentError, None),
    (400, 21703, PermanentError, None),
    (400, 30034, PermanentError, None),
    (403, 99999, PermanentError, None),
    (404, 20404, PermanentError, None),
    (500, 20500, OutcomeUnknownError, None),
    (503, 20503, OutcomeUnknownError, None),
    (302, 20302, OutcomeUnknownError, None),
]


@pytest.mark.parametrize(("status", "code", "outcome", "suppress"), ANSWERS)
def test_each_code_has_its_meaning(
    twilio: responses.RequestsMock,
    sender: Sender,
    status: int,
    code: int,
    outcome: type[DeliveryError] | bool,
    suppress: str | None,
) -> None:
    """Codes say whether to wait, to stop or to give up on the person; one that nobody knows rejects."""
    twilio.add("POST", URL, body=refusal(code, a_text().to, status), status=status)
    [result] = sender.send([a_text()])
    assert kinds([result]) == [outcome]
    text = str(result.reason) if isinstance(result, Receipt) else str(result)
    assert str(code) in text
    assert "0100001" not in text.replace("-", "")
    if isinstance(result, Receipt):
        assert result.suppress == suppress


def test_a_reason_is_the_code_and_where_it_is_explained(
    twilio: responses.RequestsMock, sender: Sender
) -> None:
    """Twilio's own words may repeat the number or the text, so they are not kept."""
    twilio.add("POST", URL, body=refusal(21612, "+15550100001"), status=400)
    [outcome] = sender.send([a_text()])
    assert isinstance(outcome, Receipt)
    assert outcome.reason == "21612, https://www.twilio.com/docs/api/errors/21612"


@pytest.mark.parametrize(
    ("after", "seconds"), [("7", 7.0), ("", None), ("Fri, 31 Dec 2027 23:59:59 GMT", None)]
)
def test_retry_after_is_passed_on(
    twilio: responses.RequestsMock, sender: Sender, after: str, seconds: float | None
) -> None:
    """The wait that Twilio asks for, in seconds, reaches the ledger."""
    headers = {"Retry-After": after} if after else {}
    twilio.add("POST", URL, body=refusal(20429, a_text().to), status=429, headers=headers)
    [outcome] = sender.send([a_text()])
    assert isinstance(outcome, TemporaryError)
    assert outcome.retry_after == seconds


def test_each_message_has_its_own_retry_after(twilio: responses.RequestsMock, sender: Sender) -> None:
    """What Twilio asks of one message holds for that one alone, however many are in flight."""

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        to = number_in(request)
        return 429, {"Retry-After": to[-3:]} if int(to) % 2 else {}, refusal(20429, to)

    twilio.add_callback("POST", URL, answer)
    with threads_that_interrupt_each_other():
        outcomes = list(sender.send([a_text(number) for number in range(1, 65)]))
    waits = [outcome.retry_after for outcome in outcomes if isinstance(outcome, TemporaryError)]
    assert waits == [float(number) if number % 2 else None for number in range(1, 65)]


def unsent(cause: Exception) -> requests.ConnectionError:
    """A failure as requests wraps it."""
    return requests.ConnectionError(MaxRetryError(None, "/", cause))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (requests.ReadTimeout("read timed out"), OutcomeUnknownError),
        (requests.ConnectionError("Connection aborted."), OutcomeUnknownError),
        (requests.exceptions.ChunkedEncodingError("broken"), OutcomeUnknownError),
        (requests.ConnectTimeout("too slow"), TemporaryError),
        (requests.exceptions.ProxyError("proxy is down"), TemporaryError),
        (unsent(NewConnectionError(None, "no such host")), TemporaryError),  # type: ignore[arg-type]
    ],
)
def test_silence_ends_the_turn(
    twilio: responses.RequestsMock, one_line: Sender, failure: Exception, outcome: type[DeliveryError]
) -> None:
    """Without a connection nothing was sent; after it, nobody knows. The other messages are not touched."""
    twilio.add("POST", URL, body=failure)
    assert kinds(list(one_line.send([a_text(1), a_text(2)]))) == [outcome]
    assert len(twilio.calls) == 1


@pytest.mark.parametrize("body", ["", "<html>welcome to the hotel's network</html>", "[]", "42"])
def test_an_answer_that_can_not_be_read_is_unknown(
    twilio: responses.RequestsMock, sender: Sender, body: str
) -> None:
    """Success without Twilio's name for the message proves nothing."""
    twilio.add("POST", URL, body=body, status=200)
    assert kinds(list(sender.send([a_text()]))) == [OutcomeUnknownError]


# Several requests at once


def test_requests_are_in_flight_together(twilio: responses.RequestsMock, tmp_path: Path) -> None:
    """As many messages as there are connections are with Twilio at one time."""
    together = Barrier(5, timeout=HANGS)

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        together.wait()
        return 201, {}, created()

    twilio.add_callback("POST", URL, answer)
    with closing(open_sender({**SETTINGS, "connections": 5}, Channel.TEXT, tmp_path)) as sender:
        assert kinds(list(sender.send([a_text(number) for number in range(1, 11)]))) == [True] * 10


def test_outcomes_keep_the_order_of_the_messages(twilio: responses.RequestsMock, sender: Sender) -> None:
    """Answers that come in another order are told in that of the messages."""
    later_was_answered = {a_text(number).to: Event() for number in range(1, 7)}

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        to = number_in(request)
        assert to == a_text(6).to or later_was_answered[to].wait(HANGS)
        if to != a_text(1).to:
            later_was_answered[f"+{int(to) - 1}"].set()
        return 201, {}, created(int(to))

    twilio.add_callback("POST", URL, answer)
    messages = [a_text(number) for number in range(1, 7)]
    outcomes = [outcome for outcome in sender.send(messages) if isinstance(outcome, Receipt)]
    assert [(outcome.key, outcome.provider_id) for outcome in outcomes] == [
        (message.key, f"SM{int(message.to)}") for message in messages
    ]


@pytest.mark.parametrize(
    ("first", "outcome"),
    [((401, {}, refusal(20003, "")), PermanentError), (requests.ReadTimeout(), OutcomeUnknownError)],
)
def test_what_was_begun_comes_to_its_outcome(
    twilio: responses.RequestsMock, tmp_path: Path, first: object, outcome: type[DeliveryError]
) -> None:
    """After a refusal of us, and after silence, nothing more is begun; what is in flight is waited for."""
    in_flight, first_is_told = Barrier(4, timeout=HANGS), Event()

    def answer(request: requests.PreparedRequest) -> object:
        in_flight.wait()
        if number_in(request) == a_text(1).to:
            if isinstance(first, Exception):
                raise first
            return first
        assert first_is_told.wait(HANGS)
        return 201, {}, created()

    twilio.add_callback("POST", URL, answer)
    with closing(open_sender({**SETTINGS, "connections": 4}, Channel.TEXT, tmp_path)) as sender:
        outcomes = sender.send([a_text(number) for number in range(1, 13)])
        assert kinds([next(outcomes)]) == [outcome]
        first_is_told.set()
        assert kinds(list(outcomes)) == [True, True, True]
    assert len(twilio.calls) == 4


def test_whoever_reads_no_further_leaves_nothing_in_flight(
    twilio: responses.RequestsMock, tmp_path: Path
) -> None:
    """When the outcomes are not read to their end, nothing more is begun, and what was begun is over."""
    answered: list[str] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        answered.append(number_in(request))
        return 201, {}, created()

    twilio.add_callback("POST", URL, answer)
    with closing(open_sender({**SETTINGS, "connections": 2}, Channel.TEXT, tmp_path)) as sender:
        outcomes = sender.send([a_text(number) for number in range(1, 500)])
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]
        told = len(answered)
        assert told < 499
        assert kinds(list(sender.send([a_text(500)]))) == [True]
    assert len(answered) == told + 1


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    """What no outcome stands for is raised where the outcomes are read, and nothing more is begun."""

    begun: list[str] = []

    def hand_over(message: Rendered) -> tuple[DeliveryOutcome, bool]:
        begun.append(message.key)
        if message.key == "message-2":
            raise ZeroDivisionError
        return Receipt(key=message.key, accepted=True), True

    flight = RequestsInFlight([a_text(number) for number in range(1, 5)])
    for _ in range(2):
        flight.work(hand_over)
    assert begun == ["message-1", "message-2"]
    outcomes = flight.outcomes()
    assert kinds([next(outcomes)]) == [True]
    with pytest.raises(ZeroDivisionError):
        next(outcomes)


# What Twilio took, by its own list

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def listed(number: int, body: str | None = "Hello", at: str = "Tue, 24 Nov 2026 12:00:00 +0000") -> object:
    return {"sid": f"SM{number}", "body": body, "date_created": at, "date_sent": None, "status": "failed"}


def look_up(sender: Sender, to: str = "+15550100001") -> list[Taken]:
    assert isinstance(sender, Reconciler)
    return list(sender.look_up(to, since=NOON - DAY, until=NOON + DAY))


def test_the_list_is_read_to_its_end(twilio: responses.RequestsMock, sender: Sender) -> None:
    """All pages of one number's messages are read, in whatever state; those of other days are left out."""
    more = f"{URL}?To=%2B15550100001&Page=1&PageToken=x"
    pages = [
        {
            "messages": [listed(1), listed(2, at="Mon, 02 Nov 2026 12:00:00 +0000")],
            "next_page_uri": more.removeprefix("https://api.twilio.com"),
        },
        {"messages": [listed(3, None)], "next_page_uri": None},
    ]
    twilio.add("GET", URL, json=pages[0])
    twilio.add("GET", URL, json=pages[1])
    assert look_up(sender) == [
        Taken(provider_id="SM1", body="Hello", at=NOON),
        Taken(provider_id="SM3", body="", at=NOON),
    ]
    assert twilio.calls[0].request.params == {"To": "+15550100001", "PageSize": "1000"}  # type: ignore[attr-defined]
    assert twilio.calls[1].request.params["Page"] == "1"  # type: ignore[attr-defined]


def test_a_message_without_a_date_counts(twilio: responses.RequestsMock, sender: Sender) -> None:
    """What may have been taken at the time in question is not left out."""
    twilio.add("GET", URL, json={"messages": [listed(1, at="soon")], "next_page_uri": None})
    assert [taken.provider_id for taken in look_up(sender)] == ["SM1"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"json": {"code": 20003}, "status": 401}, PermanentError),
        ({"json": {"code": 20404}, "status": 404}, PermanentError),
        ({"json": {"code": 20500}, "status": 500}, TemporaryError),
        ({"json": {"code": 20429}, "status": 429}, TemporaryError),
        ({"body": "<html>welcome</html>"}, TemporaryError),
        ({"json": {"messages": None}}, TemporaryError),
        ({"json": {"this": 1, "that": 2}}, TemporaryError),
        ({"body": requests.ReadTimeout("read timed out")}, TemporaryError),
    ],
)
def test_a_list_that_is_not_shown_proves_nothing(
    twilio: responses.RequestsMock, sender: Sender, answer: dict[str, object], error: type[DeliveryError]
) -> None:
    """A list that can't be read is an error and never an empty list, and its text names no number."""
    twilio.add("GET", URL, **answer)  # type: ignore[arg-type]
    with pytest.raises(error) as caught:
        look_up(sender)
    assert "5550100001" not in str(caught.value)


# A real server on loopback, through base_url


def to_server(server: TwilioServer, tmp_path: Path, **more: object) -> Sender:
    return open_sender({**SETTINGS, "base_url": server.url, **more}, Channel.TEXT, tmp_path)


def test_base_url_moves_all_requests(tmp_path: Path) -> None:
    """With `base_url` the texts go there, with login, and each outcome is what it would be at Twilio."""
    rules = {a_text(2).to: Refusal(code=21610), a_text(3).to: Refusal(code=20429, status=429)}
    with TwilioServer(rules) as server, closing(to_server(server, tmp_path)) as sender:
        outcomes = list(sender.send([a_text(number) for number in range(1, 5)]))
    assert kinds(outcomes) == [True, False, TemporaryError, True]
    assert sorted(fields["To"] for fields in server.received) == [a_text(1).to, a_text(4).to]
    assert all(str(header).startswith("Basic ") for header in server.authorizations)


def test_connections_are_used_again(tmp_path: Path) -> None:
    """Many messages, over several windows, need no more connections than the settings allow."""
    with TwilioServer() as server, closing(to_server(server, tmp_path, connections=3)) as sender:
        for _ in range(3):
            assert kinds(list(sender.send([a_text(number) for number in range(1, 21)]))) == [True] * 20
    assert 1 <= server.connections <= 3


def test_the_list_has_what_was_taken(tmp_path: Path) -> None:
    """What Twilio took without answering is in its list; what it never had is not."""
    rules = {a_text(1).to: Act.DROP, a_text(2).to: Act.LOSE}
    with (
        TwilioServer(rules, at=NOON) as server,
        closing(to_server(server, tmp_path)) as sender,
    ):
        for number in (1, 2):
            assert kinds(list(sender.send([a_text(number)]))) == [OutcomeUnknownError]
        (taken,) = look_up(sender, a_text(1).to)
        assert (taken.body, taken.at) == (a_text(1).body, NOON)
        assert look_up(sender, a_text(2).to) == []


@pytest.mark.parametrize("act", [Act.DROP, Act.HANG])
def test_a_taken_message_without_an_answer_is_unknown(tmp_path: Path, act: Act) -> None:
    """A message that Twilio took and did not confirm is unknown, and is not sent again by the client."""
    with TwilioServer({a_text().to: act}) as server:
        with closing(to_server(server, tmp_path, timeout=1, connections=1)) as sender:
            assert kinds(list(sender.send([a_text(), a_text(2)]))) == [OutcomeUnknownError]
        assert [fields["To"] for fields in server.received] == [a_text().to]


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """A refused connection sent nothing."""
    with TwilioServer() as server:
        gone = to_server(server, tmp_path, connections=1)
    with closing(gone):
        assert kinds(list(gone.send([a_text(1), a_text(2)]))) == [TemporaryError]


def test_an_untrusted_certificate_sends_nothing(tmp_path: Path) -> None:
    """A stranger who answers in Twilio's place gets neither the token nor the text."""
    with TwilioServer() as server:
        server.encrypt(self_signed(tmp_path).context)
        with closing(to_server(server, tmp_path, connections=1)) as sender:
            outcomes = list(sender.send([a_text(1), a_text(2)]))
    assert kinds(outcomes) == [PermanentError]
    assert "certificate" in str(outcomes[0])
    assert server.authorizations == []
