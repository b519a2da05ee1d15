"""What became of one run's outputs in another: as tables, and what the page's script has to know to count any pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from judgekit.report.comparison.records import OPEN, Flows
from judgekit.report.groups import RunSummary
from judgekit.report.render.cells import Table

NOTE = (
    "From the first run to the second, question by question: of the outputs with this label in the first run, how many "
    "have which label in the second. Verdicts are counted as they stand: neither people's labels nor a certificate "
    "correct them."
)


def flow_tables(flows: Sequence[Flows], titles: Mapping[str, str]) -> Iterable[Table]:
    """One table a rubric; the sentences on its first pair of runs stand under it.

    Parameters
    ----------
    flows : sequence of Flows
    titles : mapping
        Run name to what a reader sees.
    """
    for rubric in dict.fromkeys(found.rubric for found in flows):
        of_it = [found for found in flows if found.rubric == rubric]
        yield _table(rubric, of_it, titles)


def flow_rubrics(runs: Sequence[RunSummary]) -> list[dict[str, Any]]:
    """The rubrics by which any two runs can be set side by side, what is to be forgotten first.

    Returns
    -------
    list of dict
        ``name``, ``side``, ``labels`` in the rubric's order, and ``counts_as``: label to what it counts as.
    """
    made: dict[str, dict[str, Any]] = {}
    for group in (group for run in runs for group in run.groups if not group.split):
        known = made.setdefault(
            group.rubric, {"name": group.rubric, "side": group.side, "labels": [], "counts_as": {}}
        )
        known["labels"] = list(dict.fromkeys([*known["labels"], *group.counts]))
        known["counts_as"] |= group.counts_as
    sides = ("forget", "keep", "other")
    return sorted(made.values(), key=lambda rubric: sides.index(rubric["side"]))


def _table(rubric: str, of_it: Sequence[Flows], titles: Mapping[str, str]) -> Table:
    met = dict.fromkeys(label for found in of_it for label in found.labels)
    labels = sorted(
        met, key=lambda label: label in OPEN
    )  # labels keep their order, states without one come last
    rows = []
    for found in of_it:
        counts = {(flow.before, flow.after): flow.items for flow in found.flows}
        for before in labels:
            row = [counts.get((before, after), 0) for after in labels]
            if any(row):
                pair = f"{titles[found.first]} → {titles[found.second]}"
                rows.append((pair, before, f"{sum(row):,}", *(f"{count:,}" for count in row)))
    return Table(
        f"compare-flows-{rubric}",
        f"From label to label: {rubric}",
        ("Runs", "In the first run", "Items", *(f"then {label}" for label in labels)),
        tuple(rows),
        f"{NOTE} {' '.join(of_it[0].said)}",
        place="compare",
    )
