"""Distributions built, and environments in which they are installed as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_CLEAN = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def build(kind: str, source: Path, out: Path) -> Path:
    """The wheel (``wheel``) or source distribution (``sdist``) of a source tree."""
    command = [sys.executable, "-m", "build", f"--{kind}", "--outdir", out, source]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


def python_of(version: str) -> Path | None:
    """An interpreter of this version that starts, on the path or among pyenv's; None where there is none."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return Path(sys.executable)
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *sorted(kept.glob(f"{version}.*/bin/python"))]
    for one in filter(None, found):
        done = subprocess.run([one, "-c", "import venv, ssl, sqlite3"], capture_output=True)
        if done.returncode == 0:
            return Path(one)
    return None


class Environment:
    """A virtual environment of its own, whose commands see nothing of this one.

    Parameters
    ----------
    folder : Path
        Where it is made.
    python : Path
        The interpreter that it is of.
    base : Environment, optional
        One whose packages it sees too, so that only what is missing there is installed.
    """

    def __init__(
        self, folder: Path, python: Path = Path(sys.executable), base: Environment | None = None
    ) -> None:
        self.folder = folder
        subprocess.run([python, "-m", "venv", folder], check=True, capture_output=True, env=_CLEAN)
        if base is not None:
            (self.site / "base.pth").write_text(f"{base.site}\n")

    @property
    def site(self) -> Path:
        """Where its packages are."""
        return next((self.folder / "lib").glob("python*/site-packages"))

    def install(self, *what: str | Path) -> None:
        """What ``pip install`` is given."""
        done = self.run("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)
        assert done.returncode == 0, done.stderr

    def run(self, *command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """One of its programs, with its arguments, in a folder outside the checkout."""
        program = self.folder / "bin" / command[0]
        arguments: Sequence[str | Path] = command[1:]
        return subprocess.run(
            [program, *arguments], cwd=cwd or self.folder, capture_output=True, text=True, env=_CLEAN
        )
