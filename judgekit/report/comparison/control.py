"""Unlearning with Control: each method's best run among those that keep enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from judgekit.report.comparison.axes import Axis
from judgekit.report.comparison.per_run import RunValues
from judgekit.report.comparison.records import Controlled, number
from judgekit.report.comparison.roles import role
from judgekit.report.paired import CONFIDENCE
from judgekit.report.recipes.uwc import TAU, choose, enough
from judgekit.report.titles import base_model


def controlled(
    sides: Sequence[RunValues], revealed: Axis, kept: Axis, original: Mapping[str, RunValues]
) -> Iterable[Controlled]:
    """Every method with several runs of one base model. Without its original the run that keeps most stands in."""
    models: dict[str, list[RunValues]] = {}
    for side in sides:
        models.setdefault(base_model(side.run.model), []).append(side)
    for mine in models.values():
        most = max((side.name for side in mine), key=lambda name: kept.middle(name))
        given = original.get(mine[0].name)
        base = given.name if given else most
        note = (
            f" No original of its model is among the runs; {most}, which keeps most, stands in for it, so what it "
            "keeps itself is not put to the test."
        )
        methods: dict[str, list[str]] = {}
        for side in mine:
            if role(side.method) == "unlearned":
                methods.setdefault(side.method, []).append(side.name)
        for method, names in methods.items():
            if len(names) > 1:
                called = f"{method} on {mine[0].run.model}" if len(models) > 1 else method
                yield _pick(called, names, revealed, kept, base, "" if given else note)


def _pick(method: str, names: Sequence[str], revealed: Axis, kept: Axis, base: str, note: str) -> Controlled:
    """Among several runs (see `judgekit.report.recipes.uwc`), by the figures and intervals of the axes."""
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
    why = _say(method, chosen, free, tied, confirmed, alone) + note
    return Controlled(method, chosen, free, tied, {k: number(m) for k, m in margins.items()}, why)


def _better(axis: Axis, one: str, other: str) -> bool:
    return bool(axis.better[axis.number[one], axis.number[other]])


def _say(
    method: str, chosen: str | None, free: str | None, tied: Sequence[str], confirmed: bool, alone: bool
) -> str:
    """The pick in words.

    ``confirmed``: the pick without control is told apart as revealing less; ``alone``: the pick from all other runs.
    """
    share = f"{TAU:.0%} of the original's utility"
    if chosen is None:
        return f"no {method} run keeps at least {share} (95 % confidence); without control the pick would be {free}."
    but = f" Not told apart from it: {', '.join(tied)}." if tied else ""
    if chosen == free:
        most = (
            "reveals least" if alone else "reveals least by its figure (not told apart from every other run)"
        )
        return f"{method}: {chosen} {most}, and keeps at least {share} (95 % confidence).{but}"
    less = "reveals less" if confirmed else "seems to reveal less (the two are not told apart)"
    return (
        f"{method}: {chosen}, since {free}, which {less}, may keep less than {share} (95 % confidence).{but}"
    )
