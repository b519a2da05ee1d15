"""The HTTP client of one address: what leaves this machine besides the request, by which way, and what comes back.

A cascade file names the address. So nothing of the environment goes there that its owner did not put together with
this address: the SDK would send ``OPENAI_ORG_ID``, ``OPENAI_PROJECT_ID`` and ``OPENAI_CUSTOM_HEADERS`` anywhere, and an
HTTP proxy would read the key of a server on this machine. And whoever is there may answer without end, or with a few
kilobytes that are gigabytes once decompressed: an answer is read as far as one to such a request can go.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
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


LARGEST_ANSWER = 1 << 24
"""Bytes of an answer whose size does not follow from the request (a list of models, the tokens of a prompt)."""

_DECOMPRESSED = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""Encodings that are asked for, and how zlib is told."""


class TooLarge(Exception):
    """An answer is larger than one to such a request can be, or encoded as nobody asked for."""


def http_client(
    url: str, key: str, connections: int, *, is_openai: bool, largest: int | None = LARGEST_ANSWER
) -> Any:
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
    largest : int, optional
        Bytes of an answer, decompressed; None: without end.
    """
    faster = find_spec("aiohttp") is not None
    kind = openai.DefaultAioHttpClient if faster else openai.DefaultAsyncHttpxClient
    return kind(
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        mounts={f"all://{urlsplit(url).netloc}": None} if is_loopback(url) else {},
        headers={"Accept-Encoding": ", ".join(_DECOMPRESSED)},
        event_hooks={
            "request": [_bare(origin(url) if is_openai else "", f"Bearer {key}")],
            "response": [] if largest is None else [_bounded(largest)],
        },
    )


def _bounded(largest: int) -> Callable[[Any], Awaitable[None]]:
    """What has an answer read, and decompressed, up to so many bytes."""

    async def bounded(response: Any) -> None:
        encoding = response.headers.pop("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", *_DECOMPRESSED):
            await response.aclose()
            raise TooLarge(f"the answer is encoded as '{encoding[:40]}', which was not asked for")
        parts = _within(response.stream, _DECOMPRESSED.get(encoding), largest)
        response.stream = httpx.Response(200, content=parts).stream

    return bounded


async def _within(stream: Any, encoding: int | None, largest: int) -> AsyncIterator[bytes]:
    """The parts of a body, decompressed, as long as they are together no larger than that."""
    unpack = None if encoding is None else zlib.decompressobj(encoding)
    left = largest
    try:
        async for part in stream:
            out = part if unpack is None else unpack.decompress(part, left + 1)
            left -= len(out)
            if left < 0:
                raise TooLarge(f"the answer is larger than {largest / (1 << 20):.1f} MB, decompressed")
            yield out
    except zlib.error as error:
        raise TooLarge(f"the answer cannot be decompressed: {error}") from None
    finally:
        await stream.aclose()


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
