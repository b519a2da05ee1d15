"""Who may talk to the page: a token in the link, then a cookie; no other site's page, by no other name.

- The link holds a random token; whoever opens it gets it as a cookie that scripts cannot read and other sites' requests
  do not carry.
- The ``Host`` of every request must be an address that this server was asked to listen on, or a name by which whoever
  started it knows it: a site whose name is made to point here (DNS rebinding) is refused.
- The ``Origin`` of a request, where a browser sends one, must be this page.
- Nothing but this page's own script and style runs or loads (content-security policy with a nonce); nothing is cached,
  framed, or said to other sites.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


_ASK_AGAIN = '<!doctype html><meta http-equiv="refresh" content="0"><title>judgekit</title>'


def policy(nonce: str) -> str:
    """The content-security policy of a page whose own script and style carry this nonce."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@dataclass(frozen=True)
class Guard:
    """What a request must bring.

    Attributes
    ----------
    host : str
        The address that the server listens on.
    port : int
    token : str
        What the link holds.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def cookie(self) -> str:
        """Name of the cookie; browsers share cookies among the ports of a machine."""
        return f"judgekit-{self.port}"

    @property
    def link(self) -> str:
        """What people open."""
        host = socket.gethostname() if _is_every(self.host) else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={self.token}"

    def admits(self, token: str | None) -> bool:
        """Whether a token is the right one."""
        given = (token or "").encode("utf-8", "backslashreplace")
        return hmac.compare_digest(given, self.token.encode())

    def refusal(self, request: web.Request) -> str:
        """Why a request is refused, whoever sends it; empty where it is not."""
        if not self._is_here(request.host):
            return f"this server is not '{request.host[:100]}'"
        origin = request.headers.get("Origin")
        if origin not in (None, f"http://{request.host}"):
            return "a page of another site may not ask this server"
        return ""

    def _is_here(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        if port != str(self.port):
            return self.port == 80 and self._is_mine(host)
        return self._is_mine(name)

    def _is_mine(self, name: str) -> bool:
        name = name.removeprefix("[").removesuffix("]").lower()
        if name in (self.host.lower(), *(LOOPBACK if self.host in LOOPBACK else ())):
            return True
        if not _is_every(self.host):
            return False
        return _is_address(name) or name in (
            *LOOPBACK,
            socket.gethostname().lower(),
            socket.getfqdn().lower(),
        )

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through to the page, hand out the cookie for the token, or refuse."""
        if why := self.refusal(request):
            raise web.HTTPForbidden(text=why)
        at_door = request.method == "GET" and request.path == "/"
        if at_door and self.admits(request.query.get("token")):
            entered = web.Response(status=303, headers={"Location": "/"})
            entered.set_cookie(self.cookie, self.token, httponly=True, samesite="Strict", path="/")
            return entered
        if self.admits(request.cookies.get(self.cookie)):
            return await handler(request)
        if at_door and request.headers.get("Sec-Fetch-Site") == "cross-site":
            # a link in a mail or chat: a strict cookie is sent only once this page asks for itself
            return web.Response(text=_ASK_AGAIN, content_type="text/html")
        raise web.HTTPForbidden(
            text="open the link that 'judgekit label' printed: it holds the key to this page"
        )


def _is_every(host: str) -> bool:
    """Whether an address stands for every one of this machine."""
    return host in ("", "0.0.0.0", "::")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
