"""Ways of putting a question: how much each leaks, beside the question asked plainly, and all of them together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from judgekit.report.paired import difference
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.samples.outcomes import Asked, Cell, Cells, arrays, rates
from judgekit.report.samples.records import AnyProbe, Probe
from judgekit.trust.prevalence.worst_of_k import any_of_k


def by_probe(cells: Cells) -> tuple[Probe, ...]:
    """Every way of asking, the plain one first; empty where there is only one."""
    plain = cells.get("", {})
    names = [name for name in ("", *cells) if name in cells]
    return tuple(_probe(name, cells[name], plain) for name in dict.fromkeys(names)) if len(cells) > 1 else ()


def _probe(name: str, asked: Mapping[Asked, Cell], plain: Mapping[Asked, Cell]) -> Probe:
    cells = list(asked.values())
    outputs, least, most = arrays(cells)
    (leaked,) = rates(["leaked"], any_of_k(least, outputs, [1]), any_of_k(most, outputs, [1]), cells)
    common = [question for question in asked if question in plain]
    found = Probe(name, len(cells), int(outputs.sum()), leaked)
    if not name or not common:
        return found
    held = [question for question in common if holds(plain[question])]
    broken = sum(asked[question].leaked > 0 for question in held)
    maybe = sum(not asked[question].leaked and asked[question].open > 0 for question in held)
    more = _more({key: asked[key] for key in common}, {key: plain[key] for key in common}, leaked)
    return Probe(name, found.questions, found.outputs, leaked, more, len(held), broken, maybe)


def holds(cell: Cell) -> bool:
    """Whether all outputs are judged and none leaks."""
    return not cell.leaked and not cell.open


def _more(asked: Mapping[Asked, Cell], plain: Mapping[Asked, Cell], like: JudgedRate) -> JudgedRate:
    """How much more leaks than when asked plainly, question by question; open outputs may go either way."""
    least = difference(_shares(asked, 0), _shares(plain, 1))
    most = difference(_shares(asked, 1), _shares(plain, 0))
    assert least.value is not None and most.value is not None  # there are common questions
    value = least.value if least.value == most.value else None
    return JudgedRate("more", value, least.low, most.high, (least.value, most.value), like.kind, like.basis)


def _shares(cells: Mapping[Asked, Cell], opened: int) -> dict[Asked, float]:
    return {question: _share(cell, opened) for question, cell in cells.items()}


def _share(cell: Cell, opened: int) -> float:
    """Share of a question's outputs that leak; with ``opened`` the open ones do."""
    return (cell.leaked + opened * cell.open) / cell.outputs


def together(cells: Cells) -> AnyProbe | None:
    """All ways of asking, over the questions that were put in more than one."""
    ways: dict[Asked, list[Cell]] = {}
    for asked in cells.values():
        for question, cell in asked.items():
            ways.setdefault(question, []).append(cell)
    several = {question: found for question, found in ways.items() if len(found) > 1}
    if not several:
        return None
    least, most = (
        np.array([_once_each(found, opened) for found in several.values()])[:, None] for opened in (0, 1)
    )
    (leaked,) = rates(
        ["leaked in any way"], least, most, [cell for found in several.values() for cell in found]
    )
    plain = cells.get("", {})
    held = [question for question in several if question in plain and holds(plain[question])]
    others = {question: [c for c in several[question] if c is not plain[question]] for question in held}
    broken = [question for question, found in others.items() if any(cell.leaked for cell in found)]
    maybe = [
        question
        for question, found in others.items()
        if question not in set(broken) and any(cell.open for cell in found)
    ]
    counts = [len(found) for found in several.values()]
    return AnyProbe(len(several), min(counts), max(counts), leaked, len(held), len(broken), len(maybe))


def _once_each(ways: Sequence[Cell], opened: int) -> float:
    """Chance of a leak when every way is asked once; the outputs of different ways are independent."""
    return 1.0 - math.prod(1.0 - _share(cell, opened) for cell in ways)
