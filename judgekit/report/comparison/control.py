"""Unlearning with Control: each method's best run among those that keep enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from judgekit.report.comparison.axes import Axis
from judgekit.report.comparison.per_run import RunValues
from judgekit.report.comparison.records import Controlled, number
from judgekit.report.comparison.sweeps import by_method, called
from judgekit.report.paired import CONFIDENCE
from judgekit.report.recipes.uwc import TAU, choose, enough
from judgekit.report.titles import base_model


def controlled(
    sides: Sequence[RunValues], revealed: Axis, kept: Axis, original: Mapping[str, RunValues]
) -> Iterable[Controlled]:
    """Every method with several runs of one base model. Without its original the run that keeps most stands in."""
    for mine in by_method(sides):
        model = [side for side in sides if base_model(side.run.model) == base_model(mine[0].run.model)]
        most = max(model, key=lambda side: kept.middle(side.name))
        base = original.get(mine[0].name, most)
        note = (
            f" No original of its model is among the runs; {most.title}, which keeps most, stands in for it, so what "
            "it keeps itself is not put to the test."
        )
        titles = {side.name: side.title for side in mine}
        yield _pick(
            called(mine, sides), titles, revealed, kept, base.name, "" if mine[0].name in original else note
        )


def _pick(
    method: str, titles: Mapping[str, str], revealed: Axis, kept: Axis, base: str, note: str
) -> Controlled:
    """Among several runs (see `judgekit.report.recipes.uwc`), by the figures and intervals of the axes."""
    names = list(titles)
    one_sided = 1 - 2 * (1 - CONFIDENCE) / len(names)
    margins = {name: kept.difference(name, base, TAU, one_sided) for name in names}
    chosen, free = choose({name: revealed.middle(name) for name in names}, margins)
    tied = tuple(
        name
        for name in names
        if chosen is not None and name != chosen and enough(margins[name])
        if not _better(revealed, chosen, name)
    )
    confirmed = chosen is not None and free is not None and _better(revealed, free, chosen)
    alone = chosen is not None and all(_better(revealed, chosen, name) for name in names if name != chosen)
    shown = [titles.get(name or "") for name in (chosen, free)]
    is_less = all(
        margins[name].high < 0 for name in ([free] if chosen is not None and free is not None else names)
    )
    why = _say(method, shown[0], shown[1], [titles[name] for name in tied], confirmed, alone, is_less) + note
    return Controlled(method, chosen, free, tied, {k: number(m) for k, m in margins.items()}, why)


def _better(axis: Axis, one: str, other: str) -> bool:
    return bool(axis.better[axis.number[one], axis.number[other]])


def _say(
    method: str,
    chosen: str | None,
    free: str | None,
    tied: Sequence[str],
    confirmed: bool,
    alone: bool,
    is_less: bool,
) -> str:
    """The pick in words.

    ``confirmed``: the pick without control is told apart as revealing less; ``alone``: the pick from all other runs;
    ``is_less``: what keeps too little does so surely, be it the pick without control or, without any other, every run.
    """
    share = f"{100 * TAU:.0f} % of the original's utility"
    if chosen is None:
        keeps = "keeps" if is_less else "is shown to keep"
        return f"No {method} run {keeps} {share} (95 % confidence); without control the pick would be {free}."
    but = f" Not told apart from it: {', '.join(tied)}." if tied else ""
    if chosen == free:
        most = (
            "reveals least" if alone else "reveals least by its figure (not told apart from every other run)"
        )
        return f"{method}: {chosen} {most}, and keeps at least {share} (95 % confidence).{but}"
    less = "reveals less" if confirmed else "seems to reveal less (the two are not told apart)"
    keeps = f"keeps less than {share}" if is_less else f"is not shown to keep {share}"
    return f"{method}: the pick is {chosen}. {free} {less}, but {keeps} (95 % confidence).{but}"
