"""The head of the page: its title, and one line of what was judged, by whom, when, and at what cost."""

from __future__ import annotations

from typing import NamedTuple

from judgekit.display import some
from judgekit.report.about import About
from judgekit.report.render.cells import money
from judgekit.report.sections import Section
from judgekit.report.summary import Summary
from judgekit.report.words import listed

MODELS = 2
"""Base models that the title names; of more it says how many."""


class Fact(NamedTuple):
    """A piece of the line of facts, and the section that says more."""

    text: str
    about: Section


def title(summary: Summary) -> str:
    """What the report is about: one run by its title, several by their number; models where every run names its own."""
    models = summary.about.models if all(run.model for run in summary.runs) else ()
    of = listed(models) if 0 < len(models) <= MODELS else f"{len(models)} models" if models else ""
    if len(summary.runs) > 1:
        return f"Forgetting and utility of {len(summary.runs):,} runs" + (f" of {of}" if of else "")
    return f"Forgetting and utility of {summary.runs[0].title}" + (f" ({of})" if of else "")


def facts(about: About) -> list[Fact]:
    """What was judged, by which judges, when, with which version and promise, at what cost."""
    return [
        Fact(f"{some(about.items, 'output')} to {some(about.questions, 'question')}", "items"),
        Fact(f"judged by {listed(about.judges)}" if about.judges else "judges not recorded", "cost"),
        *([Fact(_days(*about.judged), "cost")] if about.judged else []),
        Fact(f"judgekit {about.version}", "trust"),
        Fact(
            f"certificate{'s' if len(about.certificates) > 1 else ''} {listed(about.certificates)}"
            if about.certificates
            else "no certificate",
            "trust",
        ),
        Fact("cost not recorded" if about.cost is None else f"cost {money(about.cost)}", "cost"),
    ]


def _days(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
