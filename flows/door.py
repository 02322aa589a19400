"""The door in front of a Prefect server: who asks from another page, or by another name, stays outside."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Pages of others may not show ours in a frame, where a click could be stolen, nor load anything from here.
_HEADERS = (
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


class Door:
    """Lets requests and websockets in that name one of our addresses, and come from no page but ours.

    Browsers say by `Host` which name they asked for: another one is a name that somebody turned towards this
    machine (DNS rebinding). By `Origin` they say whose page asks: another one, or `null` for a file, is not
    ours (RFC 9110, 7.2; RFC 6454, 7). Programs send no Origin.
    """

    def __init__(self, app: ASGIApp, addresses: Iterable[str]) -> None:
        self._app = app
        #: scheme and authority by authority, such as 127.0.0.1:4200
        self._origins = {urlsplit(address).netloc.lower(): address.lower() for address in addresses}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        if scope["type"] == "lifespan" or self._is_welcome(scope):
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            where = ", ".join(self._origins.values())
            await PlainTextResponse(f"Only for {where} and its own pages.\n", 403)(scope, receive, send)

    def _is_welcome(self, scope: Scope) -> bool:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        if len(hosts) != 1 or hosts[0] not in self._origins:
            return False
        return all(origin == self._origins[hosts[0]] for origin in origins)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for key, value in scope["headers"] if key == name]


def _with_headers(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *_HEADERS]}
        await send(message)

    return send_on
