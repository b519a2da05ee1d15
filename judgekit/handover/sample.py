"""How the labeled items were chosen: whether pools are the draws that they say, and earlier calibrations are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from judgekit.calibration import tries
from judgekit.calibration.doubts import further_draws
from judgekit.calibration.draw import draw
from judgekit.calibration.pool import Pool
from judgekit.calibration.record import Calibration
from judgekit.calibration.tries import Try
from judgekit.errors import JudgekitError
from judgekit.handover.again import Again
from judgekit.handover.parts import Part
from judgekit.runs.folder import is_finished


def sample_part(found: Again) -> Part:
    """Whether the pools are what their seeds draw from this evidence."""
    told = []
    for asked in found.origin.draws:
        pool = next(one for one in found.pools if one.fingerprint == asked.pool)
        name = f"pool {asked.pool} ({asked.kind}, {asked.labeled:,} of {asked.items:,} items labeled)"
        if pool.kind != "path":
            told.append(f"{name} is not drawn again")
            continue
        try:
            fault, passed = drawn_again(pool, found)
        except JudgekitError as error:
            fault, passed = f"cannot be drawn again: {error}", 0
        if fault:
            return Part("sample", "differs", f"{name} {fault}")
        if passed:
            what = (
                f"{name} passes over {passed:,} questions that its seed draws earlier; the labels or pools that they "
                "were left out for are not here"
            )
            return Part("sample", "missing", what)
        told.append(f"{name} is what seed {pool.seed} draws from this evidence")
    if found.origin.undrawn:
        told.append(f"{found.origin.undrawn:,} labeled items were asked from no pool")
    return Part("sample", "same", "; ".join(told))


def drawn_again(pool: Pool, found: Again) -> tuple[str, int]:
    """What is wrong with a pool along a path, and how many questions it passes over without a reason that is here."""
    mine = pool.questions
    gone = {question for other in found.pools for question in other.questions} - mine
    rows = []
    for row in found.rows:
        if row.human and (row.question_id or row.id) not in mine:
            if any(label.pool == pool.fingerprint for label in row.human):
                return f"does not hold '{row.id}', whose label says that it was asked from it", 0
            gone.add(row.question_id or row.id)
        rows.append(row.model_copy(update={"human": ()}))
    every = draw(
        rows,
        len(rows),
        labels=pool.labels,
        exclude=found.made.examples,
        without=gone,
        seed=pool.seed,
        **pool.options,
    )
    order = iter(every.items)
    passed = 0
    for item in pool.items:
        for drawn in order:
            if drawn == item:
                break
            passed += 1
        else:
            return f"holds '{item.id}', which its seed does not draw there: items were chosen, not drawn", 0
    return "", passed


def history_part(claimed: Calibration, folders: Iterable[Path]) -> Part | None:
    """Whether earlier calibrations on the same labels are told of, and leave anything of the error level.

    Records of calibrations that stand with the files may know others than the certificate tells of. A pool is
    remembered when it is drawn, so that earlier draws may be among them which nobody answered: what they spend is told,
    and no fault.
    """
    if not claimed.tries:
        return None
    *others, this = claimed.tries
    if this.pool and (path := [one for one in others if one.pool == this.pool]):
        what = f"the labels of the pool {this.pool} were asked along another path, that of calibration {path[0].digest}"
        return Part("history", "differs", what)
    spent = sum(one.spent for one in claimed.tries)
    over = bool(others) and spent > min(one.delta for one in claimed.tries) * (1 + 1e-9)
    if over and not this.pool:
        spend = f"{spent:.4g} of an error level of {this.delta:g}"
        what = f"{len(claimed.tries):,} calibrations on these labels spend {spend}"
        return Part("history", "differs", what)
    known = {one.digest for one in claimed.tries}
    for folder in dict.fromkeys(folders):
        if hidden := [one for one in _before(this, tries.remembered([folder])) if one.digest not in known]:
            what = (
                f"{folder.name}/{tries.FILE} knows {len(hidden):,} earlier calibrations on these labels that the "
                f"certificate does not tell of, {hidden[0].digest} the first"
            )
            return Part("history", "differs", what)
    runs = [folder for folder in dict.fromkeys(folders) if is_finished(folder)]
    record = tries.remembered(runs)
    if this.digest in {one.digest for one in record}:
        before = list(takewhile(lambda one: one.digest != this.digest, record))
        told_now = {further_draws(this, known, others) for known in (before, record)}
        if claimed.drawn_before not in told_now:
            said = min(told_now) or "nothing of other labels."
            what = f"the record of the runs says: {said} The certificate: {claimed.drawn_before!r}"
            return Part("history", "differs", what)
    told = f"{len(others):,} earlier calibrations or draws on these labels"
    return Part(
        "history",
        "same",
        f"{told}, which with this one spend {spent:.4g} of {this.delta:g}" if over else told,
    )


def _before(this: Try, record: Sequence[Try]) -> Iterator[Try]:
    """The recorded calibrations on any of the same labels that were made before this one."""
    if this.digest in {one.digest for one in record}:
        until = takewhile(lambda one: one.digest != this.digest, record)
        yield from (one for one in until if one.on_labels_of(this))
