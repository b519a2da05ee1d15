"""A calibration made again, from the same files with the options that it says it was made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit import trust
from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.files import annotators, distinct, gather, of_files, people_of
from judgekit.calibration.options import CalibrationOptions
from judgekit.calibration.origin import Origin
from judgekit.calibration.pool import Pool, asked_from, pools_beside
from judgekit.calibration.record import Calibration
from judgekit.errors import InputError
from judgekit.readers.join import Labels
from judgekit.records import EvidenceRow, Record
from judgekit.runs.folder import ITEMS


@dataclass(frozen=True)
class Sources:
    """What a calibration is made again from.

    Attributes
    ----------
    evidence, labels : tuple of Path
        Run folders and evidence files; label files, none where the evidence carries its labels.
    """

    evidence: tuple[Path, ...]
    labels: tuple[Path, ...]


@dataclass(frozen=True)
class Again:
    """A calibration made again.

    Attributes
    ----------
    rows : list of EvidenceRow
        Of its rubric, labels joined.
    given : Labels or None
    pools : list of Pool
        Those beside the labels.
    unseen : int
        Outputs left out as repeats of others, where no texts are here that show it.
    by_hand : tuple of str
        Questions left out that no run shows as an example.
    origin : Origin
        What these files and options are, by digests.
    made : Calibration
    """

    rows: list[EvidenceRow]
    given: Labels | None
    pools: list[Pool]
    unseen: int
    by_hand: tuple[str, ...]
    origin: Origin
    made: Calibration


class NoPool(InputError):
    """Labels were asked from a pool whose file is not there."""


def again(claimed: Calibration, sources: Sources) -> Again:
    """Make a calibration again; of the claimed one only its options and earlier calibrations are taken.

    Raises
    ------
    NoPool
        A pool is missing.
    InputError
        No calibration can be made of these files.
    """
    options = options_of(claimed)
    exclude = claimed.origin.exclude if claimed.origin else ()
    rows, told, given = gather(
        sources.evidence, claimed.rubric or None, sources.labels or None, exclude, options.options
    )
    every, (rows, repeats) = rows, distinct(rows, sources.evidence)
    unseen = 0
    if claimed.origin and not any((path / ITEMS).is_file() for path in sources.evidence):
        told_of = set(claimed.origin.repeats)  # without texts nobody can tell
        rows = [row for row in every if row.key not in told_of]
        repeats = sum(bool(row.human) for row in every if row.key in told_of)
        unseen = len(every) - len(rows)
    pools = pools_beside(sources.labels)
    try:
        asked_from((label for row in rows for label in row.human), pools)
    except InputError as error:
        raise NoPool(error.what) from None
    shown = set(told["exclude"]) - set(exclude)
    if claimed.origin is None:  # by hand or not: files made before the origin was kept do not tell
        told["exclude"] = {*told["exclude"], *claimed.examples}
    made = calibrate(rows, pools=pools, outlook=claimed.outlook is not None, doubt=True, **told)
    earlier = (one for one in claimed.tries[:-1] if one.on_labels_of(made.tries[-1]))
    origin = Origin.of(
        rows,
        given,
        evidence=sources.evidence,
        labels=sources.labels,
        pools=pools,
        options=told,
        exclude=exclude,
        repeats={row.key for row in every} - {row.key for row in rows},
    )
    found = {
        "people_summary": people_of(rows, given, pools),
        "doubts": (*of_files(repeats, given), *made.doubts),
        "annotators": len(annotators(rows)),
        "tries": (*earlier, made.tries[-1]),
    }
    made = made.model_copy(update=found)
    return Again(rows, given, pools, unseen, tuple(sorted(set(made.examples) - shown)), origin, made)


def options_of(claimed: Calibration) -> CalibrationOptions:
    """The options that a calibration was made with; of older files, those that its promise tells."""
    if claimed.origin is not None:
        return claimed.origin.options
    promise = claimed.promise
    told: dict[str, Any] = {
        "delta": promise.delta,
        "tolerance": promise.tolerance,
        "tries": promise.tries,
        "people": claimed.people,
        "group_by": claimed.group_by,
        "per": claimed.per,
        "tiers": claimed.tiers,
    }
    agreed = promise.otherwise if isinstance(promise, trust.AtMost) else promise
    if isinstance(agreed, trust.Agreement):
        told["agreement"] = agreed.agreement
        told["per_label"] = {claimed.labels[k]: share for k, share in agreed.per_label.items()}
    if isinstance(promise, trust.AtMost):
        told["at_most"] = {
            f"{claimed.labels[k]}:{','.join(claimed.labels[j] for j in promise.errors[k])}": share
            for k, share in promise.limits.items()
        }
    return CalibrationOptions.model_validate(told)


def plain(made: Record) -> Mapping[str, Any]:
    """A record as it would be written today, whatever its file's version."""
    return Record.to_row(made)


def same_decisions(one: Calibration, other: Calibration, rows: Sequence[EvidenceRow]) -> bool:
    """Whether two calibrations decide all rows alike."""
    from judgekit.cascade.decide import decide_rows

    pairs = zip(decide_rows(rows, one), decide_rows(rows, other), strict=True)
    return all((a.state, a.label, a.tier) == (b.state, b.label, b.tier) for a, b in pairs)
