"""Keys are planted wherever one may be, and looked for in all that is written, printed, raised and sent."""

from __future__ import annotations

import base64
import io
import json
import re
import sqlite3
import traceback
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

import judgekit as jk
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import ConfigError, JudgekitError
from judgekit.integrations.tracked import Tracked
from tests.cli.calling import judgekit
from tests.judges.asking import some_items
from tests.judges.server import ChatServer, refusal

pytestmark = pytest.mark.slow

PLANTED = {
    "ONE_KEY": "sk-planted-0123456789/one",
    "OTHER_KEY": "planted+other=0123456789",
    "OPENAI_API_KEY": "sk-planted-0123456789/openai",
    "AWS_SECRET_ACCESS_KEY": "planted-aws-0123456789",
    "OPENAI_ORG_ID": "org-planted-0123456789",
    "OPENAI_PROJECT_ID": "proj-planted-0123456789",
    "OPENAI_CUSTOM_HEADERS": "X-Gateway-Token: planted-gateway-0123456789",
    "HF_TOKEN": "hf_planted0123456789",
}
"""Secrets of the environment; the first two are paired with the server, whose answers all say them back."""

SECRETS = [value.partition(": ")[2] or value for value in PLANTED.values()]
SPELLED = [
    spelled
    for secret in SECRETS
    for spelled in dict.fromkeys(
        (secret, quote(secret, safe=""), json.dumps(secret)[1:-1].replace("/", "\\/"))
    )
]


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    for name in ("OPENAI_BASE_URL", "JUDGEKIT_KEYS", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


class Echo:
    """A server that sends back every header it got, in every place of an answer that it can."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.number = 0

    def __call__(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        said = " ".join(f"{name}: {value}" for name, value in request.headers.items())
        self.got.append(said)
        key = request.headers["Authorization"].removeprefix("Bearer ")
        self.number += 1
        if self.number > 3:
            match self.number % 7:
                case 0:
                    return refusal(400, f"bad request of {said}", **{"X-Echo": key})
                case 1:
                    return web.Response(text=f"<html>{said}", content_type="text/html")
                case 2:
                    return web.Response(status=500, text=f"Crashed: {said}", reason="key")
                case 3:
                    return web.json_response(
                        {"error": {key: key, "message": quote(key, safe="")}}, status=422
                    )
        answer = ChatServer().completion(body)
        answer["id"] = answer["model"] = answer["system_fingerprint"] = f"tiny {key}"
        choice = answer["choices"][0]
        choice["message"]["refusal"] = f" {key} {quote(key, safe='')}"
        if self.number % 10 == 9:
            choice["message"]["content"] = f"Your key is {key}"
        for place in choice["logprobs"]["content"]:
            place["top_logprobs"].append({"token": key, "logprob": -9.0, "bytes": list(key.encode())})
        answer[key] = {key: [key]}
        text = json.dumps(answer)
        return web.Response(
            text=text.replace(key, key.replace("/", "\\/").replace("-", "\\u002d"))
            if self.number % 2
            else text,
            content_type="application/json",
            headers={"Set-Cookie": f"key={quote(key)}", "X-Request-Id": quote(key)},
        )


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, and what is packed in it."""
    raw = path.read_bytes()
    yield raw
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        yield json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
    if path.suffix == ".html":
        for block in re.findall(rb'<script type="text/plain"[^>]*>([^<]+)<', raw):
            with suppress(zlib.error, ValueError):
                yield zlib.decompress(base64.b64decode(block))
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                yield str(db.execute(f"SELECT * FROM {table}").fetchall()).encode()


def nowhere(place: Path, *texts: str) -> int:
    """No secret is in a file below a folder, or in these texts; how many files were looked through."""
    found = 0
    for path in place.rglob("*"):
        if path.is_file():
            found += 1
            for content in contents(path):
                for one in SPELLED:
                    assert one.encode() not in content, (path, one)
    for text in texts:
        for one in SPELLED:
            assert one not in text, one
    return found


def test_no_key_is_in_what_is_written_printed_or_exported(tmp_path: Path) -> None:
    rows = (item.to_row() for item in some_items(60))
    (tmp_path / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    echo, said = Echo(), []
    with ChatServer(echo) as server:
        for file, variable in (("cascade.yaml", "ONE_KEY"), ("other.yaml", "OTHER_KEY")):
            (tmp_path / file).write_text(
                f"tiers: [{{judge: openai, model: tiny, base_url: '{server.url}', api_key_env: {variable}, "
                "retries: 1, patience: 1}]\nrubrics: {'*': forgetting}\n"
            )
        keys = ("--key", f"ONE_KEY={server.url}", "--key", f"OTHER_KEY={server.url}")
        cascade = ("--cascade", "cascade.yaml")
        verbs: list[tuple[Any, ...]] = [
            ("plan", "outputs.jsonl", *cascade),
            ("judges", "check", "cascade.yaml", *keys),
            ("score", "outputs.jsonl", *cascade, *keys, "--keep-going", "--json"),
            ("score", "outputs.jsonl", *cascade, *keys, "--keep-going"),
            ("score", "outputs.jsonl", "--cascade", "other.yaml", *keys, "--keep-going", "-o", "other"),
            ("validate", "runs/outputs", "cascade.yaml"),
            ("report", "runs/outputs", "--out", "out/r.html", "--markdown", "out/r.md", "--csv", "out/r.csv",
             "--latex", "out/r.tex", "--figures", "out/figures"),
            ("report", "runs/outputs", "--json"),
            ("gate", "runs/outputs", "--leaked-below", "0.1", "--junit", "out/j.xml"),
            ("export", "runs/outputs", "out/set"),
            ("export", "runs/outputs", "out/t.xlsx"),
            ("export", "runs/outputs", "out/t.parquet"),
            ("export", "runs/outputs", "out/scores.jsonl"),
            ("queue", "runs/outputs", "-o", "out/queue.csv"),
        ]  # fmt: skip
        for verb in verbs:
            (tmp_path / "out").mkdir(exist_ok=True)
            done = judgekit(*verb, cwd=tmp_path)
            assert "Traceback" not in done.stderr, done.stderr
            said += [done.stdout, done.stderr]
        arrived = " ".join(echo.got)
    assert all(secret in arrived for secret in SECRETS[:2]), "they were sent"
    assert not [secret for secret in SECRETS[2:] if secret in arrived], "and nothing else was"
    (tmp_path / "tracked").mkdir()
    tracked = Tracked.of(tmp_path / "runs/outputs", tmp_path / "tracked")
    looked = nowhere(tmp_path, *said, str(list(tracked.rows())), str(tracked))
    assert looked > 25
    kept = b"".join(content for path in tmp_path.rglob("store.sqlite") for content in contents(path))
    assert b"[key]" in kept and "[key]" in " ".join(said)
    print(
        json.dumps({"files": looked, "texts": len(said), "secrets": len(SECRETS), "spellings": len(SPELLED)})
    )


@pytest.mark.parametrize(
    "fault",
    [
        lambda request, _: refusal(401, f"wrong key {request.headers['Authorization']}"),
        lambda request, _: refusal(429, request.headers["Authorization"], code="insufficient_quota"),
        lambda request, _: web.Response(text=request.headers["Authorization"] * 50),
        lambda request, _: web.Response(status=503, text=request.headers["Authorization"]),
    ],
    ids=["401", "429", "no JSON", "503"],
)
def test_no_exception_holds_a_key(fault: Any, tmp_path: Path) -> None:
    """Message, traceback and notes, also of what an exception came from."""
    with ChatServer(fault) as server:
        tier = {"judge": "openai", "model": "tiny", "base_url": server.url, "retries": 0, "patience": 0.5}
        try:
            made = jk.score(
                some_items(3),
                tmp_path / "run",
                cascade=CascadeSpec.load(
                    {"tiers": [tier], "rubrics": {"*": "forgetting"}}, keys=[f"OPENAI_API_KEY={server.url}"]
                ),
            )
            said = str(list(made.verdicts)) + str(list(made.evidence))
        except JudgekitError as error:
            said = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    nowhere(tmp_path, said)


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ({"base_url": f"https://user:{SECRETS[0]}@example.org/v1"}, "holds a user name or password"),
        ({"base_url": f"https://user:{SECRETS[1]}@example.org/v1"}, "holds a user name or password"),
        ({"base_url": f"https://{SECRETS[2]}@example.org/v1"}, "holds a user name or password"),
        ({"base_url": f"https://example.org/v1?api-key={SECRETS[0]}"}, "goes on behind"),
        ({"base_url": f"https://example.org/v1#{SECRETS[0]}"}, "goes on behind"),
        ({"extra_body": {"api_key": SECRETS[0]}}, "may be a key"),
        ({"extra_body": {"headers": {"Authorization": f"Bearer {SECRETS[0]}"}}}, "may be a key"),
        ({"api_key": SECRETS[0]}, "api_key"),
        ({"headers": {"Authorization": SECRETS[0]}}, "headers"),
        ({"api_key_env": SECRETS[0]}, ""),
    ],
    ids=[
        "password with a slash",
        "password",
        "name",
        "query",
        "fragment",
        "body",
        "header in body",
        "key",
        "headers",
        "key as variable",
    ],
)
def test_a_key_that_stands_in_a_cascade_is_refused_and_neither_written_nor_said(
    entry: dict[str, Any], match: str, tmp_path: Path
) -> None:
    cascade = {"tiers": [{"judge": "openai", "model": "m", **entry}], "rubrics": {"*": "forgetting"}}
    (tmp_path / "cascade.json").write_text("{}")
    with pytest.raises(ConfigError, match=match) as error:
        jk.score(some_items(1), tmp_path / "run", cascade=cascade)
    if "api_key_env" not in entry:
        nowhere(tmp_path, str(error.value))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00:ec2::254]/latest",
        "http://metadata.google.internal/computeMetadata/v1",
        "http://100.100.100.200/latest",
        "http://127.0.0.1:1/v1",
        "http://localhost:1/v1",
        "http://0.0.0.0:1/v1",
        "http://[::ffff:127.0.0.1]:1/v1",
        "http://2130706433:1/v1",
        "http://0x7f.1:1/v1",
        "https://api.openai.com.evil.example/v1",
        "https://api.openai.com@evil.example/v1",
        "https://api.openai.com:444/v1",
        "https://api.openai.com\\@evil.example/v1",
        "https://evil.example/https://api.openai.com/v1",
        "https://API.OPENAI.COM.evil.example/v1",
        "https://api.openai.com%2eevil.example/v1",
        "https://api.openai.com\t.evil.example/v1",
        "file:///etc/passwd",
        "gopher://127.0.0.1:1/x",
    ],
)
@pytest.mark.parametrize("variable", [None, "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY"])
def test_an_address_of_a_cascade_gets_no_key(url: str, variable: str | None) -> None:
    from judgekit.judges.openai.keys import NO_KEY, Keys

    try:
        assert Keys.of().key(url, variable) == NO_KEY
    except ConfigError as error:
        assert not any(secret in str(error) for secret in SECRETS)
