"""The tables of a certificate's page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from judgekit.calibration.hindsight import agreed, corrected, needed, seen
from judgekit.calibration.record import Calibration
from judgekit.calibration.stages import STAGE
from judgekit.report.render.cells import ABSENT, Table
from judgekit.trust.risk import percent
from judgekit.trust.selective.certificate import Part
from judgekit.trust.selective.diagnosis import Diagnosis
from judgekit.trust.selective.trail import Tested, Trail

WIDE = 8
"""Labels of which the whole table is shown; of more, the pairs that are confused most."""

MOST = 14
"""Tests that a table shows."""

PAIRS = 10
"""Pairs of labels that a table shows."""


def tables(calibration: Calibration) -> dict[str, Table]:
    """Those with at least one row, by name."""
    found = calibration.diagnosis
    every = [parts(calibration), judges(calibration), tries(calibration), outlook(calibration)]
    if found is not None:
        every += [tests(calibration, number, trail) for number, trail in enumerate(found.trails)]
        every += [verdicts(calibration, found), targets(found)]
    return {table.name: table for table in every if table.rows}


def part_name(calibration: Calibration, part: Part | Trail) -> str:
    """What one of several promises is called; nothing where there is one."""
    verdict = None if part.label is None else f"verdict {calibration.labels[part.label]}"
    return ", ".join(name for name in (part.group, verdict) if name)


def parts(calibration: Calibration) -> Table:
    """What is promised of each part, where there are several."""
    certificate = calibration.certificate
    columns = ("Part", "Promised", "Labels", "Verdicts", "Errors", "Agreement", "Exact bound", "Status")
    if len(certificate.parts) < 2:
        return Table("parts", "", columns, ())
    rows = tuple(
        (
            part_name(calibration, part) or "all",
            percent(part.agreement),
            f"{part.labels:,}",
            f"{part.accepted:,}",
            _errors(part.errors) if part.certified else ABSENT,
            _share(part.observed),
            _share(part.bound),
            part.status
            if part.certified or not part.labels_needed
            else f"needs about {part.labels_needed:,} labels",
        )
        for part in certificate.parts
    )
    return Table("parts", "What is certified of each", columns, rows).without_empty()


def tests(calibration: Calibration, number: int, trail: Trail) -> Table:
    """The tests of one path, those around the last that passed, and others evenly."""
    columns = ("Coverage", "Verdicts", "Errors", "Agreement", "Exact bound", "p-value", "Result")
    last = len(trail.tested) - 1
    passed = last - trail.stopped
    shown = sorted({*np.linspace(0, last, min(MOST, last + 1)).astype(int).tolist(), max(passed, 0), last})
    rows = tuple(
        (
            percent(test.accepted / trail.items),
            f"{test.accepted:,}",
            _errors(test.errors),
            percent(1 - test.errors / test.accepted),
            _share(test.bound),
            f"{test.p_value:.2g}",
            _result(test, trail, index == passed),
        )
        for index, test in enumerate(trail.tested)
        if index in shown
    )
    name = part_name(calibration, trail)
    share = calibration.certificate.method.delta / max(len(calibration.certificate.parts), 1)
    said = [
        "An item counts with the worst verdict that it gets along the path.",
        f"A test passes while p is at most {trail.delta:.4g}.",
        "Of two ways down that share the error level, this one reaches farther."
        if trail.delta < share
        else "",
        f"{len(rows)} of {last + 1} tests are shown." if len(rows) <= last else "",
    ]
    note = " ".join(filter(None, said))
    title = f"Tests, in their order{f': {name}' if name else ''}"
    return Table(f"tests-{number}", title, columns, rows, note).without_empty()


def _result(test: Tested, trail: Trail, last: bool) -> str:
    if test.p_value > trail.delta:
        return "fails: the test stops"
    return "passes, the last" if last else "passes"


def verdicts(calibration: Calibration, found: Diagnosis) -> Table:
    """The verdicts that the certified policy gives against people's labels, and what it leaves open.

    Where nothing is certified, what all judges together would say, of every item.
    """
    labels, given = found.labels, calibration.certified
    counts = np.array(found.verdicts if given else found.confusion, dtype=int).reshape(-1, len(labels) + 1)
    title = (
        "Verdicts against people's labels"
        if given
        else "What the judges together say, against people's labels"
    )
    if len(labels) > WIDE:
        return _pairs(calibration, counts, title)
    people = (*labels, "no label")[: len(counts)]
    rows = [
        (label, *(f"{n:,}" if n else "·" for n in row), f"{sum(row):,}")
        for label, row in zip(people, counts.tolist(), strict=True)
    ]
    if rows:
        wrong = [
            sum(int(counts[p, v]) for p, human in enumerate(people) if calibration.errs(verdict, human))
            for v, verdict in enumerate(labels)
        ]
        rows.append(("all", *(f"{n:,}" for n in counts.sum(axis=0).tolist()), f"{counts.sum():,}"))
        rows.append(("errors", *(f"{n:,}" for n in wrong), "", f"{sum(wrong):,}"))
    note = "Rows: what people say. Columns: " + (
        "the verdict, and what is left open to people."
        if given
        else "what all judges together say, were it given."
    )
    if len(people) > len(labels):
        note += " No label: not asked, or people cannot tell; such an item counts as an error where it has a verdict."
    if calibration.person:
        note += (
            " Of an item's people the majority is shown; the promise is about one of them drawn at random."
        )
    return Table(
        "verdicts", title, ("People", *labels, "Left open" if given else "Silent", "All"), tuple(rows), note
    )


def _pairs(calibration: Calibration, counts: NDArray[np.int_], title: str) -> Table:
    labels = calibration.labels
    found = sorted(
        (
            (int(counts[p, v]), human, verdict, int(counts[p].sum()))
            for p, human in enumerate((*labels, "no label")[: len(counts)])
            for v, verdict in enumerate(labels)
            if counts[p, v] and calibration.errs(verdict, human)
        ),
        key=lambda pair: -pair[0],
    )
    rows = tuple((human, verdict, f"{n:,}", f"{of:,}") for n, human, verdict, of in found[:PAIRS])
    note = (
        f"The errors that are made most often, of {len(found):,} kinds."
        if len(found) > PAIRS
        else "All errors."
    )
    return Table("verdicts", title, ("People", "Verdict", "Items", "Of"), rows, note)


def judges(calibration: Calibration) -> Table:
    """The judges in their order: who they are, what they cost, how far they are asked and alone agree."""
    certificate, found = calibration.certificate, calibration.diagnosis
    alone = {} if found is None else dict(zip(found.judges, found.by_judge, strict=True))
    weights, reach = certificate.method.weights, certificate.reach
    rows = tuple(
        (
            tier,
            calibration.fingerprints.get(tier) or "unknown",
            f"{calibration.prices[tier]:g}" if tier in calibration.prices else ABSENT,
            f"{weights[number]:.2g}" if number < len(weights) > 1 else ABSENT,
            percent(reach[number]) if number < len(reach) and certificate.certified else ABSENT,
            agreed(alone[judge]) if (judge := tier.partition(STAGE)[0]) in alone else ABSENT,
        )
        for number, tier in enumerate(calibration.tiers)
    )
    columns = ("Judge", "Fingerprint", "Price", "Weight", "Asked about", "Agrees alone")
    note = "In the order in which they are asked. Agrees alone: with people, on the labeled items (95 % interval)."
    if calibration.prices:
        note += " Price: of asking it about an item, in US dollars, or in calls where no judge has a price."
    return Table("judges", "Judges", columns, rows, note).without_empty()


def tries(calibration: Calibration) -> Table:
    """What was calibrated before on the same labels."""
    mine = set(calibration.tries[-1].items) if calibration.tries else set()
    rows = tuple(
        (
            made.digest,
            f"{len(mine.intersection(made.items)):,} of {len(made.items):,}",
            percent(made.delta),
            f"{made.tries:,}",
        )
        for made in calibration.tries[:-1]
    )
    columns = ("Earlier calibration", "Same labels", "May be wrong", "Declared tries")
    return Table("tries", "Tried before on these labels", columns, rows)


def outlook(calibration: Calibration) -> Table:
    """What further labels are likely to buy at the same target."""
    found = calibration.outlook
    rows = tuple(
        (
            f"{buys.labels:,} labels",
            f"{buys.pool:,}",
            percent(buys.coverage),
            f"{percent(buys.low)} to {percent(buys.high)}",
            percent(buys.certified),
        )
        for buys in (found.path if found is not None else ())
    )
    columns = ("Fresh", "Pool", "Coverage, mean", "In 8 of 10", "Anything certified")
    note = (
        "At the same target, asked along the path of a new pool ('judgekit label'). Estimated by calibrations on "
        "labels drawn from these; no promise. Questions that were calibrated on cannot be labeled for it again."
    )
    return Table("outlook", "What further labels are likely to buy", columns, rows, note)


def targets(found: Diagnosis) -> Table:
    """How far each target is, where nothing was certified."""
    columns = (
        "Target",
        "Fresh labels needed",
        f"If right on {found.weakest}",
        f"On these {found.n:,} labels",
    )
    rows = tuple(
        (
            percent(target.agreement) + (", asked" if target.asked else ""),
            *((ABSENT, ABSENT) if target.certified else (needed(target), corrected(target, found.n))),
            seen(target),
        )
        for target in found.targets
    )
    note = (
        "Hindsight is no promise: to be certified, a target needs labels of items that were not calibrated on, or had "
        "to be declared beforehand (--tries)."
    )
    return Table("targets", "How far each target is", columns, rows, note)


def _share(value: float | None) -> str:
    return ABSENT if value is None else percent(value)


def _errors(count: float) -> str:
    """A number of errors; where an item's people differ, it need not be whole."""
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"
