"""Run folders, as ``judgekit score`` leaves them, read back for the report.

A run folder holds ``verdicts.jsonl`` and, beside it, ``items.jsonl``, ``evidence.jsonl`` and ``run.json``; only the
verdicts are indispensable. A folder with outputs of several models or methods gives one :class:`Run` for each.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from judgekit.calibration.attacked import AttackedPolicy, attacks_beside
from judgekit.calibration.pool import Pool, pools_beside
from judgekit.calibration.record import Calibration, by_rubric, one_a_rubric
from judgekit.cascade.anew import decided_anew
from judgekit.errors import InputError
from judgekit.readers.join import Labels, merged
from judgekit.records import several
from judgekit.report.run import JudgedItem, Run
from judgekit.runs.folder import VERDICTS, RunFolder

_LOG = logging.getLogger(__name__)

_NONE: Mapping[str, Calibration] = MappingProxyType({})


def load(
    folders: str | Path | Iterable[str | Path],
    labels: Labels | None = None,
    calibrations: Iterable[Calibration] = (),
    pools: Sequence[Pool] = (),
    attacked: Sequence[AttackedPolicy] = (),
) -> list[Run]:
    """Read run folders; names that would be the same are told apart by their parent folder, then by a number.

    Parameters
    ----------
    folders : str | Path | Iterable[str | Path]
        One or several.
    labels : Labels | None
        Added to those that the verdicts carry.
    calibrations : Iterable[Calibration]
        Decide anew by these, each for its rubric, from the evidence of the folders; no judge is asked.
    pools : Sequence[Pool]
        Those that labels were asked from, besides those that stand in the folders.
    attacked : Sequence[AttackedPolicy]
        Results of attacks on policies, besides those that stand in the folders and in the two folders above each, where
        calibrations usually are.

    Raises
    ------
    InputError
        A folder is not a run, its files do not belong together, or no run is of a calibration's rubric.
    FingerprintMismatch
        The evidence is of other judges than a calibration's.
    ConfigError
        Two calibrations are for one rubric.
    """
    promises = one_a_rubric(calibrations)
    runs = [(Path(folder), run) for folder in several(folders) for run in load_folder(folder, promises)]
    _tell_copies(runs)
    met = {rubric for _, run in runs for rubric in run.by_rubric}
    if strange := promises.keys() - met:
        raise InputError(
            f"a calibration is for rubric '{min(strange)}'; the runs are of {', '.join(sorted(met))}"
        )
    if labels is not None:
        runs = [(path, _labeled(run, labels)) for path, run in runs]
        labels.check_used("runs")
    found = []
    for path, run in runs:
        beside = attacks_beside([path / VERDICTS, path.resolve(), path.resolve().parent])
        drawn = pools_beside([path / VERDICTS])
        found.append((path, replace(run, pools=[*pools, *drawn], attacked=[*attacked, *beside])))
    return list(_told_apart(found))


def _told_apart(runs: Sequence[tuple[Path, Run]]) -> Iterator[Run]:
    """Runs by names that are unique."""
    names = Counter(run.name for _, run in runs)
    seen: Counter[str] = Counter()
    for path, run in runs:
        name = f"{path.resolve().parent.name}/{run.name}" if names[run.name] > 1 else run.name
        seen[name] += 1
        yield replace(run, name=f"{name} ({seen[name]})" if seen[name] > 1 else name)


def _tell_copies(runs: Iterable[tuple[Path, Run]]) -> None:
    """Name run folders that hold another's verdicts: by another name they would pass for a second run."""
    first: dict[str, Path] = {}
    for path, run in runs:
        written = run.about.files.get(VERDICTS)
        if written is not None and (other := first.setdefault(written.sha256, path)) != path:
            _LOG.warning(
                "%s holds the same verdicts as %s: it is a copy, and tells nothing more", path, other
            )


def _labeled(run: Run, labels: Labels) -> Run:
    rows = []
    for row in run.rows:
        more = labels.of(row.verdict)
        verdict = row.verdict.model_copy(update={"human": merged(row.human, more)}) if more else row.verdict
        rows.append(row._replace(verdict=verdict))
    return replace(run, rows=rows)


def load_folder(folder: str | Path, promises: Mapping[str, Calibration] = _NONE) -> list[Run]:
    """The runs of one folder, one for each pair of model and method, in order of appearance.

    ``promises``: rubric -> the calibration to decide by anew.
    """
    run = RunFolder.open(folder)
    about, path, calibrations = run.about, run.path, {**by_rubric(run), **promises}
    evidence = {(row.key, row.rubric): row for row in run.evidence()}
    parts: dict[tuple[str, str], list[JudgedItem]] = {}
    for item, verdict in decided_anew(run, promises):
        found = evidence.get((verdict.key, verdict.rubric)) or evidence.get((verdict.key, ""))
        parts.setdefault((verdict.model, verdict.method), []).append(JudgedItem(verdict, item, found))
    if not parts:
        raise InputError("the run has no verdicts", path=path / VERDICTS)
    name = path.resolve().name
    if len(parts) == 1:
        return [Run(name, next(iter(parts.values())), about, calibrations)]
    models = {model for model, _ in parts}
    about = about.model_copy(update={"overrides": {}})  # they are one run's, and cannot say whose
    return [
        Run(
            " · ".join(filter(None, (method, model if len(models) > 1 or not method else ""))) or name,
            rows,
            about,
            calibrations,
        )
        for (model, method), rows in parts.items()
    ]
