"""What a file holds, and everything that is wrong with it: any file that a verb reads or writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Unpack

from judgekit import readers
from judgekit.calibration import attacked
from judgekit.calibration.record import Calibration
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import InputError, JudgekitError
from judgekit.readers.detect import head
from judgekit.readers.formats import SHIPPED
from judgekit.readers.label_tools import holds_labels_alone, sheet
from judgekit.readers.label_tools.base import NoLabel
from judgekit.readers.labels import without_label
from judgekit.readers.log import ReaderOptions
from judgekit.records import CANNOT_TELL, EvidenceRow, LabelRow, Record, Verdict
from judgekit.rubrics import labels_of, load_rubric
from judgekit.runs.folder import FILES, Paths, RunFolder, is_finished, is_unfinished, paths

Told = str | InputError
Teller = Callable[[Path], Iterator[Told]]


@dataclass(frozen=True)
class Examined:
    """A file or folder: what it holds, a sentence each, and every fault; it is ``sound`` without any."""

    path: Path
    holds: tuple[str, ...]
    faults: tuple[JudgekitError, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.faults


def validate(files: Paths, **reader: Unpack[ReaderOptions]) -> list[Examined]:
    """What each file holds, and everything that is wrong with it: any file or folder that a verb reads or writes.

    ``reader``: how files of outputs are read, see :func:`read`.
    """
    return [examined(path, reader) for path in paths(files)]


def examined(path: Path, reader: ReaderOptions) -> Examined:
    """All that :func:`examine` tells of a file; what ends its reading is the last fault."""
    holds: list[str] = []
    faults: list[JudgekitError] = []
    try:
        for told in examine(path, reader):
            if isinstance(told, InputError):
                faults.append(told)
            else:
                holds.append(told)
    except JudgekitError as error:
        faults.append(error)
    return Examined(path, tuple(holds), tuple(faults))


def examine(path: Path, reader: ReaderOptions) -> Iterator[Told]:
    """What is wrong with a file, one error each, and last, if it can be told, what it holds.

    Parameters
    ----------
    path : Path
        Outputs, labels, evidence, verdicts, a calibration, a cascade file, a rubric folder or a run
        folder.
    reader : ReaderOptions
        Options of ``readers.read``, for outputs.
    """
    if reader.get("format") or reader.get("columns"):
        yield from _outputs(path, reader)
    elif path.suffix in (".yaml", ".yml"):
        yield _cascade(path)
    elif (path / "rubric.yaml").is_file():
        yield _rubric(path)
    elif path.is_dir() and (is_finished(path) or is_unfinished(path)):
        yield from _run(RunFolder.open(path), reader)
    else:
        kind = None if path.is_dir() else _kind(path)
        yield from _outputs(path, reader) if kind is None else kind(path)


def _run(run: RunFolder, reader: ReaderOptions) -> Iterator[Told]:
    """Each of a run's files, by itself and against what ``run.json`` says of it."""
    for name in FILES:
        if not (run.path / name).is_file():
            if name in run.about.files:
                yield InputError("not there, and run.json tells of it; score again", path=run.path / name)
            continue
        try:
            run.check(name)
        except InputError as error:
            yield error
        for told in examine(run.path / name, reader):
            yield told if isinstance(told, InputError) else f"{name}: {told}"


def _kind(path: Path) -> Teller | None:
    """How to examine one of judgekit's own files; None for everything else, which is taken for outputs."""
    seen = head(path)
    if path.name.endswith(attacked.SUFFIX):
        return _attacks
    if seen.keys[:1] == ("schema",) and (seen.kind == "object" or "certificate" in seen.row):
        return _calibration
    if holds_labels_alone(seen):
        return partial(_records, LabelRow)
    if seen.kind not in ("lines", "table"):
        return None
    row, schema = seen.row, str(seen.row.get("schema", ""))
    if schema.startswith("judgekit.evidence/") or "tiers" in row:
        return partial(_records, EvidenceRow)
    if schema.startswith("judgekit.verdict/") or "state" in row:
        return partial(_records, Verdict)
    labeled = "id" in row and ("label" in row or "human_label" in row)
    others = (form for name, form in SHIPPED.items() if name != "judgekit")
    if labeled and (row.keys() <= sheet.KNOWN or not any(form.matches(seen) for form in others)):
        return partial(_records, LabelRow)
    return None


def _records(kind: type[Record], path: Path) -> Iterator[Told]:
    """Rows of labels, evidence or verdicts; labels are held against their rubric's, where that is known."""
    counts: Counter[str] = Counter()
    without: Counter[NoLabel] = Counter()
    for place, row in readers.examined(path, kind):
        if isinstance(row, InputError):
            yield row
            continue
        if isinstance(row, NoLabel):
            without[row] += 1
            continue
        counts[_class(row)] += 1
        known = set(labels_of(getattr(row, "rubric", "")))
        if known and (strange := sorted(_said(row) - known)):
            what = f"label '{strange[0]}' is not one of {', '.join(sorted(known))}"
            yield InputError(what, path=path, row=place)
    name = {LabelRow: "labels", EvidenceRow: "evidence", Verdict: "verdicts"}[kind]
    if counts:
        told = ", ".join(f"{what or '(no rubric)'} {count:,}" for what, count in counts.most_common())
        rest = without_label(without, counts.total() + without.total())
        yield "; ".join(filter(None, (f"{name}, {counts.total():,} rows ({told})", rest)))


def _class(row: Record) -> str:
    rubric = str(getattr(row, "rubric", ""))
    return " ".join(filter(None, (rubric, row.state))) if isinstance(row, Verdict) else rubric


def _said(row: Record) -> set[str]:
    """All labels that a row speaks of under its rubric."""
    if isinstance(row, LabelRow):
        return {row.label} - {CANNOT_TELL}
    assert isinstance(row, EvidenceRow | Verdict)
    said = {given.label for given in row.human if given.rubric in ("", row.rubric)} - {CANNOT_TELL}
    if isinstance(row, EvidenceRow):
        return said.union(*(evidence.probs for evidence in row.tiers.values()))
    return said if row.label is None else said | {row.label}


def _calibration(path: Path) -> Iterator[Told]:
    made = Calibration.load(path)
    made.load_policy()
    names = " > ".join(made.tiers)
    yield f"calibration, {made.certificate.status}, rubric '{made.rubric}', {names}: {made.certificate.claim}"


def _attacks(path: Path) -> Iterator[Told]:
    found = attacked.AttackedPolicy.load(path)
    yield f"attacks on the policy of calibration {found.calibration}, rubric '{found.rubric}': {found.sentence}"


def _cascade(path: Path) -> str:
    spec = CascadeSpec.load(path)
    tiers = {
        rubric: [tier.name for tier in spec.build(rubric).tiers] for rubric in set(spec.file.rubrics.values())
    }
    return "cascade, " + "; ".join(
        f"{rubric}: {' > '.join(names)}" for rubric, names in sorted(tiers.items())
    )


def _rubric(path: Path) -> str:
    loaded = load_rubric(path)
    return f"rubric '{loaded.name}', labels {', '.join(loaded.labels)}, {len(loaded.example_rows)} examples"


def _outputs(path: Path, reader: ReaderOptions) -> Iterator[Told]:
    splits: Counter[str] = Counter()
    numbers: set[str] = set()
    log = readers.log(path, **reader)
    for item in log.items():
        splits[item.split or "(no split)"] += 1
        numbers.update(item.recorded)
    counts = ", ".join(f"{split} {count:,}" for split, count in splits.items())
    extra = f"; recorded: {', '.join(sorted(numbers))}" if numbers else ""
    yield f"{log.form.name}, {splits.total():,} items ({counts}){extra}"
