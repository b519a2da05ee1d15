"""What is not installed is said in one helpful line."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

import judgekit as jk
from judgekit.errors import MissingExtra


@pytest.mark.parametrize(
    ("entry", "package", "extra"),
    [
        ({"judge": "inspect", "scorer": "match"}, "inspect_ai", "inspect"),
        ({"judge": "mlflow", "scorer": "Correctness"}, "mlflow", "mlflow"),
        ({"judge": "classifier", "model": "tiny"}, "torch", "semantic"),
    ],
)
def test_one_line_says_which_extra(
    entry: dict[str, Any], package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ImportError(f"No module named '{name}'")
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    item = jk.Item(id="1", question="?", references=("a",), outputs=("a",))
    with pytest.raises(MissingExtra, match=rf"needs the extra '{extra}': pip install") as told:
        jk.judge([item], cascade={"tiers": [entry]}, rubric="qa")
    assert "\n" not in str(told.value)
