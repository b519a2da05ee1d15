"""What users point at, run folders and files, opened as what a verb needs of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from judgekit import readers
from judgekit.calibration import Calibration
from judgekit.config import CascadeSpec
from judgekit.errors import InputError
from judgekit.labeling import Labels
from judgekit.records import EvidenceRow, Item, Verdict, parse, several

Paths = str | Path | Iterable[str | Path]
"""One path or several."""

_LOG = logging.getLogger(__name__)


def paths(given: Paths) -> list[Path]:
    """One path or several, as several."""
    return [Path(one) for one in several(given)]


def finished(given: Iterable[Path]) -> list[Path]:
    """The paths without run folders that are not finished, which are named in a warning.

    Raises
    ------
    InputError : no other is left.
    """
    paths = list(given)
    open_runs = [path for path in paths if readers.unfinished(path)]
    if open_runs and len(open_runs) == len(paths):
        readers.run_folder(open_runs[0])
    for path in open_runs:
        _LOG.warning(
            "%s is left out: an unfinished run; the same 'judgekit score' again goes on with it", path
        )
    return [path for path in paths if path not in open_runs]


def evidence(path: Path) -> Iterator[EvidenceRow]:
    """The evidence of a run folder or evidence file."""
    return readers.read_evidence(_inside(path, "evidence.jsonl"))


def verdicts(path: Path) -> Iterator[Verdict]:
    """The verdicts of a run folder or verdict file."""
    return readers.read_verdicts(_inside(path, "verdicts.jsonl"))


def labels(given: Paths) -> Labels:
    """Files of human labels, to be joined to items, evidence or verdicts."""
    return Labels.read(paths(given))


def judged(path: Path, rubric: str | None = None, **reader: Any) -> Iterator[tuple[Item, Verdict]]:
    """Items with their verdicts; those of a file of outputs, judged by nobody yet, as unscored under a rubric.

    ``reader``: how a file of outputs is read, see :func:`judgekit.readers.read`.
    """
    if not path.is_dir():
        spec = CascadeSpec.load(None, rubric=rubric)
        for item in readers.read(path, **reader):
            named = {name: getattr(item, name) for name in ("id", "question_id", "split", "model", "method")}
            name = spec.rubric_for(item)
            yield (
                item,
                Verdict(state="unscored", reason="not judged", rubric=name, human=item.human, **named),
            )
        return
    items = {item.key: item for item in readers.read(_inside(path, "items.jsonl"))}
    for verdict in verdicts(path):
        if verdict.key not in items:
            raise InputError(
                f"verdict '{verdict.id}' has no item in items.jsonl; the files are of different runs",
                path=path,
            )
        yield items[verdict.key], verdict


def cascades(run: Path) -> dict[str, Any]:
    """What a run folder says of its cascades, by rubric; nothing for a file."""
    return dict(readers.about(run).get("cascades", {})) if run.is_dir() else {}


def calibrations(run: Path) -> dict[str, Calibration]:
    """The calibrations that a run folder's verdicts were decided under, by fingerprint; none for a file."""
    found = [
        parse(Calibration, one["calibration"], path=run)
        for one in cascades(run).values()
        if one.get("calibration")
    ]
    return {made.fingerprint: made for made in found}


def examples(path: Path) -> set[str]:
    """Question ids of the examples that a run's judges were shown."""
    return readers.shown_in(path if path.is_dir() else path.parent)


def recorded(
    source: str | Path, format: str | None = None, columns: Mapping[str, str] | None = None
) -> dict[str, float | None]:
    """The numbers of the whole run that a file of outputs, or the summary file beside it, holds."""
    if not Path(source).is_file():
        return {}
    return dict(readers.recorded_metrics(source, format=format, columns=columns))


def _inside(path: Path, name: str) -> Path:
    """A file of a run folder; any other path is the file itself."""
    return readers.run_folder(path) / name if path.is_dir() else path
