"""MLflow: a scorer for ``mlflow.genai.evaluate``, verdicts as assessments of traces, and scored runs in its runs.

Nothing here is called, and nothing is sent, but on request.
"""

from __future__ import annotations

import re
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from judgekit.calibration.record import Calibration, calibrations
from judgekit.engine.memory import SessionOptions
from judgekit.errors import MissingExtra
from judgekit.export.inspect_scores import metadata
from judgekit.export.words import explanation
from judgekit.integrations.background import Background
from judgekit.integrations.given import ItemOf, item_of
from judgekit.integrations.tracked import COLUMNS, Tracked
from judgekit.records import PEOPLE, Item, Verdict, parse
from judgekit.runs.folder import RunFolder

if TYPE_CHECKING:
    from mlflow.entities import Feedback, Trace
    from mlflow.genai.scorers import Scorer

ABSTAINED = "abstained"
"""The value of an output that no judge was sure enough about: MLflow leaves texts out of its means, and counts them."""
_CODE = ("lexical", "function")
"""Kinds of judges that ask no model."""
_REFUSED = re.compile(r"[^\w\-. :/]", re.ASCII)
"""What names of metrics may not hold."""


def trusted_judge(
    *, name: str = "trusted_judge", item: ItemOf = item_of, **options: Unpack[SessionOptions]
) -> Scorer:
    """A scorer that judges outputs under a cascade and its calibrations.

    Rows that MLflow scores at once are judged together. The value is the verdict's label; ``abstained`` where no judge
    is sure enough; an output that could not be judged is an error with the reason. The promise stands in the metadata
    of each verdict that it covers.

    Parameters
    ----------
    name : str
        Of the assessments.
    item : callable
        Inputs, outputs and expectations to an item's fields; see :func:`judgekit.integrations.given.item_of`.
    **options
        ``cascade``, ``rubric``, ``calibrations``, ``store``, ``budget``, … as of :func:`judgekit.judge`.

    Returns
    -------
    mlflow.genai.scorers.Scorer

    Raises
    ------
    MissingExtra
        MLflow is not installed.
    ConfigError
        An option that makes no sense.
    """
    _mlflow()
    from mlflow.genai.scorers import scorer

    judges = Background(**options)

    def judged(inputs: Any = None, outputs: Any = None, expectations: Any = None) -> Feedback:
        [result] = judges.judge([item(inputs, outputs, expectations)])
        return _feedback(result.verdict, name, judges.promises, judges.tiers)

    weakref.finalize(judged, judges.close)  # the function, which copies of the scorer share
    made: Scorer = scorer(name=name, timeout=0)(judged)  # a judge's own limits end a call, and say why
    return made


def trace_items(traces: Iterable[Trace], *, item: ItemOf = item_of) -> Iterator[Item]:
    """Traces as items to judge, each called by its trace's id; what is expected stands in their expectations.

    Parameters
    ----------
    traces : iterable of mlflow.entities.Trace
        As ``mlflow.search_traces(return_type="list")`` gives them.
    item : callable
        Inputs, outputs and expectations to an item's fields.

    Raises
    ------
    ConfigError
        Nothing in a trace is the question, or the output.
    """
    for trace in traces:
        root = trace.data.spans[0]
        expected = {one.name: one.value for one in trace.search_assessments(type="expectation")}
        fields = item(root.inputs, root.outputs, expected)
        yield parse(Item, {"id": trace.info.trace_id, **fields}, path=f"trace {trace.info.trace_id}")


def log_assessments(run: str | Path, *, name: str = "trusted_judge") -> int:
    """Log a run's verdicts as assessments of the traces that its items are of (:func:`trace_items`).

    Parameters
    ----------
    run : str or Path
        A run folder whose items are called by their traces' ids.
    name : str
        Of the assessments.

    Returns
    -------
    int
        How many were logged.
    """
    mlflow = _mlflow()
    folder = RunFolder.open(run)
    promises = calibrations(folder)
    count = 0
    for verdict in folder.verdicts():
        said = _feedback(verdict, name, promises, folder.about.tiers)
        mlflow.log_assessment(trace_id=verdict.id, assessment=said)
        count += 1
    return count


def log_run(run: str | Path) -> str:
    """Log a scored run: rates and measures with their limits as metrics, the report and the verdicts as artifacts.

    Goes to the active run of MLflow, else to a new one that is called as the run folder and described by the first
    sentences of the report.

    Parameters
    ----------
    run : str or Path
        A run folder.

    Returns
    -------
    str
        The id of MLflow's run.

    Raises
    ------
    InputError
        There is no finished run.
    MissingExtra
        MLflow, or what draws the report's charts, is not installed.
    """
    mlflow = _mlflow()
    with tempfile.TemporaryDirectory() as place:
        tracked = Tracked.of(run, Path(place))
        active = mlflow.active_run()
        if active is None:
            said = "\n".join(f"- {sentence}" for sentence in tracked.headlines)
            with mlflow.start_run(run_name=tracked.name, description=said) as started:
                return _log(tracked, started.info.run_id)
        return _log(tracked, active.info.run_id)


def _log(tracked: Tracked, run_id: str) -> str:
    mlflow = _mlflow()
    mlflow.log_metrics({_REFUSED.sub("_", name): value for name, value in tracked.figures.items()})
    mlflow.set_tags({f"judgekit.{name}": text for name, text in tracked.said.items()})
    columns = zip(*tracked.rows(), strict=True)
    mlflow.log_table(dict(zip(COLUMNS, map(list, columns), strict=True)), "judgekit/verdicts.json")
    for file in (tracked.page, tracked.table):
        mlflow.log_artifact(str(file), "judgekit")
    return run_id


def _feedback(
    verdict: Verdict, name: str, promises: Mapping[str, Calibration], tiers: Iterable[Mapping[str, Any]]
) -> Feedback:
    from mlflow.entities import AssessmentError, AssessmentSource, Feedback

    said = metadata(verdict, (), promises.get(verdict.calibration or ""))
    error = None
    if verdict.state == "unscored":
        error = AssessmentError(error_code="UNSCORED", error_message=verdict.reason)
    return Feedback(
        name=name,
        value=None if error else verdict.label or ABSTAINED,
        error=error,
        rationale=explanation(verdict),
        source=AssessmentSource(
            source_type=_kind(verdict.tier, tiers), source_id=f"judgekit/{verdict.tier or 'cascade'}"
        ),
        metadata={key: str(value) for key, value in said.items()},
    )


def _kind(tier: str | None, tiers: Iterable[Mapping[str, Any]]) -> str:
    """Who speaks: people, code, or a model; the whole cascade where no tier settled it."""
    if tier == PEOPLE:
        return "HUMAN"
    name = (tier or "").partition("@")[0]
    kinds = [one.get("judge") for one in tiers if not name or one.get("name", one.get("judge")) == name]
    return "CODE" if kinds and all(kind in _CODE for kind in kinds) else "LLM_JUDGE"


def _mlflow() -> Any:
    try:
        import mlflow
    except ImportError as error:
        raise MissingExtra("what goes to MLflow", "mlflow", error) from None
    return mlflow
