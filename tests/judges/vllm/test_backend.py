"""What a cascade file may have a vLLM engine do by itself: nothing that loads code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from judgekit.errors import ConfigError
from judgekit.judges.vllm.backend import check_engine

CODE: Mapping[str, Any] = {
    "trust_remote_code": True,
    "worker_cls": "os.system",
    "worker_extension_cls": "antigravity:x",
    "logits_processors": ["antigravity:x"],
    "reasoning_parser_plugin": "/tmp/plugin.py",
    "distributed_executor_backend": "antigravity.X",
    "compilation_config": {"backend": "antigravity.x"},
    "hf_overrides": {"auto_map": {"AutoModel": "evil--x"}},
    "quantization": {"custom": "antigravity"},
    "some_argument_of_a_later_version": 1,
}


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUDGEKIT_CODE", raising=False)


@pytest.mark.parametrize("name", CODE)
def test_an_argument_that_may_load_code_needs_the_users_word(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"model": "m", "engine": {name: CODE[name]}}
    with pytest.raises(ConfigError, match=f"vllm:{name} is not run, since only a cascade file says so"):
        check_engine(spec, trusted=False)
    check_engine(spec, trusted=True)
    monkeypatch.setenv("JUDGEKIT_CODE", f"other:thing, vllm:{name}")
    check_engine(spec, trusted=False)


def test_arguments_of_size_and_speed_need_none() -> None:
    harmless = {"tensor_parallel_size": 2, "quantization": "fp8", "enforce_eager": True, "revision": None}
    check_engine({"model": "m", "engine": harmless}, trusted=False)
