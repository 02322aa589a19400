"""Hands texts to Twilio through its own client (https://www.twilio.com/docs/messaging/api)."""

import logging
import os
import re
import ssl
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, HttpUrl, field_validator, model_validator

from aftershow.errors import (
    DeliveryError,
    OutcomeUnknownError,
    PermanentError,
    TemporaryError,
    UsageError,
)
from aftershow.ports import (
    ConnectorSettings,
    DeliveryOutcome,
    Receipt,
    Rendered,
    RenderedText,
    Taken,
    is_loopback,
)
from aftershow.words.channels import Channel
from connectors._twilio_answers import Listener
from connectors._twilio_requests import RequestsInFlight

TOKEN = "AFTERSHOW_TWILIO_AUTH_TOKEN"  # noqa: S105  the variable's name, not a token

# Twilio's codes by what to do next (https://www.twilio.com/docs/api/errors).
#: The number must not be used again, and why.
SUPPRESS = {21610: "stop", 21211: "bad_number", 21614: "bad_number", 30005: "bad_number", 30006: "bad_number"}
#: Too much at once, or a passing trouble: nothing was sent.
LATER = frozenset({20429, 30001, 30003, 30017, 30022})
#: The account, its sender or its permissions.
OURS = frozenset(
    {20003, 21212, 21408, 21603, 21606, 21608, 21659, 21660, 21661, 21703, 30007, 30032, 30034, 63016}
)


#: What a document that is not Twilio's can raise while it is read.
UNREADABLE = (ValueError, AttributeError, TypeError, KeyError, RecursionError)
#: Twilio's name for a message, and what else is kept of an answer.
SID, SHORT = re.compile(r"[A-Za-z0-9]{1,64}"), re.compile(r"[A-Za-z0-9.+-]{1,40}")
#: Nobody gets so many texts that they all must be read to find one.
LONGEST_LIST = 10_000


class Settings(ConnectorSettings):
    """Which account and sender. The auth token comes from AFTERSHOW_TWILIO_AUTH_TOKEN."""

    account_sid: str
    #: the sender: a number in E.164, a short code or a name
    from_: str | None = Field(default=None, alias="from")
    #: instead of `from`: lets Twilio choose the sender from a pool
    messaging_service_sid: str | None = None
    #: where Twilio is, when not at its usual place
    base_url: HttpUrl | None = None
    #: at most so many requests at once, each on a connection that stays open
    connections: int = Field(default=8, ge=1, le=100)
    #: seconds to wait for the connection, and for the answer
    timeout: float = Field(default=20, gt=0)

    @field_validator("base_url")
    @classmethod
    def _no_token_in_the_clear(cls, url: HttpUrl | None) -> HttpUrl | None:
        if url is not None and url.scheme != "https" and not is_loopback(url.host or ""):
            raise ValueError(
                "http:// would send the token in the clear: say https://, or 127.0.0.1 in a test"
            )
        return url

    @model_validator(mode="after")
    def _one_sender(self) -> Self:
        if (self.from_ is None) == (self.messaging_service_sid is None):
            raise ValueError("say either `from` or `messaging_service_sid`")
        return self


class Connector:
    """Creates several messages at a time; Twilio has no key that would make a second try harmless."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.TEXT})

    def __init__(self, settings: Settings, workspace: Path) -> None:
        # The client and requests take a quarter of a second to import; who only reads Settings does not wait.
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        token = os.environ.get(TOKEN)
        if not token:
            raise UsageError(f"Twilio's auth token is missing. Put it into the environment as {TOKEN}.")
        self._listener = Listener(settings.timeout)
        self._http = TwilioHttpClient(
            timeout=settings.timeout, request_hooks={"response": self._listener.hear}, logger=_silent()
        )
        client = Client(settings.account_sid, token, http_client=self._http)
        if settings.base_url is not None:
            client.api.base_url = str(settings.base_url)
        _make_ready(self._http.session, client.api.base_url, settings.connections)
        self._messages = client.messages
        sender = {"from_": settings.from_, "messaging_service_sid": settings.messaging_service_sid}
        self._sender = {key: value for key, value in sender.items() if value is not None}
        self._connections = settings.connections
        self._threads = ThreadPoolExecutor(settings.connections, thread_name_prefix="twilio")

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        """Hand over, several at a time; the outcomes come in the order of the messages.

        Nothing more is begun when Twilio refuses us, or is silent: the rest would only wait for it too.
        """
        requests = RequestsInFlight(messages)
        crew = [
            self._threads.submit(requests.work, self._outcome_of)
            for _ in range(min(self._connections, len(messages)))
        ]
        try:
            yield from requests.outcomes()
        finally:
            # Whoever reads no further still finds everything that was begun at its end.
            requests.stop()
            wait(crew)

    def look_up(self, to: str, *, since: datetime, until: datetime) -> list[Taken]:
        """Return the messages to a number that Twilio's list has from a span of time, in any state.

        Raises TemporaryError or PermanentError when the list can't be read to its end.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        try:
            # Not asked for by its date: Twilio's filter is the day of sending, which a queued message lacks.
            listed = [
                Taken(provider_id=_sid(found), body=found.body or "", at=found.date_created or since)
                for found in self._messages.stream(to=to, page_size=1000, limit=LONGEST_LIST)
            ]
        except TwilioException as error:
            status = getattr(error.args[-1], "status_code", None)
            refused = PermanentError if status in (401, 403, 404) else TemporaryError
            raise refused(f"Twilio does not show its list ({status or 'another document'}).") from None
        except (RequestException, *UNREADABLE) as error:
            raise TemporaryError(f"Twilio's list can't be read ({type(error).__name__}).") from None
        if len(listed) == LONGEST_LIST:
            raise TemporaryError("Twilio's list of this number is too long to be believed.")
        return [taken for taken in listed if since <= taken.at <= until]

    def close(self) -> None:
        """Give back the threads and the connections."""
        self._threads.shutdown()
        self._http.session.close()

    def _outcome_of(self, message: Rendered) -> tuple[DeliveryOutcome, bool]:
        """Hand a message over; returns its outcome, and whether there is any use in beginning another."""
        from requests.exceptions import RequestException

        try:
            return self._hand_over(message), True
        except RequestException as error:
            return _no_answer(error), False
        except PermanentError as error:
            return error, False
        except DeliveryError as error:
            return error, True

    def _hand_over(self, message: Rendered) -> Receipt:
        from twilio.base.exceptions import TwilioException

        if not isinstance(message, RenderedText):
            raise PermanentError("The twilio connector carries texts only.")
        try:
            created = self._messages.create(to=message.to, body=message.body, **self._sender)
            sid = _sid(created)
        except TwilioException as error:
            return self._refused(message, error)
        except UNREADABLE:
            # Not Twilio's document: a proxy's page, or half an answer.
            raise OutcomeUnknownError(
                "Twilio's answer can't be read; it may have taken the message."
            ) from None
        said = {
            name: str(getattr(created, name)) for name in ("num_segments", "price", "price_unit", "status")
        }
        data = {name: value for name, value in said.items() if value != "None" and SHORT.fullmatch(value)}
        return Receipt(key=message.key, accepted=True, provider_id=sid, data=data)

    def _refused(self, message: RenderedText, error: Any) -> Receipt:
        """Read a refusal: its codes alone, since Twilio's own text repeats what it was sent."""
        code, status = (number if type(number) is int else 0 for number in (error.code, error.status))
        words = (
            f"{code}, https://www.twilio.com/docs/api/errors/{code}" if code != status else f"HTTP {status}"
        )
        if code in SUPPRESS:
            return Receipt(key=message.key, accepted=False, reason=words, suppress=SUPPRESS[code])
        if status == 429 or code in LATER:
            raise TemporaryError(
                f"Twilio asks to wait: {words}", retry_after=self._listener.retry_after
            ) from None
        # Without a code of its own, these say that the account or the address of the service is wrong.
        if code in OURS or status in (401, 403, 404):
            raise PermanentError(f"Twilio refuses us: {words}") from None
        if not 400 <= status <= 499:
            raise OutcomeUnknownError(f"Twilio failed and may have taken the message: {words}") from None
        return Receipt(key=message.key, accepted=False, reason=words)


def _make_ready(session: Any, url: str, connections: int) -> None:
    """Let a session of requests keep so many connections, and read the environment once for all requests."""
    from requests.adapters import HTTPAdapter

    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    # Proxies and certificates; looking them up is a fifth of what a request costs.
    found = session.merge_environment_settings(url, {}, None, None, None)
    # Without TLS it is a stand-in on this machine: a proxy would read the token.
    session.proxies = found["proxies"] if url.startswith("https:") else {}
    session.verify, session.trust_env = found["verify"], False


def _no_answer(error: Any) -> DeliveryError:
    from requests.exceptions import ConnectTimeout, ProxyError
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error.args else None
    cause = reason.args[0] if reason is not None and reason.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return PermanentError(f"Twilio's certificate is not trusted: {cause.verify_message}.")
    if isinstance(error, ConnectTimeout | ProxyError) or isinstance(reason, NewConnectionError):
        return TemporaryError("Twilio can't be reached.")
    return OutcomeUnknownError(f"Twilio had the message and did not answer ({type(error).__name__}).")


def _sid(message: Any) -> str:
    """Return Twilio's name for a message; raises ValueError for what is none."""
    if not isinstance(message.sid, str) or not SID.fullmatch(message.sid):
        raise ValueError("a message without a name")
    return str(message.sid)


def _silent() -> logging.Logger:
    """Return a log that keeps nothing: Twilio's client would write down the numbers and the words."""
    log = logging.getLogger(f"{__name__}.silent")
    log.disabled = True
    return log
