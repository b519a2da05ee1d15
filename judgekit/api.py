"""The verbs as functions: what the command line calls and what notebooks and pipelines import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from judgekit import calibration as _calibration
from judgekit import decisions as _decisions
from judgekit import sources
from judgekit.calibration import Calibration
from judgekit.config import CascadeSpec
from judgekit.engine.folder import Progress, Report
from judgekit.engine.local import Job
from judgekit.errors import ConfigError, InputError
from judgekit.labeling import Labels, SpotChecks, Task, majority, merged, sample, spot_checks, unused
from judgekit.readers import read
from judgekit.records import EvidenceRow, HumanLabel, Item, Verdict
from judgekit.rubrics import load_rubric

if TYPE_CHECKING:
    from judgekit.trust import LabelPlan

__all__ = [
    "Engine",
    "Of",
    "Scored",
    "audit",
    "calibrate",
    "decide",
    "load_cascade",
    "plan_labels",
    "queue",
    "read",
    "score",
    "summarize",
]

Engine = Literal["local", "ray"]
Of = Literal["items", "verdicts", "open"]


@dataclass(frozen=True)
class Scored:
    """A finished run: its folder, and how many items ended in which state at what cost."""

    folder: Path
    progress: Progress


def score(
    source: str | Path | Iterable[Item],
    out: str | Path,
    *,
    cascade: str | Path | CascadeSpec | None = None,
    rubric: str | None = None,
    calibrations: Sequence[str | Path] = (),
    labels: str | Path | None = None,
    limit: int | None = None,
    budget: float | None = None,
    max_calls: int | None = None,
    unbound: bool = False,
    engine: Engine = "local",
    report: Report = lambda progress: None,
    **reader: Any,
) -> Scored:
    """Judge a file of outputs (or items) and leave a run folder behind.

    Parameters
    ----------
    source : a file or data set that :func:`read` understands, or items.
    out : the run folder; the same call again resumes and pays for no call twice.
    cascade : cascade file; by default the lexical judge alone.
    rubric : judge everything by this rubric instead of one by split.
    calibrations : calibration files; each is used for the rubric it names.
    labels : a file of human labels, joined to the items by id.
    limit : only the first items.
    budget, max_calls : stop cleanly (``BudgetSpent``) before more US dollars, or calls, are spent.
    unbound : go on without a promise where a calibration does not fit.
    engine : where the work is done.
    reader : options of :func:`read`.
    """
    from judgekit.store import Budget, Store

    spec = cascade if isinstance(cascade, CascadeSpec) else load_cascade(cascade, rubric, calibrations)
    folder = Path(out)
    about: dict[str, Any] = {}
    if isinstance(source, str | Path):
        about = {"source": str(source), "recorded": sources.recorded(source)}
        items: Iterable[Item] = read(source, **reader)
    else:
        items = source
    if labels is not None:
        items = _with_labels(items, sources.labels(labels))
    stream = iter(islice(items, limit) if limit is not None else items)
    first = next(stream, None)  # a file that cannot be read, or not be judged so, leaves no folder behind
    if first is not None:
        load_rubric(spec.rubric_for(first))
    with closing(Store(folder)) as store:
        job = Job(
            stream if first is None else chain([first], stream),
            spec,
            folder,
            store=store,
            budget=Budget(dollars=budget, calls=max_calls, spent=store.spent()),
            unbound=unbound,
            about=about,
            report=report,
        )
        return Scored(folder, _engine(engine)(job))


def calibrate(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    *,
    agreement: float,
    delta: float = 0.1,
    rubric: str | None = None,
    labels: str | Path | None = None,
    exclude: Collection[str] = (),
    **options: Any,
) -> Calibration:
    """Certify a policy from evidence and human labels (see :func:`judgekit.calibration.calibrate`).

    Parameters
    ----------
    evidence : evidence files and run folders (their examples are left out), or rows.
    rubric : which rubric's rows to use where the evidence has several.
    labels : a file of human labels, joined by id.
    """
    rows, shown = [], set(exclude)
    for source in [evidence] if isinstance(evidence, str | Path) else evidence:
        if isinstance(source, EvidenceRow):
            rows.append(source)
        else:
            rows += sources.evidence(Path(source))
            shown |= sources.examples(Path(source))
    if labels is not None:
        rows = list(_label_rows(rows, sources.labels(labels)))
    if rubric is not None:
        met = {row.rubric for row in rows if row.rubric}
        rows = [row for row in rows if row.rubric == rubric]
        if not rows:
            raise InputError(f"no evidence of rubric '{rubric}'; there is {', '.join(sorted(met)) or 'none'}")
        options.setdefault("labels", _labels_of(rubric))
    elif rows and rows[0].rubric:
        options.setdefault("labels", _labels_of(rows[0].rubric))
    return _calibration.calibrate(rows, agreement=agreement, delta=delta, exclude=shown, **options)


def decide(
    evidence: str | Path | Iterable[EvidenceRow],
    calibration: str | Path | Calibration,
    *,
    unbound: bool = False,
) -> Iterator[Verdict]:
    """Verdicts for evidence under a calibration, in order, streaming; no judge is asked."""
    rows = sources.evidence(Path(evidence)) if isinstance(evidence, str | Path) else evidence
    if not isinstance(calibration, Calibration):
        calibration = Calibration.load(Path(calibration))
    if isinstance(evidence, str | Path) and calibration.rubric:
        rows = (row for row in rows if row.rubric in ("", calibration.rubric))
    return _decisions.decide(rows, calibration, unbound=unbound)


def queue(
    files: str | Path | Sequence[str | Path],
    count: int | None = None,
    *,
    of: Of = "items",
    rubric: str | None = None,
    labels: Sequence[str | Path] = (),
    seed: int = 0,
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
    """
    given = [sources.labels(path) for path in labels]
    tasks: list[Task] = []
    labelled: set[tuple[str, str]] = set()
    choices: dict[str, tuple[str, ...]] = {}
    met: set[str] = set()
    for source in _paths(files):
        shown = sources.examples(source)
        promises = sources.calibrations(source)
        fresh = {name: unused(made.to_row()) for name, made in promises.items()}
        for item, verdict in sources.judged(source, rubric):
            met.add(verdict.rubric)
            if rubric not in (None, verdict.rubric):
                continue
            name = verdict.rubric
            task = Task(item, name, choices.get(name) or choices.setdefault(name, _labels_of(name)))
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
    if rubric is not None and rubric not in met:
        raise InputError(
            f"nothing is of rubric '{rubric}'; there is {', '.join(sorted(met)) or 'nothing at all'}"
        )
    if of == "open":
        return sample(tasks, count, seed)
    return sample([task for task in tasks if task.question not in labelled], count, seed, one_a_question=True)


def plan_labels(
    agreement: float,
    delta: float = 0.1,
    *,
    coverage: float,
    accuracy: float | None = None,
    pilot: str | Path | None = None,
    labels: str | Path | None = None,
) -> LabelPlan:
    """How many labels a promise needs (see :func:`judgekit.trust.plan_labels`).

    Parameters
    ----------
    accuracy : how often accepted verdicts are expected to be right; by default halfway from ``agreement`` to 1.
    pilot : instead, a run folder or verdict file with labels on some verdicts, judged without a calibration.
    labels : the labels of the pilot, where it does not carry them.
    """
    from judgekit import trust

    if pilot is not None and accuracy is not None:
        raise ConfigError("give an accuracy or a pilot, not both")
    if pilot is None:
        if labels is not None:
            raise ConfigError("labels belong to a pilot: give both")
        guess = min(1.0, agreement + (1 - agreement) / 2) if accuracy is None else accuracy
        return trust.plan_labels(agreement, delta, coverage=coverage, accuracy=guess)
    given = None if labels is None else sources.labels(labels)
    sure, right = [], []
    for verdict in sources.verdicts(Path(pilot)):
        human = merged(verdict.human, given.of(verdict) if given else ())
        said = majority(human)
        if verdict.confidence is not None and said is not None:
            sure.append(verdict.confidence)
            right.append(verdict.label == said)
    if not sure:
        raise InputError("no verdict of the pilot has a label to hold it against", path=pilot)
    return trust.plan_labels(agreement, delta, coverage=coverage, pilot=(sure, right))


def audit(
    verdicts: str | Path | Sequence[str | Path],
    labels: str | Path,
    *,
    calibrations: str | Path | Sequence[str | Path] = (),
) -> list[SpotChecks]:
    """Whether promises still hold, by fresh labels on a fair sample of the verdicts: one finding a calibration.

    Parameters
    ----------
    verdicts : run folders, which hold their calibrations, and verdict files.
    labels : a file of human labels, joined by id; labels that certified a promise do not count.
    calibrations : the calibrations of the verdict files.
    """
    known = {made.fingerprint: made for made in map(Calibration.load, _paths(calibrations))}
    given = sources.labels(labels)
    rows: dict[str, list[tuple[Verdict, tuple[HumanLabel, ...]]]] = {}
    for source in _paths(verdicts):
        known |= sources.calibrations(source)
        for verdict in sources.verdicts(source):
            if verdict.calibration is not None:
                if verdict.calibration not in known:
                    raise InputError(
                        f"was decided under the calibration {verdict.calibration}; give it with --calibration",
                        path=source,
                    )
                rows.setdefault(verdict.calibration, []).append((verdict, given.of(verdict)))
    if not rows:
        raise InputError(
            "no verdict is under a promise, so there is nothing to audit", path=_paths(verdicts)[0]
        )
    given.check_used("verdicts")
    return [
        spot_checks(part, known[name].to_row(), name, strangers=given.strangers())
        for name, part in rows.items()
    ]


def load_cascade(
    path: str | Path | None = None, rubric: str | None = None, calibrations: Sequence[str | Path] = ()
) -> CascadeSpec:
    """A cascade file, checked; the lexical judge alone where there is none."""
    where = None if path is None else Path(path)
    return CascadeSpec.load(where, rubric=rubric, calibrations=tuple(Path(one) for one in calibrations))


def summarize(runs: Sequence[str | Path], *, labels: str | Path | None = None) -> Any:
    """What can be said of scored runs: forgetting, utility, cost (a ``judgekit.report.Summary``).

    ``labels``: more human labels on the verdicts, such as spot checks.
    """
    from judgekit import report

    return report.summarize(report.load(runs, None if labels is None else sources.labels(labels)))


def _engine(name: Engine) -> Callable[[Job], Progress]:
    if name == "ray":
        from judgekit.engine import ray

        return ray.score
    from judgekit.engine import local

    return local.score


def _labels_of(rubric: str) -> tuple[str, ...]:
    try:
        return load_rubric(rubric).labels
    except ConfigError:  # a user's own rubric, by name only: the evidence says which labels there are
        return ()


def _with_labels(items: Iterable[Item], labels: Labels) -> Iterator[Item]:
    for item in items:
        more = labels.of(item)
        yield item if not more else item.model_copy(update={"human": merged(item.human, more)})


def _label_rows(rows: Iterable[EvidenceRow], labels: Labels) -> Iterator[EvidenceRow]:
    for row in rows:
        more = labels.of(row)
        yield row if not more else row.model_copy(update={"human": merged(row.human, more)})
    labels.check_used("evidence")


def _paths(given: str | Path | Sequence[str | Path]) -> list[Path]:
    """One path or several, as several."""
    return [Path(given)] if isinstance(given, str | Path) else [Path(one) for one in given]
