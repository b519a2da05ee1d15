"""One real engine for all tests of this folder; they are skipped where vLLM is not installed (``make test-engine``)."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

# What makes vLLM's CPU build quick and frugal on a small, shared machine; read when vllm is imported.
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "TORCHDYNAMO_DISABLE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_NO_USAGE_STATS": "1",
}
TINY_JUDGE = Path(__file__).with_name("tiny-judge")
# The CPU build's default of 128 tokens a block leaves up to 127 shared tokens of every prompt to compute again.
SPEC = {
    "model": str(TINY_JUDGE),
    "dtype": "float32",
    "max_model_len": 4096,
    "engine": {"enforce_eager": True, "disable_log_stats": True, "block_size": 32},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("vllm") and find_spec("vllm") is None:
            item.add_marker(
                pytest.mark.skip(reason="vLLM is not installed here (make test-engine installs it)")
            )


@pytest.fixture(scope="session")
def backend() -> Iterator[object]:
    """The judge's own backend over the tiny model; its engine lives as long as the tests."""
    os.environ.update(ENVIRONMENT)
    from judgekit.judges.vllm.backend import backend

    made = backend(SPEC)
    asyncio.run(made.engine())
    yield made
    asyncio.run(made.close())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a ``vllm serve`` process over the tiny model, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"--served-model-name tiny --host 127.0.0.1 --port {port} --dtype float32 --max-model-len 4096"
    flags = "--enforce-eager --enable-prompt-tokens-details"
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("vllm"), "serve", TINY_JUDGE, *options.split(), *flags.split()],
            env={**os.environ, **ENVIRONMENT},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(240):
            if process.poll() is not None:
                pytest.fail(f"vllm serve ended:\n{log.read_text()[-3000:]}")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail(f"vllm serve is not ready after two minutes:\n{log.read_text()[-3000:]}")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)
