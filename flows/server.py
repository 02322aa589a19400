"""Prefect's server behind the door: `python -m flows.server`, where else `prefect server start` would stand.

Prefect's own settings say everything: PREFECT_SERVER_API_HOST and _PORT where it listens, _AUTH_STRING the
password, and _CORS_ALLOWED_ORIGINS where browsers and workers find it.
"""

import os
import socket
import sys
from threading import Thread
from urllib.parse import urlsplit

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings
from prefect.settings.models.server.api import ServerAPISettings

from flows.door import Door


def main() -> None:
    """Serve until TERM. Exits with a line for a server without a password, or without addresses.

    The arguments, if any, are numbers of open files: of a socket that listens already, and of a pipe whose
    end is ours, too.
    """
    settings = get_current_settings().server
    addresses = _addresses(settings.api)
    config = uvicorn.Config(
        Door(create_app(final=True), addresses),
        host=settings.api.host,
        port=settings.api.port,
        timeout_keep_alive=settings.api.keepalive_timeout,
        ws_ping_interval=settings.api.websocket_ping_interval,
        ws_ping_timeout=settings.api.websocket_ping_timeout,
        log_level=settings.logging_level.lower(),
        lifespan="on",
    )
    files = [int(number) for number in sys.argv[1:]]
    server = uvicorn.Server(config)
    for alive in files[1:]:
        Thread(target=_end_with, args=(server, alive), daemon=True).start()
    server.run(sockets=[socket.socket(fileno=listener) for listener in files[:1]] or None)


def _end_with(server: uvicorn.Server, alive: int) -> None:
    os.read(alive, 1)
    server.should_exit = True


def _addresses(api: ServerAPISettings) -> list[str]:
    if api.auth_string is None or not api.auth_string.get_secret_value():
        sys.exit("A server without a password runs what anybody likes: set PREFECT_SERVER_API_AUTH_STRING.")
    addresses = [address.strip().rstrip("/") for address in api.cors_allowed_origins.split(",")]
    if not all(_is_origin(address) for address in addresses):
        sys.exit(
            "Say where browsers and workers find this server, with PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS, "
            "such as https://prefect.example.com: it answers at no other address."
        )
    return addresses


def _is_origin(address: str) -> bool:
    """Return whether it is scheme://authority and no more (RFC 6454)."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.netloc != "" and not (parts.path or parts.query)


if __name__ == "__main__":
    main()
