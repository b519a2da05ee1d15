"""What the labels of a calibration say of the judges, as text (:mod:`judgekit.trust.selective.diagnosis`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from judgekit.calibration.hindsight import agreed, corrected, needed, seen
from judgekit.trust.risk import percent
from judgekit.trust.selective.diagnosis import Diagnosis

WIDE = 6
"""Labels of which the whole table is shown, or pairs of more that are confused most."""

PAIRS = 2
"""Pairs that are named in one line."""


def summary(found: Diagnosis, pooled: bool = False) -> Iterator[tuple[str, str]]:
    """Agreement by judge, and the labels that are taken for each other most often: one line each, with its name.

    ``pooled``: people were asked along the path, about what the judges are surest of.
    """
    judges = [f"{name} {agreed(of)}" for name, of in zip(found.judges, found.by_judge, strict=True)]
    together = [f"together {agreed(found.together)}"] if len(judges) > 1 else []
    which = " labeled, the surest first" if pooled else ""
    yield "agreement", ", ".join([*judges, *together]) + f" with people on the {found.n:,} items{which}"
    pairs = found.confused[: 1 if not found.targets else PAIRS]
    said = [f"people say {a.people}, judges {a.judges}: {a.count:,} of {a.of:,}" for a in pairs]
    yield "confused", "; ".join(said) or "no labels"


def lines(found: Diagnosis) -> Iterator[str]:
    """Where nothing was certified: the table of labels, and how far each target is."""
    yield from _aligned(_confusion(found) if len(found.labels) <= WIDE else _pairs(found))
    if not found.targets:
        return
    yield from _aligned(_targets(found))
    won = max((target.agreement for target in found.targets if target.certified), default=None)
    yield "  Hindsight is no promise: " + (
        "further labels must be of items not calibrated on so far."
        if won is None
        else f"{percent(won)} needs fresh labels, or had to be declared beforehand (--tries 2)."
    )


def _confusion(found: Diagnosis) -> Iterator[list[str]]:
    silent = any(row[-1] for row in found.confusion)
    yield ["people \\ judges", *found.labels, *(["none"] if silent else []), "judges agree"]
    for name, row, agree in zip(found.labels, found.confusion, found.by_people, strict=True):
        yield [name, *map(str, row if silent else row[:-1]), agreed(agree)]
    yield ["people agree", *("-" if v.share is None else f"{v.share:.0%}" for v in found.by_verdict)]


def _pairs(found: Diagnosis) -> Iterator[list[str]]:
    yield ["people", "judges", "items", "of"]
    for pair in found.confused[:WIDE]:
        yield [pair.people, pair.judges, f"{pair.count:,}", f"{pair.of:,}"]


def _targets(found: Diagnosis) -> Iterator[list[str]]:
    yield ["target", "fresh labels needed", f"if right on '{found.weakest}'", f"on these {found.n:,} labels"]
    for target in found.targets:
        yield [
            percent(target.agreement) + (" asked" if target.asked else ""),
            *(["-", "-"] if target.certified else [needed(target), corrected(target, found.n)]),
            seen(target),
        ]


def _aligned(rows: Iterator[list[str]]) -> Iterator[str]:
    """Columns, the first one to the left."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip_longest(*table, fillvalue="")]
    for first, *others in table:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=False)]
        yield "  ".join(["", first.ljust(widths[0]), *cells])
