"""Runs that have collapsed: most of what they say is no fluent answer, so labels on it say little."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from judgekit.rubrics import role_of
from judgekit.runs.about import CascadeAbout
from judgekit.runs.folder import Paths, RunFolder, is_unfinished, paths, verdicts


@dataclass(frozen=True)
class Collapsed:
    """A run most of whose forget outputs are no fluent answers: `broken` of `outputs`."""

    source: Path
    model: str
    method: str
    broken: int
    outputs: int

    @property
    def key(self) -> tuple[Path, str, str]:
        """What tells the run from others."""
        return self.source, self.model, self.method

    @property
    def sentence(self) -> str:
        """The run by its folder, model and method, and how much of it is broken."""
        named = " ".join(filter(None, (self.model, self.method)))
        whose = f"{self.source} ({named})" if named else str(self.source)
        return f"{whose}: {self.broken:,} of {self.outputs:,} forget outputs are not fluent"


def collapsed(files: Paths) -> list[Collapsed]:
    """The runs that have collapsed: more than half of their forget outputs are not fluent, by their verdicts.

    Labels on them say little about judges or methods. Files of outputs, which nobody judged yet, are none.

    Parameters
    ----------
    files : Paths
        Run folders.
    """
    fluent: dict[tuple[Path, str, str], Counter[bool]] = {}
    for source in paths(files):
        if not source.is_dir() or is_unfinished(source):
            continue
        cascades = RunFolder(source).about.cascades
        for verdict in verdicts(source):
            said = verdict.fluent
            if said is None and verdict.label is not None:  # a run scored before verdicts said it
                cascade = cascades.get(verdict.rubric, CascadeAbout())
                role = role_of(verdict.rubric, cascade.role, cascade.labels)
                said = role.of(verdict.label) != "degenerate" if role.side == "forget" else None
            if said is not None:
                fluent.setdefault((source, verdict.model, verdict.method), Counter())[said] += 1
    return [
        Collapsed(*key, broken=counts[False], outputs=counts.total())
        for key, counts in fluent.items()
        if counts[False] > counts.total() / 2
    ]
