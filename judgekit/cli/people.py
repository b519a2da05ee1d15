"""``judgekit people``: labels in, how far people agree, who stands out, and which judges may replace a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from judgekit import api
from judgekit.calibration.people import Person
from judgekit.cli.common import PATH
from judgekit.cli.output import echo, result
from judgekit.display import printable
from judgekit.labeling.people import Judge, Pair, PeopleReport
from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.reliability import LabelAgreement

PAIRS = 6
"""Shown of the pairs of people: those who agree least."""


@click.command("people")
@click.argument("labels", type=PATH, nargs=-1)
@click.option(
    "--run",
    "--evidence",
    "runs",
    type=PATH,
    multiple=True,
    help="A run or evidence file that the labels belong to: hold its judges against people; may repeat.",
)
@click.option(
    "--epsilon",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.1,
    show_default=True,
    help="How much more often a person may be the better one, for the judge's lower price.",
)
def command(labels: tuple[Path, ...], runs: tuple[Path, ...], epsilon: float) -> None:
    """Say what the labels of LABELS are worth: agreement between people, and who stands out.

    With --run also which of its judges may replace a person (alternative-annotator test), beside the human ceiling.
    """
    found = api.people(labels, run=runs, epsilon=epsilon)
    result(people=[report.to_row() for report in found])
    for number, report in enumerate(found):
        if len(found) > 1:
            echo(("\n" if number else "") + (report.summary.rubric or "no rubric named"))
        show(report)


def show(report: PeopleReport) -> None:
    """What is to be said, then the figures."""
    for sentence in report.sentences:
        echo(printable(sentence))
    for heads, rows in (
        (LABEL, [_label(name, one) for name, one in report.labels.items()]),
        (PERSON, [_person(one) for one in report.summary.persons]),
        (PAIR, [_pair(one) for one in report.pairs[:PAIRS]]),
        (JUDGE, [_judge(one) for one in report.judges]),
    ):
        if rows:
            echo()
            for line in _lines([heads, *rows]):
                echo(printable(line))
        if heads is PAIR and (more := len(report.pairs) - PAIRS) > 0:
            echo(f"and {more:,} pairs who agree more (--json has all)")


LABEL = ("label", "share", "if one says it, another does", "alpha")
PERSON = ("person", "answers", "seconds", "others agree", "repeats", "most often", "cannot tell")
PAIR = ("pair", "items", "agree", "kappa")
JUDGE = ("judge", "items", "with the majority", "a person", "wins over", "advantage", "least epsilon")


def _label(name: str, one: LabelAgreement) -> tuple[str, ...]:
    return name, f"{one.share:.0%}", _percent(one.specific), _number(one.alpha)


def _person(one: Person) -> tuple[str, ...]:
    return (
        one.name,
        f"{one.answers:,}",
        f"{one.pace.median:.1f}" if one.pace.timed else "",
        f"{one.place.agreement:.0%}" if one.place.items else "",
        f"{one.itself.value:.0%}" if one.itself else "",
        f"{one.most} {one.most_share:.0%}",
        f"{one.cannot_tell:,}",
    )


def _pair(one: Pair) -> tuple[str, ...]:
    return f"{one.first}, {one.second}", f"{one.raw.items:,}", _percent(one.raw), _number(one.kappa)


def _judge(one: Judge) -> tuple[str, ...]:
    beside, test = one.standing, one.test
    return (
        one.name,
        f"{beside.judge.items:,}" if beside else "0",
        _percent(beside.judge if beside else None),
        f"{beside.person.value:.1%}" if beside else "",
        f"{sum(left.won for left in test.people)} of {len(test.people)}" if test else "",
        f"{test.advantage:.2f}" if test else "",
        "" if not test else "none" if test.least_epsilon is None else f"{test.least_epsilon:.2f}",
    )


def _lines(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """A table in columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *cells)).rstrip()


def _percent(found: Estimate | None) -> str:
    return "" if found is None else f"{found.value:.1%} ({found.low:.1%} to {found.high:.1%})"


def _number(found: Estimate | None) -> str:
    return "" if found is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
