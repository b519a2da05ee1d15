"""What another judge may say of an item, read as an answer: a label, probabilities of labels, or nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum

from judgekit.judges.base import Answer
from judgekit.records import NO_OPINION, Evidence

Opinion = str | bool | float | Mapping[str, float] | Evidence | None
"""A label, a number, label -> probability, evidence (which may say what it cost), or nothing."""

SHARES = 1e-3
"""How far from 1 probabilities may sum by rounding."""

_LONGEST = 2000
"""Characters of what was said that are kept in the store."""


class Unreadable(ValueError):
    """What a judge said is no label of the rubric, and no probabilities of its labels; the message says why."""


def spelled(value: object) -> str:
    """A value as the name under which a cascade file maps it to a label.

    Truth values are ``yes`` and ``no``, which YAML reads as truth values too; whole numbers have no point.
    """
    value = value.value if isinstance(value, Enum) else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read(said: Opinion, names: Mapping[str, str], labels: Sequence[str], cost: float | None) -> Answer:
    """What was said, as an answer whose log-probabilities are those of labels.

    Parameters
    ----------
    said : Opinion
        What the judge returned.
    names : mapping
        What it calls something -> the label that this means. A name that is a label already needs none.
    labels : sequence of str
        The rubric's.
    cost : float, optional
        US dollars for one opinion, unless evidence says what it did cost; None where unknown.

    Raises
    ------
    Unreadable
        It names what is no label, or its numbers are no probabilities.
    """
    if isinstance(said, Evidence):
        cost = cost if said.cost is None else said.cost
        if not said.probs:
            return Answer(error=said.reason or "no reason given", text=_text(said.reason), cost=cost)
        said = said.probs
    if said is None:
        return Answer(error=NO_OPINION, cost=cost)
    probs = _probabilities(said, names, labels)
    return Answer(
        logprobs={label: math.log(p) for label, p in probs.items() if p > 0}, text=_text(said), cost=cost
    )


def _probabilities(said: object, names: Mapping[str, str], labels: Sequence[str]) -> dict[str, float]:
    if isinstance(said, Mapping):
        found = dict.fromkeys(labels, 0.0)
        for name, p in said.items():
            found[_label(name, names, labels)] += _probability(name, p)
        total = math.fsum(found.values())
        if abs(total - 1) > SHARES:
            raise Unreadable(f"probabilities sum to {total:.4g}, expected 1")
        return {label: p / total for label, p in found.items()}
    if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1:
        yes, no = _label("1", names, labels), _label("0", names, labels)
        return {yes: float(said), no: 1 - float(said)}
    if isinstance(said, str | int | float):
        return {_label(said, names, labels): 1.0}
    raise Unreadable(f"{type(said).__name__} is no label, and no probabilities of labels")


def _label(name: object, names: Mapping[str, str], labels: Sequence[str]) -> str:
    label = names.get(spelled(name), spelled(name))
    if label not in labels:
        raise Unreadable(f"'{label}' is not one of the labels {', '.join(labels)}")
    return label


def _probability(name: object, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1 + SHARES:
        raise Unreadable(f"the probability of '{spelled(name)}' is {value!r}, expected 0 to 1")
    return float(value)


def _text(said: object) -> str:
    return "" if said is None else str(said)[:_LONGEST]
