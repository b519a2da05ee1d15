"""What the fixture ``judgekit`` does: judge outputs in memory, and fail the test where they do not keep to limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import pytest

from judgekit import api
from judgekit.cascade.spec import CascadeSpec
from judgekit.display import logged, printable
from judgekit.engine.memory import GivenItem
from judgekit.errors import known
from judgekit.records import ItemResult, several
from judgekit.report import Run, load, summarize
from judgekit.report.gate import Condition, Gate, decide
from judgekit.report.in_memory import in_memory
from judgekit.report.render.gate import figure, reasons, told, verdict

Outputs = str | Path | Iterable[ItemResult]
"""A run folder, or what was judged in memory."""

_OPTIONS = ("cascade", "calibration", "rubric", "store", "undecided")


@dataclass(frozen=True)
class Judging:
    """A cascade, and what becomes of a test whose gate does not pass.

    Attributes
    ----------
    cascade, rubric : str or None
        As for ``judgekit score``.
    calibrations : tuple of Path
    store : Path or None
        A folder in which answers are kept, so that the next run of the tests does not pay for them again.
    undecided : fail or skip
        What becomes of a test whose gate is undecided.
    root : Path
        Where relative paths start.
    tell : callable
        Is told each condition's name and what came of it, for the test's report.
    """

    cascade: str | Path | None
    rubric: str | None
    calibrations: tuple[Path, ...]
    store: Path | None
    undecided: Literal["fail", "skip"]
    root: Path
    tell: Callable[[str, str], None]

    @classmethod
    def of(cls, options: Mapping[str, Any], root: Path, tell: Callable[[str, str], None]) -> Judging:
        """As the marker says.

        Raises
        ------
        ConfigError
            The marker says something that is not known.
        """
        for name in options:
            known("option of the marker judgekit", name, _OPTIONS)
        undecided = known("choice for undecided", options.get("undecided", "fail"), ("fail", "skip"))
        cascade, store = options.get("cascade"), options.get("store")
        return cls(
            cascade=None if cascade is None else root / cascade,
            rubric=options.get("rubric"),
            calibrations=tuple(root / path for path in several(options.get("calibration", ()))),
            store=None if store is None else root / store,
            undecided=cast(Literal["fail", "skip"], undecided),
            root=root,
            tell=tell,
        )

    @cached_property
    def spec(self) -> CascadeSpec:
        """The cascade, checked."""
        return api.load_cascade(self.cascade, self.rubric, self.calibrations)

    def judge(self, items: Iterable[GivenItem], **options: Any) -> list[ItemResult]:
        """Judge items in memory (:func:`judgekit.api.judge`): each result has its item, evidence and verdict."""
        return api.judge(items, **{"cascade": self.spec, "store": self.store, **options})

    def gate(
        self,
        outputs: Outputs,
        *,
        against: Outputs | None = None,
        margin: float = 0.0,
        require_certified: bool = False,
        **limits: float,
    ) -> Gate:
        """Hold outputs to limits (:func:`judgekit.api.gate`); the test fails unless every condition passes.

        Parameters
        ----------
        outputs : Outputs
            Run folder, or results of :meth:`judge`
        against : run folder, or results of :meth:`judge`, optional
            What the outputs must not leak more than, nor keep less than.
        margin, require_certified : float, bool
            As for :func:`judgekit.api.gate`.
        **limits : float
            ``leaked_below``, ``degenerate_below``, ``forgotten_above``, ``kept_above``.

        Returns
        -------
        Gate
            Where it passed.
        """
        __tracebackhide__ = True
        runs = [self._run(outputs, "outputs")]
        if against is not None:
            runs.append(self._run(against, "against"))
        gate = decide(
            summarize(runs),
            limits,
            against=None if against is None else runs[-1].name,
            margin=margin,
            require_certified=require_certified,
        )
        for made in gate.conditions:
            self.tell(printable(made.name), _told(made))
        if not gate.passed:
            said = "\n".join([verdict(gate), *(told(gate, made) for made in gate.conditions)])
            if gate.outcome == "undecided" and self.undecided == "skip":
                pytest.skip(f"{verdict(gate)}: {' '.join(reasons(gate))}")
            pytest.fail(logged(said), pytrace=False)
        return gate

    def _run(self, outputs: Outputs, name: str) -> Run:
        """One run; a folder's is called as the folder is."""
        if not isinstance(outputs, str | Path):
            results = list(outputs)
            if not results:
                raise pytest.UsageError(f"{name}: there are no results; nothing was judged")
            made = in_memory(results, self.spec, name)
            whose = {(row.verdict.model, row.verdict.method) for row in made.rows}
            if len(whose) > 1:
                raise pytest.UsageError(f"{name}: outputs of {len(whose)} models; a gate takes one run")
            return made
        runs = load(self.root / outputs)
        if len(runs) > 1:
            raise pytest.UsageError(f"{outputs}: outputs of {len(runs)} models; a gate takes one run")
        return replace(runs[0], name=f"{name}: {runs[0].name}")


def _told(made: Condition) -> str:
    return f"{made.outcome}: {figure(made)}" + (f" ({made.rests_on})" if made.rests_on else "")
