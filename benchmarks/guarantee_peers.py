"""Peers of ``guarantee.py``, each fitted by its own code on the same draws; installed or checked out."""

from __future__ import annotations

import sys
import types
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from protocol import Method, Outcome, Task


def method(peer: str) -> Method:
    """The method behind a ``--peer``."""
    if peer == "mapie":
        return mapie
    if peer == "cci":
        return cci
    return released(Path(peer))


def thresholds_in_order(task: Task, thresholds: list[float]) -> Outcome:
    """A cascade of one threshold a judge, on that judge's own confidence."""
    probs = np.nan_to_num(task.population.probs, nan=0.0)
    items, judges = probs.shape[:2]
    label, asked = np.full(items, -1), np.full(items, judges - 1)
    open_ = np.ones(items, dtype=bool)
    for t, threshold in enumerate(thresholds):
        take = open_ & (probs[:, t].max(axis=1) >= threshold)
        label[take], asked[take] = probs[take, t].argmax(axis=1), t
        open_ &= ~take
    return Outcome(label, asked)


def mapie(task: Task, drawn: np.ndarray, rng: np.random.Generator) -> Outcome:
    """MAPIE: the last judge alone, precision of "agrees" controlled by fixed-sequence testing.

    It starts where our own path does: at the most confident 40 % of the items.
    """
    from mapie.risk_control import BinaryClassificationController, precision

    probs = np.nan_to_num(task.population.probs[drawn, -1], nan=0.0)
    confidence = probs.max(axis=1)
    agrees = (probs.argmax(axis=1) == task.population.human[drawn]).astype(int)
    strictest_first = np.unique(np.quantile(confidence, np.linspace(0, 0.6, 50)))[::-1]
    controller = BinaryClassificationController(
        lambda x: np.column_stack([1 - np.asarray(x).ravel(), np.asarray(x).ravel()]),
        precision,
        task.agreement,
        confidence_level=1 - task.delta,
        list_predict_params=strictest_first,
        fwer_method="fixed_sequence",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.calibrate(confidence.reshape(-1, 1), agrees)
    valid = np.ravel(controller.valid_predict_params)
    best = float(valid.min()) if len(valid) else np.inf
    return thresholds_in_order(task, [np.inf] * (len(task.population.judges) - 1) + [best])


def cci(task: Task, drawn: np.ndarray, rng: np.random.Generator) -> Outcome:
    """cci-sdk: its selective thresholds stage by stage, delta split over the stages as its ``Judge`` does."""
    from cli_sdk.local.engine import _selective_threshold

    known = task.population
    probs = np.nan_to_num(known.probs[drawn], nan=0.0)
    remaining, thresholds = np.ones(len(drawn), dtype=bool), []
    for t in range(len(known.judges)):
        confidence = probs[:, t].max(axis=1)
        agrees = (probs[:, t].argmax(axis=1) == known.human[drawn]).astype(float)
        share = task.delta / len(known.judges)
        threshold = _selective_threshold(confidence[remaining], agrees[remaining], 1 - task.agreement, share)
        thresholds.append(threshold)
        remaining &= ~(confidence >= threshold)
    return thresholds_in_order(task, thresholds)


def released(checkout: Path) -> Method:
    """The code released with "Trust or Escalate": its ``SelectiveClassificationUtil``, judge after judge."""
    import_module("scipy.optimize")  # before the stand-in, which scipy would take for the real one
    import_module("scipy.stats")

    source = (checkout / "cascaded_evaluation" / "util.py").read_text("utf-8")
    util = types.ModuleType("released_util")
    with mock.patch.dict(sys.modules, {"torch": _torch()}):
        exec(compile(source, "util.py", "exec"), util.__dict__)

    def run(task: Task, drawn: np.ndarray, rng: np.random.Generator) -> Outcome:
        known = task.population
        probs = np.nan_to_num(known.probs[drawn], nan=0.0).astype(np.float32)
        human = known.human[drawn].astype(np.float32)
        remaining, thresholds = np.ones(len(drawn), dtype=bool), []
        for t in range(len(known.judges)):
            confidence, verdict = probs[:, t].max(axis=1), probs[:, t].argmax(axis=1)
            fitted = util.SelectiveClassificationUtil(
                _Tensor.of(confidence[remaining]), verdict[remaining], human[remaining], task.delta
            )
            if fitted.lambdas.size(-1):
                thresholds.append(float(fitted.lambda_hat(1 - task.agreement)))
            else:
                thresholds.append(thresholds[-1] if thresholds else np.inf)
            remaining &= ~(confidence >= thresholds[-1])
        return thresholds_in_order(task, thresholds)

    return run


class _Tensor(np.ndarray):
    """As much of a float32 tensor as that file uses, so that it runs where torch is not installed."""

    @classmethod
    def of(cls, values: Any) -> _Tensor:
        return np.asarray(values, dtype=np.float32).view(cls)

    def size(self, dim: int) -> int:  # type: ignore[override]
        return int(self.shape[dim])


def _torch() -> types.ModuleType:
    try:
        import torch

        return torch
    except ImportError:
        stand_in = types.ModuleType("torch")
        stand_in.Tensor = _Tensor.of  # type: ignore[attr-defined]
        stand_in.linspace = lambda a, b, n: np.linspace(a, b, n, dtype=np.float32)  # type: ignore[attr-defined]
        stand_in.flip = lambda values, dims: values[::-1]  # type: ignore[attr-defined]
        return stand_in
