"""One vLLM engine in this process, behind the one thread that may use it.

``vllm.LLM`` is not safe to use from several threads, and one prompt it refuses fails the whole call. So all calls
run on one worker thread, and every prompt is counted before it is handed over. Judges of the same model share the
engine. Prompts are grouped by what they share in front, which the prefix cache then serves.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, TypeVar

from judgekit.errors import ConfigError, MissingExtra
from judgekit.judges.base import Answer, Ask
from judgekit.judges.reading.verdicts import MIN_MASS
from judgekit.judges.vllm.chat_tokens import ChatTokens

TOP = 20
"""Log-probabilities asked for where an engine cannot be asked for those of given tokens (vLLM's own limit)."""

FIXED = {"enable_prefix_caching": True, "logprobs_mode": "raw_logprobs", "seed": 0}
"""Arguments of every engine: what is shared is computed once, and log-probabilities are those before any mask."""

Letters = Mapping[str, tuple[int, ...]]
T = TypeVar("T")


@dataclass(frozen=True)
class Ready:
    """A prompt as the engine takes it, and the tokens of its option letters; or why it cannot be asked."""

    ids: Sequence[int] = ()
    letters: Letters | None = None
    error: str | None = None


class Engine:
    """A ``vllm.LLM`` with its tokenizer; see the module's text. Get one by :meth:`shared`."""

    _running: ClassVar[dict[str, Engine]] = {}

    def __init__(self, key: str, arguments: Mapping[str, Any], model: str) -> None:
        self.model = model
        self._key, self._users = key, 0
        self._worker = ThreadPoolExecutor(1, "vllm")
        self._tokenizing = ThreadPoolExecutor(1, "vllm-tokenizing")
        self._loaded: Future[None] = self._worker.submit(self._load, dict(arguments))
        self.chat: ChatTokens
        self.exact: bool
        """Whether the engine reports the log-probabilities of given tokens (otherwise: of the top ones)."""

    @classmethod
    async def shared(cls, arguments: Mapping[str, Any], model: str) -> Engine:
        """The engine of this process with these arguments of ``vllm.LLM``, started if need be.

        ``model`` is the name that answers carry.

        Raises
        ------
        MissingExtra
            vLLM is not installed.
        ConfigError
            It cannot start here, or the model cannot be used as a judge.
        """
        key = repr(sorted(arguments.items()))
        engine = cls._running.get(key)
        if engine is None:
            engine = cls._running[key] = cls(key, arguments, model)
        engine._users += 1
        try:
            await asyncio.wrap_future(engine._loaded)
        except BaseException:
            await engine.release()
            raise
        return engine

    async def prepare(self, asks: Sequence[Ask]) -> list[Ready]:
        """Tokenize prompts and count their tokens, on a thread of its own."""
        return await asyncio.wrap_future(self._tokenizing.submit(self._prepare, asks))

    def generate(self, prompts: Sequence[Ready]) -> asyncio.Future[list[Answer]]:
        """Start answering all prompts in one call of the engine; answers come in the order of the prompts."""
        return asyncio.wrap_future(self._worker.submit(self._generate, prompts))

    def sampling(self, letters: Letters | None) -> Any:
        """The ``SamplingParams`` of a verdict: one token, and the log-probabilities of all that answer."""
        tokens = sorted({token for ids in (letters or {}).values() for token in ids})
        exact, top = {"logprob_token_ids": tokens}, {"logprobs": TOP, "allowed_token_ids": tokens}
        return self._params(temperature=0, max_tokens=1, detokenize=False, **(exact if self.exact else top))

    async def call(self, function: Callable[[], T]) -> T:
        """Run a function on the engine's thread."""
        return await asyncio.wrap_future(self._worker.submit(function))

    async def release(self) -> None:
        """Say that one user is done; after the last one the engine ends and frees its memory."""
        self._users -= 1
        if self._users <= 0:
            self._running.pop(self._key, None)
            await self.call(self._end)
            self._worker.shutdown(wait=False)
            self._tokenizing.shutdown(wait=False)

    def _load(self, arguments: dict[str, Any]) -> None:
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
        try:
            from vllm import LLM, SamplingParams
        except ModuleNotFoundError as error:
            raise MissingExtra("the vllm judge", "vllm", error if error.name != "vllm" else None) from None
        except Exception as error:  # a build for other hardware fails in many ways
            raise ConfigError(f"vLLM is installed but cannot be imported: {error}") from None
        try:
            self.llm: Any = LLM(**{**FIXED, **arguments})
        except Exception as error:
            raise ConfigError(_why_no_start(self.model, error)) from error
        self._params = SamplingParams
        self.exact = "logprob_token_ids" in getattr(SamplingParams, "__struct_fields__", ())
        self.chat = ChatTokens(self.llm.get_tokenizer(), self.model)
        self.max_tokens = int(self.llm.llm_engine.model_config.max_model_len)
        self._spelled: dict[int, str] = {}

    def _prepare(self, asks: Sequence[Ask]) -> list[Ready]:
        ready = []
        for ask in asks:
            ids, letters = self.chat.token_ids(ask.prompt)
            if len(ids) < self.max_tokens:
                ready.append(Ready(ids, letters))
            else:
                most = f"the model takes {self.max_tokens} with the answer"
                ready.append(Ready(error=f"the prompt has {len(ids)} tokens; {most}"))
        return ready

    def _generate(self, prompts: Sequence[Ready]) -> list[Answer]:
        answers = [Answer(error=prompt.error, model=self.model) for prompt in prompts]
        groups: dict[int, list[int]] = {}
        for i, prompt in enumerate(prompts):
            if prompt.error is None:
                groups.setdefault(id(prompt.letters), []).append(i)  # one frame, one mapping of letters
        order = [i for group in groups.values() for i in group]
        if not order:
            return answers
        begin = perf_counter()
        try:
            outputs = self.llm.generate(
                [{"prompt_token_ids": prompts[i].ids} for i in order],
                [self.sampling(prompts[i].letters) for i in order],
                use_tqdm=False,
            )
        except Exception as error:
            raise ConfigError(
                f"vLLM stopped: {type(error).__name__}: {error}. What was answered is kept; the same command resumes"
            ) from error
        each = (perf_counter() - begin) / len(order)
        for i, output in zip(order, outputs, strict=True):
            answers[i] = self._read(output, prompts[i].letters or {}, each)
        return answers

    def _read(self, output: Any, letters: Letters, seconds: float) -> Answer:
        """The answer in one ``RequestOutput``: exact log-probabilities of the letters, whatever was sampled."""
        said = output.outputs[0].token_ids[0]
        reported = {token: entry.logprob for token, entry in output.outputs[0].logprobs[0].items()}
        logprobs = {
            letter: min(0.0, _logsumexp([reported[token] for token in ids if token in reported]))
            for letter, ids in letters.items()
            if any(token in reported for token in ids)
        }
        mass = math.fsum(math.exp(value) for value in logprobs.values())
        text, error = self._spell(said), None
        if mass <= 0 or (mass < MIN_MASS and not any(said in ids for ids in letters.values())):
            logprobs, error = {}, f"said {text!r}, no option letter (these have mass {mass:.2g})"
        return Answer(
            logprobs=logprobs,
            floor=min(reported.values()) if 0 < len(logprobs) < len(letters) else None,
            text=text,
            top=tuple((self._spell(token), value) for token, value in reported.items()),
            error=error,
            model=self.model,
            prompt_tokens=len(output.prompt_token_ids),
            cached_tokens=output.num_cached_tokens,
            completion_tokens=1,
            seconds=seconds,
        )

    def _spell(self, token: int) -> str:
        if token not in self._spelled:
            self._spelled[token] = self.chat.tokenizer.decode([token])
        return self._spelled[token]

    def _end(self) -> None:
        engine = getattr(self, "llm", None)
        if engine is not None:
            engine.llm_engine.engine_core.shutdown()
            del self.llm


def _why_no_start(model: str, error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if "Device string must not be empty" in text or "Failed to infer device type" in text:
        return (
            "vLLM finds no device it was built for: this is its CUDA build and no GPU is visible. "
            "Install vLLM's CPU build, or ask a server (judge: openai)"
        )
    return f"vLLM cannot start '{model}': {text[:300]}"


def _logsumexp(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(math.fsum(math.exp(value - top) for value in values)) if math.isfinite(top) else top
