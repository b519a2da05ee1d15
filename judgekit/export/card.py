"""The card of an exported data set: what was judged by which judges, what is promised of it, and what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

import yaml

from judgekit import DISTRIBUTION, __version__
from judgekit.calibration.record import Calibration, by_rubric
from judgekit.export.table import MEANINGS
from judgekit.export.words import UNCHECKED
from judgekit.frames.schemas import Row
from judgekit.report.certificate.words import covered, limits, promises
from judgekit.report.words import listed
from judgekit.runs.folder import RunFolder

STATES = {"verdict": "verdicts", "abstained": "abstained", "unscored": "unscored"}
_KINDS = 8
"""Models, methods or splits that a sentence names."""


class Seen:
    """What the rows of a table are of, counted as they pass."""

    def __init__(self) -> None:
        self.states: Counter[tuple[str, str]] = Counter()
        self.labels: Counter[tuple[str, str]] = Counter()
        self.of: dict[str, Counter[str]] = {name: Counter() for name in ("model", "method", "split")}

    def count(self, row: Row) -> None:
        """Count a row of :data:`judgekit.export.table.SCHEMA`."""
        self.states[row["rubric"], row["state"]] += 1
        if row["label"] is not None:
            self.labels[row["rubric"], row["label"]] += 1
        for name, counted in self.of.items():
            counted[row[name]] += 1

    @property
    def rubrics(self) -> list[str]:
        """Rubrics by name."""
        return sorted({rubric for rubric, _ in self.states})


def card(run: RunFolder, seen: Seen, table: str) -> str:
    """The text of the card, its front matter first.

    Parameters
    ----------
    run : RunFolder
    seen : Seen
        What the rows of the table are of.
    table : str
        The name of the Parquet file beside the card.
    """
    name = run.path.resolve().name
    front = {
        "pretty_name": f"Verdicts of {name}",
        "tags": ["judgekit", "llm-as-a-judge", "evaluation", "unlearning"],
        "configs": [{"config_name": "verdicts", "data_files": [{"split": "test", "path": table}]}],
    }
    sections = (
        f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n\n# Verdicts of {_inline(name)}",
        "\n".join(_judged(run, seen)),
        "\n".join(("## Judges", "", *_judges(run))),
        "\n".join(("## What is promised", "", *_promised(run, seen))),
        "\n".join(("## Limits", "", *_limits())),
        "\n".join(("## Columns", "", *_table(("column", "what it holds"), MEANINGS.items()))),
        f"Written by {DISTRIBUTION} {__version__} (`judgekit export`).",
    )
    return "\n\n".join(sections) + "\n"


def _judged(run: RunFolder, seen: Seen) -> Iterator[str]:
    about = run.about
    yield f"{sum(seen.states.values()):,} outputs of language models, each with the verdict of judges on it."
    yield ""
    for name, counted in seen.of.items():
        if said := [f"{_inline(one)} ({number:,})" for one, number in counted.most_common() if one]:
            yield f"- {name}: {listed(said, _KINDS)}"
    if about.source:
        yield f"- read from: {_inline(PurePath(about.source).name)}"
    if about.created:
        yield f"- judged: {about.created[:10]}"
    yield ""
    yield from _table(
        ("rubric", *STATES.values(), "labels"),
        (
            (
                rubric,
                *(f"{seen.states[rubric, state]:,}" for state in STATES),
                ", ".join(f"{label} {n:,}" for (of, label), n in seen.labels.most_common() if of == rubric),
            )
            for rubric in seen.rubrics
        ),
    )


def _judges(run: RunFolder) -> Iterator[str]:
    about = run.about
    kinds = {
        str(tier.get("name", tier.get("judge", ""))): " ".join(
            str(tier[key]) for key in ("judge", "model") if tier.get(key)
        )
        for tier in about.tiers
    }
    found = [
        (rubric, tier, kinds.get(tier.partition("@")[0], ""), cascade.fingerprints.get(tier) or "")
        for rubric, cascade in sorted(about.cascades.items())
        for tier in cascade.tiers
    ]
    if not found:
        yield "The run does not say."
        return
    yield "In the order in which they are asked."
    yield ""
    yield from _table(("rubric", "tier", "judge", "fingerprint"), found)


def _promised(run: RunFolder, seen: Seen) -> Iterator[str]:
    made = by_rubric(run)
    for rubric in seen.rubrics:
        calibration = made.get(rubric)
        said = f"**{_inline(rubric)}**: " if rubric else ""
        if calibration is None:
            yield f"- {said}Nothing. No calibration decided: a verdict is the opinion of a judge."
        elif not calibration.certified:
            yield f"- {said}Nothing. {_inline(calibration.certificate.claim)}"
        else:
            yield from _of(calibration, said)
            yield f"  - Whether it stands for these outputs is {UNCHECKED}."


def _of(calibration: Calibration, said: str) -> Iterator[str]:
    yield f"- {said}{_inline(calibration.certificate.claim)}"
    yield f"  - Calibration `{calibration.fingerprint}`, on outputs {_inline(covered(calibration))}."
    yield "  - `judgekit verify` on its file makes it again from evidence and labels, and says where it differs."
    for sentence in (*promises(calibration), *limits(calibration)):
        yield f"  - {_inline(sentence)}"


def _limits() -> Iterator[str]:
    yield (
        "- A rate over the rows with a label leaves out what was abstained from and what is unscored, which are seldom "
        "like the rest. `judgekit report` gives rates with intervals that hold for all outputs."
    )
    yield "- `confidence` is how sure the judges were. It is not the probability that people agree."
    yield "- Questions, references and outputs are under the terms of the data and models that they come from."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line(head)
    yield _line(["---"] * len(head))
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_inline(cell) for cell in cells)} |"


def _inline(text: str) -> str:
    """A text in one line of Markdown, none of it mark-up of a table, a link or HTML."""
    for character in "\\|<[":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
