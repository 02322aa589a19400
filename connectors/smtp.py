"""Hands emails to a mail server (RFC 5321), over a few connections that stay open."""

import os
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, model_validator

from aftershow.errors import UsageError
from aftershow.ports import ConnectorSettings, DeliveryOutcome, Rendered, is_loopback
from aftershow.words.channels import Channel
from connectors._smtp_batch import Batch
from connectors._smtp_client import Client, TlsClient
from connectors._smtp_dkim import DkimSigner
from connectors._smtp_dkim import Settings as DkimSettings
from connectors._smtp_pool import ConnectionPool

PASSWORD = "AFTERSHOW_SMTP_PASSWORD"  # noqa: S105  the variable's name, not a password


class Settings(ConnectorSettings):
    """Which mail server, and how to speak to it. The password comes from AFTERSHOW_SMTP_PASSWORD."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    #: ask for encryption after connecting; without it nothing is sent
    starttls: bool = True
    #: encrypted from the first byte (port 465); STARTTLS is then not asked for
    tls: bool = False
    #: certificates to trust instead of the system's, relative to the workspace
    ca_file: Path | None = None
    #: None: the server lets us send without a login
    username: str | None = None
    #: at most so many connections at once
    connections: int = Field(default=4, ge=1, le=256)
    #: seconds to wait for the connection, and for each answer
    timeout: float = Field(default=60, gt=0)
    #: our name in EHLO; None: the machine's
    local_hostname: str | None = None
    #: sign each email; None: the mail server does, or nobody
    dkim: DkimSettings | None = None

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        if self.username is not None and not (self.tls or self.starttls) and not is_loopback(self.host):
            raise ValueError(
                "with `starttls: false` the password would cross the network in the clear: take the line "
                "out, or say `tls: true`, or let a mail server on this machine (127.0.0.1) pass it on"
            )
        return self


class Connector:
    """Sends over several connections at once."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.EMAIL})

    def __init__(self, settings: Settings, workspace: Path) -> None:
        self._settings = settings
        self._password = _password(settings)
        self._tls = _tls(settings, workspace)
        self._sign = DkimSigner(settings.dkim, workspace).sign if settings.dkim else bytes
        self._pool = ConnectionPool(self._dial, most=settings.connections, timeout=settings.timeout)

    def send(self, messages: Sequence[Rendered]) -> Iterator[DeliveryOutcome]:
        """Hand over in order.

        The turn ends when the server is silent or out of reach: the rest would only wait as well.
        """
        batch = Batch(self._pool, messages, self._sign)
        try:
            yield from batch.outcomes()
        finally:
            batch.leave()

    def close(self) -> None:
        """Hang up."""
        self._pool.hang_up()

    def _dial(self) -> smtplib.SMTP:
        s = self._settings
        connection = (
            TlsClient(s.host, s.port, s.local_hostname, timeout=s.timeout, context=self._tls)
            if s.tls
            else Client(s.host, s.port, s.local_hostname, timeout=s.timeout)
        )
        try:
            if s.starttls and not s.tls:
                connection.starttls(context=self._tls)
            connection.ehlo_or_helo_if_needed()
            if s.username is not None:
                connection.login(s.username, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


def _password(settings: Settings) -> str:
    password = os.environ.get(PASSWORD, "")
    if settings.username is not None and not password:
        raise UsageError(f"The mail server's password is missing. Put it into the environment as {PASSWORD}.")
    return password


def _tls(settings: Settings, workspace: Path) -> ssl.SSLContext | None:
    if not (settings.tls or settings.starttls):
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file and workspace / settings.ca_file)
    except OSError as error:
        raise UsageError(f"channels.email.ca_file can't be used: {error.strerror}.") from None
