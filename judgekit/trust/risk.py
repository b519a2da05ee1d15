"""What is promised: which verdicts are errors in people's eyes, how many may be, and the same in one plain sentence.

A promise is one value. Calibration, spot checks, rates, the report and the certificate's sentence ask it, and nothing
else knows what an error is. A further kind of promise is a further subclass of :class:`Promise`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from judgekit.elementary import added
from judgekit.trust.arrays import Bools, Floats

CANNOT_TELL = -2
"""In place of a label: people looked and cannot tell. No verdict agrees with it, so every verdict is an error."""

PERSON = "a person drawn at random"
"""Whose label counts where an item's people differ; else it is their majority's."""


class Promise(ABC):
    """Of the verdicts under each condition so many at least are no errors, with probability at least 1 - ``delta``.

    Subclasses are frozen dataclasses with these fields and their own. What they share is here; the abstract methods are
    what makes the promise.

    Attributes
    ----------
    kind : str
        What the promise is called in a certificate.
    delta : float
        Probability that the certificate may be wrong, over the draw of the labels.
    tolerance : int
        Labels this far apart (in their order) still agree; 0 for classes without an order.
    names : sequence of str
        What the labels are called in the claim; by default their numbers.
    drawn : str
        What the claim says the labeled ones were drawn from and the promise is about.
    tries : int
        How many calibrations on the same labels share ``delta``, this one among them.
    """

    kind: ClassVar[str]
    kinds: ClassVar[dict[str, type[Promise]]] = {}
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    delta: float
    tolerance: int
    names: Sequence[str]
    drawn: str
    tries: int

    def __init_subclass__(cls) -> None:
        Promise.kinds[cls.kind] = cls

    def __post_init__(self) -> None:
        _check_share("delta", self.delta)
        if self.tries < 1:
            raise ValueError(f"tries must be at least 1, got {self.tries}")
        if self.tolerance < 0:
            raise ValueError(f"tolerance must not be negative, got {self.tolerance}")

    @abstractmethod
    def errs(self, verdict: int, human: int) -> bool:
        """Whether a verdict is an error where people's label is ``human``."""

    @abstractmethod
    def conditions(self, classes: int) -> tuple[int | None, ...]:
        """The verdict labels that are certified apart, each at a part of ``delta``; None: all verdicts together.

        A verdict under no condition is promised by nobody and never given.
        """

    @abstractmethod
    def target(self, label: int | None) -> float:
        """The least share of the verdicts under a condition that are no errors."""

    @abstractmethod
    def says(self, people: str, where: str = "") -> str:
        """What is promised, without the confidence; ``people`` says whose labels, ``where`` for which verdicts."""

    @property
    def overall(self) -> float | None:
        """The agreement with people that all verdicts are held to; None where some are held to something else."""
        return None

    @abstractmethod
    def check(self, classes: int) -> None:
        """Whether it can be made where there are so many labels.

        Raises
        ------
        ValueError
            It names a label that there is not.
        """

    def aims(self, targets: Sequence[float]) -> tuple[Promise, ...]:
        """The same promise at other targets, where it has one that can be set apart from the rest."""
        return ()

    def condition(self, verdict: int) -> int | None:
        """The condition that a verdict is under: its label, or None where labels are not told apart."""
        return verdict if self.by_label else None

    def thinkable(self, highest: int) -> int:
        """How many labels must be thought possible where those up to ``highest - 1`` were seen."""
        return highest + self.tolerance

    def spread(self, label: int | None) -> float:
        """How many times likelier an error by the majority's label can be than one by a person drawn at random.

        Where the majority's label makes a verdict an error, a person drawn at random does so with probability at least
        1 / (k + 1), k being the number of labels that do not: none of them is more frequent than the majority's.
        """
        return 2.0 + 2.0 * self.tolerance

    @property
    def enough(self) -> str:
        """What the verdicts of no part do, where nothing can be certified."""
        return "agrees often enough"

    @property
    def counted(self) -> str:
        """What the errors are that were seen."""
        return "against people's label"

    @property
    def by_label(self) -> bool:
        """Whether verdict labels are certified apart."""
        return self.conditions(1) != (None,)

    @property
    def share(self) -> float:
        """The part of ``delta`` that this calibration may spend."""
        return self.delta / self.tries

    def agree(self, verdict: int, human: int) -> bool:
        """Whether a verdict agrees with people's label; what is an error is for ``errs`` to say."""
        return abs(verdict - human) <= self.tolerance

    def agreeing(self, classes: int) -> Bools:
        """Which labels of people (columns) agree with which verdicts (rows). Shape (classes, classes)."""
        return np.array([[self.agree(v, h) for h in range(classes)] for v in range(classes)], dtype=np.bool_)

    def right(self, classes: int) -> Bools:
        """Which labels of people (columns) make which verdicts (rows) no error. Shape (classes, classes)."""
        return np.array(
            [[not self.errs(v, h) for h in range(classes)] for v in range(classes)], dtype=np.bool_
        )

    def losses(self, human: ArrayLike, classes: int) -> tuple[Bools, Floats]:
        """How wrong each possible verdict is for each item.

        Parameters
        ----------
        human : int (items,) or float (items, classes)
            One label an item, -1 where nobody gave one, :data:`CANNOT_TELL`; or the share of the item's people who
            gave each label, NaN rows where nobody did. Shares that sum to less than one leave the rest to people who
            cannot tell.

        Returns
        -------
        labeled : bool (items,).
        loss : float (items, classes) in [0, 1]: 0 or 1 against one label; against shares the probability that
            the label of a person drawn at random from the item's people makes the verdict an error.

        Raises
        ------
        ValueError
            Labels out of range, or shares that sum to more than one.
        """
        return losses(human, self.right(classes))

    def name(self, label: int) -> str:
        """What a label is called in a sentence."""
        return f"'{self.names[label]}'" if self.names else f"label {label}"

    def claim(self, people: str, where: str = "", source: str = "those labeled") -> str:
        """The promise as one sentence; whose labels, for which verdicts, and from where the population is known."""
        return (
            f"With {percent(1 - self.delta)} confidence, {self.says(people, where)}, "
            f"for {self.drawn} drawn from the same population as {source}."
            + (
                f" This confidence is for all of at most {self.tries} calibrations on these labels together."
                if self.tries > 1
                else ""
            )
        )

    def kept(self, label: int | None) -> tuple[str, str]:
        """What a check that finds no error shows, and what the share of such checks is called."""
        return "agreed", "agreement"

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form; ``from_dict`` gives back an equal promise."""
        return {"kind": self.kind, **_plain(self)}

    @staticmethod
    def from_dict(row: Mapping[str, Any]) -> Promise:
        """Read what ``to_dict`` wrote.

        Raises
        ------
        ValueError
            A promise of a kind that nobody knows, or one that lacks something.
        """
        kind, known = row.get("kind"), Promise.kinds
        if kind not in known:
            raise ValueError(f"a promise of the kind '{kind}', and only {', '.join(known)} are known")
        needed = (one.name for one in fields(known[kind]) if one.default is one.default_factory is MISSING)
        if lacking := [name for name in needed if name not in row]:
            raise ValueError(f"its promise has no '{lacking[0]}'")
        return known[kind].read({name: value for name, value in row.items() if name != "kind"})

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Promise:
        """The promise of this kind from its fields as decoded JSON."""
        return cls(**row)


@dataclass(frozen=True)
class Agreement(Promise):
    """Agreement with people of at least ``agreement``: a verdict is an error where people's label is another.

    Attributes
    ----------
    agreement : float
        Wanted mean agreement (1 - loss) of verdicts.
    per_label : mapping of int to float
        Label -> agreement wanted among the verdicts with that label; if there is any, every label is certified on its
        own, those not named at ``agreement``.
    delta, tolerance, names, drawn, tries
        See :class:`Promise`.
    """

    kind = "agreement"
    agreement: float
    delta: float
    tolerance: int = 0
    per_label: Mapping[int, float] = field(default_factory=dict)
    names: Sequence[str] = ()
    drawn: str = "items"
    tries: int = 1

    def __post_init__(self) -> None:
        _check_share("agreement", self.agreement)
        for label, wanted in self.per_label.items():
            _check_share(f"per_label[{label}]", wanted)
        super().__post_init__()

    def errs(self, verdict: int, human: int) -> bool:
        """Whether people's label is farther from the verdict than the tolerance."""
        return not self.agree(verdict, human)

    def conditions(self, classes: int) -> tuple[int | None, ...]:
        """All verdicts together; every label on its own where any has a target of its own."""
        return tuple(range(classes)) if self.per_label else (None,)

    def target(self, label: int | None) -> float:
        """The agreement wanted of the verdicts with one label; of all, where `label` is None."""
        return self.agreement if label is None else self.per_label.get(label, self.agreement)

    @property
    def overall(self) -> float | None:
        """The agreement that all verdicts are held to."""
        return self.agreement

    def check(self, classes: int) -> None:
        """Whether every label with a target of its own is one of so many."""
        if any(not 0 <= k < classes for k in self.per_label):
            raise ValueError(
                f"per_label must name labels from 0 to {classes - 1}, got {sorted(self.per_label)}"
            )

    def aims(self, targets: Sequence[float]) -> tuple[Promise, ...]:
        """The same promise at each of the targets, its own among them."""
        return tuple(
            self
            if target == self.agreement
            else replace(self, agreement=target, per_label=dict.fromkeys(self.per_label, target))
            for target in sorted({self.agreement, *targets})
        )

    def says(self, people: str, where: str = "") -> str:
        """The agreement in words, then that of labels with a target of their own."""
        how = f"come within {self.tolerance} of" if self.tolerance else "agree with"
        wanted = f"at least {percent(self.agreement)}"
        if self.per_label:
            strict = ", ".join(
                f"{percent(a)} of those saying {self.name(k)}" for k, a in sorted(self.per_label.items())
            )
            wanted += f" (and at least {strict})"
        return f"{wanted} of the verdicts{where} {how} {people}"

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Promise:
        """The promise from its fields as decoded JSON, whose keys are text."""
        per_label = {int(label): wanted for label, wanted in row.get("per_label", {}).items()}
        return cls(**{**row, "per_label": per_label, "names": tuple(row.get("names", ()))})


def losses(human: ArrayLike, right: Bools) -> tuple[Bools, Floats]:
    """How wrong each possible verdict is (:meth:`Promise.losses`); ``right`` as :meth:`Promise.right` gives it."""
    classes, given = len(right), np.asarray(human)
    if given.ndim == 1:
        whole = given.astype(np.intp) if len(given) else np.zeros(0, dtype=np.intp)
        if len(given) and ((whole != given) | (whole < CANNOT_TELL) | (whole >= classes)).any():
            raise ValueError(
                f"human labels must be whole numbers from -1 (none; {CANNOT_TELL}: cannot tell) to {classes - 1}"
            )
        labeled = whole != -1
        shares = np.where(whole[:, None] >= 0, np.eye(classes)[np.maximum(whole, 0)], 0.0)
    elif given.ndim == 2 and given.shape[1] == classes:
        labeled = ~np.isnan(given).any(axis=1)
        shares = np.where(labeled[:, None], given, 0.0).astype(np.float64)
        bad = labeled & ((shares.min(axis=1, initial=1) < 0) | (shares.sum(axis=1) > 1 + 1e-6))
        if bad.any():
            raise ValueError(f"shares of human[{int(np.argmax(bad))}] are negative or sum to more than 1")
    else:
        raise ValueError(f"human must have shape (items,) or (items, {classes}), got {given.shape}")
    return labeled, np.clip(1 - added(shares[:, None, :] * right), 0, 1).round(12)


def percent(share: float) -> str:
    """``90%``, ``97.5%``."""
    return f"{share:.1%}".replace(".0%", "%")


def _check_share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {value}")


def _plain(value: Any) -> Any:
    """A promise as JSON holds it: keys of mappings are text, sequences lists."""
    if isinstance(value, Promise):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
