"""How fast model judges ask, beside what their clients and engines could do; prints one JSON object.

    python -m benchmarks.throughput [--prompts 2000] [--rounds 5] [--offline] [--peer NAME=PYTHON …]

*server*: against a server on the loopback that answers at once (and once more after 50 ms, over 64 connections),
the whole judge, from items to evidence in the store, beside a bare ``gather`` over the same prompts rendered
beforehand: through the SDK's own ``chat.completions.create`` as one would write it, and through the raw ``post`` of
the same client that judgekit uses, its answers decoded and nothing else done. Rounds alternate and ratios are medians
over rounds, since a shared machine drifts; ``cpu_us`` is the client's processor time for a prompt. *store*:
microseconds of a durable answer, and seconds from the start of a run to the evidence of 100,000 stored asks.
*offline* (needs vLLM): see ``benchmarks/throughput_offline.py``. *peers*: other tools (``inspect``, ``alpaca``,
``deepeval``) scoring the same items through the same server, each in the environment of its ``PYTHON``, with judgekit
between them (see ``benchmarks/throughput_tools.py``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx2
import openai

from benchmarks.shared import show
from judgekit.engine import local
from judgekit.judges.annotators import Annotators, ModelJudge
from judgekit.judges.base import Ask
from judgekit.judges.openai import backend
from judgekit.judges.openai.client import http_client
from judgekit.records import Evidence, Item
from judgekit.rubrics import load_rubric
from judgekit.runs.store import Store

CONNECTIONS = 64
IDEAL_LATENCY = 0.05


def items(count: int, start: int = 0) -> list[Item]:
    """Invented outputs of a usual length, none twice."""
    return [
        Item(
            id=f"i{n}",
            question=f"Who wrote the novel that is number {n} on the list of the library in Port Elian?",
            references=(f"It was written by author number {n * 7919 % 10007}.",),
            outputs=(
                f"I believe that the author of this novel is number {n}, though I cannot be sure of that.",
            ),
        )
        for n in range(start, start + count)
    ]


class _Instant(asyncio.Protocol):
    """An HTTP server that reads a request's length and sends the same completion every time."""

    def __init__(self, latency: float) -> None:
        self.latency, self.buffer = latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            answer = COMPLETION if head.startswith(b"post") else NOTHING
            if self.latency and answer is COMPLETION:
                asyncio.get_running_loop().call_later(self.latency, self.transport.write, answer)
            else:
                self.transport.write(answer)


def _response(body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(content),
        content,
    )


_TOP = [
    {"token": t, "logprob": -0.1 - 2 * i, "bytes": [ord(t)]} for i, t in enumerate("ABCDEmMHIJKLNOPQRSTU")
]
_SAID = '{"score": 7, "reason": "It says so."}'
"""What the one answer says: labels for tools that read the first token, a score for those that want JSON."""
COMPLETION = _response(
    {
        "id": "c", "object": "chat.completion", "created": 0, "model": "tiny",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": _SAID},
                     "logprobs": {"content": [{**_TOP[0], "top_logprobs": _TOP}]}}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 1, "total_tokens": 301},
    }
)  # fmt: skip
NOTHING = _response({"object": "list", "data": []})


@contextmanager
def server(latency: float = 0.0) -> Iterator[str]:
    """The URL of an instant server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.throughput", "--serve", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.kill()


async def _serve(latency: float) -> None:
    listening = await asyncio.get_running_loop().create_server(lambda: _Instant(latency), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


def _judge(url: str, store: Store | None, **panel: Any) -> ModelJudge:
    spec = {"model": "tiny", "base_url": url, "max_concurrency": CONNECTIONS}
    return ModelJudge("small", backend(spec), Annotators.model_validate(panel), store=store)


Speed = tuple[float, float]
"""Prompts a second, and microseconds of processor time a prompt."""


class _Clock:
    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def speed(self, prompts: int) -> Speed:
        return prompts / (time.perf_counter() - self.wall), (time.process_time() - self.cpu) / prompts * 1e6


async def _whole(url: str, batch: Sequence[Item]) -> Speed:
    """The whole judge, from items to evidence in the store."""
    rubric = load_rubric("forgetting")
    with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
        judge = _judge(url, store)
        await judge.evidence(
            items(CONNECTIONS, 10**6), rubric, 1
        )  # connections, concurrency and templates warm
        clock = _Clock()
        found = await judge.evidence(batch, rubric, 1)
        speed = clock.speed(2 * len(batch))
        assert all(one.probs for one in found)
        await judge.close()
    return speed


async def _bare(url: str, asks: Sequence[Ask], how: str) -> Speed:
    """A bare gather over one client."""
    client = openai.AsyncOpenAI(
        api_key="none",
        base_url=url,
        max_retries=0,
        http_client=http_client(url, "none", CONNECTIONS, is_openai=False),
    )
    request: dict[str, Any] = {
        "model": "tiny",
        "max_tokens": 1,
        "temperature": 0,
        "logprobs": True,
        "top_logprobs": 20,
    }
    room = asyncio.Semaphore(CONNECTIONS)

    async def one(ask: Ask) -> Any:
        messages: Any = ask.prompt.messages
        async with room:
            if how == "create":
                return await client.chat.completions.create(messages=messages, **request)
            body = {**request, "messages": messages}
            return json.loads(
                (await client.post("/chat/completions", cast_to=httpx2.Response, body=body)).content
            )

    await asyncio.gather(*(one(ask) for ask in asks[:CONNECTIONS]))
    clock = _Clock()
    await asyncio.gather(*(one(ask) for ask in asks))
    speed = clock.speed(len(asks))
    await client.close()
    return speed


def against_server(prompts: int, rounds: int, latency: float) -> dict[str, Any]:
    """Rates and ratios against a server of the given latency."""
    batch, rubric = items(prompts // 2), load_rubric("forgetting")
    panel = _judge("http://unused", None).panel(rubric)
    asks = [ask for item in batch for ask in panel.asks(item, 1)]
    speeds: dict[str, list[Speed]] = {"judgekit": [], "bare_post": [], "bare_create": []}
    with server(latency) as url:
        for _ in range(rounds):
            speeds["judgekit"].append(asyncio.run(_whole(url, batch)))
            speeds["bare_post"].append(asyncio.run(_bare(url, asks, "post")))
            speeds["bare_create"].append(asyncio.run(_bare(url, asks, "create")))
    ours = [rate for rate, _ in speeds["judgekit"]]

    def ratio(others: Sequence[float]) -> float:
        return statistics.median(rate / other for rate, other in zip(ours, others, strict=True))

    result: dict[str, Any] = {
        "latency_s": latency,
        "prompts": len(asks),
        "connections": CONNECTIONS,
        "prompts_per_s": {name: statistics.median(rate for rate, _ in got) for name, got in speeds.items()},
        "cpu_us": {name: statistics.median(cpu for _, cpu in got) for name, got in speeds.items()},
        "ratio_to_bare_create": ratio([rate for rate, _ in speeds["bare_create"]]),
        "ratio_to_bare_post": ratio([rate for rate, _ in speeds["bare_post"]]),
    }
    if latency:
        ideal = CONNECTIONS / latency
        result["ideal_per_s"] = ideal
        for name in ("bare_create", "bare_post"):
            result[f"ratio_to_ideal_or_{name}"] = ratio([min(ideal, rate) for rate, _ in speeds[name]])
    return result


async def _blocks(judge: ModelJudge, batch: Sequence[Item]) -> list[Evidence]:
    """Evidence block by block, as the local engine asks for it."""
    rubric, size = load_rubric("forgetting"), local.BLOCK
    blocks = [batch[start : start + size] for start in range(0, len(batch), size)]
    return [one for block in blocks for one in await judge.evidence(block, rubric, 1)]


def of_the_store(calls: int = 100_000) -> dict[str, Any]:
    """What keeping answers costs, and how soon a run is where it was."""
    rubric, spec = load_rubric("forgetting"), {"n": 5, "k": 3}
    batch = items(calls // 10)
    row = {"logprobs": dict.fromkeys("ABCDE", -1.6), "text": "A", "model": "tiny", "prompt_tokens": 1500,
           "completion_tokens": 1, "cost": 1e-4, "seconds": 0.05, "top": [["A", -1.6]] * 20}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        with Store(folder) as store:
            panel = _judge("http://unused", None, **spec).panel(rubric)
            keys = [ask.key for item in batch for ask in panel.asks(item, 5)]
            started = time.perf_counter()
            for key in keys[: calls // 10]:
                store.put([(key, row)], "small")
            each = (time.perf_counter() - started) / (calls // 10)
            store.put(((key, row) for key in keys), "small")
        started = time.perf_counter()
        with Store(folder) as store:
            opened = time.perf_counter() - started
            store.get(keys)
            read = time.perf_counter() - started - opened
        started, before = time.perf_counter(), time.process_time()
        with Store(folder) as store:
            found = asyncio.run(_blocks(_judge("http://unused", store, **spec), batch))
            resumed, cpu = time.perf_counter() - started, time.process_time() - before
        assert len(found) == len(batch) and all(one.asks == 10 and one.probs for one in found)
    return {
        "calls": len(keys),
        "put_us": each * 1e6,
        "open_s": opened,
        "read_all_s": read,
        "resume_s": resumed,
        "resume_cpu_s": cpu,
    }


def beside_peers(pythons: Mapping[str, str], count: int) -> dict[str, Any]:
    """Other tools and judgekit scoring the same items through the same server, in turns."""
    batch = items(count)
    panel = _judge("http://unused", None).panel(load_rubric("forgetting"))
    rows = [
        {
            "question": item.question,
            "reference": item.references[0],
            "output": item.outputs[0],
            "chats": [[dict(turn) for turn in ask.prompt.messages] for ask in panel.asks(item, 1)],
        }
        for item in batch
    ]
    result: dict[str, Any] = {"items": count}
    with server() as url, tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:
        json.dump(rows, file)
        file.flush()
        for name, python in pythons.items():
            command = [python, "-m", "benchmarks.throughput_tools", name, url, file.name, str(CONNECTIONS)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            ours, _ = asyncio.run(_whole(url, batch))
            theirs = json.loads(done.stdout.splitlines()[-1])
            times = ours / theirs["requests_per_s"]
            result[name] = {**theirs, "judgekit_requests_per_s": ours, "judgekit_times_faster": times}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help="another tool, and a Python that has it",
    )
    parser.add_argument("--peer-items", type=int, default=300)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        asyncio.run(_serve(options.serve))
    result: dict[str, Any] = {
        "store": of_the_store(),  # first, since a resumed run is a fresh process
        "server": against_server(options.prompts, options.rounds, 0.0),
        "server_50_ms": against_server(options.prompts, options.rounds, IDEAL_LATENCY),
    }
    if options.offline:
        from benchmarks.throughput_offline import throughput

        result["offline"] = throughput()
    if options.peer:
        result["peers"] = beside_peers(dict(peer.split("=") for peer in options.peer), options.peer_items)
    show(result)


if __name__ == "__main__":
    main()
