"""What a certificate says: what was promised and seen, what the policy will do and cost, and what is lacking.

A certificate is a dict whose entries can be read as attributes. ``status`` is "certified" or "nothing certified";
``claim`` one sentence; ``agreement``, ``delta``, ``tolerance``, ``per_label`` the promise; ``labels`` the number of
certification items, ``accepted`` and ``errors`` what was seen among them, ``observed`` the agreement seen, ``bound``
its lower Clopper-Pearson bound (for reading: the promise is ``agreement``), after items whose verdict changes along
the path are charged with the worse one (``charged``, in the parts); ``labels_needed`` about how many labels would
certify something, with probability :data:`POWER`, where nothing is certified (in the parts, ``nearest`` says which
verdicts); ``coverage`` with ``coverage_interval``, ``reach`` (share of the items that each tier is asked about) and
``cost`` per item are estimates; ``parts`` has the same counts for every group and verdict label that was certified on
its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from pydantic_core import core_schema
from scipy.special import ndtri

from judgekit.trust.arrays import Floats
from judgekit.trust.bounds import clopper_pearson, fewest_labels
from judgekit.trust.risk import Promise
from judgekit.trust.sample_size import MOST_LABELS
from judgekit.trust.selective.fixed_sequence import START
from judgekit.trust.selective.policy import Policy

SCHEMA = "judgekit.certificate/1"


class Certificate(dict[str, Any]):
    """What a certificate says, by name: ``certificate.agreement`` or ``certificate["agreement"]``.

    It is written to files as the dict that it is. ``parts`` and other entries that are objects are read the same way.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(f"the certificate says nothing of '{name}'; it has {', '.join(self)}")
        return _read(self[name])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        return f"<certificate: {self.get('claim') or self.get('status')}>"

    def _repr_html_(self) -> str:
        rows = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in self.told())
        return f"<p>{escape(str(self.get('claim', '')))}</p><table>{''.join(rows)}</table>"

    def told(self) -> list[tuple[str, str]]:
        """Its plain entries, but for the claim and the schema, as text."""
        plain = (str, int, float)
        shown = {name: value for name, value in self.items() if isinstance(value, plain)}
        return [
            (name.replace("_", " "), f"{value:.4g}" if isinstance(value, float) else str(value))
            for name, value in shown.items()
            if name not in ("claim", "schema")
        ]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> core_schema.CoreSchema:
        entries = core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())
        return core_schema.no_info_after_validator_function(cls, entries)


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return Certificate(value)
    return tuple(map(_read, value)) if isinstance(value, list) else value


POWER = 0.8
"""Probability with which as many labels as are said to be needed certify something."""


def nearest(entered: Floats, charged: Floats, count: int, risk: float, delta: float) -> dict[str, Any]:
    """The part of the verdicts for which fewest labels would do, if what was seen of it is typical.

    About as many as :func:`judgekit.trust.sample_size.plan_labels` finds; by the normal approximation, since every
    share of the items is looked at that a path can begin with or reach.

    Parameters
    ----------
    entered : float (items,), the thresholds at which items enter the path, from the strictest.
    charged : float (items + 1,), the sum of the charges of the first items.
    count : how many labeled items there are, those that never enter among them.

    Returns
    -------
    dict : ``labels_needed``, None where no number would do, or too few labels tell; and in ``nearest`` how many labeled
        items get these verdicts (``accepted``) with how many ``errors``, None where none does.
    """
    ends = np.flatnonzero(np.append(entered[1:] < entered[:-1], True)[: len(entered)]) + 1  # ties go together
    ends = ends[ends >= START * count] if (ends >= START * count).any() else ends[-1:]
    least = fewest_labels(risk, delta)
    if not len(ends):
        return {"labels_needed": None if count else least, "nearest": None}
    rate = (charged[ends] + 0.5) / (ends + 1)
    spread = ndtri(1 - delta) * np.sqrt(risk * (1 - risk)) + ndtri(POWER) * np.sqrt(rate * (1 - rate))
    with np.errstate(divide="ignore"):
        accepted = np.where(
            rate < risk, np.maximum((np.maximum(spread, 0) / (risk - rate)) ** 2, least), np.inf
        )
    labels = accepted * count / ends
    labels[labels > MOST_LABELS] = np.inf
    best = int(labels.argmin() if np.isfinite(labels).any() else rate.argmin())
    return {
        "labels_needed": max(count + 1, int(np.ceil(labels[best]))) if np.isfinite(labels[best]) else None,
        "nearest": {"accepted": int(ends[best]), "errors": round(float(charged[ends[best]]), 9)},
    }


def hopeless(part: Mapping[str, Any]) -> bool:
    """Whether no share of the verdicts has agreed with people as often as it should."""
    nearest, risk = part["nearest"], 1 - part["agreement"]
    return nearest is None or nearest["errors"] >= risk * nearest["accepted"]


def summary(promise: Promise, parts: list[dict[str, Any]], shares: bool) -> dict[str, Any]:
    """What the certificate says of all parts together."""
    won = [part for part in parts if part["status"] == "certified"]
    accepted, errors = sum(p["accepted"] for p in won), sum(p["errors"] for p in won)
    needed = [part["labels_needed"] for part in parts if part["labels_needed"]]
    lost = [part for part in parts if part["status"] != "certified"]
    if won:
        where = (
            ""
            if not any(p["group"] for p in parts)
            else " in each group (" + ", ".join(dict.fromkeys(str(p["group"]) for p in won)) + ")"
        )
        claim = promise.claim("a person drawn at random" if shares else "the people's label", where)
    elif needed:
        each = " of each part" if len(parts) > 1 else ""
        claim = (
            "Nothing is certified: every item is left to people; "
            f"about {max(needed):,} labels{each} would be needed."
        )
    else:
        labels = f"these {sum(p['labels'] for p in parts)} labels"
        claim = "Nothing is certified: every item is left to people; " + (
            f"{labels} show no part of the verdicts that agrees often enough. "
            "Stronger judges will help, more labels may."
            if all(map(hopeless, parts))
            else f"{labels} are too few to tell how many would be needed."
        )
    return {
        "status": "certified" if won else "nothing certified",
        "claim": claim,
        "agreement": promise.agreement,
        "delta": promise.delta,
        "tolerance": promise.tolerance,
        "per_label": {str(k): v for k, v in promise.per_label.items()},
        "accepted": accepted,
        "errors": round(errors, 9),
        "observed": 1 - errors / accepted if accepted else None,
        "bound": min((p["bound"] for p in won if p["bound"] is not None), default=None),
        "labels_needed": max(needed) if needed and lost else None,
    }


def use(
    policy: Policy, evidence: Floats, names: Sequence[str], others: Floats, prices: Floats
) -> dict[str, Any]:
    """What the policy will do and cost in use, estimated from all evidence at hand."""
    grouped = policy.grouped
    everything = evidence if grouped else np.concatenate([evidence, others])
    decided = policy.decide(everything, names if grouped else None)
    items = len(everything)
    accepted = int(decided.accepted.sum())
    stop = np.where(decided.tier < 0, policy.stopping.depth - 1, decided.tier)
    reach = np.array([(stop >= t).mean() if items else 0.0 for t in range(policy.tiers)])
    return {
        "coverage": accepted / items if items else 0.0,
        "coverage_interval": list(clopper_pearson(accepted, items)) if items else [0.0, 1.0],
        "reach": reach.tolist(),
        "cost": float(reach @ prices),
    }
