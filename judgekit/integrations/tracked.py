"""What a tracker keeps of a scored run: its figures, the report's page, and the table of verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit import api
from judgekit.display import whole
from judgekit.export.table import rows
from judgekit.report.groups import RunSummary
from judgekit.report.summary import Summary
from judgekit.runs.folder import RunFolder

COLUMNS = (
    "id",
    "state",
    "label",
    "question",
    "output",
    "reference",
    "tier",
    "confidence",
    "reason",
    "split",
    "rubric",
)
"""Of the table of verdicts: texts, but for the confidence; None where there is nothing."""


@dataclass(frozen=True)
class Tracked:
    """A run as a tracker takes it.

    Attributes
    ----------
    name : str
        The run folder's.
    figures : dict
        Name to number: ``<rubric>/<rate>`` with its limits under ``….low`` and ``….high``; a rate that is left open
        by abstentions has limits alone.
    said : dict
        Name to text: the judges, and the promise of each rubric.
    headlines : tuple of str
        What the report says first, a sentence each.
    page : Path
        The report, one HTML file.
    table : Path
        The verdicts with texts and opinions, a Parquet file.
    """

    name: str
    figures: dict[str, float]
    said: dict[str, str]
    headlines: tuple[str, ...]
    page: Path
    table: Path
    run: RunFolder

    @classmethod
    def of(cls, run: str | Path, place: Path) -> Tracked:
        """A run folder's, with the files in ``place``.

        Raises
        ------
        InputError
            There is no finished run.
        MissingExtra
            The page needs a package that is not installed.
        """
        folder = RunFolder.open(run)
        page = place / "report.html"
        summary = api.report(folder.path, out=page)
        table = api.export(folder.path, place / "verdicts.parquet")
        return cls(
            name=folder.path.resolve().name,
            figures=dict(_figures(summary)),
            said=dict(_said(summary)),
            headlines=tuple(finding.text for finding in summary.headlines),
            page=page,
            table=table,
            run=folder,
        )

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows of the table under :data:`COLUMNS`."""
        for row in rows(self.run):
            texts = {
                "reference": _joined(row.get("references")),
                "output": _joined(row.get("outputs")),
            }
            found = {**row, **texts}
            values = (found.get(name) for name in COLUMNS)
            yield tuple(whole(value) if isinstance(value, str) else value for value in values)


def _joined(texts: tuple[str, ...] | None) -> str | None:
    return "\n".join(texts) if texts else None


def _figures(summary: Summary) -> Iterator[tuple[str, float]]:
    for run in summary.runs:
        before = f"{run.title}/" if len(summary.runs) > 1 else ""
        for name, value in _of_run(run):
            if value is not None:
                yield before + name, value


def _of_run(run: RunSummary) -> Iterator[tuple[str, float | None]]:
    for group in run.groups:
        if group.split:
            continue
        yield f"{group.rubric}/items", group.items
        yield f"{group.rubric}/verdicts", group.items - group.abstained - group.unscored
        yield f"{group.rubric}/abstained", group.abstained
        yield f"{group.rubric}/unscored", group.unscored
        for label, rate in group.rates.items():
            yield from _limited(f"{group.rubric}/{label}", rate.value, rate.low, rate.high)
    for figure in run.measures:
        yield from _limited(f"{figure.split or 'all'}/{figure.name}", figure.value, figure.low, figure.high)
    yield "cost", run.cost


def _limited(
    name: str, value: float | None, low: float | None, high: float | None
) -> Iterator[tuple[str, float | None]]:
    yield name, value
    yield f"{name}.low", low
    yield f"{name}.high", high


def _said(summary: Summary) -> Iterator[tuple[str, str]]:
    yield "judges", ", ".join(summary.about.judges)
    for run in summary.runs:
        for claim in run.claims:
            yield f"{claim.rubric or 'verdicts'} promise", claim.text
