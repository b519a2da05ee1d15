"""A certificate: what was promised and seen, what the policy will do and cost, and what is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from html import escape
from typing import Any, Literal

from pydantic_core import core_schema

from judgekit.trust.risk import Promise

SCHEMA = "judgekit.certificate/2"
BEFORE = "judgekit.certificate/1"

Status = Literal["certified", "nothing certified"]


@dataclass(frozen=True)
class Nearest:
    """The surest verdicts that come nearest to being certified: how many labeled items get them, how many err."""

    accepted: int
    errors: float


@dataclass(frozen=True)
class Part:
    """What was seen of the verdicts under one condition of the promise.

    Attributes
    ----------
    group : str or None
        The group that they are of, where the promise is made for each.
    label : int or None
        Their label, where labels are certified apart.
    agreement : float
        Least share of them that may be promised to be no errors.
    labels : int
        Labeled items that such a verdict can be given to.
    status : str
    accepted, errors : int, float
        How many of the items get a verdict, and how many of these are errors.
    labels_needed : int or None
        About how many labels would certify something, with probability 0.8, where nothing is certified.
    observed : float or None
        Share of the verdicts seen that are no errors.
    worst_case_errors : float or None
        What was tested: ``errors``, after items whose verdict changes along the path count with the worse one.
    p_value : float or None
    bound : float or None
        Lower Clopper-Pearson bound of ``observed``, for reading; None where an item's people differ.
    nearest : Nearest or None
        Where nothing is certified: the verdicts that ``labels_needed`` is about.
    waiting : int
        Items without a label, counted as errors, on which the next test hangs: with labels of them more may be
        certified. 0 where labels were not asked along the path, and where no more of them would help.
    """

    group: str | None
    label: int | None
    agreement: float
    labels: int
    status: Status
    accepted: int = 0
    errors: float = 0.0
    labels_needed: int | None = None
    observed: float | None = None
    worst_case_errors: float | None = None
    p_value: float | None = None
    bound: float | None = None
    nearest: Nearest | None = None
    waiting: int = 0

    @property
    def certified(self) -> bool:
        """Whether any such verdict is promised."""
        return self.status == "certified"

    @property
    def hopeless(self) -> bool:
        """Whether no share of the verdicts has been right as often as it should."""
        risk = 1 - self.agreement
        return self.nearest is None or self.nearest.errors >= risk * self.nearest.accepted

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Part:
        """Read what a certificate holds, now or in version 1."""
        found = _known(
            cls, {"worst_case_errors" if name == "charged" else name: one for name, one in row.items()}
        )
        if found.get("nearest") is not None:
            found["nearest"] = Nearest(**found["nearest"])
        return cls(**found)


@dataclass(frozen=True)
class Method:
    """How it was certified.

    Attributes
    ----------
    combination, test, path : str
        In words: how judges are combined, which test, and what fixed the thresholds.
    weights : tuple of float
        Of the tiers.
    delta : float
        The error level that was spent on the policy.
    labels_set_aside : int
        Labels given up to choose a stopping rule.
    """

    combination: str = ""
    weights: tuple[float, ...] = ()
    test: str = ""
    path: str = ""
    delta: float = 0.0
    labels_set_aside: int = 0


@dataclass(frozen=True)
class Certificate:
    """What was proven of a policy.

    Attributes
    ----------
    status : str
    claim : str
        The promise in one sentence, or what is lacking.
    promise : Promise
    labels, label_set_size : int
        Labeled items that certified, and how many labels there are to give.
    pool : int
        Items of the pool that labels were asked from along the path, the others of which count as errors; 0 where every
        item that certified is labeled.
    accepted, errors, observed, bound, labels_needed : see :class:`Part`
        Of all certified parts together; the least bound; the most labels needed.
    coverage, coverage_interval : float, pair of float
        Share of items that get a verdict: estimated, not promised.
    reach : tuple of float
        Share of the items that each tier is asked about.
    cost : float
        Mean cost an item.
    human_ceiling : float or None
        Best agreement that any verdicts could have had, where an item's people differ.
    parts : tuple of Part
        The same counts for each condition of the promise.
    method : Method
    fingerprints : dict
        As given to :func:`judgekit.trust.calibrate`.
    """

    status: Status
    claim: str
    promise: Promise
    labels: int = 0
    label_set_size: int = 0
    pool: int = 0
    accepted: int = 0
    errors: float = 0.0
    observed: float | None = None
    bound: float | None = None
    labels_needed: int | None = None
    coverage: float = 0.0
    coverage_interval: tuple[float, float] = (0.0, 1.0)
    reach: tuple[float, ...] = ()
    cost: float = 0.0
    human_ceiling: float | None = None
    parts: tuple[Part, ...] = ()
    method: Method = Method()
    fingerprints: dict[str, Any] = field(default_factory=dict)

    @property
    def certified(self) -> bool:
        """Whether any verdict is promised."""
        return self.status == "certified"

    @property
    def items(self) -> int:
        """The items that certified, labeled or not."""
        return self.pool or self.labels

    @property
    def agreement(self) -> float | None:
        """The agreement with people that all verdicts are promised; None for a promise of another kind."""
        return self.promise.overall

    @property
    def delta(self) -> float:
        """Probability that the certificate may be wrong."""
        return self.promise.delta

    def __repr__(self) -> str:
        return f"<certificate: {self.claim or self.status}>"

    def _repr_html_(self) -> str:
        rows = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in self.told())
        return f"<p>{escape(self.claim)}</p><table>{''.join(rows)}</table>"

    def told(self) -> list[tuple[str, str]]:
        """Its plain entries, but for the claim, as text."""
        entries = {"agreement": self.agreement, "delta": self.delta}
        entries |= {one.name: getattr(self, one.name) for one in fields(self) if one.name != "claim"}
        return [
            (name.replace("_", " "), f"{value:.4g}" if isinstance(value, float) else str(value))
            for name, value in entries.items()
            if isinstance(value, str | int | float)
        ]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form; ``from_dict`` gives back an equal certificate."""
        held = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            "schema": SCHEMA,
            **held,
            "promise": self.promise.to_dict(),
            "coverage_interval": list(self.coverage_interval),
            "reach": list(self.reach),
            "parts": [_without_none(asdict(part)) for part in self.parts],
            "method": {**asdict(self.method), "weights": list(self.method.weights)},
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Certificate:
        """Read what ``to_dict`` wrote, now or in version 1, which promised agreement and nothing else.

        Raises
        ------
        ValueError
            Not such a dict, or one of another version.
        """
        if not isinstance(row, Mapping):
            raise ValueError(f"expected a certificate, got {type(row).__name__}")
        held = dict(row)
        schema = held.pop("schema", BEFORE)
        if schema not in (SCHEMA, BEFORE):
            raise ValueError(f"expected a certificate with schema '{SCHEMA}', got {schema!r}")
        try:
            if schema == BEFORE:
                names = ("agreement", "delta", "tolerance", "per_label")
                promised = {name: held.pop(name) for name in names if name in held}
                held = {"claim": "", **_known(cls, held), "promise": {"kind": "agreement", **promised}}
            method = _known(Method, held.get("method") or {})
            held |= {
                "promise": Promise.from_dict(held["promise"]),
                "coverage_interval": tuple(held.get("coverage_interval", (0.0, 1.0))),
                "reach": tuple(held.get("reach", ())),
                "parts": tuple(Part.from_dict(part) for part in held.get("parts", ())),
                "method": Method(**{**method, "weights": tuple(method.get("weights", ()))}),
            }
            return cls(**held)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"certificate is not complete: {error}") from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> core_schema.CoreSchema:
        """Read from and written to records as its dict."""
        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, cls) else cls.from_dict(given),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.to_dict),
        )


def _known(kind: type[Part | Method | Certificate], row: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that are still kept: version 1 told of seeds, among other things."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in row.items() if name in names}


def _without_none(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None or name in ("group", "label")}
