"""The CSV holds every number of the summary: a number that is added and forgotten here fails a test that names it."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from judgekit.report import load, summarize, to_csv
from judgekit.report.render.comparison_numbers import comparison_numbers
from judgekit.report.render.numbers import CSV_COLUMNS
from tests.report.make_runs import METHODS, certified, make_run

NOT_NUMBERS = {
    "runs.*.measures.*.better": "a direction, not a figure: +1 up, -1 down",
    "runs.*.by_chance.*.left_out": "always 0: no labels take part",
    "runs.*.by_chance.*.unanswered": "always 0: no labels take part",
}
"""What the CSV leaves out, and why."""


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("runs")
    runs = [
        make_run(folder / name, name, abstain=0.05, unscored=0.02, human=0.3, calibrations=certified(name))
        for name in METHODS
    ]
    loaded = load(runs)
    return summarize(loaded, known=loaded[:1], ignorant=loaded[1:2])


def renumbered(value: Any, count: Iterator[int]) -> Any:
    """The same records, every number in them another one: 1000, 1001, … and 0.5 more where it is no whole number."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return next(count) + (0.5 if isinstance(value, float) else 0)
    if isinstance(value, Mapping):
        return {key: renumbered(inner, count) for key, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        made = object.__new__(type(value))
        for field in fields(value):
            object.__setattr__(made, field.name, renumbered(getattr(value, field.name), count))
        return made
    return tuple(renumbered(inner, count) for inner in value) if isinstance(value, tuple) else value


def walked(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walked(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from walked(inner, (*path, "*"))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield ".".join(path), value


def test_every_number_of_the_summary_is_in_the_csv(summary: Any) -> None:
    marked = renumbered(summary, itertools.count(1000))
    rows = list(csv.DictReader(io.StringIO(to_csv(marked))))
    told = {
        float(row[name])
        for row in rows
        for name in ("value", "low", "high", "bound_low", "bound_high", "items", "at", "level")
        if row[name]
    }
    met = list(walked(asdict(marked)))
    lost = {
        path
        for path, value in met
        if value not in told and not any(fnmatchcase(path, p) for p in NOT_NUMBERS)
    }
    assert not lost
    assert len(met) > 1000 and len({value for _, value in met}) == len(met), "each number is its own"


def test_a_row_says_of_what_it_is_and_where_there_is_no_number_why(summary: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(summary))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert all(row["section"] and row["name"] for row in rows)
    assert all(row["note"] for row in rows if not row["value"] and not row["low"])


def test_a_comparison_gives_ranks_with_ties_and_differences_of_pairs(summary: Any) -> None:
    (found,) = summary.comparisons
    rows = list(comparison_numbers(summary.comparisons))
    ranks = {(row["run"], row["name"]): row for row in rows if row["section"] == "rank"}
    for ranking in found.rankings:
        for place in ranking.places:
            row = ranks[place.run, ranking.measure]
            assert (row["low"], row["high"]) == (place.best, place.worst)
            assert (row["value"] is None) == (place.best != place.worst)
    told = {(r["run"], r["against"], r["name"]): r["note"] for r in rows if r["section"] == "difference"}
    assert told == {
        (gap.first, gap.second, gap.measure): "told apart" if gap.told_apart else "not told apart"
        for gap in found.gaps
    }
