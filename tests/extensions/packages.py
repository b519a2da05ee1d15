"""Tiny packages in a folder of their own: files, and the metadata by which Python finds their entry points."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "extending.md"

_BLOCK = re.compile(
    r"^```\w+\n(?P<first>(?:#|\{#|//) ?(?P<path>[\w./-]+)(?: #\})?)\n(?P<body>.*?)^```$", re.M | re.S
)


def example(heading: str) -> dict[str, str]:
    """Path -> text of the files that a section of the manual shows; each block names its file in its first line."""
    _, _, rest = MANUAL.read_text("utf-8").partition(f"\n## {heading}\n")
    assert rest, f"docs/extending.md has no section '{heading}'"
    return {found["path"]: found["body"] for found in _BLOCK.finditer(rest.split("\n## ")[0])}


def verdicts(folder: Path) -> list[dict[str, Any]]:
    """The verdicts of the one run that scoring left under a folder."""
    (path,) = folder.glob("*/verdicts.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@dataclass(frozen=True)
class Site:
    """A folder of installed packages, and judgekit run with it on the path."""

    folder: Path

    def install(
        self, package: str, files: Mapping[str, str], points: Mapping[str, Mapping[str, str]] = {}
    ) -> None:
        """Put a package there as pip would: its files, and metadata with its entry points.

        Parameters
        ----------
        package : str
            The distribution's name.
        files : mapping
            Path to text; a ``pyproject.toml`` says the entry points where ``points`` does not.
        points : mapping
            Group to name to ``module:object``.
        """
        if "pyproject.toml" in files:
            points = tomllib.loads(files["pyproject.toml"])["project"]["entry-points"]
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        about = self.folder / f"{package.replace('-', '_')}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        lines = [
            line
            for group, names in points.items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in names.items()))
        ]
        (about / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")

    def judgekit(self, *arguments: object, code: int = 0) -> str:
        """What the command line says, errors too; it must end with this exit code."""
        return self._run(["-m", "judgekit", *map(str, arguments)], code)

    def python(self, program: str, *arguments: object) -> str:
        """What a program prints."""
        return self._run(["-c", program, *map(str, arguments)], 0)

    def _run(self, arguments: list[str], code: int) -> str:
        path = os.pathsep.join([str(self.folder), str(ROOT)])
        done = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said, said
        return said
