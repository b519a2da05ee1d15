"""Searches every target, one after another, and prints one JSON object: ``make fuzz``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS


def main() -> None:
    """Share cases and seconds among the targets; each is searched in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="in all")
    parser.add_argument("--seconds", type=int, default=3_600, help="in all")
    parser.add_argument(
        "--keep", type=Path, default=Path("fuzz-found"), help="where files that break a reader go"
    )
    given = parser.parse_args()
    found = []
    for name in TARGETS:
        shares = [f"--{what}={getattr(given, what) // len(TARGETS)}" for what in ("cases", "seconds")]
        command = [sys.executable, "-m", "tests.fuzz.guided", name, *shares, f"--keep={given.keep}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = done.stdout.splitlines()[-1:] if done.returncode == 0 else []
        found.append(json.loads(told[0]) if told else {"target": name, "died": done.stderr[-2000:]})
    sound = [one for one in found if "died" not in one]
    total = {
        "cases": sum(one["cases"] for one in sound),
        "undocumented": sum(one["undocumented"] for one in sound),
        "died": len(found) - len(sound),
        "slowest case, seconds": max((one["slowest case, seconds"] for one in sound), default=None),
        "peak memory, MB": max((one["peak memory, MB"] for one in sound), default=None),
        "targets": found,
    }
    print(json.dumps(total, indent=1))


if __name__ == "__main__":
    main()
