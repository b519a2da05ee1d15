"""Runs as earlier versions left them, for tests that change what is in one."""

from __future__ import annotations

import json
from pathlib import Path

from judgekit.runs.folder import ABOUT


def without_digests(run: Path) -> Path:
    """The same run, of which ``run.json`` does not say what its files hold."""
    about = json.loads((run / ABOUT).read_text("utf-8"))
    about.pop("files", None)
    (run / ABOUT).write_text(json.dumps(about), "utf-8")
    return run
