"""Files stream: what is held at once does not grow with the file."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from judgekit import readers

pytestmark = pytest.mark.slow

LONG = "word " * 800


def open_unlearning(count: int) -> dict:
    row = {"input": f"user\n\n{LONG}?assistant\n\n", "ground_truth": LONG, "generation": LONG}
    return {
        "forget_Q_A_Prob": {"value_by_index": {str(i): {"prob": 0.5, "avg_loss": 0.7} for i in range(count)}},
        "forget_Q_A_ROUGE": {"agg_value": 1.0, "value_by_index": {str(i): row for i in range(count)}},
    }


def tofu(count: int) -> dict:
    texts = [[f"[INST] {LONG} [/INST]", LONG, LONG] for _ in range(count)]
    return {"eval_log.json": {"avg_gt_loss": [0.5] * count, "generated_text": texts}}


def muse(count: int) -> list:
    return [{"prompt": LONG, "gt": LONG, "response": LONG}] * count


def rwku(count: int) -> dict:
    return {
        "level_1_rouge_l_r": 0.5,
        "results": [{"query": LONG, "answer": LONG, "prediction": LONG}] * count,
    }


@pytest.mark.parametrize("content", [open_unlearning, tofu, muse, rwku])
def test_a_large_file_is_never_held(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content(500), indent=0))  # 6 MB
    assert path.stat().st_size > 6e6
    readers.detect(path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in readers.read(path)) == 500
        assert tracemalloc.get_traced_memory()[1] < 2e6
    finally:
        tracemalloc.stop()
