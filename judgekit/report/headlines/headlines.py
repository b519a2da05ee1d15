"""The sentences that come first, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from judgekit.report.comparison.records import Comparison
from judgekit.report.groups import RunSummary
from judgekit.report.headlines.best import best
from judgekit.report.headlines.forgotten import gibberish, leaks
from judgekit.report.headlines.trouble import trouble
from judgekit.report.headlines.trust import trusted
from judgekit.report.splits import unnamed
from judgekit.report.words import Finding

MOST = 5


def headlines(
    runs: Sequence[RunSummary],
    order: Sequence[str],
    comparisons: Sequence[Comparison] = (),
    tested: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """The sentences that a reader needs before any other.

    Whether nothing says what was to be forgotten, which run does best, what its figures rest on, what failed, who
    leaks, who is gibberish: at most one of each, and the last gives way where there are too many. The rest of the
    report's findings stand in their sections.

    Parameters
    ----------
    runs : sequence of RunSummary
    order : sequence of str
        Run names, best first.
    comparisons : sequence of Comparison
    tested : sequence of Finding
        What a test of the measures says, where one was asked for: it takes the place of the last.
    """
    by_name = {run.name: run for run in runs}
    ranked = [by_name[name] for name in order]

    def every() -> Iterator[Finding]:
        yield from unnamed(ranked)
        yield from best(ranked, comparisons)
        yield from trusted(ranked)
        yield from trouble(ranked)
        yield from leaks(ranked, comparisons)
        yield from gibberish(ranked)

    return (*islice(every(), MOST - len(tested)), *tested)
