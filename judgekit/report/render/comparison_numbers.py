"""Every number of a comparison of runs as one CSV row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from judgekit.report.comparison.records import Changed, Comparison, Flows, Number, OnPlane, Place
from judgekit.report.render.cells import Row


def comparison_numbers(comparisons: Iterable[Comparison]) -> Iterator[Row]:
    """Ranks, differences, the front, control, distances and changed conclusions, under ``CSV_COLUMNS``."""
    for found in comparisons:
        yield from _of_all(found)
        for ranking in found.rankings:
            for place in ranking.places:
                yield from _place(ranking.measure, place)
        yield from _differences(found)
        for point in found.plane:
            yield from _standing(found, point)
        for made in found.control:
            for run, margin in made.margins.items():
                yield {
                    "section": "control",
                    "run": run,
                    "name": "margin",
                    "note": made.method,
                    **told(margin),
                }
        yield from _against_retrained(found)
        for change in found.changed:
            yield from _examples(change)


def told(number: Number) -> Row:
    """A figure with its limits and the questions behind it; without one, the reason."""
    low, high = number.bounds or (None, None)
    return {
        "value": number.value,
        "low": number.low,
        "high": number.high,
        "bound_low": low,
        "bound_high": high,
        "items": number.n,
        **({"note": number.reason} if number.reason else {}),
    }


def _of_all(found: Comparison) -> Iterator[Row]:
    runs = ", ".join(found.runs)
    for name, value in (
        ("questions in common", found.questions),
        ("conclusions that change with the measure", found.n_changed),
        ("pairs of runs in opposite order", found.n_reversed),
    ):
        yield {"section": "comparison", "name": name, "value": value, "note": runs}
    for run, count in found.undecided.items():
        yield {"section": "comparison", "run": run, "name": "undecided", "value": count}


def _place(measure: str, place: Place) -> Iterator[Row]:
    yield {"section": "compared", "run": place.run, "name": measure, **told(place.number)}
    yield {
        "section": "rank",
        "run": place.run,
        "name": measure,
        "value": place.best if place.best == place.worst else None,
        "low": place.best,
        "high": place.worst,
    }


def _differences(found: Comparison) -> Iterator[Row]:
    for gap in found.gaps:
        pair = {"run": gap.first, "against": gap.second, "name": gap.measure}
        apart = "told apart" if gap.told_apart else "not told apart"
        why = f": {gap.number.reason}" if gap.number.low is None else ""
        yield {"section": "difference", **pair, **told(gap.number), "note": apart + why}
        yield {"section": "p", **pair, "value": gap.p, "note": "adjusted for all pairs of the measure (Holm)"}


def _standing(found: Comparison, point: OnPlane) -> Iterator[Row]:
    for axis, measure, number in (
        ("forgetting", found.forgetting, point.forgetting),
        ("utility", found.utility, point.utility),
    ):
        yield {"section": "front", "run": point.run, "name": axis, **told(number), "note": measure}
    yield {
        "section": "front",
        "run": point.run,
        "name": "runs that it is behind",
        "value": point.behind,
        "note": ", ".join(point.behind_of),
    }


def _against_retrained(found: Comparison) -> Iterator[Row]:
    for away in found.distances:
        pair = {"run": away.run, "against": away.retrained, "name": away.measure}
        yield {"section": "distance", **pair, **told(away.gap)}
        yield {"section": "way gone", **pair, "value": away.way}
    for made in found.quality:
        pair = {"section": "forget quality", "run": made.run, "against": made.retrained}
        for name, value in (("p, raw R", made.raw), ("p, folded R", made.folded)):
            yield {**pair, "name": name, "value": value, "items": made.n, "note": made.reason}
        yield {**pair, "name": "privacy leakage", "value": made.leakage}


def _examples(change: Changed) -> Iterator[Row]:
    for shown in change.examples:
        for measure, values in zip(change.measures, (shown.first_measure, shown.second_measure), strict=True):
            for run, other, value in zip(change.runs, change.runs[::-1], values, strict=True):
                yield {
                    "section": "example",
                    "run": run,
                    "against": other,
                    "name": measure,
                    "value": value,
                    "note": shown.question,
                }


def flow_numbers(flows: Iterable[Flows]) -> Iterator[Row]:
    """How many items went from which label to which, from the run in ``against`` to that in ``run``."""
    for found in flows:
        pair = {"section": "flow", "run": found.second, "against": found.first, "rubric": found.rubric}
        for flow in found.flows:
            yield {**pair, "name": f"{flow.before} to {flow.after}", "value": flow.items}
        yield {**pair, "name": f"only in {found.first}", "value": found.only_first}
        yield {**pair, "name": f"only in {found.second}", "value": found.only_second}
