"""A gate's decision on one screen, as Markdown for a job's summary, and as JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from judgekit.display import printable, whole, xml_text
from judgekit.report.comparison.records import Number
from judgekit.report.gate import Condition, Gate, Outcome
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.cells import ABSENT, in_words
from judgekit.report.render.markdown import escape, grid
from judgekit.report.render.terminal import SPACE, filled
from judgekit.report.words import percent

STYLES: dict[Outcome, str] = {"pass": "green", "fail": "bold red", "undecided": "yellow", "error": "bold red"}
DIGITS = 4
"""Most digits of a percentage, where fewer would hide on which side of the limit an interval ends."""


def print_gate(gate: Gate, console: Console | None = None) -> None:
    """Print to the terminal (or to the console given)."""
    console = console or Console()
    console.print(render(gate, console.width))


def render(gate: Gate, width: int) -> Group:
    """The outcome, a line a condition, and what the outcome is worth; text from files is never read as mark-up."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("", "Condition", "Figure", "Rests on"):
        table.add_column(head)
    for made in gate.conditions:
        cells = (in_full(gate, made), figure(made), made.rests_on or ABSENT)
        table.add_row(Text(made.outcome, STYLES[made.outcome]), *(Text(printable(cell)) for cell in cells))
    said = (filled(SPACE.split(printable(one)), width - 2, 1) for one in (*reasons(gate), *footnotes(gate)))
    lines = [Text("· " + "\n  ".join(sentence)) for sentence in said]
    return Group(Text(printable(verdict(gate)), STYLES[gate.outcome]), Text(), table, Text(), *lines)


def to_markdown(gate: Gate) -> str:
    """The same as GitHub Markdown."""
    rows = [
        (f"{made.outcome}", in_full(gate, made), figure(made), made.rests_on or ABSENT)
        for made in gate.conditions
    ]
    lines = [
        f"### judgekit gate: {escape(verdict(gate))}",
        "",
        *grid(("", "Condition", "Figure", "Rests on"), rows),
        "",
        *(f"- {escape(told)}" for told in (*reasons(gate), *footnotes(gate))),
    ]
    return whole("\n".join(lines) + "\n")


def to_junit(gate: Gate) -> str:
    """The same as JUnit XML: a test case a condition; what is undecided has failed, with ``type="undecided"``."""
    failed = sum(made.outcome in ("fail", "undecided") for made in gate.conditions)
    counts = {
        "tests": len(gate.conditions),
        "failures": failed,
        "errors": sum(made.outcome == "error" for made in gate.conditions),
        "skipped": 0,
    }
    said = {name: f"{count}" for name, count in counts.items()}
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", {"name": "judgekit gate", **said, "time": "0"})
    for made in gate.conditions:
        where = {"classname": f"judgekit.gate.{made.run}".rstrip("."), "name": made.name, "time": "0"}
        case = SubElement(suite, "testcase", {key: xml_text(text) for key, text in where.items()})
        if made.outcome != "pass":
            tag = "error" if made.outcome == "error" else "failure"
            SubElement(case, tag, {"message": xml_text(told(gate, made)), "type": made.outcome})
        SubElement(case, "system-out").text = xml_text("\n".join([told(gate, made), *footnotes(gate)]))
    ElementTree.indent(root)
    return ElementTree.tostring(root, "unicode", xml_declaration=True) + "\n"


def verdict(gate: Gate) -> str:
    """The outcome in one sentence."""
    n = len(gate.conditions)
    hit = sum(made.outcome == gate.outcome for made in gate.conditions)
    whole = f"{hit:,} of {n:,} conditions" if n > 1 else "the condition"
    is_ = "are" if n > 1 and hit > 1 else "is"
    what = {
        "pass": f"all {n:,} conditions hold" if n > 1 else "the condition holds",
        "fail": f"{whole} {is_} broken",
        "undecided": f"{whole} {is_} neither shown to hold nor shown to be broken",
        "error": f"{whole} cannot be decided",
    }[gate.outcome]
    runs = {made.run for made in gate.conditions}
    whose = f" for {gate.conditions[0].run}" if len(runs) == 1 and "" not in runs else ""
    alone = ", by the judges' opinion alone" if gate.outcome == "pass" and by_judge_alone(gate) else ""
    return f"{gate.outcome.upper()}{whose}{alone}: {what}"


def told(gate: Gate, made: Condition) -> str:
    """One condition in one sentence: outcome, figure, ground, and why."""
    seen = f": {figure(made)} ({made.rests_on})" if made.figure is not None else ""
    return f"{made.outcome}: {in_full(gate, made)}{seen}" + (f"; {made.why}" if made.why else "")


def in_full(gate: Gate, made: Condition) -> str:
    """The condition, with its run where the gate has several."""
    several = len({one.run for one in gate.conditions}) > 1
    return f"{made.run}: {made.name}" if several and made.run else made.name


def reasons(gate: Gate, *, of: Outcome | None = None) -> Iterator[str]:
    """Why conditions are undecided, or cannot be; of those with one outcome, or of all."""
    for made in gate.conditions:
        if made.why and of in (None, made.outcome):
            yield f"{in_full(gate, made)}: {made.why}."


def footnotes(gate: Gate) -> Iterator[str]:
    """What the figures rest on, in the report's words, and what the outcome is worth."""
    yield from gate.said
    wrong = percent(1 - gate.level).replace(".0 %", " %")
    alone = ", if the judges are right: no interval covers their errors" if by_judge_alone(gate) else ""
    if gate.outcome == "pass":
        yield f"If a condition did not hold, the gate would pass with a probability of at most {wrong}{alone}."
    if gate.outcome == "fail":
        yield f"A condition that holds is called broken with a probability of at most {wrong}{alone}."
    if any(made.difference and made.figure for made in gate.conditions):
        yield f"Figures against {gate.against} are differences, in points."


def by_judge_alone(gate: Gate) -> bool:
    """Whether the outcome rests on a figure that nobody vouches for."""
    return any(made.rests_on == "judge only" and made.outcome == gate.outcome for made in gate.conditions)


def figure(made: Condition) -> str:
    """The figure with its interval, in as many digits as show on which side of the limit its ends are."""
    found = made.figure
    if found is None or found.low is None or found.high is None:
        return ABSENT
    ends = [end for end in (found.low, found.high) if abs(end) != made.limit]
    digits = next(
        (
            n
            for n in range(1, DIGITS)
            if all(round(100 * abs(end), n) != round(100 * made.limit, n) for end in ends)
        ),
        DIGITS,
    )
    return _points(found, digits) if made.difference else _rate(found, digits)


def _rate(found: Number, digits: int) -> str:
    assert found.low is not None and found.high is not None and found.bounds is not None
    return in_words(JudgedRate("", found.value, found.low, found.high, found.bounds, "judge", ""), digits)


def _points(found: Number, digits: int) -> str:
    assert found.low is not None and found.high is not None
    value = "" if found.value is None else f"{100 * found.value:+.{digits}f} "
    return f"{value}[{100 * found.low:+.{digits}f} to {100 * found.high:+.{digits}f}]"
