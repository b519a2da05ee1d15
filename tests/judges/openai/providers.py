"""Stand-ins for two providers' OpenAI-compatible addresses: they refuse and ignore what the providers say they do.

Sources: platform.claude.com/docs (OpenAI SDK compatibility), ai.google.dev/api/compatibility, and what users report of
both. They are no recordings: where a provider changes its mind, these do not notice.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.judges.server import ChatServer, refusal


class Anthropic(ChatServer):
    """``api.anthropic.com/v1``: one sample a request, no log-probabilities, models are not listed to a bearer's key.

    Parameters
    ----------
    takes_temperature : bool
        False for models that refuse it (from Opus 4.7 on).
    """

    def __init__(self, *, takes_temperature: bool = True) -> None:
        super().__init__(self._refuse)
        self.takes_temperature = takes_temperature

    async def _models(self, _: web.Request) -> web.Response:
        return refusal(401, "x-api-key header is required")

    def _refuse(self, _: web.Request, body: dict[str, Any]) -> web.Response | None:
        if body.get("n", 1) != 1:
            return refusal(400, "n: must be exactly 1")
        if "temperature" in body and not self.takes_temperature:
            return refusal(400, "`temperature` is deprecated for this model.")
        return None

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        ignored = {name: value for name, value in body.items() if not name.endswith("logprobs")}
        answer = super().completion(ignored)
        if body.get("temperature", 1) != 0:  # another draw with every request
            drawn = self._draw(body["messages"], len(self.seen), self.opinion(body["messages"]))
            answer["choices"][0]["message"]["content"] = drawn
        return answer


class Gemini(ChatServer):
    """``generativelanguage.googleapis.com/v1beta/openai``: at most eight samples a request, no log-probabilities.

    A model that thinks spends its tokens on that first, and has none left for an answer of one token.
    """

    THOUGHT = 100

    def __init__(self) -> None:
        super().__init__(self._refuse)

    def _refuse(self, _: web.Request, body: dict[str, Any]) -> web.Response | None:
        if body.get("logprobs"):
            return refusal(400, "Logprobs is not enabled for models/tiny")
        if body.get("n", 1) > 8:
            return refusal(400, "candidateCount must be at most 8")
        return None

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = super().completion(body)
        limit = body.get("max_tokens") or body.get("max_completion_tokens", 1 << 20)
        if body.get("reasoning_effort") != "none" and limit <= self.THOUGHT:
            for choice in answer["choices"]:
                choice["message"] = {"role": "assistant"}
                choice["finish_reason"] = "length"
        return answer
