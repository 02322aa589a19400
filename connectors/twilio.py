"""Hands texts to Twilio through its own client (https://www.twilio.com/docs/messaging/api)."""

import os
import re
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, HttpUrl, model_validator

from aftershow.errors import OutcomeUnknownError, PermanentError, TemporaryError, UsageError
from aftershow.ports import ConnectorSettings, Outcome, Receipt, Rendered, RenderedText, one_by_one
from aftershow.words import Channel

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


class Settings(ConnectorSettings):
    """Which account and sender. The auth token comes from AFTERSHOW_TWILIO_AUTH_TOKEN."""

    account_sid: str
    #: the sender: a number in E.164, a short code or a name
    from_: str | None = Field(default=None, alias="from")
    #: instead of `from`: lets Twilio choose the sender from a pool
    messaging_service_sid: str | None = None
    #: where Twilio is, when not at its usual place
    base_url: HttpUrl | None = None
    #: seconds to wait for the connection, and for the answer
    timeout: float = Field(default=20, gt=0)

    @model_validator(mode="after")
    def _one_sender(self) -> Self:
        if (self.from_ is None) == (self.messaging_service_sid is None):
            raise ValueError("say either `from` or `messaging_service_sid`")
        return self


class Connector:
    """Creates one message after the other; Twilio has no key that would make a second try harmless."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.TEXT})

    def __init__(self, settings: Settings, workspace: Path) -> None:
        # The client and requests take a quarter of a second to import; who only reads Settings does not wait.
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        token = os.environ.get(TOKEN)
        if not token:
            raise UsageError(f"Twilio's auth token is missing. Put it into the environment as {TOKEN}.")
        self._retry_after: float | None = None
        self._silent = False
        self._http = TwilioHttpClient(
            timeout=settings.timeout, request_hooks={"response": self._read_retry_after}
        )
        client = Client(settings.account_sid, token, http_client=self._http)
        if settings.base_url is not None:
            client.api.base_url = str(settings.base_url)
        self._messages = client.messages
        sender = {"from_": settings.from_, "messaging_service_sid": settings.messaging_service_sid}
        self._sender = {key: value for key, value in sender.items() if value is not None}

    def send(self, messages: Sequence[Rendered]) -> Iterator[Outcome]:
        """Hand over in order. The turn ends when Twilio is silent: the rest would only wait for it too."""
        self._silent = False
        for outcome in one_by_one(self._hand_over, messages):
            yield outcome
            if self._silent:
                return

    def close(self) -> None:
        """Give back the connections."""
        self._http.session.close()

    def _hand_over(self, message: Rendered) -> Receipt:
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        if not isinstance(message, RenderedText):
            raise PermanentError("The twilio connector carries texts only.")
        try:
            created = self._messages.create(to=message.to, body=message.body, **self._sender)
        except TwilioException as error:
            return self._refused(message, error)
        except RequestException as error:
            raise self._no_answer(error) from None
        except (ValueError, AttributeError, TypeError):
            created = None  # not Twilio's document: a proxy's page, or half an answer
        if created is None or created.sid is None:
            raise OutcomeUnknownError("Twilio's answer can't be read; it may have taken the message.")
        said = {name: getattr(created, name) for name in ("num_segments", "price", "price_unit", "status")}
        data = {name: str(value) for name, value in said.items() if value is not None}
        return Receipt(key=message.key, accepted=True, provider_id=created.sid, data=data)

    def _refused(self, message: RenderedText, error: Any) -> Receipt:
        """Read a refusal; `from None`, because Twilio's own text holds the number."""
        code, status = error.code, error.status
        words = f"{code} {_without_numbers(getattr(error, 'msg', None) or error.title)}"
        if code in SUPPRESS:
            return Receipt(key=message.key, accepted=False, reason=words, suppress=SUPPRESS[code])
        if status == 429 or code in LATER:
            raise TemporaryError(f"Twilio asks to wait: {words}", retry_after=self._retry_after) from None
        # Without a code of its own, these say that the account or the address of the service is wrong.
        if code in OURS or status in (401, 403, 404):
            raise PermanentError(f"Twilio refuses us: {words}") from None
        if not 400 <= status <= 499:
            raise OutcomeUnknownError(f"Twilio failed and may have taken the message: {words}") from None
        return Receipt(key=message.key, accepted=False, reason=words)

    def _no_answer(self, error: Any) -> TemporaryError | PermanentError | OutcomeUnknownError:
        from requests.exceptions import ConnectTimeout, ProxyError
        from urllib3.exceptions import NewConnectionError

        self._silent = True
        reason = getattr(error.args[0], "reason", None) if error.args else None
        cause = reason.args[0] if reason is not None and reason.args else None
        if isinstance(cause, ssl.SSLCertVerificationError):
            return PermanentError(f"Twilio's certificate is not trusted: {cause.verify_message}.")
        if isinstance(error, ConnectTimeout | ProxyError) or isinstance(reason, NewConnectionError):
            return TemporaryError("Twilio can't be reached.")
        return OutcomeUnknownError(f"Twilio had the message and did not answer ({type(error).__name__}).")

    def _read_retry_after(self, response: Any, *_: object, **__: object) -> None:
        # The client's exception drops the header. Twilio gives seconds, not the date that HTTP also allows.
        after = response.headers.get("Retry-After", "")
        self._retry_after = float(after) if re.fullmatch(r"\d{1,6}", after) else None


def _without_numbers(words: str) -> str:
    words = words.removeprefix("Unable to create record: ")
    return re.sub(r"[+(]*\d(?:[\s().-]{0,2}\d){5,}", "…", " ".join(words.split()))[:300]
