"""The verbs around people's labels, as functions: which to ask for, how many, and what spot checks show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from judgekit import sources, trust
from judgekit.calibration import Calibration
from judgekit.errors import ConfigError, InputError, known, mendable
from judgekit.labeling import SpotChecks, Task, majority, merged, sample, spot_checks, unused
from judgekit.readers import unfinished
from judgekit.records import HumanLabel, Verdict
from judgekit.rubrics import labels_of, meanings_of
from judgekit.sources import Paths

Of = Literal["items", "verdicts", "open"]

FORGETTING, DEGENERATE = "forgetting", "degenerate"
"""The rubric of forget outputs, and its label for what is no answer at all."""


def queue(
    files: Paths,
    count: int | None = None,
    *,
    of: Of = "items",
    rubric: str | None = None,
    labels: Paths = (),
    seed: int = 0,
    without_collapsed: bool = False,
    **reader: Any,
) -> list[Task]:
    """What people label next: a fair sample, in random order, of what nobody has labelled yet.

    Parameters
    ----------
    files : run folders, and files of outputs (for ``of="items"``).
    count : how many; by default all.
    of : ``items``: one output of every question, to calibrate on or to estimate rates from. ``verdicts``: the same of
        verdicts under a promise, on other questions than certified it: spot checks for :func:`audit`. ``open``: every
        output without a verdict, for people to settle.
    rubric : only items of this rubric; files of outputs are taken under it.
    labels : label files; what they hold is labelled already.
    without_collapsed : leave out the runs that :func:`collapsed` names.
    reader : how files of outputs are read, see :func:`judgekit.read`.
    """
    known("kind of queue", of, get_args(Of))
    if count is not None and count < 1:
        raise ConfigError(f"count must be 1 or more, got {count}")
    given = [sources.labels(path) for path in sources.paths(labels)]
    tasks: list[Task] = []
    labelled: set[tuple[str, str]] = set()
    runs = sources.finished(sources.paths(files))
    if all(run.is_dir() for run in runs) and (
        said := [key for key, value in reader.items() if value is not None]
    ):
        raise ConfigError(f"'{said[0]}' says how a file of outputs is read; run folders have it in them")
    out = {run.key for run in collapsed(runs)} if without_collapsed else set()
    met: set[str] = set()
    promised = False
    for source in runs:
        shown = sources.examples(source)
        promises = sources.calibrations(source)
        fresh = {name: unused(made.to_row()) for name, made in promises.items()}
        promised = promised or bool(promises)
        own = {name: tuple(cascade["labels"]) for name, cascade in sources.cascades(source).items()}
        for item, verdict in sources.judged(source, rubric, **reader):
            met.add(verdict.rubric)
            if rubric not in (None, verdict.rubric) or (source, item.model, item.method) in out:
                continue
            name = verdict.rubric
            task = Task(item, name, labels_of(name) or own.get(name, ()), meanings_of(name), source)
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
                labelled.add(task.question)
            elif wanted[of]:
                tasks.append(task)
    if of == "verdicts" and not promised:
        raise InputError(
            "no verdict is under a promise, so there is nothing to check", path=sources.paths(files)[0]
        )
    if rubric is not None and rubric not in met:
        raise InputError(
            f"nothing is of rubric '{rubric}'; there is {', '.join(sorted(met)) or 'nothing at all'}"
        )
    if of == "open":
        return sample(tasks, count, seed)
    return sample([task for task in tasks if task.question not in labelled], count, seed, one_a_question=True)


@dataclass(frozen=True)
class Collapsed:
    """A run most of whose forget outputs are no fluent answers: `broken` of `outputs`."""

    source: Path
    model: str
    method: str
    broken: int
    outputs: int

    @property
    def key(self) -> tuple[Path, str, str]:
        """What tells the run from others."""
        return self.source, self.model, self.method

    @property
    def sentence(self) -> str:
        """The run by its folder, model and method, and how much of it is broken."""
        named = " ".join(filter(None, (self.model, self.method)))
        whose = f"{self.source} ({named})" if named else str(self.source)
        return f"{whose}: {self.broken:,} of {self.outputs:,} forget outputs are not fluent"


def collapsed(files: Paths) -> list[Collapsed]:
    """The runs that have collapsed: more than half of their forget outputs are not fluent, by their verdicts.

    Labels on them say little about judges or methods. Files of outputs, which nobody judged yet, are none.

    Parameters
    ----------
    files : run folders.
    """
    fluent: dict[tuple[Path, str, str], Counter[bool]] = {}
    for source in sources.paths(files):
        if not source.is_dir() or unfinished(source):
            continue
        for verdict in sources.verdicts(source):
            said = verdict.fluent
            if said is None and verdict.rubric == FORGETTING and verdict.label is not None:
                said = verdict.label != DEGENERATE  # a run scored before verdicts said it
            if said is not None:
                fluent.setdefault((source, verdict.model, verdict.method), Counter())[said] += 1
    return [
        Collapsed(*key, broken=counts[False], outputs=counts.total())
        for key, counts in fluent.items()
        if counts[False] > counts.total() / 2
    ]


def plan_labels(
    agreement: float,
    delta: float = 0.1,
    *,
    coverage: float,
    accuracy: float | None = None,
    pilot: str | Path | None = None,
    labels: Paths | None = None,
) -> trust.LabelPlan:
    """How many labels a promise needs (see :func:`judgekit.trust.plan_labels`).

    Parameters
    ----------
    accuracy : how often accepted verdicts are expected to be right; by default halfway from ``agreement`` to 1.
    pilot : instead, a run folder or verdict file with labels on some verdicts, judged without a calibration.
    labels : the labels of the pilot, where it does not carry them.
    """
    if pilot is not None and accuracy is not None:
        raise ConfigError("give an accuracy or a pilot, not both")
    if pilot is None:
        if labels:
            raise ConfigError("labels belong to a pilot: give both")
        guess = min(1.0, agreement + (1 - agreement) / 2) if accuracy is None else accuracy
        return mendable(trust.plan_labels)(agreement, delta, coverage=coverage, accuracy=guess)
    given = sources.labels(labels) if labels else None
    sure, right = [], []
    for verdict in sources.verdicts(Path(pilot)):
        human = merged(verdict.human, given.of(verdict) if given else ())
        said = majority(human)
        if verdict.confidence is not None and said is not None:
            sure.append(verdict.confidence)
            right.append(verdict.label == said)
    if not sure:
        raise InputError("no verdict of the pilot has a label to hold it against", path=pilot)
    return mendable(trust.plan_labels)(agreement, delta, coverage=coverage, pilot=(sure, right))


def audit(
    verdicts: Paths,
    labels: Paths,
    *,
    calibrations: Paths = (),
) -> list[SpotChecks]:
    """Whether promises still hold, by fresh labels on a fair sample of the verdicts: one finding a calibration.

    Parameters
    ----------
    verdicts : run folders, which hold their calibrations, and verdict files.
    labels : files of human labels, joined by id; labels that certified a promise do not count.
    calibrations : the calibrations of the verdict files.
    """
    promises = {made.fingerprint: made for made in map(Calibration.load, sources.paths(calibrations))}
    given = sources.labels(labels)
    rows: dict[str, list[tuple[Verdict, tuple[HumanLabel, ...]]]] = {}
    others: list[tuple[Verdict, tuple[HumanLabel, ...]]] = []
    for source in sources.finished(sources.paths(verdicts)):
        promises |= sources.calibrations(source)
        for verdict in sources.verdicts(source):
            labeled = (verdict, given.of(verdict))
            if verdict.calibration is None:
                others.append(labeled)
                continue
            if verdict.calibration not in promises:
                raise InputError(
                    f"was decided under the calibration {verdict.calibration}; give it with --calibration",
                    path=source,
                )
            rows.setdefault(verdict.calibration, []).append(labeled)
    if not rows:
        raise InputError(
            "no verdict is under a promise, so there is nothing to audit", path=sources.paths(verdicts)[0]
        )
    given.check_used("verdicts")
    return [
        spot_checks(
            part + [one for one in others if one[0].rubric == part[0][0].rubric],
            promises[name].to_row(),
            name,
            strangers=given.strangers(),
        )
        for name, part in rows.items()
    ]
