"""Everything that verdicts and certificates hang on, made in one process: digests of it as JSON.

    python -m tests.invariance.made INPUTS OUT

``INPUTS`` holds files that every process is given alike (:func:`prepare`): the demo and its labels, and evidence of
recorded judges. What is made is told apart by names; times, the day and what was read (paths, digests of files) are left out.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judgekit import api
from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.draw import draw
from judgekit.calibration.evidence_table import label_set
from judgekit.calibration.record import Calibration
from judgekit.records import EvidenceRow, parse
from judgekit.runs.writer import line

ROOT = Path(__file__).resolve().parents[2]
DEMO = ("original", "unlearned", "collapsed")
OF_THE_DAY = {"made", "version", "seconds", "created", "origin"}


def prepare(folder: Path, recorded: dict[str, list[dict[str, Any]]]) -> None:
    """Put down the inputs: the demo, and evidence rows by name."""
    shutil.copytree(ROOT / "calibration" / "demo", folder / "demo", ignore=shutil.ignore_patterns(".*"))
    for name, rows in recorded.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def everything(inputs: Path, out: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of all that is made."""
    yield from demo(inputs / "demo", out)
    for path in sorted(inputs.glob("*.jsonl")):
        rows = [parse(EvidenceRow, json.loads(text)) for text in path.read_text("utf-8").splitlines()]
        yield from certified(path.stem, rows)


def demo(files: Path, out: Path) -> Iterator[tuple[str, bytes]]:
    """The demo: scored by the lexical judge, calibrated as its README does, scored under that, reported."""
    labels = out / "labels.jsonl"
    shutil.copy(files / "labels.jsonl", labels)
    runs = [api.score(files / f"{name}.jsonl", out / "opinions" / name).folder for name in DEMO]
    for run in runs:
        yield from files_of(run, f"opinions/{run.name}")
    made = []
    for rubric in ("forgetting", "utility"):
        one = api.calibrate(runs, rubric=rubric, labels=labels, agreement=0.9)
        yield f"calibration/{rubric}", plain(one.to_row())
        one.save(out / f"{rubric}.json")
        made.append(out / f"{rubric}.json")
    runs = [
        api.score(
            files / f"{name}.jsonl", out / "runs" / name, labels=labels, calibrations=made
        ).folder
        for name in DEMO
    ]  # fmt: skip
    for run in runs:
        yield from files_of(run, f"runs/{run.name}")


def certified(name: str, rows: list[EvidenceRow]) -> Iterator[tuple[str, bytes]]:
    """Calibrations of every kind of promise on recorded evidence, and the verdicts under each."""
    labels = label_set(rows)
    first, last = labels[0], labels[-1]
    costs = {tier: 10.0**k for k, tier in enumerate(rows[0].tiers)}
    kinds: dict[str, dict[str, Any]] = {
        "agreement": {"agreement": 0.85, "costs": costs},
        "one judge": {"agreement": 0.8, "tiers": [list(rows[0].tiers)[-1]]},
        "per label": {"agreement": 0.8, "per_label": {last: 0.85}},
        "at most": {"agreement": 0.8, "at_most": {f"{first}:{last}": 0.2}},
        "a person": {"agreement": 0.8, "people": "random"},
        "per item": {"agreement": 0.8, "per": "item"},
        "within cost": {"agreement": 0.8, "costs": costs, "max_mean_cost": sum(costs.values())},
        "shared": {"agreement": 0.8, "tries": 2},
        "by group": {"agreement": 0.8, "group_by": "split"},
    }
    for kind, options in kinds.items():
        yield from used(f"{name}/{kind}", calibrate(rows, **options), rows)
    bare = [row.model_copy(update={"human": ()}) for row in rows]
    pool = draw(bare, min(300, len(rows) // 2), agreement=0.8)
    inside = {item.key for item in pool.items}
    asked = [
        row.model_copy(
            update={
                "human": tuple(
                    given.model_copy(update={"pool": pool.fingerprint})
                    for given in row.human[:1]
                    if row.key in inside
                )
            }
        )
        for row in rows
    ]
    yield from used(f"{name}/pool", calibrate(asked, agreement=0.8, pools=[pool]), rows)


def used(name: str, made: Calibration, rows: list[EvidenceRow]) -> Iterator[tuple[str, bytes]]:
    """A calibration, and the verdicts that it gives."""
    yield f"calibration/{name}", plain(made.to_row())
    given = api.decide(rows, made, allow_uncertified=True)
    yield f"verdicts/{name}", "".join(sorted(line(verdict) for verdict in given)).encode()


def files_of(run: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Evidence without the time it took, and verdicts, byte by byte."""
    texts = (run / "evidence.jsonl").read_text("utf-8").splitlines()
    yield f"{name}/evidence", b"\n".join(plain(json.loads(text)) for text in texts)
    yield f"{name}/verdicts", (run / "verdicts.jsonl").read_bytes()


def plain(row: Any) -> bytes:
    """JSON without what hangs on the day."""
    return json.dumps(_without(row)).encode()


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(one) for name, one in value.items() if name not in OF_THE_DAY}
    return [_without(one) for one in value] if isinstance(value, list | tuple) else value


def main() -> None:
    inputs, out = map(Path, sys.argv[1:])
    found = {}
    for name, content in everything(inputs, out):
        found[name] = hashlib.sha256(content).hexdigest()
        place = out / "made" / f"{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)  # for whoever wants to see what differs
    print(json.dumps(found))


if __name__ == "__main__":
    main()
