"""Nothing is sent that nobody asked for: importing, scoring and reporting name no address and import no tracker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CODE = """
import sys

asked = []
sys.addaudithook(lambda event, args: asked.append((event, str(args))) if event in ("socket.connect", "socket.getaddrinfo") else None)

import judgekit as jk

scored = jk.score("outputs.jsonl", "run")
jk.judge([{"question": "Where?", "output": "Ghent.", "reference": "Ghent", "split": "forget"}])
jk.summarize("run")
jk.export("run", "run.parquet")
jk.export("run", "data")
assert scored.verdicts.to_dataset().num_rows == 1
assert not {"mlflow", "wandb", "inspect_ai"} & sys.modules.keys()
assert not asked, asked
print("silent")
"""


def test_no_address_is_asked_for(tmp_path: Path) -> None:
    row = {"id": "1", "question": "Where?", "reference": "Ghent", "output": "In Ghent.", "split": "forget"}
    (tmp_path / "outputs.jsonl").write_text(json.dumps(row) + "\n")
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "silent\n", done.stderr
