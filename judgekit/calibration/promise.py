"""What users ask a calibration to promise, by the names of labels, as the promise that ``judgekit.trust`` certifies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from judgekit.errors import ConfigError, InputError, mendable
from judgekit.trust import Agreement, AtMost, Promise


def promise_of(
    labels: Sequence[str],
    *,
    agreement: float | None,
    per_label: Mapping[str, float] | None,
    at_most: Mapping[str, float] | None,
    tolerance: int,
    **known: Any,
) -> Promise:
    """The promise that these options name.

    Parameters
    ----------
    labels : sequence of str
        In the order of the evidence's arrays.
    agreement : float or None
        Agreement that is wanted of all verdicts; of those that ``at_most`` does not name.
    per_label : mapping of str to float, optional
        Verdict label -> the agreement wanted of verdicts with that label.
    at_most : mapping of str to float, optional
        ``VERDICT:LABEL`` (or ``VERDICT:LABEL,LABEL``) -> the most of the verdicts ``VERDICT`` that people may label so.
    tolerance : int
        Steps that a verdict may be off and still agree.
    known : Any
        Delta, drawn and tries of the promise.

    Raises
    ------
    ConfigError
        Neither ``agreement`` nor ``at_most``, or what belongs to an agreement that is not wanted.
    InputError
        A label that there is not, or a verdict label that is named twice.
    """
    wanted: Agreement | None = None
    if agreement is not None:
        apart = {_number(label, labels): target for label, target in (per_label or {}).items()}
        wanted = mendable(Agreement)(
            agreement=agreement, per_label=apart, tolerance=tolerance, names=tuple(labels), **known
        )
    elif not at_most:
        raise ConfigError("nothing to promise: give the agreement that is wanted (--agreement), or --at-most")
    elif per_label or tolerance:
        raise ConfigError("per_label and tolerance belong to an agreement: give --agreement too")
    if not at_most:
        assert wanted is not None
        return wanted
    limits: dict[int, float] = {}
    errors: dict[int, tuple[int, ...]] = {}
    for text, share in at_most.items():
        verdict, colon, wrong = text.partition(":")
        if not (colon and wrong):
            raise ConfigError(
                f"at most {share:g} of what? '{text}' must be VERDICT:LABEL, say withheld:leaked=0.05"
            )
        number = _number(verdict, labels)
        if number in limits:
            raise InputError(
                f"at most: the verdict '{verdict}' is named twice; join labels: {verdict}:LABEL,LABEL"
            )
        if wanted is not None and number in wanted.per_label:
            raise ConfigError(
                f"the verdict '{verdict}' has an agreement of its own and a limit: give one of them"
            )
        limits[number] = share
        errors[number] = tuple(_number(label, labels) for label in wrong.split(","))
    return mendable(AtMost)(
        limits=limits, errors=errors, tolerance=tolerance, names=tuple(labels), otherwise=wanted, **known
    )


def _number(label: str, labels: Sequence[str]) -> int:
    if label not in labels:
        raise InputError(f"no label '{label}' to promise for; labels: {', '.join(labels)}")
    return labels.index(label)
