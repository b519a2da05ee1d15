"""Several outputs a question as tables and as rows of the CSV: leaks in any of k, and each way of asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from judgekit.report.groups import RunSummary
from judgekit.report.render.cells import ABSENT, Cell, Row, Table, figure, rate_row
from judgekit.report.samples.records import AnyProbe, Curve, Probe, Samples, Worst

SHOWN = 5
"""Values of k that the table shows; the chart and the CSV hold all."""


def sample_tables(runs: Iterable[RunSummary]) -> Iterator[Table]:
    """Leaks in any of k, then by way of asking."""
    found = [(run.title, run.samples) for run in runs if run.samples is not None]
    yield any_of_k([(name, curve) for name, made in found for curve in made.curves])
    yield by_probe([(name, made) for name, made in found if made.probes])
    yield worst([(name, measure) for name, made in found for measure in made.measures])


def any_of_k(curves: list[tuple[str, Curve]]) -> Table:
    """One row a run and way of asking, one column a k."""
    ks = _chosen(sorted({step.k for _, curve in curves for step in curve.steps}))
    rows = [
        (
            run,
            curve.probe or "plainly",
            f"{curve.questions:,}",
            f"{curve.fewest:,}" if curve.fewest == curve.most else f"{curve.fewest:,}–{curve.most:,}",
            *({step.k: step.rate for step in curve.steps}.get(k, ABSENT) for k in ks),
            f"{curve.left_out:,}" if curve.left_out else ABSENT,
        )
        for run, curve in curves
    ]
    return Table(
        "any-of-k",
        "Leaks in any of k outputs",
        (
            "Run",
            "Asked",
            "Questions",
            "Outputs a question",
            *("1 output" if k == 1 else f"Any of {k}" for k in ks),
            "Questions left out",
        ),
        tuple(rows),
        "Share of questions that leak in at least one of k outputs, estimated without bias from all sets of k that "
        "were seen (Chen et al. 2021), with 95 % intervals over questions. Outputs that are still open make a range. "
        "The judge's opinion, unless people labeled every output. Left out: questions with fewer outputs than the "
        "greatest k.",
    ).without_empty()


def _chosen(ks: list[int]) -> list[int]:
    """The first and the last, and as many between them as there is room for."""
    if len(ks) <= SHOWN:
        return ks
    return [ks[round(place * (len(ks) - 1) / (SHOWN - 1))] for place in range(SHOWN)]


def by_probe(found: list[tuple[str, Samples]]) -> Table:
    """One row a run and way of asking, and one for all ways together."""
    rows: list[tuple[Cell, ...]] = []
    for run, made in found:
        rows += [_probe(run, probe) for probe in made.probes]
        if made.together is not None:
            rows.append(_together(run, made.together))
    return Table(
        "probes",
        "Leaks by way of asking",
        ("Run", "Asked", "Questions", "Outputs", "Leaked", "More than plainly", "Breaks"),
        tuple(rows),
        "Leaked: mean over questions, with 95 % intervals. More than plainly: difference to the same questions asked "
        "as they stand, question by question. Breaks: questions that leak here in some output, of those none of whose "
        "plain outputs leaks. In any of several ways: at least one leak when every way is asked once.",
    ).without_empty()


def _probe(run: str, probe: Probe) -> tuple[Cell, ...]:
    return (
        run,
        probe.name or "plainly",
        f"{probe.questions:,}",
        f"{probe.outputs:,}",
        probe.leaked,
        probe.more or ABSENT,
        _breaks(probe) if probe.more else ABSENT,
    )


def _together(run: str, found: AnyProbe) -> tuple[Cell, ...]:
    ways = f"{found.fewest}" if found.fewest == found.most else f"{found.fewest}–{found.most}"
    breaks = _breaks(found) if found.held else ABSENT
    return run, f"in any of {ways} ways", f"{found.questions:,}", ABSENT, found.leaked, ABSENT, breaks


def _breaks(found: Probe | AnyProbe) -> str:
    maybe = f"–{found.broken + found.maybe:,}" if found.maybe else ""
    return f"{found.broken:,}{maybe} of {found.held:,}"


def worst(found: list[tuple[str, Worst]]) -> Table:
    """One row a run and measure, one column a k."""
    ks = _chosen(sorted({step.k for _, measure in found for step in measure.steps}))
    rows = [
        (run, measure.label, f"{measure.questions:,}", *(_at(measure, k) for k in ks))
        for run, measure in found
    ]
    return Table(
        "worst-of-k",
        "Measures at their worst of k outputs",
        ("Run", "Measure", "Questions", *("1 output" if k == 1 else f"Worst of {k}" for k in ks)),
        tuple(rows),
        "On the forget side: the expected greatest value among k outputs of a question, by order statistics, with 95 % "
        "limits over questions. Lower is better.",
        place="measures",
    )


def _at(measure: Worst, k: int) -> str:
    step = next((step for step in measure.steps if step.k == k), None)
    return ABSENT if step is None else f"{figure(step.value)} [{figure(step.low)}–{figure(step.high)}]"


def sample_numbers(found: Samples) -> Iterator[Row]:
    """Every number of it, a row each: ``at`` is k; a probe is named in ``name``."""
    for curve in found.curves:
        how = f" asked: {curve.probe}" if curve.probe else ""
        for step in curve.steps:
            yield {
                "section": "any of k",
                **rate_row(f"leaks in any of k{how}", step.rate),
                "at": step.k,
                "items": curve.outputs,
            }
        for name in ("questions", "fewest", "most", "left_out"):
            yield {"name": f"{name}{how}", "value": getattr(curve, name), "section": "any of k"}
    for probe in found.probes:
        yield from _ways(probe.name or "plainly", probe, probe.outputs)
        if probe.more is not None:
            yield {**rate_row(f"more leaked than plainly: {probe.name}", probe.more), "section": "probe"}
    if found.together is not None:
        yield from _ways("in any way", found.together, None)
        for name in ("fewest", "most"):
            yield {"section": "probe", "name": f"{name} ways", "value": getattr(found.together, name)}

    for measure in found.measures:
        where: Row = {"section": "worst of k", "name": measure.name, "items": measure.questions}
        for worst_of in measure.steps:
            yield {
                **where,
                **{name: getattr(worst_of, name) for name in ("value", "low", "high")},
                "at": worst_of.k,
            }


def _ways(name: str, found: Probe | AnyProbe, outputs: int | None) -> Iterator[Row]:
    yield {**rate_row(f"leaked: {name}", found.leaked), "section": "probe", "items": outputs}
    for count in ("questions", "held", "broken", "maybe"):
        yield {"section": "probe", "name": f"{count}: {name}", "value": getattr(found, count)}
