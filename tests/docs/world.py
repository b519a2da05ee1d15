"""What the pages of the manual are about: logs, runs, labels and a cascade, made from the invented demo."""

from __future__ import annotations

import csv
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from typing import Any

from tests.cli.calling import judgekit

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "calibration" / "demo"
MODELS = ("original", "unlearned", "collapsed")
CASCADE = 'rubrics: {forget: forgetting, "*": utility}\ntiers: [{judge: lexical}]\n'


@cache
def truth(split: str = "") -> dict[tuple[str, str], str]:
    """What the outputs of the demo deserve, by question and output: what a person who reads them would say.

    Parameters
    ----------
    split : str
        Of this split alone; by default of all.
    """
    spec = spec_from_file_location("make_demo", DEMO / "make_demo.py")
    assert spec is not None and spec.loader is not None
    demo: Any = module_from_spec(spec)
    spec.loader.exec_module(demo)
    who = demo.authors(Random(demo.SEED))
    return {
        (row["question"], row["output"]): label
        for model in demo.MODELS
        for row, label in demo.asked(model, who)
        if split in ("", row["split"])
    }


def words(command: str, folder: Path) -> list[str]:
    """The words of a command as a shell in this folder makes them; comments are dropped."""
    found: list[str] = []
    for word in shlex.split(command, comments=True):
        if "*" not in word or "=" in word:
            found.append(word)
            continue
        found += sorted(path.relative_to(folder).as_posix() for path in folder.glob(word)) or [word]
    return found


def build(folder: Path) -> None:
    """Make the folder in which every page begins."""
    subprocess.run([sys.executable, DEMO / "make_demo.py", "saves"], cwd=folder, check=True)
    shutil.copytree(DEMO, folder / "calibration" / "demo", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (folder / "outputs").mkdir()
    for model in MODELS:
        shutil.copy(DEMO / f"{model}.jsonl", folder / "outputs")
    shutil.copy(DEMO / "labels.jsonl", folder)
    (folder / "cascade.yaml").write_text(CASCADE, "utf-8")
    for name in ("runs", "first"):
        sources = [f"outputs/{model}.jsonl" for model in MODELS]
        done = judgekit("score", *sources, "--out", name, cwd=folder)
        assert done.returncode == 0, done.stderr


def command(*arguments: object) -> None:
    """``judgekit`` with these arguments in the present folder; it has to succeed."""
    done = judgekit(*arguments, cwd=Path.cwd())
    assert done.returncode == 0, done.stderr


def people_fill_in(sheet: str | Path, person: str = "ana") -> None:
    """Stand in for people: write into a sheet what its outputs deserve.

    Parameters
    ----------
    sheet : str or Path
        A CSV of ``judgekit queue``.
    person : str
        Whose answers they are. A row that has a label keeps it.
    """
    known = truth()
    path = Path(sheet)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, table = reader.fieldnames, list(reader)
    if columns is None or not {"label", "annotator", "question", "output"} <= set(columns):
        return  # some other table
    for row in table:
        if not row["label"]:
            row["label"], row["annotator"] = known[row["question"], row["output"]], person
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(table)
