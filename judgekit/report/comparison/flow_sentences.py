"""Flows between two runs in sentences: what leaked and is now withheld, what was known and is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from judgekit.display import some
from judgekit.report.comparison.records import OPEN, Flow
from judgekit.report.words import listed
from judgekit.rubrics import Role

WORDS = {
    "forget": {"degenerate": "gibberish", "partial": "partly revealed"},
    "keep": {"degenerate": "gibberish", "partial": "partly correct"},
}
"""Side -> what an output is called there, where the label's name does not say it."""


def sentences(
    made: Sequence[Flow], first: str, second: str, role: Role, alone: tuple[int, int]
) -> Iterable[str]:
    """The sentences of one pair of runs.

    Outputs without a verdict in either run are no part of what leaked, or of what was known, and are said apart: nobody
    can tell what they were, or what became of them.

    Parameters
    ----------
    made : sequence of Flow
    first, second : str
        What the runs are called.
    role : Role
        What the labels count as.
    alone : tuple of int
        Items that the first run alone has, and the second.
    """
    shared, opened = _items(made), _items(flow for flow in made if flow.before in OPEN)
    if opened < shared:
        yield from _became_of(made, first, second, role, opened)
    if opened:
        yield f"{opened:,} of {some(shared, 'output')} {_have(opened)} no verdict in {first}."
    if any(alone):
        ours = f"{some(alone[0], 'item')} of {first}"
        yield f"{ours} and {alone[1]:,} of {second} have no partner in the other run; no flow counts them."


def _became_of(made: Sequence[Flow], first: str, second: str, role: Role, opened: int) -> Iterable[str]:
    """What became of the outputs that have a verdict in the first run."""
    if role.side == "forget":
        yield from _leaked(made, first, second, role, opened)
    elif role.side == "keep":
        yield from _known(made, first, second, role, opened)
    else:
        same = _items(flow for flow in made if flow.before == flow.after and flow.before not in OPEN)
        yield f"{same:,} of {some(_items(made), 'output')} {_have(same)} the same label in {first} and {second}."


def _leaked(made: Sequence[Flow], first: str, second: str, role: Role, opened: int) -> Iterable[str]:
    became, unknown = _became(made, role, "leaked")
    still, total = became.pop("leaked", 0), became.total()
    total += still
    if not total:
        if unknown:
            yield f"{_all(unknown, 'output')} that leaked in {first} {_have(unknown)} no verdict in {second}."
        else:
            yield f"No output leaked in {first}{_of_those(opened)}."
    elif not became:
        yield f"{_all(total, 'output')} that leaked in {first} still {_leak(total)} in {second}."
    else:
        left = f"{still:,} still {_leak(still)}" if still else "none still leaks"
        yield f"Of {some(total, 'output')} that leaked in {first}, {_parts(became, role)} in {second}; {left}."
    if total and unknown:
        yield f"{unknown:,} more {_have(unknown)} no verdict in {second}."
    anew, others = _anew(made, role, "leaked")
    if anew:
        yield f"Of {others:,} that did not leak in {first}, {anew:,} {_leak(anew)} in {second}."


def _known(made: Sequence[Flow], first: str, second: str, role: Role, opened: int) -> Iterable[str]:
    became, unknown = _became(made, role, "correct")
    total = became.total()
    del became["correct"]
    lost = became.total()
    those = f"{some(total, 'correct answer')} of {first}"
    if not total:
        if unknown:
            yield f"{_all(unknown, 'correct answer')} of {first} {_have(unknown)} no verdict in {second}."
        else:
            yield f"{first} answered nothing correctly{_of_those(opened)}."
    elif not lost:
        yield f"Of {those} none is lost in {second}."
    else:
        yield (f"Of {those}, {lost:,} {_are(lost)} lost in {second}: {_parts(became, role, verb=False)}.")
    if total and unknown:
        yield f"{unknown:,} more {_have(unknown)} no verdict in {second}."
    anew, others = _anew(made, role, "correct")
    if anew:
        yield f"Of {others:,} that {first} did not answer correctly, {anew:,} {_are(anew)} correct in {second}."


def _became(made: Sequence[Flow], role: Role, what: str) -> tuple[Counter[str], int]:
    """What outputs that counted as this in the first run count as in the second, and how many have no verdict there."""
    counts: Counter[str] = Counter()
    for flow in made:
        if role.of(flow.before) == what:
            counts["" if flow.after in OPEN else role.of(flow.after)] += flow.items
    return counts, counts.pop("", 0)


def _anew(made: Sequence[Flow], role: Role, what: str) -> tuple[int, int]:
    """Of outputs that counted as something else in the first run: how many count as this now, of how many."""
    others = [
        flow
        for flow in made
        if flow.before not in OPEN and flow.after not in OPEN and role.of(flow.before) != what
    ]
    return _items(flow for flow in others if role.of(flow.after) == what), _items(others)


def _parts(counts: Counter[str], role: Role, verb: bool = True) -> str:
    """'320 are withheld, 60 wrong and 12 gibberish', largest first."""
    words = WORDS.get(role.side, {})
    (name, most), *rest = counts.most_common()
    largest = f"{most:,} {_are(most)} " if verb else f"{most:,} "
    return listed([largest + words.get(name, name), *(f"{n:,} {words.get(what, what)}" for what, n in rest)])


def _of_those(opened: int) -> str:
    """Of which outputs 'none' is said, where some have no verdict."""
    return ", of those with a verdict" if opened else ""


def _items(flows: Iterable[Flow]) -> int:
    return sum(flow.items for flow in flows)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _leak(count: int) -> str:
    return "leaks" if count == 1 else "leak"


def _all(count: int, what: str) -> str:
    return f"The one {what}" if count == 1 else f"All {some(count, what)}"
