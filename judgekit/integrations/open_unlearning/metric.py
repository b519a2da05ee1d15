"""The handlers of open-unlearning's metrics: judged generations, and the figures that go with their share.

A handler gets the model and, by keyword, what its configuration says and the metrics that it rests on
(``pre_compute``); it returns ``agg_value`` and ``value_by_index``. The generations are those of a ROUGE metric, made
once for both.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from judgekit.cascade.spec import checked_cascade
from judgekit.engine.memory import SessionOptions, judge
from judgekit.errors import ConfigError
from judgekit.integrations.shares import labels_of, share
from judgekit.readers.formats.open_unlearning import ROWS, fields_of
from judgekit.records import Item, Verdict, kind_of, parse
from judgekit.rubrics import load_rubric

_LOG = logging.getLogger(__name__)

Result = dict[str, Any]
"""``agg_value`` and, of a metric about single questions, ``value_by_index``."""


def judged(model: object, **given: Any) -> Result:
    """Judge the generations of one metric.

    Parameters
    ----------
    model : object
        The model under evaluation; not used, since another metric has its generations.
    **given
        ``pre_compute``: one metric whose rows hold ``input``, ``ground_truth`` and ``generation``. ``share``: the label
        whose share is the figure. ``store``: the folder in which answers are kept. ``options``: options of
        :func:`judgekit.judge`. Everything else is open-unlearning's own.

    Returns
    -------
    dict
        ``agg_value``: share of the verdicts with the label; ``low``, ``high``: limits of the share of all outputs;
        ``judged``: share of the outputs with a verdict; the first three None where there is no verdict.
        ``value_by_index``: for each question the verdict, and as ``score`` 1 or 0, None without a verdict.

    Raises
    ------
    ConfigError
        No metric with generations, or an option that is not known.
    InputError
        A row of that metric without one of the three texts.
    JudgekitError
        What :func:`judgekit.judge` raises.
    """
    metric, rows = _generations(given.get("pre_compute") or {})
    options = _options(given)
    items = [_item(metric, str(index), row) for index, row in rows.items()]
    cascade = checked_cascade(
        options.get("cascade"), options.pop("rubric", None), options.pop("calibrations", ())
    )
    options["cascade"] = cascade
    rubric, of = load_rubric(cascade.rubric_for(items[0])), str(given.get("share") or "")
    counted = labels_of(rubric, of)  # a label that does not exist is told before anything is paid for
    verdicts = [result.verdict for result in judge(items, **options)]
    found = share(verdicts, rubric, of)
    if found.value is None:
        _LOG.warning(
            "%s: none of %d generations has a verdict (%s); the figure is left out of the summary",
            metric,
            len(verdicts),
            _why(verdicts),
        )
    return {
        "agg_value": found.value,
        "low": found.low,
        "high": found.high,
        "judged": found.judged,
        "value_by_index": {
            index: _row(verdict, counted) for index, verdict in zip(rows, verdicts, strict=True)
        },
    }


def _figure(name: str) -> Callable[..., Result]:
    def figure(model: object, **given: Any) -> Result:
        """One more figure of a judged metric: the only one in ``pre_compute``."""
        (result,) = given["pre_compute"].values()
        return {"agg_value": result[name]}

    return figure


HANDLERS: Mapping[str, Callable[..., Result]] = {
    "judgekit": judged,
    "judgekit_low": _figure("low"),
    "judgekit_high": _figure("high"),
    "judgekit_judged": _figure("judged"),
}
"""What a configuration may name as its handler."""


def register() -> None:
    """Add the handlers to open-unlearning's registry of metrics; its ``src`` has to be importable.

    Raises
    ------
    ModuleNotFoundError
        It is not, or something that it needs is not installed.
    """
    from evals.metrics import METRICS_REGISTRY
    from evals.metrics.base import unlearning_metric

    for name, handler in HANDLERS.items():
        METRICS_REGISTRY[name] = unlearning_metric(name=name)(handler)


def _generations(computed: Mapping[str, Any]) -> tuple[str, Mapping[Any, Any]]:
    """The name and the rows of the metric that has the generations."""
    if len(computed) != 1:
        raise ConfigError(
            f"a judged metric needs one metric with generations under pre_compute, found {len(computed)}"
        )
    ((name, result),) = computed.items()
    rows = next((result[key] for key in ROWS if key in result), None)
    if not rows:
        raise ConfigError(f"{name}: no generations to judge; give a ROUGE metric under pre_compute")
    return name, rows


def _item(metric: str, index: str, row: Any) -> Item:
    where = Path(metric)
    return parse(Item, fields_of(metric, index, row, where, index), path=where, line=index)


def _options(given: Mapping[str, Any]) -> SessionOptions:
    """The options of :func:`judgekit.judge`; Hydra's lists become tuples."""
    said = dict(given.get("options") or {})
    if unknown := said.keys() - SessionOptions.__annotations__.keys():
        known = ", ".join(SessionOptions.__annotations__)
        raise ConfigError(f"judgekit.{min(unknown)}: no such option; known: {known}")
    taken = {key: tuple(value) if _is_list(value) else value for key, value in said.items()}
    return cast(SessionOptions, {"store": given.get("store"), **taken})


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _row(verdict: Verdict, counted: frozenset[str]) -> dict[str, Any]:
    said = {
        "label": verdict.label,
        "state": verdict.state,
        "tier": verdict.tier,
        "confidence": verdict.confidence,
        "reason": verdict.reason,
        "calibration": verdict.calibration,
    }
    score = None if verdict.label is None else float(verdict.label in counted)
    return {"score": score, **{key: value for key, value in said.items() if value is not None}}


def _why(verdicts: Sequence[Verdict]) -> str:
    """What most of them have no verdict for."""
    reasons = [kind_of(verdict.reason or verdict.state) for verdict in verdicts]
    return max(dict.fromkeys(reasons), key=reasons.count)
