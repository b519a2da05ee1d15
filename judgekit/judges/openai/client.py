"""The HTTP client of one address: what leaves this machine besides the request itself, and by which way.

A cascade file names the address. So nothing of the environment goes there that its owner did not put together with
this address: the SDK would send ``OPENAI_ORG_ID``, ``OPENAI_PROJECT_ID`` and ``OPENAI_CUSTOM_HEADERS`` anywhere, and an
HTTP proxy would read the key of a server on this machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import openai

from judgekit.judges.openai.keys import is_loopback, origin

httpx: Any = import_module(type(openai.DEFAULT_CONNECTION_LIMITS).__module__)
"""The HTTP library that the SDK stands on: httpx2, or httpx before its version 3."""

_SENT = frozenset(
    (
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "transfer-encoding",
        "user-agent",
    )
)
"""Headers that any address gets."""


def http_client(url: str, key: str, connections: int, *, is_openai: bool) -> Any:
    """A client for an address.

    The SDK's aiohttp transport, which takes about half the processor time, is used where aiohttp is installed. What is
    on this machine is asked directly, whatever proxy the environment names.

    Parameters
    ----------
    url, key : str
        The address, and the key that goes there.
    connections : int
        Most at a time.
    is_openai : bool
        Whether the user's key of OpenAI belongs to the address: then the SDK's other headers go there too.
    """
    faster = find_spec("aiohttp") is not None
    kind = openai.DefaultAioHttpClient if faster else openai.DefaultAsyncHttpxClient
    return kind(
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        mounts={f"all://{urlsplit(url).netloc}": None} if is_loopback(url) else {},
        event_hooks={"request": [_bare(origin(url) if is_openai else "", f"Bearer {key}")]},
    )


def _bare(own: str, bearer: str) -> Callable[[Any], Awaitable[None]]:
    """What takes all other headers off a request, also one that was redirected, unless it goes to ``own``."""

    async def bare(request: Any) -> None:
        if own and origin(str(request.url)) == own:
            return
        for name in [name for name in request.headers if name.lower() not in _SENT]:
            del request.headers[name]
        if request.headers.get("authorization", bearer) != bearer:  # one of OPENAI_CUSTOM_HEADERS
            request.headers["authorization"] = bearer

    return bare
