"""The door's rules without a server; tests/attacks/test_door.py tries them on one."""

from asyncio import run

import httpx
import pytest
from prefect.settings.models.server.api import ServerAPISettings
from starlette.responses import PlainTextResponse

from flows.door import Door
from flows.server import _addresses

ADDRESSES = ["https://prefect.example.com", "http://127.0.0.1:4200"]


def ask(**headers: str) -> int:
    """Return the status with which a server of two addresses answers."""

    async def asked() -> int:
        transport = httpx.ASGITransport(Door(PlainTextResponse("in"), ADDRESSES))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4200") as client:
            return (await client.get("/", headers=headers)).status_code

    return run(asked())


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("prefect.example.com", "https://prefect.example.com", 200),
        ("PREFECT.example.com", "https://prefect.example.com", 200),
        ("127.0.0.1:4200", "http://127.0.0.1:4200", 200),
        ("prefect.example.com", "http://prefect.example.com", 403),
        ("prefect.example.com", "http://127.0.0.1:4200", 403),
        ("prefect.example.com:4200", "https://prefect.example.com", 403),
        ("127.0.0.1:4200", "null", 403),
    ],
)
def test_host_and_origin(host: str, origin: str, status: int) -> None:
    """A page gets in at the very address at which it was found, and at no other."""
    assert ask(host=host, origin=origin) == status


def test_a_program() -> None:
    """A program, which names no page, gets in at any of the addresses."""
    assert (ask(host="prefect.example.com"), ask(host="127.0.0.1:4200"), ask(host="other")) == (200, 200, 403)


@pytest.mark.parametrize(
    ("password", "addresses", "complaint"),
    [
        (None, "https://prefect.example.com", "AUTH_STRING"),
        ("", "https://prefect.example.com", "AUTH_STRING"),
        ("secret", "*", "CORS_ALLOWED_ORIGINS"),
        ("secret", "https://prefect.example.com,*", "CORS_ALLOWED_ORIGINS"),
        ("secret", "prefect.example.com", "CORS_ALLOWED_ORIGINS"),
        ("secret", "https://prefect.example.com/api", "CORS_ALLOWED_ORIGINS"),
        ("secret", "", "CORS_ALLOWED_ORIGINS"),
    ],
)
def test_no_open_door(password: str | None, addresses: str, complaint: str) -> None:
    """A server that anybody could use does not start, and says in a line what it wants."""
    settings = ServerAPISettings(auth_string=password, cors_allowed_origins=addresses)
    with pytest.raises(SystemExit, match=complaint):
        _addresses(settings)
