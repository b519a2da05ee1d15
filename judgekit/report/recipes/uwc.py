"""Unlearning with Control (Wang et al. 2025): compare methods only among runs that kept what they should
keep.

The paper mixes the weights of the original and the unlearned model until the retained utility is back at tau
of the original's, and compares forgetting there. The same control works on any set of runs of a method:
learning rates, checkpoints, mixing ratios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from judgekit.report.paired import CONFIDENCE, Estimate, Values, difference, mean
from judgekit.report.recipes.base import Row, Table

TAU = 0.95


@dataclass(frozen=True)
class Candidate:
    """One run of a method: what it still reveals on the forget split, and its utility, each per question.

    Higher `revealed` = less forgotten (extraction strength as in the paper, ROUGE, or 1 for a judged leak);
    higher `utility` = more kept. Both in [0, 1].
    """

    name: str
    revealed: Values
    utility: Values


@dataclass(frozen=True)
class Pick:
    """The controlled and the uncontrolled choice among a method's runs.

    Attributes
    ----------
    method : str
    controlled, uncontrolled : Candidate or None
        Least revealed among the runs that kept enough, and among all. `controlled` is None if no run kept
        enough.
    margins : run name to Estimate
        Utility - tau * original's utility, paired; a run kept enough if its low end is at least 0.
    """

    method: str
    controlled: Candidate | None
    uncontrolled: Candidate | None
    margins: Mapping[str, Estimate]

    @property
    def changed(self) -> bool:
        """Whether another run, or none, is picked once utility is controlled."""
        return self.controlled != self.uncontrolled


def pick(
    method: str, runs: list[Candidate], original: Values, tau: float = TAU, level: float = CONFIDENCE
) -> Pick:
    """Pick the strongest forgetting among the runs whose utility is significantly at least tau of the original's.

    The ratio of two means is at least tau exactly when the mean of utility - tau * original is at least 0,
    which is a paired mean on the same questions. The lower bounds hold for all runs of the method together
    (Bonferroni), since the best of many is picked.

    Parameters
    ----------
    runs : list of Candidate
        Without any, nothing can be picked.
    original : Values
        Question to utility of the model before unlearning
    """
    if not 0 < tau <= 1:
        raise ValueError(f"tau is {tau}: give a share of the original's utility, above 0 and at most 1")
    one_sided = 1 - 2 * (1 - level) / max(len(runs), 1)
    margins = {run.name: difference(run.utility, original, one_sided, factor=tau) for run in runs}

    revealed = {run.name: fmean(run.revealed.values()) for run in runs if run.revealed}
    controlled, uncontrolled = choose(revealed, margins)
    named = {run.name: run for run in runs}
    return Pick(method, named.get(controlled or ""), named.get(uncontrolled or ""), margins)


def choose(revealed: Mapping[str, float], margins: Mapping[str, Estimate]) -> tuple[str | None, str | None]:
    """The run that reveals least among those that kept enough with confidence, and among all.

    Parameters
    ----------
    revealed : Mapping[str, float]
        Run name to what it reveals; runs that are not in it cannot be picked.
    margins : Mapping[str, Estimate]
        Run name to utility - tau * original's utility, with simultaneous limits.
    """
    kept = [name for name in revealed if enough(margins[name])]
    return min(kept, key=lambda name: revealed[name], default=None), min(
        revealed, key=lambda name: revealed[name], default=None
    )


def enough(margin: Estimate) -> bool:
    """Whether a run kept enough, with confidence."""
    return margin.low >= 0


def uwc(
    methods: Mapping[str, list[Candidate]], original: Values, tau: float = TAU, level: float = CONFIDENCE
) -> Table:
    """Methods compared at equal retained utility, and where the control changed the choice."""
    rows, everyone = [], mean(original, level)
    for method, runs in methods.items():
        found = pick(method, runs, original, tau, level)
        chosen = found.controlled
        notes = [f"controlled pick: {chosen.name if chosen else 'none kept enough'}"]
        if found.changed and found.uncontrolled is not None:
            notes.append(f"without control it would be {found.uncontrolled.name}")
        none = Estimate(None, reason=f"no run keeps {tau:.0%} of the original's utility (95 % confidence)")
        rows.append(
            Row(
                method,
                {
                    "revealed": mean(chosen.revealed, level) if chosen else none,
                    "utility": mean(chosen.utility, level) if chosen else none,
                    "margin": found.margins[chosen.name] if chosen else none,
                },
                tuple(notes),
            )
        )
    rows.sort(key=lambda row: (row.cells["revealed"].value is None, row.cells["revealed"].value or 0.0))
    kept = "" if everyone.value is None else f" ({everyone.value:.3f})"
    note = (
        f"a run is eligible if its utility is at least {tau:.0%} of the original's{kept} by its lower bound"
    )
    return Table("uwc", ("revealed", "utility", "margin"), tuple(rows), (note,))
