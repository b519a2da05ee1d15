"""The verb bundle: what it prints, and that its file is one that verify takes."""

from __future__ import annotations

from pathlib import Path

from tests.cli.calling import judgekit
from tests.handover.files import handed_over


def test_a_bundle_is_made_and_verified(tmp_path: Path) -> None:
    certificate = handed_over(tmp_path)
    files = ("--calibration", certificate.name, "--labels", "labels.jsonl", "-o", "b.zip")
    done = judgekit("bundle", "run/evidence.jsonl", *files, cwd=certificate.parent)
    assert done.returncode == 0, done.stderr
    assert "ssh-keygen -Y sign -f KEY -n judgekit b.zip" in done.stdout
    done = judgekit("verify", "b.zip", cwd=certificate.parent)
    assert done.returncode == 0 and "files as listed in SHA256SUMS" in done.stdout
    done = judgekit("verify", "b.zip", "--labels", "labels.jsonl", cwd=certificate.parent)
    assert done.returncode == 2 and "a bundle holds its own files" in done.stderr
