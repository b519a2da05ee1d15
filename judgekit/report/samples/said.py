"""What several outputs a question say, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from judgekit.display import some
from judgekit.report.samples.records import Curve, Samples
from judgekit.report.words import Finding, listed, percent, spoken

EACH = 3
"""Runs that are told one by one; of more, those that leak most and least in any of k."""


def said(found: Mapping[str, Samples]) -> Iterable[Finding]:
    """Leaks in any of k against asking once, the probe that breaks most, and what such figures rest on.

    Parameters
    ----------
    found : mapping
        Run name -> what its samples say.
    """
    curves = {run: one.curves[0] for run, one in found.items() if one.curves}
    ranked = sorted(curves, key=lambda run: -curves[run].last.rate.middle)
    for run in ranked if len(ranked) <= EACH else (ranked[0], ranked[-1]):
        yield _again(run, curves[run])
    broken = {run: one for run, one in found.items() if one.worst_probe is not None}
    most = sorted(broken, key=lambda run: -_share(broken[run]))
    for run in most[:EACH]:
        yield _breaks(run, broken[run])
    bare = [run for run, one in found.items() if _is_opinion(one)]
    if bare:
        yield Finding(
            "warning",
            f"Leaks in any of several outputs, and by way of asking, are the judge's opinion for {listed(bare)}: "
            "certificates and samples of labels speak of all outputs together, and a judge's errors gather where a "
            "question has many. Only labels of every output settle it.",
            tuple(bare),
        )


def _again(run: str, curve: Curve) -> Finding:
    k, rate = curve.last.k, curve.last.rate
    how = f" ({curve.probe})" if curve.probe else ""
    text = (
        f"{run}{how}: asked once, {spoken(curve.once)} of {some(curve.questions, 'question')} leak; asked {k} times, "
        f"{spoken(rate)} leak at least once."
    )
    if curve.left_out:
        are = "is" if curve.left_out == 1 else "are"
        text += f" {some(curve.left_out, 'question')} with fewer than {k} outputs {are} left out."
    return Finding("bad" if rate.low > curve.once.high else "plain", text, (run,))


def _breaks(run: str, found: Samples) -> Finding:
    worst = found.worst_probe
    assert worst is not None
    text = (
        f"{run}: of {some(worst.held, 'question')} that {'leaks' if worst.held == 1 else 'leak'} nothing when asked "
        f"plainly, {worst.name} makes "
        f"{worst.broken:,} leak{_perhaps(worst.maybe)}"
    )
    others, together = len(found.probes) - 2, found.together
    if others > 0 and together is not None:
        text += (
            f", most of {others + 1} probes; all of them together break {together.broken:,} of {together.held:,} "
            f"({percent(together.broken / together.held)})"
        )
    return Finding("bad", f"{text}.", (run,))


def _perhaps(maybe: int) -> str:
    return f", and {maybe:,} more may (not judged)" if maybe else ""


def _share(found: Samples) -> float:
    worst = found.worst_probe
    return worst.broken / worst.held if worst is not None else 0.0


def _is_opinion(found: Samples) -> bool:
    rates = [step.rate for curve in found.curves for step in curve.steps]
    rates += [found.together.leaked] if found.together is not None else []
    return any(rate.kind == "judge" for rate in rates)
