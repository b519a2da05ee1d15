"""Small inputs that stand for immense ones: seconds and memory until judgekit has read or refused each.

    python benchmarks/bombs.py

Each is read in a process of its own, which begins where everything is imported. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from judgekit.judges.openai.endpoint import Endpoint
from judgekit.judges.openai.throttle import Throttle
from judgekit.readers import read
from judgekit.validation import validate

PATIENCE = 120
"""Seconds until one counts as without end."""

OPENAI = "tiers:\n- judge: openai\n  model: m\n  base_url: http://127.0.0.1:9/v1\n"
ROW = b'{"id": "0", "question": "q", "output": "o"}\n'
ROWS = {"value_by_index": {"0": {"input": "user\n\nq?assistant\n\n", "ground_truth": "a", "generation": "b"}}}


def _faults(path: Path) -> str:
    (found,) = validate(path)
    return str(found.faults[0]) if found.faults else f"sound: {found.holds[0]}"


def _cascade(folder: Path, more: str) -> str:
    path = folder / "cascade.yaml"
    path.write_text(OPENAI + more)
    return _faults(path)


def _template(folder: Path, text: str) -> str:
    (folder / "rubric.yaml").write_text("name: x\nlabels: [{name: a, meaning: m}, {name: b, meaning: m}]\n")
    blocks = f"{{% block instruction %}}{text}{{% endblock %}}{{% block item %}}{{% endblock %}}"
    (folder / "template.j2").write_text(blocks)
    return _faults(folder)


def _log(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return f"sound: {len(list(read(path)))} items"


@cache
def _packed() -> bytes:
    """A list of 133 million empty lists, as gzip."""
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    many = b"[]," * 1_000_000
    parts = (b"[", *[many] * 133, b"[]]")
    return b"".join([*map(pack.compress, parts), pack.flush()])


def _answer(folder: Path, body: bytes) -> str:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    async def ask(port: int) -> None:
        endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", "none", timeout=PATIENCE, throttle=Throttle(1))
        try:
            await endpoint.send("POST", "/chat/completions", {})
        finally:
            await endpoint.close()

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asyncio.run(ask(server.server_port))
    return f"sound: {len(body) >> 10} KB"


def _repeated() -> str:
    lines = (f"    a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    return "  extra_body:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(lines)


MANY = b'{"a":1},' * 6_250_000
BOMBS: dict[str, Callable[[Path], str]] = {
    "YAML of 700 bytes that stands for 10^12 values": lambda at: _cascade(at, _repeated()),
    "YAML that refers to itself": lambda at: _cascade(at, "  extra_body: &a {b: *a}\n"),
    "a date in YAML": lambda at: _cascade(at, "  extra_body: {b: 2024-01-01}\n"),
    "100,000,000 annotators": lambda at: _cascade(at, "  annotators: {n: 100000000, k: 1}\n"),
    "a template that divides by zero": lambda at: _template(at, "{{1/0}}"),
    "a template that includes": lambda at: _template(at, "{% include 'x' %}"),
    "a template of 9**9**9": lambda at: _template(at, "{{ 9**9**9 }}"),
    "a line of 50 MB, one text": lambda at: _log(
        at / "x.jsonl", ROW + b'{"id": "1", "question": "q", "output": "' + b"word " * 10_000_000 + b'"}\n'
    ),
    "a line of 50 MB, six million values": lambda at: _log(
        at / "x.jsonl", ROW + ROW.replace(b"0", b"1")[:-2] + b', "recorded": {"x": [' + MANY + b"1]}}\n"
    ),
    "a JSON value of 50 MB, six million values": lambda at: _log(
        at / "x.json", b'[{"question": "q", "output": "o", "x": [' + MANY + b"1]}]"
    ),
    "a metric that is null": lambda at: _log(
        at / "TOFU_EVAL.json", json.dumps({"retain_Q_A_ROUGE": ROWS, "forget_Q_A_ROUGE": None}).encode()
    ),
    "a metric that stands twice": lambda at: _log(
        at / "TOFU_EVAL.json",
        json.dumps({"forget_Q_A_ROUGE": ROWS, "forget_Q_A_TWICE": ROWS}).replace("TWICE", "ROUGE").encode(),
    ),
    "an answer of 389 KB, 400 MB once decompressed": lambda at: _answer(at, _packed()),
}


def one(name: str) -> dict[str, Any]:
    """What comes of one bomb, in this process."""
    import jinja2
    import openai
    import yaml

    assert jinja2 and openai and yaml and _packed()  # made before anything is measured
    with tempfile.TemporaryDirectory() as folder:
        before, started = _peak(), time.perf_counter()
        try:
            said = BOMBS[name](Path(folder))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        seconds = time.perf_counter() - started
        return {"seconds": round(seconds, 2), "MB": _peak() - before, "said": said.replace(folder, "")[:160]}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """Every bomb in a process of its own."""
    if len(sys.argv) > 1:
        print(json.dumps(one(sys.argv[1])))
        return
    found: dict[str, Any] = {}
    for name in BOMBS:
        try:
            done = subprocess.run(
                [sys.executable, __file__, name],
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            found[name] = json.loads(done.stdout) if done.stdout else {"died": done.stderr[-300:]}
        except subprocess.TimeoutExpired:
            found[name] = {"seconds": f"over {PATIENCE}"}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
