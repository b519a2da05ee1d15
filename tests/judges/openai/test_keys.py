"""Keys go only where the user has put key and address together, and come back in nothing that is shown or kept."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from pydantic import ValidationError

from judgekit.errors import ConfigError
from judgekit.judges.openai.endpoint import Endpoint
from judgekit.judges.openai.keys import Keys, origin, scrub
from judgekit.judges.openai.settings import Settings
from judgekit.judges.openai.throttle import Throttle
from tests.judges.asking import answers, some_items
from tests.judges.openai.test_chat import asks_of
from tests.judges.server import ChatServer, refusal

SECRET = "sk-0123456789-very-secret/key"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUDGEKIT_KEYS", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        ("https://example.org/v1", "AWS_SECRET_ACCESS_KEY"),
        ("https://api.openai.com/v1", "AWS_SECRET_ACCESS_KEY"),
        ("https://api.openai.com.example.org/v1", "OPENAI_API_KEY"),
        ("https://api.openai.com:444/v1", "OPENAI_API_KEY"),
        ("http://api.openai.com/v1", "OPENAI_API_KEY"),
        ("http://127.0.0.1:8000/v1", "OPENAI_API_KEY"),
    ],
)
def test_a_cascade_file_alone_sends_no_key(url: str, variable: str) -> None:
    with pytest.raises(ConfigError, match=f"{variable} is not sent to .*--key {variable}="):
        Keys.of().key(url, variable)


def test_without_a_variable_the_key_of_openai_goes_to_openai_alone() -> None:
    assert Keys.of().key("https://api.openai.com/v1", None) == SECRET
    assert Keys.of().key("https://example.org/v1", None) == "none"
    assert Keys.of().key("http://example.org/v1", None) == "none"


def test_the_user_puts_key_and_address_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", SECRET)
    named = Keys.of(["MINE=https://one.example/v1"])
    assert named.key("https://one.example/another/path", "MINE") == SECRET
    assert named.key("https://one.example/v1", None) == SECRET
    monkeypatch.setenv("JUDGEKIT_KEYS", "OTHER=two.example, MINE=https://three.example:8443")
    assert Keys.of().key("https://three.example:8443/v1", "MINE") == SECRET
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
    assert Keys.of().key("https://gateway.example/v1", "OPENAI_API_KEY") == SECRET


def test_no_key_goes_over_plain_http_but_to_this_machine() -> None:
    with pytest.raises(ConfigError, match="plain http"):
        Keys.of(["OPENAI_API_KEY=http://example.org"]).key("http://example.org/v1", "OPENAI_API_KEY")
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000", "127.8.8.8"):
        named = Keys.of([f"OPENAI_API_KEY=http://{host}"])
        assert named.key(f"http://{host}/v1", "OPENAI_API_KEY") == SECRET


@pytest.mark.parametrize(
    "pair", ["MINE", "=https://x", "MINE=", "not a name=https://x", "MINE=ftp://x", "MINE=https://u:p@x"]
)
def test_a_pair_that_is_none_is_refused(pair: str) -> None:
    with pytest.raises(ConfigError):
        Keys.of([pair])


def test_an_address_with_a_password_is_refused() -> None:
    with pytest.raises(ConfigError, match="user name or password"):
        origin("https://user:pass@example.org/v1")


@pytest.mark.parametrize("more", ["?api-key=sk-1", "#sk-1", "/?sk-1#"])
def test_an_address_that_may_hold_a_key_is_refused(more: str) -> None:
    with pytest.raises(ConfigError, match="goes on behind") as error:
        origin(f"https://example.org/v1{more}")
    assert "sk-1" not in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        {"api_key": "sk-1"},
        {"extra_headers": {"Authorization": "Bearer sk-1"}},
        {"tools": [{"headers": {"x-api-key": "sk-1"}}]},
        {"access_token": "sk-1"},
    ],
)
def test_a_key_in_the_request_of_a_cascade_is_refused_and_not_said(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="may be a key, and a cascade is written to run folders"):
        Settings.model_validate({"model": "m", "extra_body": body})
    assert Settings.model_validate({"model": "m", "extra_body": {"max_tokens": 5, "token": None}})


def test_a_key_is_scrubbed_from_all_that_was_decoded() -> None:
    in_url = quote(SECRET, safe="")
    said = {"a": [f"x {SECRET} y", {SECRET: 1}, f"https://example.org/?key={in_url}"], "n": 3}
    left = json.dumps(scrub(said, SECRET))
    assert SECRET not in left and in_url not in left


def test_a_key_at_the_end_of_a_long_error_is_not_cut_in_two() -> None:
    """What is said of an error has an end: a key that stands across it would be left in part."""

    def failing(request: web.Request, _: dict[str, Any]) -> web.Response:
        key = request.headers["Authorization"].removeprefix("Bearer ")
        return refusal(400, "x" * (300 - len(key) + 1) + key)

    with ChatServer(failing) as server:
        found = answers(
            server.url,
            asks_of(some_items(1)),
            keys=[f"OPENAI_API_KEY={server.url}"],
            api_key_env="OPENAI_API_KEY",
        )
    said = str(found)
    assert "x" * 50 in said and SECRET[:6] not in said


def echo(request: web.Request, body: dict[str, Any]) -> web.Response:
    """Half of the answers hold the key, in the text; the others are errors that hold it."""
    key = request.headers["Authorization"].removeprefix("Bearer ")
    if hash(str(body["messages"])) % 2:
        return refusal(400, f"no such thing for {key}")
    answer = ChatServer().completion(body)
    answer["model"] = f"tiny {key}"
    answer["choices"][0]["message"]["content"] = f"your key is {key}"
    text = json.dumps(answer).replace(key, key.replace("/", "\\/").replace("-", "\\u002d"))
    return web.Response(text=text, content_type="application/json")


@pytest.mark.slow
def test_a_server_that_sends_the_key_back_gets_it_neither_kept_nor_shown(tmp_path: Path) -> None:
    (tmp_path / "outputs.jsonl").write_text(
        "".join(json.dumps(item.to_row()) + "\n" for item in some_items(30))
    )
    with ChatServer(echo) as server:
        (tmp_path / "cascade.yaml").write_text(
            f"tiers: [{{judge: openai, model: tiny, base_url: '{server.url}', retries: 0}}]\nrubrics: {{'*': forgetting}}\n"
        )
        command = [sys.executable, "-m", "judgekit", "score", "outputs.jsonl", "--cascade", "cascade.yaml"]
        done = subprocess.run(
            [*command, "--key", f"OPENAI_API_KEY={server.url}"], cwd=tmp_path, capture_output=True, text=True
        )
        assert server.seen
    assert SECRET not in done.stdout + done.stderr
    for path in (tmp_path / "runs").rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    with sqlite3.connect(next((tmp_path / "runs").rglob("store.sqlite"))) as db:
        kept = str(
            db.execute(
                "SELECT answer, top FROM answers UNION ALL SELECT answer, NULL FROM attempts"
            ).fetchall()
        )
    assert "[key]" in kept
    assert SECRET not in kept


def test_the_key_arrives_where_it_may() -> None:
    seen: set[str] = set()
    with ChatServer(lambda request, _: seen.add(request.headers["Authorization"])) as server:
        answers(
            server.url,
            asks_of(some_items(1)),
            keys=[f"OPENAI_API_KEY={server.url}"],
            api_key_env="OPENAI_API_KEY",
        )
        answers(server.url, asks_of(some_items(1)))
    assert seen == {f"Bearer {SECRET}", "Bearer none"}


@pytest.mark.slow
def test_a_plan_needs_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    (tmp_path / "outputs.jsonl").write_text(json.dumps(some_items(1)[0].to_row()) + "\n")
    (tmp_path / "cascade.yaml").write_text(
        "tiers: [{judge: openai, model: m, api_key_env: NOT_SET, batch: true, price: {input: 1, output: 1}}]\n"
        "rubrics: {'*': forgetting}\n"
    )
    for verb in (["plan"], ["score", "--dry-run"]):
        command = [sys.executable, "-m", "judgekit", *verb, "outputs.jsonl", "--cascade", "cascade.yaml"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "openai" in done.stdout
    assert not (tmp_path / "runs").exists()


def test_a_key_does_not_follow_a_redirect_to_another_address() -> None:
    seen: list[tuple[str, str | None]] = []

    class Other(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append((self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.answer()

        def answer(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None: ...

    class Paired(Other):
        def answer(self) -> None:
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{other.server_port}/other")
            self.send_header("Content-Length", "0")
            self.end_headers()

    async def ask(url: str) -> None:
        endpoint = Endpoint(url, "sk-secret", timeout=10, throttle=Throttle(1))
        await endpoint.send("POST", "/chat/completions", {})
        await endpoint.close()

    with HTTPServer(("127.0.0.1", 0), Other) as other, HTTPServer(("127.0.0.1", 0), Paired) as paired:
        for server in (other, paired):
            Thread(target=server.serve_forever, daemon=True).start()
        asyncio.run(ask(f"http://127.0.0.1:{paired.server_port}"))
        for server in (other, paired):
            server.shutdown()
    assert seen == [("/chat/completions", "Bearer sk-secret"), ("/other", None)]
