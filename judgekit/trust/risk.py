"""What is promised: how wrong a verdict is in people's eyes, and the promise in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Bools, Floats


@dataclass(frozen=True)
class Promise:
    """Agreement at least ``agreement``, with probability at least 1 - ``delta`` over the draw of the labels.

    Attributes
    ----------
    agreement : wanted mean agreement (1 - loss) of verdicts.
    delta : probability that the certificate may be wrong.
    tolerance : labels this far apart (in their order) still agree; 0 for classes without an order.
    per_label : label -> agreement wanted among the verdicts with that label; if there is any, every label is
        certified on its own, those not named at ``agreement``.
    names : what the labels are called in the claim; by default their numbers.
    drawn : what the claim says the labeled ones were drawn from and the promise is about.
    tries : how many calibrations on the same labels share ``delta``, this one among them.
    """

    agreement: float
    delta: float
    tolerance: int = 0
    per_label: Mapping[int, float] = field(default_factory=dict)
    names: Sequence[str] = ()
    drawn: str = "items"
    tries: int = 1

    def __post_init__(self) -> None:
        for name, value in {
            "agreement": self.agreement,
            "delta": self.delta,
            **{f"per_label[{k}]": v for k, v in self.per_label.items()},
        }.items():
            if not 0 < value < 1:
                raise ValueError(f"{name} must lie strictly between 0 and 1, got {value}")
        if self.tries < 1:
            raise ValueError(f"tries must be at least 1, got {self.tries}")
        if self.tolerance < 0:
            raise ValueError(f"tolerance must not be negative, got {self.tolerance}")

    def losses(self, human: ArrayLike, classes: int) -> tuple[Bools, Floats]:
        """How wrong each possible verdict is for each item.

        Parameters
        ----------
        human : int (items,), one label an item, -1 where nobody gave one; or float (items, classes), the share
            of the item's people who gave each label, NaN rows where nobody did.

        Returns
        -------
        labeled : bool (items,).
        loss : float (items, classes) in [0, 1]: 0 or 1 against one label; against shares the probability that
            a person drawn at random from the item's people disagrees.

        Raises
        ------
        ValueError : labels out of range, or shares that do not sum to one.
        """
        given = np.asarray(human)
        if given.ndim == 1:
            whole = given.astype(np.intp) if len(given) else np.zeros(0, dtype=np.intp)
            if len(given) and ((whole != given) | (whole < -1) | (whole >= classes)).any():
                raise ValueError(f"human labels must be whole numbers from -1 (none) to {classes - 1}")
            labeled = whole >= 0
            shares = np.where(labeled[:, None], np.eye(classes)[np.maximum(whole, 0)], 0.0)
        elif given.ndim == 2 and given.shape[1] == classes:
            labeled = ~np.isnan(given).any(axis=1)
            shares = np.where(labeled[:, None], given, 0.0).astype(np.float64)
            bad = labeled & ((shares.min(axis=1, initial=1) < 0) | (np.abs(shares.sum(axis=1) - 1) > 1e-6))
            if bad.any():
                raise ValueError(f"shares of human[{int(np.argmax(bad))}] are negative or do not sum to 1")
        else:
            raise ValueError(f"human must have shape (items,) or (items, {classes}), got {given.shape}")
        return labeled, np.clip(1 - shares @ self.agreeing(classes), 0, 1).round(12)

    def agree(self, verdict: int, human: int) -> bool:
        """Whether a verdict agrees with people's label."""
        return abs(verdict - human) <= self.tolerance

    def agreeing(self, classes: int) -> Bools:
        """Which labels of people (columns) agree with which verdicts (rows). Shape (classes, classes)."""
        return np.array([[self.agree(v, h) for h in range(classes)] for v in range(classes)], dtype=np.bool_)

    @property
    def share(self) -> float:
        """The part of ``delta`` that this calibration may spend."""
        return self.delta / self.tries

    def target(self, label: int | None) -> float:
        """The agreement wanted of the verdicts with one label; of all, where ``label`` is None."""
        return self.agreement if label is None else self.per_label.get(label, self.agreement)

    def name(self, label: int) -> str:
        """What a label is called in a sentence."""
        return f"'{self.names[label]}'" if self.names else f"label {label}"

    def says(self, people: str, where: str = "") -> str:
        """What is promised, without the confidence; ``people`` says whose labels, ``where`` for which verdicts."""
        how = f"come within {self.tolerance} of" if self.tolerance else "agree with"
        wanted = f"at least {self.agreement:.1%}".replace(".0%", "%")
        if self.per_label:
            strict = ", ".join(
                f"{a:.1%} of those saying {self.name(k)}" for k, a in sorted(self.per_label.items())
            )
            wanted += f" (and at least {strict})".replace(".0%", "%")
        return f"{wanted} of the verdicts{where} {how} {people}"

    def claim(self, people: str, where: str = "") -> str:
        """The promise as one sentence; ``people`` says whose labels, ``where`` for which verdicts."""
        sure = f"{1 - self.delta:.1%}".replace(".0%", "%")
        return (
            f"With {sure} confidence, {self.says(people, where)}, "
            f"for {self.drawn} drawn from the same population as those labeled."
            + (
                f" This confidence is for all of at most {self.tries} calibrations on these labels together."
                if self.tries > 1
                else ""
            )
        )
