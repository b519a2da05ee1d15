"""Calibrating on files: rows gathered from runs, labels joined, what was certified before remembered."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from judgekit import __version__, trust
from judgekit.calibration import tries
from judgekit.calibration.calibrate import calibrate as certify
from judgekit.calibration.doubts import further_draws
from judgekit.calibration.draw import draw as drawn_from
from judgekit.calibration.evidence_table import EvidenceTable
from judgekit.calibration.frontier import Frontier
from judgekit.calibration.frontier import frontier as priced
from judgekit.calibration.origin import Origin
from judgekit.calibration.people import PeopleSummary, summary
from judgekit.calibration.people_table import said_in
from judgekit.calibration.pool import Pool, pool_file, pools_beside
from judgekit.calibration.progress import Asking
from judgekit.calibration.record import Calibration
from judgekit.calibration.repeats import texts_of, without_repeats
from judgekit.display import some
from judgekit.errors import ConfigError, InputError, renamed
from judgekit.readers.join import Labels
from judgekit.records import EvidenceRow, several
from judgekit.rubrics import labels_of, load_rubric
from judgekit.runs.folder import Paths, RunFolder, examples, finished, is_unfinished, paths
from judgekit.runs.folder import evidence as evidence_of

_LOG = logging.getLogger(__name__)


@renamed(by="group_by", budget="max_mean_cost")
def calibrate(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    *,
    agreement: float | None = None,
    delta: float = 0.1,
    rubric: str | None = None,
    labels: Paths | None = None,
    exclude: str | Collection[str] = (),
    earlier: Sequence[str | Path | Calibration] = (),
    pools: Sequence[str | Path | Pool] = (),
    **options: Any,
) -> Calibration:
    """Certify a policy from evidence and human labels (see :func:`judgekit.calibration.calibrate.calibrate`).

    Parameters
    ----------
    evidence : str | Path | Sequence[str | Path] | Sequence[EvidenceRow]
        Evidence files and run folders (their examples are left out), or rows.
    rubric : str | None
        Which rubric's rows to use where the evidence has several.
    labels : path or paths, optional
        Files of human labels, joined by id.
    earlier : Sequence[str | Path | Calibration]
        Calibrations on these labels that neither the evidence's nor the labels' folder remembers.
    pools : Sequence[str | Path | Pool]
        Those that labels were asked from and that do not stand beside the label files.
    """
    rows, given_options, given = gather(evidence, rubric, labels, exclude, options)
    every, (rows, repeats) = rows, distinct(rows, _files(evidence))
    name = rows[0].rubric if rows else ""
    if options.get("tolerance") and labels_of(name) and not load_rubric(name).file.ordinal:
        raise ConfigError(
            f"tolerance is for ordinal rubrics, whose labels stand in an order; '{name}' is none"
        )
    if given_options.pop("seed", None) is not None:
        warnings.warn(trust.NO_SEED, DeprecationWarning, stacklevel=2)
    folders = _folders(evidence, labels)
    made = [one if isinstance(one, Calibration) else Calibration.load(Path(one)) for one in earlier]
    drawn = [one if isinstance(one, Pool) else Pool.load(Path(one)) for one in pools]
    drawn += pools_beside(paths(labels)) if labels else []
    given_options |= {"agreement": agreement, "delta": delta}
    known: list[Any] = [*tries.remembered(folders), *made]
    calibration = certify(rows, outlook=True, doubt=True, earlier=known, pools=drawn, **given_options)
    beside = {
        "people_summary": people_of(rows, given, drawn),
        "origin": Origin.of(
            rows,
            given,
            evidence=used(_files(evidence)),
            labels=paths(labels) if labels else [],
            pools=drawn,
            options=given_options,
            exclude=several(exclude),
            repeats={row.key for row in every} - {row.key for row in rows},
        ),
        "doubts": (*of_files(repeats, given), *calibration.doubts),
        "drawn_before": further_draws(
            calibration.tries[-1], tries.remembered(_runs(_files(evidence))), calibration.tries[:-1]
        ),
        "annotators": len(annotators(rows)),
        "made": date.today().isoformat(),
        "version": __version__,
    }
    calibration = calibration.model_copy(update=beside)
    if not tries.remember(calibration.tries[-1], folders):
        _LOG.warning(
            "nothing can be written beside the evidence and the labels, so a further calibration on them will not be "
            "noticed: keep this one, and give it then (earlier=)"
        )
    return calibration


def draw(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    count: int,
    *,
    to: str | Path,
    rubric: str | None = None,
    labels: Paths | None = None,
    exclude: str | Collection[str] = (),
    **options: Any,
) -> Pool:
    """Draw the pool that people are asked about along the path, and write it beside the labels to come.

    It is remembered as a calibration, since its labels are looked at as they come in: another on any of its items, on
    other evidence or with other options, is a further one.

    Parameters
    ----------
    evidence, rubric, exclude
        As for :func:`calibrate`; runs without a calibration, which ask every tier.
    count : int
        How many items at most.
    to : str | Path
        The label file that answers go to; it is not there yet.
    labels : path or paths, optional
        Label files. The questions that they hold, and all those of pools beside them or beside ``to``,
        are left out.
    options : Any
        The promise (see :func:`judgekit.calibration.draw.draw`).

    Raises
    ------
    InputError
        There are labels or a pool already; nothing can be drawn, or too little to certify anything.
    """
    file = pool_file(Path(to))
    if Path(to).exists() or file.exists():
        raise InputError(
            "there are labels or a pool already: go on with these, or name another file", path=to
        )
    rows, options, _ = gather(evidence, rubric, labels, exclude, options)
    before = pools_beside([Path(to), *paths(labels or ())])
    gone = {question for pool in before for question in pool.questions}
    pool = drawn_from(rows, count, without=gone, **options)
    asking = Asking(rows, pool, exclude=options["exclude"])
    if asking.progress({}).finished:
        raise InputError(
            f"{len(pool.items):,} items are too few: even if people agreed with every verdict nothing would be "
            "certified; draw from more questions, or promise less"
        )
    pool.save(file)
    tries.remember(asking.this, _folders(evidence, [to]))
    return pool


def asking(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    pool: Pool,
    *,
    exclude: str | Collection[str] = (),
) -> Asking:
    """What people's answers on a pool certify as they come in.

    Parameters
    ----------
    evidence, exclude
        As the pool was drawn from (:func:`draw`).
    pool : Pool
        Of the kind ``path``.
    """
    rows, options, _ = gather(evidence, pool.rubric or None, None, exclude, {})
    return Asking(rows, pool, exclude=options["exclude"])


def frontier(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    *,
    agreement: float,
    rubric: str | None = None,
    exclude: str | Collection[str] = (),
    **options: Any,
) -> Frontier:
    """What budgets buy, before anybody labels anything (see :func:`judgekit.calibration.frontier.frontier`).

    Parameters
    ----------
    evidence, rubric
        As for :func:`calibrate`; runs without a calibration, which ask every tier about every item.
    options : Any
        ``tiers``, ``labels``, ``costs`` (see
        :meth:`judgekit.calibration.evidence_table.EvidenceTable.of`).
    """
    rows, options, _ = gather(evidence, rubric, None, exclude, options)
    return priced(EvidenceTable.of(rows, **options), agreement)


def gather(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    rubric: str | None,
    labels: Paths | None,
    exclude: str | Collection[str],
    options: dict[str, Any],
) -> tuple[list[EvidenceRow], dict[str, Any], Labels | None]:
    """Rows of one rubric with their labels; options with that rubric's labels and what stood as an example; labels."""
    rows, shown, given = [], set(several(exclude)), None
    given_rows = several(evidence)
    rows += [source for source in given_rows if isinstance(source, EvidenceRow)]
    for path in finished(Path(one) for one in given_rows if not isinstance(one, EvidenceRow)):
        rows += evidence_of(path)
        shown |= examples(path)
    if labels:
        given = Labels.read(paths(labels))
        rows = list(given.joined(rows))
        given.check_used("evidence")
    if rubric is not None:
        met = {row.rubric for row in rows if row.rubric}
        rows = [row for row in rows if row.rubric == rubric]
        if not rows:
            raise InputError(f"no evidence of rubric '{rubric}'; there is {', '.join(sorted(met)) or 'none'}")
    name = rubric or (rows[0].rubric if rows else "")
    return rows, ({"labels": labels_of(name)} if name else {}) | options | {"exclude": shown}, given


def people_of(
    rows: Sequence[EvidenceRow], given: Labels | None, pools: Sequence[Pool]
) -> PeopleSummary | None:
    """How far people agree, none of them named; None where nobody else, or nobody again, labeled the same item."""
    found = summary(said_in(rows, given), rows[0].rubric, pools=pools)
    return replace(found, persons=()) if found.between or found.itself else None


def annotators(rows: Iterable[EvidenceRow]) -> set[str]:
    """The people whom labels name."""
    return {label.annotator for row in rows for label in row.human} - {""}


def distinct(rows: Sequence[EvidenceRow], evidence: Iterable[Path]) -> tuple[list[EvidenceRow], int]:
    """Labeled rows with each text once, where run folders hold texts, and how many labeled ones repeat another."""
    texts = texts_of(item for run in _runs(used(evidence)) for item in RunFolder.open(run).items())
    return without_repeats(rows, texts)


def of_files(repeats: int, given: Labels | None) -> Iterator[str]:
    """What speaks against labels by the files that they stand in."""
    if repeats:
        yield (
            f"{some(repeats, 'labeled item')} repeat question, reference and output of another under another question "
            "id: each text counts once."
        )
    if given is not None and given.passed_over:
        yield (
            f"{some(given.passed_over, 'row')} of the label file were passed over, with labeled ones after them. Who "
            "chooses what to label chooses what is certified: 'cannot tell' is an answer, and counts as one."
        )


def _runs(given: Iterable[Path]) -> list[Path]:
    """The run folders among paths."""
    return [path for path in given if path.is_dir()]


def _folders(evidence: Any, labels: Paths | None) -> list[Path]:
    """Where calibrations on this evidence and these labels are remembered."""
    given = [*_files(evidence), *(paths(labels) if labels else [])]
    return [path if path.is_dir() else path.parent for path in given]


def used(given: Iterable[Path]) -> list[Path]:
    """The paths that evidence is read from, each once: not those of unfinished runs."""
    return list({path.resolve(): path for path in given if not is_unfinished(path)}.values())


def _files(evidence: Any) -> list[Path]:
    """The evidence files and run folders among what was given."""
    return [Path(one) for one in several(evidence) if not isinstance(one, EvidenceRow)]
