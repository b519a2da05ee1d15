"""What the figures rest on, in plain sentences: promises, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from judgekit.calibration import ood, suspects
from judgekit.display import some
from judgekit.report.claims.claims import BROKEN, SHIFTED, UNKNOWN, Claim
from judgekit.report.claims.shifts import ENOUGH
from judgekit.report.groups import RunSummary
from judgekit.report.words import Finding, listed, percent


def promised(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Promises that stand, those that do not, and shares that nobody vouches for."""
    yield from _standing(runs)
    for meaning, which in _NOT_PROMISED.items():
        hit = {run.name: [made.rubric for made in run.claims if which(made)] for run in runs}
        for rubric in sorted({name for names in hit.values() for name in names}):
            whom = [run for run, names in hit.items() if rubric in names]
            about = f" for {rubric}" if rubric else ""
            yield Finding("warning", f"{_who(whom, runs)}{about}: {meaning}.", tuple(whom), "trust")
    shares = {
        (run.name, group.rubric, any(rate.kind == "judge" for rate in group.rates.values()))
        for run in runs
        for group in run.groups
        if group.rates
    }
    bare = [run.name for run in runs if any(name == run.name and judged for name, _, judged in shares)]
    if bare:
        rubrics = sorted({rubric for _, rubric, judged in shares if judged})
        mixed = any(name in bare and not judged for name, _, judged in shares)
        where = [
            *([listed(rubrics)] if mixed else []),
            *([_who(bare, runs)] if len(bare) < len(runs) else []),
        ]
        whose = f"Shares of {' of '.join(where)} are" if where else "Every share is"
        yield Finding(
            "warning",
            f"{whose} the judge's opinion only: not calibrated against people. The intervals cover which questions "
            "were asked and the open items, not the judge's own errors. Label a sample and run 'judgekit calibrate' "
            "to change that.",
            tuple(bare),
            "trust",
        )


_NOT_PROMISED: dict[str, Callable[[Claim], bool]] = {
    "the certificate is withdrawn because spot checks show that its promise is broken": lambda made: (
        made.text == BROKEN
    ),
    "the certificate is withdrawn because the items are not like those that people labeled": lambda made: (
        made.text == SHIFTED
    ),
    "the certificate is withdrawn because the calibration never saw such outputs, and there are too few of them, or no "
    "evidence on them, to tell whether they are like those that people labeled": lambda made: (
        made.text == UNKNOWN
    ),
    "the labels at hand certify no policy, so nothing is promised": lambda made: (
        made.status == "nothing certified"
    ),
    "the judges are not those that were calibrated, so nothing is promised": lambda made: (
        made.status == "unbound"
    ),
}


_ABSTAINED = {
    ood.REASON: "as out-of-distribution",
    suspects.REASON: "because outputs may mislead a judge",
    suspects.UNKNOWN: "because nobody looked whether outputs may mislead a judge",
}
"""What is said of each of :data:`judgekit.calibration.record.REFUSED`."""


def missing(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Judges that failed, items without a verdict, and labels that count in no rate."""
    yield from _failed(runs)
    yield from _unscored(runs)
    yield from _refused(runs)
    yield from _left_out(runs)


def _failed(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Judges that did not do their work: what they left was decided without them."""
    for run in runs:
        for sentence in run.failed:
            text = f"{run.title}: {sentence}. Those items were decided without it, or left open."
            yield Finding("warning", text, (run.name,), "trust")


def _unscored(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    unscored = {run.title: sum(group.unscored for group in run.groups if not group.split) for run in runs}
    left = [f"{count:,} of {name}" for name, count in unscored.items() if count]
    if left:
        text = f"Unscored items count as open, never as anything else: {listed(left)}."
        yield Finding("warning", text, about="trust")


def _refused(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Items that got no verdict whatever judges say, by the rule that left them to people."""
    for reason, said in _ABSTAINED.items():
        refused = {
            run.title: sum(group.reasons.get(reason, 0) for group in run.groups if not group.split)
            for run in runs
        }
        if any(refused.values()):
            left = [f"{count:,} of {name}" for name, count in refused.items() if count]
            yield Finding("plain", f"Abstained {said}: {listed(left)}.", about="trust")


def _left_out(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Labels along a path that count in no rate, and items of a pool whose missing labels make rates wide."""
    for rubric in dict.fromkeys(group.rubric for run in runs for group in run.groups):
        groups = {
            run.name: group
            for run in runs
            for group in run.groups
            if group.rubric == rubric and not group.split
        }
        counts = {
            name: (
                max((rate.left_out for rate in group.rates.values()), default=0),
                max((rate.unanswered for rate in group.rates.values()), default=0),
            )
            for name, group in groups.items()
        }
        out, missing = (sum(count[k] for count in counts.values()) for k in (0, 1))
        told = []
        if out:
            told.append(f"leave out {some(out, 'label')} asked along a path, which makes no fair sample")
        if missing:
            told.append(f"count {some(missing, 'item')} of the pool without a label as anything possible")
        if told:
            yield Finding(
                "warning" if out else "plain",
                f"Rates under {rubric} {' and '.join(told)}. 'judgekit label RUNS --rubric {rubric} --rates 50 -o "
                "rates.jsonl', in the folder of those labels, asks a fair few of the rest and narrows the intervals.",
                tuple(name for name, count in counts.items() if any(count)),
                "trust",
            )


def _standing(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Runs that stand under the same promise are told in one sentence."""
    promises: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for made in run.claims:
            if made.stands:
                promises.setdefault((made.rubric, made.text), []).append(run.name)
    for (rubric, text), names in promises.items():
        pooled = " (one promise for these runs together, not for each)" if len(names) > 1 else ""
        more = max(
            made.runs for run in runs if run.name in names for made in run.claims if made.rubric == rubric
        )
        if more > len(names):
            pooled = f" (one promise for the {more} runs calibrated on together, not for each)"
        yield Finding(
            "good", f"Certified for {rubric}, {_who(names, runs)}{pooled}: {text}.", tuple(names), "trust"
        )
        for attacks in dict.fromkeys(
            made.attacks for run in runs if run.name in names for made in run.claims if made.rubric == rubric
        ):
            yield Finding("plain", f"Under attack, {rubric}: {attacks}", tuple(names), "trust")
        for run in runs:
            if run.name in names:
                yield from _below(run, rubric)
    for rubric, seen in unlearned_fall_short(runs):
        yield Finding(
            "warning",
            f"On the unlearned runs alone, {percent(seen.agreement)} of the verdicts on {rubric} agree with people "
            f"({seen.labeled:,} labeled items), less than {100 * seen.promised:.3g} %.",
            about="trust",
        )


def _below(run: RunSummary, rubric: str) -> Iterable[Finding]:
    """A run whose own labels speak against a promise that was made for several runs together."""
    for made in run.claims:
        if made.rubric == rubric and (seen := falls_short(run, made)) is not None:
            advice = (
                " 'judgekit calibrate --group-by method' makes the promise for each." if made.runs > 1 else ""
            )
            yield Finding(
                "warning",
                f"On {run.title} alone, {percent(seen.agreement)} of the verdicts on {rubric} agree with people "
                f"({seen.labeled:,} labeled items), less than {100 * seen.promised:.3g} %.{advice}",
                (run.name,),
                "trust",
            )


class Short(NamedTuple):
    """Agreement with people on so many labeled items, what was promised, and for how many runs together."""

    agreement: float
    labeled: int
    promised: float
    runs: int


def falls_short(run: RunSummary, made: Claim) -> Short | None:
    """The verdicts of a run against people where they agree less than a standing promise says; else None."""
    seen = next((seen for seen in run.people if seen.rubric == made.rubric), None)
    if seen is None or seen.agreement is None or made.agreement is None or not made.stands:
        return None
    if seen.agreement >= made.agreement or seen.labeled < ENOUGH:
        return None
    return Short(seen.agreement, seen.labeled, made.agreement, made.runs)


def unlearned_fall_short(runs: Sequence[RunSummary]) -> Iterable[tuple[str, Short]]:
    """Rubrics whose promise for all runs the unlearned ones do not meet, where other models make up for them."""
    unlearned = [run for run in runs if not (run.baseline or run.pool)]
    if len(unlearned) < 2 or len(unlearned) == len(runs):  # else a run alone, or all runs, say the same
        return
    for rubric in dict.fromkeys(made.rubric for run in unlearned for made in run.claims):
        claims = [made for run in unlearned for made in run.claims if made.rubric == rubric]
        people = [seen for run in unlearned for seen in run.people if seen.rubric == rubric and seen.decided]
        promised = {made.agreement for made in claims if made.stands}
        decided, labeled = sum(seen.decided for seen in people), sum(seen.labeled for seen in people)
        if len(promised) != 1 or not all(made.stands for made in claims) or labeled < ENOUGH or not decided:
            continue
        at_least = promised.pop()
        agreement = sum((seen.agreement or 0.0) * seen.decided for seen in people) / decided
        if at_least is not None and agreement < at_least:
            yield rubric, Short(agreement, labeled, at_least, max(made.runs for made in claims))


def _who(names: Sequence[str], runs: Sequence[RunSummary]) -> str:
    return (
        "all runs"
        if len(names) == len(runs) > 1
        else listed([run.title for run in runs if run.name in names])
    )
