"""The label queue: which items people label next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Unpack, get_args

from judgekit.calibration.pool import pools_beside
from judgekit.calibration.record import Calibration, by_rubric, one_a_rubric
from judgekit.cascade.anew import decided_anew
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import ConfigError, InputError, known
from judgekit.labeling.collapsed import collapsed
from judgekit.labeling.sheet import Task, sample
from judgekit.labeling.spotchecks import unused
from judgekit.readers import read
from judgekit.readers.join import Labels, merged
from judgekit.readers.log import ReaderOptions
from judgekit.records import Item, Verdict
from judgekit.rubrics import labels_of, meanings_of
from judgekit.runs.folder import ITEMS, Paths, RunFolder, examples, finished, paths

Of = Literal["items", "verdicts", "open"]


def queue(
    files: Paths,
    count: int | None = None,
    *,
    of: Of = "items",
    rubric: str | None = None,
    labels: Paths = (),
    seed: int = 0,
    without_collapsed: bool = False,
    calibrations: Paths = (),
    **reader: Unpack[ReaderOptions],
) -> list[Task]:
    """What people label next: a fair sample, in random order, of what nobody has labeled yet.

    Parameters
    ----------
    files : path or paths
        Run folders, and files of outputs (for ``of="items"``).
    count : int | None
        How many; by default all.
    of : Of
        ``items``: one output of every question, to calibrate on or to estimate rates from.
        ``verdicts``: the same of verdicts under a promise, on other questions than certified it: spot
        checks for :func:`audit`. ``open``: every output without a verdict, for people to settle.
    rubric : str | None
        Only items of this rubric; files of outputs are taken under it.
    labels : path or paths
        Label files; what they hold is labeled already. All questions of pools beside them are left out
        too, answered or not, but of ``open``: what people were not asked of a pool is no fair sample.
    without_collapsed : bool
        Leave out the runs that :func:`collapsed` names.
    calibrations : path or paths
        Calibration files; verdicts of their rubrics are decided by them anew.
    reader : ReaderOptions
        How files of outputs are read, see :func:`judgekit.read`.
    """
    known("kind of queue", of, get_args(Of))
    if count is not None and count < 1:
        raise ConfigError(f"count must be 1 or more, got {count}")
    given = [Labels.read([path]) for path in paths(labels)]
    tasks: list[Task] = []
    labeled = {(pool.rubric, one) for pool in pools_beside(paths(labels)) for one in pool.questions}
    runs = finished(files)
    if all(run.is_dir() for run in runs) and (
        said := [key for key, value in reader.items() if value is not None]
    ):
        raise ConfigError(f"'{said[0]}' says how a file of outputs is read; run folders have it in them")
    out = {run.key for run in collapsed(runs)} if without_collapsed else set()
    anew = one_a_rubric(map(Calibration.load, paths(calibrations)))
    met: set[str] = set()
    promised = False
    for source in runs:
        shown = examples(source)
        run = RunFolder.open(source) if source.is_dir() else None
        promises = {made.fingerprint: made for made in ({**by_rubric(run), **anew} if run else {}).values()}
        fresh = {name: unused(made) for name, made in promises.items()}
        promised = promised or bool(promises)
        for item, verdict in _judged(source, run, rubric, anew, reader):
            met.add(verdict.rubric)
            if rubric not in (None, verdict.rubric) or (source, item.model, item.method) in out:
                continue
            task = _task(item, verdict.rubric, source, run)
            made = promises.get(verdict.calibration or "")
            wanted = {
                "items": item.question_id not in shown,
                "open": verdict.state != "verdict",
                "verdicts": verdict.state == "verdict"
                and made is not None
                and verdict.tier in made.tiers
                and fresh[made.fingerprint](verdict),
            }
            if merged(verdict.human, (label for file in given for label in file.of(verdict))):
                labeled.add(task.question)
            elif wanted[of]:
                tasks.append(task)
    if of == "verdicts" and not promised:
        raise InputError("no verdict is under a promise, so there is nothing to check", path=paths(files)[0])
    if rubric is not None and rubric not in met:
        raise InputError(
            f"nothing is of rubric '{rubric}'; there is {', '.join(sorted(met)) or 'nothing at all'}"
        )
    if of == "open":
        return sample(tasks, count, seed)
    return sample([task for task in tasks if task.question not in labeled], count, seed, one_a_question=True)


def every(files: Paths, rubric: str | None) -> Iterator[Task]:
    """All outputs of run folders that were judged under a rubric (None: any), labeled or not."""
    for source in finished(files):
        run = RunFolder.open(source)
        for item, verdict in _judged(source, run, rubric, {}, {}):
            if rubric in (None, verdict.rubric):
                yield _task(item, verdict.rubric, source, run)


def _task(item: Item, rubric: str, source: Path, run: RunFolder | None) -> Task:
    """An item under a rubric, with the labels that the run has it with, else those of the rubric's name."""
    named = labels_of(rubric)
    choices = (run.about.cascades[rubric].labels if run and rubric in run.about.cascades else ()) or named
    return Task(item, rubric, choices, meanings_of(rubric) if choices == named else {}, source)


def _judged(
    path: Path,
    run: RunFolder | None,
    rubric: str | None,
    anew: Mapping[str, Calibration],
    reader: ReaderOptions,
) -> Iterator[tuple[Item, Verdict]]:
    """Items with their verdicts; those of a file of outputs, judged by nobody yet, as unscored under a rubric."""
    if run is not None:
        for found, verdict in decided_anew(run, anew):
            if found is None:
                raise InputError(f"the run holds no {ITEMS}, so there is nothing to show people", path=path)
            yield found, verdict
        return
    spec = CascadeSpec.load(None, rubric=rubric)
    for item in read(path, **reader):
        named = {name: getattr(item, name) for name in ("id", "question_id", "split", "model", "method")}
        name = spec.rubric_for(item)
        yield item, Verdict(state="unscored", reason="not judged", rubric=name, human=item.human, **named)
