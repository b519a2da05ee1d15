"""Where the recorded data of the benchmarks lies, and how they print: one JSON object each."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEFAULT = Path(os.environ.get("JUDGEKIT_SHARED") or HERE.parent.parent / "shared")


def data_folder(about: str | None) -> Path:
    """The folder ``data`` of ``--shared`` (or ``$JUDGEKIT_SHARED``); ends the program where it is absent."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=DEFAULT, help="folder that holds data/ (default: %(default)s)"
    )
    folder: Path = parser.parse_args().shared / "data"
    if not folder.is_dir():
        parser.exit(2, f"{folder} is not here: give the folder that holds data/ with --shared\n")
    return folder


def rounded(value: Any) -> Any:
    """The same object with its numbers at four decimals."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def show(result: dict[str, Any]) -> None:
    """Print the result as one JSON object."""
    print(json.dumps(rounded(result), indent=1))
