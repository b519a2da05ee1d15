"""A real local HTTP server that speaks the chat completions dialect, and misbehaves on request.

Answers are a function of the prompt alone (:func:`opinion`), so a test can tell a verdict that was read from one
that was made up. ``ChatServer`` runs in a thread of its own; ``python -m tests.judges.server`` runs one alone.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

Messages = Sequence[Mapping[str, str]]
Fault = Callable[[web.Request, dict[str, Any]], Any]
"""Given a request and its body: None to answer properly, or what to do instead (a response, or a coroutine of one)."""


def prompt_hash(messages: Messages) -> str:
    return hashlib.sha256(json.dumps([[m["role"], m["content"]] for m in messages]).encode()).hexdigest()


def opinion(messages: Messages, letters: str = "ABCDE", outside: float = 0.05) -> dict[str, float]:
    """The server's probability of every token after a prompt: letters by a hash of the prompt, the rest outside."""
    seed = bytes.fromhex(prompt_hash(messages))
    weights = [math.exp(seed[i] / 32) for i in range(len(letters))]
    total = sum(weights) / (1 - outside)
    probs = {letter: weight / total for letter, weight in zip(letters, weights, strict=True)}
    return {**probs, "The": outside * 0.75, "\n": outside * 0.25}


def refusal(status: int, message: str, **headers: str) -> web.Response:
    return web.json_response(
        {"error": {"message": message, "type": "x", "code": status}}, status=status, headers=headers
    )


class ChatServer:
    """Serves on a free port of the loopback.

    Attributes
    ----------
    fault : consulted for every chat request.
    calls : prompt hash -> how often it was answered in full (and so would have been paid).
    seen : bodies of the chat requests in order of arrival; concurrent : the most that were under way at once.
    """

    def __init__(
        self,
        fault: Fault | None = None,
        *,
        latency: float = 0.0,
        vllm: bool = False,
        batch: bool = False,
        port: int = 0,
        keep: bool = True,
        slots: int | None = None,
    ) -> None:
        self.fault, self.latency, self.vllm, self.batch, self.keep, self.slots = (
            fault,
            latency,
            vllm,
            batch,
            keep,
            slots,
        )
        self.port = port
        self.calls: Counter[str] = Counter()
        self.seen: list[dict[str, Any]] = []
        self.concurrent = self._now = 0
        self.opinion = opinion
        self.files: dict[str, str] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.lose_submission = False
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def under_way(self) -> int:
        """Chat requests that have come and are not answered."""
        return self._now

    def __enter__(self) -> ChatServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> ChatServer:
        ready = threading.Event()

        def serve() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self._start())
            ready.set()
            self._loop.run_forever()
            self._loop.run_until_complete(self._runner.cleanup())
            self._loop.close()

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._thread = None
            self._loop = asyncio.new_event_loop()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=256 << 20)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/calls", self._calls)
        if self.vllm:
            app.router.add_get("/version", self._version)
            app.router.add_post("/tokenize", self._tokenize)
        if self.batch:
            app.router.add_post("/v1/chat/completions/batch", self._chat_batch)
        app.router.add_post("/v1/files", self._upload)
        app.router.add_get("/v1/files/{id}/content", self._download)
        app.router.add_post("/v1/batches", self._submit)
        app.router.add_get("/v1/batches", self._list)
        app.router.add_get("/v1/batches/{id}", self._batch)
        return app

    async def _start(self) -> None:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def _models(self, _: web.Request) -> web.Response:
        entry: dict[str, Any] = {"id": "tiny", "object": "model", "owned_by": "vllm" if self.vllm else "test"}
        if self.vllm:
            entry["max_model_len"] = 4096
        return web.json_response({"object": "list", "data": [entry]})

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.32.0"})

    async def _calls(self, _: web.Request) -> web.Response:
        return web.json_response(dict(self.calls))

    async def _tokenize(self, request: web.Request) -> web.Response:
        """Bytes as tokens, a mark before and behind every turn: enough of a tokenizer to find label tokens."""
        body = await request.json()
        tokens: list[int] = []
        for index, message in enumerate(body["messages"]):
            last = index == len(body["messages"]) - 1
            tokens += [1000, *message["content"].encode()]
            if not (last and body.get("continue_final_message")):
                tokens.append(1001)
        if body.get("add_generation_prompt", True):
            tokens.append(1000)
        return web.json_response({"count": len(tokens), "max_model_len": 4096, "tokens": tokens})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if self.keep:
            self.seen.append(body)
        self._now += 1
        self.concurrent = max(self.concurrent, self._now)
        try:
            if self.fault is not None:
                other = self.fault(request, body)
                if asyncio.iscoroutine(other):
                    other = await other
                if other is not None:
                    return other
            if self.latency:
                await asyncio.sleep(self.latency)
            self.calls[prompt_hash(body["messages"])] += 1
            return web.json_response(self.completion(body))
        finally:
            self._now -= 1

    async def _chat_batch(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if not body["messages"]:
            return refusal(400, "messages: list should have at least 1 item")
        if self.keep:
            self.seen.append(body)
        if self.fault is not None:
            for messages in body["messages"]:
                other = self.fault(request, {**body, "messages": messages})
                if asyncio.iscoroutine(other):
                    other = await other
                if other is not None:
                    return other
        if self.latency:
            await asyncio.sleep(self.latency)
        parts = [self.completion({**body, "messages": messages}) for messages in body["messages"]]
        for messages in body["messages"]:
            self.calls[prompt_hash(messages)] += 1
        choices = [{**part["choices"][0], "index": i} for i, part in enumerate(parts)]
        usage = {
            name: sum(part["usage"][name] for part in parts)
            for name in ("prompt_tokens", "completion_tokens")
        }
        return web.json_response({**parts[0], "choices": choices, "usage": usage})

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        probs = self.opinion(body["messages"])
        ranked = sorted(probs.items(), key=lambda pair: -pair[1])
        wanted = body.get("logprob_token_ids") if self.vllm else None
        if wanted:
            chosen = [(t, p) for t, p in ranked if any(t == chr(i) for i in wanted) or t == ranked[0][0]]
        else:
            chosen = ranked[: body.get("top_logprobs", 0)]
        top = [{"token": token, "logprob": math.log(p), "bytes": None} for token, p in chosen]
        choices = []
        for index in range(body.get("n", 1)):
            said = (
                ranked[0][0]
                if body.get("temperature", 0) == 0
                else self._draw(body["messages"], index, probs)
            )
            choice: dict[str, Any] = {
                "index": index,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": said},
            }
            if body.get("logprobs"):
                entry = {"token": said, "logprob": math.log(probs[said]), "bytes": None, "top_logprobs": top}
                choice["logprobs"] = {"content": [entry]}
            choices.append(choice)
        size = sum(len(m["content"]) for m in body["messages"]) // 4
        usage = {
            "prompt_tokens": size,
            "completion_tokens": len(choices),
            "total_tokens": size + len(choices),
        }
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": choices,
            "usage": usage,
        }

    @staticmethod
    def _draw(messages: Messages, index: int, probs: Mapping[str, float]) -> str:
        point = int(hashlib.sha256(f"{prompt_hash(messages)}{index}".encode()).hexdigest()[:8], 16) / 2**32
        for token, p in probs.items():
            point -= p
            if point < 0:
                return token
        return "The"

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        name = f"file-{len(self.files)}"
        self.files[name] = form["file"].file.read().decode()  # type: ignore[union-attr]
        return web.json_response(
            {
                "id": name,
                "object": "file",
                "bytes": 1,
                "created_at": 0,
                "filename": "x",
                "purpose": "batch",
                "status": "processed",
            }
        )

    async def _download(self, request: web.Request) -> web.Response:
        return web.Response(text=self.files[request.match_info["id"]])

    async def _submit(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = f"batch-{len(self.batches)}"
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": body["endpoint"],
            "created_at": 0,
            "completion_window": "24h",
            "input_file_id": body["input_file_id"],
            "status": "in_progress",
        }
        self.batches[name]["metadata"] = body.get("metadata")
        if self.lose_submission:
            self.lose_submission = False
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(self.batches[name])

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": list(self.batches.values()), "has_more": False})

    async def _batch(self, request: web.Request) -> web.Response:
        return web.json_response(self.batches[request.match_info["id"]])

    def finish_batches(self, drop: int = 0) -> None:
        """Answer all submitted batches but the last ``drop`` lines of each, which expire into the error file."""
        for batch in self.batches.values():
            if batch["status"] != "in_progress":
                continue
            lines = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]
            out = []
            for line in reversed(lines[: len(lines) - drop]):  # results come in any order
                self.calls[prompt_hash(line["body"]["messages"])] += 1
                response = {"status_code": 200, "request_id": "r", "body": self.completion(line["body"])}
                out.append(
                    json.dumps(
                        {"id": "y", "custom_id": line["custom_id"], "response": response, "error": None}
                    )
                )
            batch.update(status="expired" if drop else "completed")
            batch["output_file_id"] = f"file-{len(self.files)}"
            self.files[batch["output_file_id"]] = "\n".join(out)
            if drop:
                late = {
                    "code": "batch_expired",
                    "message": "This request could not be executed before the completion window expired.",
                }
                lost = [
                    {"id": "z", "custom_id": line["custom_id"], "response": None, "error": late}
                    for line in lines[-drop:]
                ]
                batch["error_file_id"] = f"file-{len(self.files)}"
                self.files[batch["error_file_id"]] = "\n".join(map(json.dumps, lost))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--vllm", action="store_true")
    parser.add_argument("--batch", action="store_true")
    options = parser.parse_args()
    server = ChatServer(
        port=options.port, latency=options.latency, vllm=options.vllm, batch=options.batch, keep=False
    )

    async def serve() -> None:
        await server._start()
        print(server.port, flush=True)
        await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
