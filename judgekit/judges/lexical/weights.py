"""The fitted weights that ship with judgekit, and the logistic models made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from judgekit.elementary import sigmoid, weighted
from judgekit.errors import ConfigError
from judgekit.judges.lexical.surface import GIBBERISH
from judgekit.resources import data

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """One logistic model: names of its features, weights on the raw features, and bias."""

    features: tuple[str, ...]
    weights: Floats
    bias: float

    def __call__(self, rows: Sequence[Sequence[float]], names: Sequence[str]) -> Floats:
        """Probabilities, shape (items,), of feature rows whose columns are ``names``."""
        table = np.asarray(rows, dtype=np.float64).reshape(len(rows), len(names))
        columns = [names.index(name) for name in self.features]
        return sigmoid(weighted(table[:, columns], self.weights) + self.bias)


@dataclass(frozen=True)
class Weights:
    """The contents of ``calibration/lexical.json``."""

    heads: Mapping[str, Head]
    natural: Floats
    fingerprint: str


@lru_cache(maxsize=2)
def load_weights(semantic: bool = False) -> Weights:
    """The weights that ship with judgekit; ``semantic``: with those heads that also see nearness in meaning."""
    texts = [_shipped("lexical.json")]
    if semantic:
        texts.append(_shipped("lexical-semantic.json"))
    raw = [json.loads(text) for text in texts]
    heads = {
        name: Head(tuple(head["weights"]), np.array([*head["weights"].values()]), head["bias"])
        for part in raw
        for name, head in part["heads"].items()
    }
    natural = np.array([raw[0]["natural"][name] for name in GIBBERISH])
    return Weights(heads, natural, hashlib.sha256("".join(texts).encode()).hexdigest()[:12])


def _shipped(name: str) -> str:
    text = (data("calibration") / name).read_text("utf-8")
    if '"judgekit.lexical/1"' not in text:
        raise ConfigError(
            f"calibration/{name} has another schema than judgekit.lexical/1: reinstall judgekit"
        )
    return text
