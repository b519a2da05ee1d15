"""What leaves for an address besides the request: nothing of the environment that does not belong there, by no proxy."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import openai
import pytest

from judgekit.judges.openai import client
from judgekit.judges.openai.client import LARGEST_ANSWER
from judgekit.judges.openai.endpoint import Endpoint, Transient
from judgekit.judges.openai.keys import Keys
from judgekit.judges.openai.settings import Settings
from judgekit.judges.openai.throttle import Throttle

KEY = "sk-0123456789"
MINE = {
    "OPENAI_ORG_ID": "org-mine",
    "OPENAI_PROJECT_ID": "proj-mine",
    "OPENAI_CUSTOM_HEADERS": "X-Gateway: mine\nAuthorization: Bearer mine",
}


class Seen(list[tuple[str, dict[str, str]]]):
    """The requests that a server got: path, and headers in small letters."""

    port: int = 0
    redirect: str = ""
    status: int = 200
    body: bytes = b"{}"
    encoding: str = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Seen]:
    """A server, or a proxy, that answers everything with an empty object."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.send_response(307 if seen.redirect else seen.status)
            if seen.redirect:
                self.send_header("Location", seen.redirect)
            if seen.encoding:
                self.send_header("Content-Encoding", seen.encoding)
            self.send_header("Content-Length", str(len(seen.body)))
            self.end_headers()
            self.wfile.write(seen.body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        seen.port = server.server_port
        Thread(target=server.serve_forever, daemon=True).start()
        yield seen
        server.shutdown()


def ask(url: str, *, key: str = KEY, is_openai: bool = False) -> Any:
    """Send one request; its answer."""

    async def asked() -> Any:
        endpoint = Endpoint(url, key, timeout=10, throttle=Throttle(1), is_openai=is_openai)
        try:
            return await endpoint.send("POST", "/chat/completions", {})
        finally:
            await endpoint.close()

    return asyncio.run(asked())


@pytest.fixture(params=["aiohttp", "httpx"], autouse=True)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "httpx":
        monkeypatch.setattr(client, "find_spec", lambda _: None)
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_the_environments_headers_go_to_no_address_that_a_cascade_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in MINE.items():
        monkeypatch.setenv(name, value)
    with listening() as named:
        ask(named.url)
    [(_, headers)] = named
    assert headers["authorization"] == f"Bearer {KEY}"
    assert not [name for name, value in headers.items() if "mine" in value]
    assert not [name for name in headers if name.startswith(("x-", "openai-"))]


def test_they_go_where_the_key_of_openai_belongs_and_not_on_from_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in MINE.items():
        monkeypatch.setenv(name, value)
    with listening() as gateway, listening() as other:
        ask(gateway.url, is_openai=True)
        gateway.redirect = f"{other.url}/elsewhere"
        ask(gateway.url, is_openai=True)
    for _, headers in gateway:
        assert (headers["openai-organization"], headers["x-gateway"]) == ("org-mine", "mine")
    [(path, headers)] = other
    assert path == "/elsewhere"
    assert not [name for name, value in headers.items() if "mine" in value or KEY in value]


def test_which_addresses_are_those_of_openai_is_said_outside_of_the_cascade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    keys = Keys.of(["OPENAI_API_KEY=https://gateway.example", "OTHER=https://other.example"])
    assert keys.is_openai("https://api.openai.com/v1") and keys.is_openai("https://gateway.example/v1")
    assert not keys.is_openai("https://other.example/v1") and not keys.is_openai("https://evil.example/v1")
    settings = Settings(model="m", base_url="https://evil.example/v1")
    assert not settings.endpoints(keys)[0]._is_openai


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_key_for_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with listening() as proxy, listening() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        ask(f"http://{host}:{server.port}")
        assert (len(server), len(proxy)) == (1, 0)
        ask("http://models.example", key="none")
        assert (len(server), len(proxy)) == (1, 1), "what is elsewhere is asked as the environment says"


def test_the_sdk_is_one_that_takes_hooks_and_mounts() -> None:
    """Both are of httpx: an SDK that stands on something else must not drop them silently."""
    made = client.http_client("http://127.0.0.1:1", KEY, 4, is_openai=False)
    assert made.event_hooks["request"] and isinstance(made, client.httpx.AsyncClient)
    assert isinstance(openai.DEFAULT_CONNECTION_LIMITS, client.httpx.Limits)


BOMB = gzip.compress(b"[[]," * 50_000_000)
"""200 MB in 200 KB."""


@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (BOMB, "gzip", "the answer is larger than 16.0 MB, decompressed"),
        (
            zlib.compress(b" " * (LARGEST_ANSWER + 1)),
            "deflate",
            "the answer is larger than 16.0 MB, decompressed",
        ),
        (b" " * (LARGEST_ANSWER + 1), "", "the answer is larger than 16.0 MB, decompressed"),
        (gzip.compress(BOMB), "gzip, gzip", "the answer is encoded as 'gzip, gzip', which was not asked for"),
        (BOMB, "br", "the answer is encoded as 'br', which was not asked for"),
        (b"{}", "gzip", "the answer cannot be decompressed"),
    ],
    ids=["gzip", "deflate", "plain", "twice", "br", "no gzip"],
)
def test_an_answer_has_an_end_also_once_decompressed(
    status: int, body: bytes, encoding: str, said: str
) -> None:
    with listening() as server:
        server.status, server.body, server.encoding = status, body, encoding
        tracemalloc.start()
        try:
            with pytest.raises(Transient, match=re.escape(said)) as caught:
                ask(server.url)
            assert caught.value.maybe_paid and tracemalloc.get_traced_memory()[1] < 4 * LARGEST_ANSWER
        finally:
            tracemalloc.stop()
    [(_, headers)] = server
    assert headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("pack", "encoding"), [(gzip.compress, "gzip"), (zlib.compress, "deflate"), (bytes, "")]
)
def test_an_answer_of_an_ordinary_size_is_read_however_it_is_packed(
    pack: Callable[[bytes], bytes], encoding: str
) -> None:
    answer = {"choices": ["word " * 100_000]}
    with listening() as server:
        server.body, server.encoding = pack(json.dumps(answer).encode()), encoding
        assert ask(server.url) == answer


def test_how_large_an_answer_may_be_follows_from_what_is_asked() -> None:
    def largest(**options: object) -> int | None:
        return Settings.model_validate({"model": "m", **options}).largest_answer

    assert (largest() or 0) < LARGEST_ANSWER * 1.1
    assert largest(thinking="skip") == largest(thinking="skip", batch_size=1000) == 1 << 28
    assert largest(batch=True) is None
