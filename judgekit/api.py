"""The verbs as functions: what the command line calls and what notebooks and pipelines import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

from judgekit import calibration as _calibration
from judgekit.calibration import Calibration
from judgekit.config import CascadeSpec
from judgekit.engine.local import Progress, Report
from judgekit.errors import InputError
from judgekit.labeling import Labels, SpotChecks, merged, spot_checks
from judgekit.records import EvidenceRow, HumanLabel, Item, Verdict, parse
from judgekit.rubrics import load_rubric

Engine = Literal["local", "ray"]


@dataclass(frozen=True)
class Scored:
    """A finished run: its folder, and how many items ended in which state at what cost."""

    folder: Path
    progress: Progress


def read(
    source: str | Path,
    *,
    format: str | None = None,
    model: str | None = None,
    method: str | None = None,
    split: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Item]:
    """Items of a file of model outputs, streaming; the format is detected unless it is given."""
    from judgekit import readers

    if format is None:
        _not_a_folder(Path(source))
    return readers.read(source, format=format, model=model, method=method, split=split, columns=columns)


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
        about = {"source": str(source), "recorded": _recorded(source)}
        items: Iterable[Item] = read(source, **reader)
    else:
        items = source
    if labels is not None:
        items = _with_labels(items, read_labels(labels))
    stream = iter(islice(items, limit) if limit is not None else items)
    first = next(stream, None)  # a file that cannot be read, or not be judged so, leaves no folder behind
    if first is not None:
        load_rubric(spec.rubric_for(first))
    with closing(Store(folder)) as store:
        run = _engine(engine)
        progress = run(
            stream if first is None else chain([first], stream),
            spec,
            folder,
            store=store,
            budget=Budget(dollars=budget, calls=max_calls, spent=store.spent()),
            unbound=unbound,
            about=about,
            report=report,
        )
    return Scored(folder, progress)


def calibrate(
    evidence: Sequence[str | Path] | Sequence[EvidenceRow],
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
    for source in evidence:
        if isinstance(source, EvidenceRow):
            rows.append(source)
        else:
            rows += _evidence(Path(source))
            shown |= _examples(Path(source))
    if labels is not None:
        rows = list(_label_rows(rows, read_labels(labels)))
    if rubric is not None:
        rows = [row for row in rows if row.rubric == rubric]
        if not rows:
            raise InputError(f"no evidence of rubric '{rubric}'")
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
    rows = _evidence(Path(evidence)) if isinstance(evidence, str | Path) else evidence
    if not isinstance(calibration, Calibration):
        calibration = Calibration.load(Path(calibration))
    if isinstance(evidence, str | Path) and calibration.rubric:
        rows = (row for row in rows if row.rubric in ("", calibration.rubric))
    return _calibration.decide(rows, calibration, unbound=unbound)


def audit(
    verdicts: Sequence[str | Path], labels: str | Path, *, calibrations: Sequence[str | Path] = ()
) -> list[SpotChecks]:
    """Whether promises still hold, by fresh labels on a fair sample of the verdicts: one finding a calibration.

    Parameters
    ----------
    verdicts : run folders, which hold their calibrations, and verdict files.
    labels : a file of human labels, joined by id; labels that certified a promise do not count.
    calibrations : the calibrations of the verdict files.
    """
    from judgekit import readers

    known = {made.fingerprint: made for made in map(Calibration.load, map(Path, calibrations))}
    given = read_labels(labels)
    rows: dict[str, list[tuple[Verdict, tuple[HumanLabel, ...]]]] = {}
    for source in map(Path, verdicts):
        known |= _calibrations(source)
        for verdict in readers.read_verdicts(source / "verdicts.jsonl" if source.is_dir() else source):
            if verdict.calibration is not None:
                if verdict.calibration not in known:
                    raise InputError(
                        f"was decided under the calibration {verdict.calibration}; give it with --calibration",
                        path=source,
                    )
                rows.setdefault(verdict.calibration, []).append((verdict, given.of(verdict)))
    if not rows:
        raise InputError(
            "no verdict is under a promise, so there is nothing to audit", path=Path(verdicts[0])
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

    return report.summarize(report.load(runs, None if labels is None else read_labels(labels)))


def _not_a_folder(path: Path) -> None:
    """A folder that holds a file of outputs is likely meant to be that file."""
    from judgekit import readers

    for inside in sorted(path.glob("*.json*")) if path.is_dir() else ():
        try:
            readers.detect(inside)
        except InputError:
            continue
        raise InputError(
            f"is a folder; did you mean {inside}? (a data set in a folder: --format hf)", path=path
        )


def _engine(name: Engine) -> Any:
    if name == "ray":
        from judgekit.engine import ray

        return ray.score
    from judgekit.engine import local

    return local.score


def _recorded(source: str | Path) -> dict[str, float | None]:
    from judgekit import readers

    return dict(readers.recorded_metrics(source)) if Path(source).is_file() else {}


def _evidence(path: Path) -> Iterator[EvidenceRow]:
    from judgekit import readers

    return readers.read_evidence(path / "evidence.jsonl" if path.is_dir() else path)


def _calibrations(run: Path) -> dict[str, Calibration]:
    """The calibrations that a run folder's verdicts were decided under, by fingerprint."""
    import json

    about = run / "run.json"
    if not about.is_file():
        return {}
    cascades = json.loads(about.read_text("utf-8")).get("cascades", {})
    found = [
        parse(Calibration, one["calibration"], path=about) for one in cascades.values() if one["calibration"]
    ]
    return {made.fingerprint: made for made in found}


def _examples(path: Path) -> set[str]:
    """Question ids of the examples that a run's judges were shown."""
    import json

    about = (path if path.is_dir() else path.parent) / "run.json"
    if not about.is_file():
        return set()
    return set(json.loads(about.read_text("utf-8")).get("examples", ()))


def _labels_of(rubric: str) -> tuple[str, ...]:
    from judgekit.errors import ConfigError

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


def read_labels(path: str | Path) -> Labels:
    """A file of human labels, to be joined to items, evidence or verdicts."""
    from judgekit import readers

    return Labels(readers.read_labels(path), path)


def count_states(verdicts: Iterable[Verdict]) -> Counter[str]:
    """How many verdicts are in which state."""
    return Counter(verdict.state for verdict in verdicts)
