"""How often each label was given, as an estimate of what people would have said of all items.

The one place where the report meets ``judgekit.trust`` for rates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from judgekit.records import Verdict

LEVEL = 0.95


@dataclass(frozen=True)
class Rate:
    """The share of items under one label.

    Attributes
    ----------
    label : str
    value : float or None
        The estimate; None where open items (abstained, unscored) leave it open, then see ``bounds``.
    low, high : float
        Confidence limits at ``LEVEL``; they include what the open items could be.
    bounds : (float, float)
        The share if none, and if all, of the open items had the label.
    basis : str
        What the figure rests on, in words.
    """

    label: str
    value: float | None
    low: float
    high: float
    bounds: tuple[float, float]
    basis: str

    @property
    def middle(self) -> float:
        """The estimate, or the middle of the bounds: for placing a mark, never for printing."""
        return sum(self.bounds) / 2 if self.value is None else self.value


def judged_rate(name: str, labels: frozenset[str], verdicts: Sequence[Verdict], basis: str) -> Rate:
    """The share of items whose label is one of ``labels``."""
    n = len(verdicts)
    hits = sum(verdict.label in labels for verdict in verdicts)
    open_items = sum(verdict.state != "verdict" for verdict in verdicts)
    low, high = hits / n, (hits + open_items) / n
    tail = (1 - LEVEL) / 2
    limit_low = float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    most = hits + open_items
    limit_high = float(beta.ppf(1 - tail, most + 1, n - most)) if most < n else 1.0
    return Rate(name, None if open_items else low, limit_low, limit_high, (low, high), basis)


def judged_rates(
    verdicts: Sequence[Verdict], labels: Sequence[str], together: Mapping[str, frozenset[str]]
) -> dict[str, Rate]:
    """A rate for every label of the rubric and every named union of labels.

    Parameters
    ----------
    verdicts : one per item, not empty.
    labels : the rubric's labels.
    together : name -> labels counted as one, e.g. *forgotten well*.
    """
    basis = what_it_rests_on(verdicts)
    wanted = {**{label: frozenset({label}) for label in labels}, **together}
    return {name: judged_rate(name, which, verdicts, basis) for name, which in wanted.items()}


def what_it_rests_on(verdicts: Sequence[Verdict]) -> str:
    """One line: who gave the verdicts, how many, and whether anyone vouches for them."""
    states = Counter(verdict.state for verdict in verdicts)
    tiers = Counter(verdict.tier or "?" for verdict in verdicts if verdict.state == "verdict")
    given = ", ".join(f"{count:,} by {tier}" for tier, count in tiers.most_common())
    parts = [f"{len(verdicts):,} items: {states['verdict']:,} verdicts" + (f" ({given})" if given else "")]
    parts += [f"{states[state]:,} {state}" for state in ("abstained", "unscored") if states[state]]
    covered = sum(v.state == "verdict" and v.calibration is not None for v in verdicts)
    if covered < states["verdict"]:
        parts.append("judge's opinion only: not calibrated against people")
    return ", ".join(parts[:-1]) + (f"; {parts[-1]}" if len(parts) > 1 else parts[0])
